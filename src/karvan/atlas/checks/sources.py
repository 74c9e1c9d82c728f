"""Sources: each must be cited, and have been published before it was read."""

from __future__ import annotations

from collections.abc import Iterator

from karvan.model.dataset import Dataset


def problems(dataset: Dataset) -> Iterator[str]:
    """Sources that no row cites, or that were read before they could be known."""
    cited = {
        source
        for table in dataset.__dataclass_fields__
        if table not in ("digest", "sources")
        for row in getattr(dataset, table)
        for source in row.source.split(";")
    }
    for row in dataset.sources:
        if row.source not in cited:
            yield f"sources.csv, {row.source}: is cited by no row. Remove it, or cite it where it was read for."
        if row.known_on > row.accessed:
            yield (
                f"sources.csv, {row.source}, known_on = '{row.known_on}': is after it was read on {row.accessed}. "
                "Correct one of them."
            )
