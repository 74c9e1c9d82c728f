"""Faults of a dataset that no single cell shows, one file a subject; each a sentence with row, value and remedy."""

from __future__ import annotations

from karvan.atlas.checks import demand, network, past, positions, references, routes, sources, tariffs
from karvan.model.dataset import Dataset

SUBJECTS = (references, sources, network, positions, routes, tariffs, demand, past)


def problems(dataset: Dataset, whole: bool = True) -> list[str]:
    """Every fault of every subject. Later subjects are asked only if all that is named exists.

    whole: whether all rows are one author's. A folder over the atlas cannot mend what only the atlas's sources show.
    """
    found = list(references.problems(dataset))
    asked = [s for s in SUBJECTS[1:] if whole or s is not sources] if not found else []
    return found + [problem for subject in asked for problem in subject.problems(dataset)]
