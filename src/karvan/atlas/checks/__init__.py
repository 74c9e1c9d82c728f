"""Faults of a dataset that no single cell shows, one file a subject; each a sentence with row, value and remedy."""

from __future__ import annotations

from karvan.atlas.checks import demand, network, past, positions, references, routes, sources, tariffs
from karvan.model.dataset import Dataset

SUBJECTS = (references, sources, network, positions, routes, tariffs, demand, past)


def problems(dataset: Dataset) -> list[str]:
    """Every fault of every subject. Later subjects are asked only if all that is named exists."""
    found = list(references.problems(dataset))
    asked = () if found else SUBJECTS[1:]
    return found + [problem for subject in asked for problem in subject.problems(dataset)]
