"""Sources: each must be cited, and have been published before it was read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from karvan.model.dataset import Dataset
from karvan.schema import key, tables


def problems(dataset: Dataset) -> Iterator[str]:
    """Sources that no row cites or that were read before they were known, and rows known after the last was read."""
    cited = {
        source
        for table in tables()
        if table != "sources"
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
    yield from _far_future(dataset)


def _far_future(d: Dataset) -> Iterator[str]:
    """No row can have become known after the newest source was read."""
    newest = max((s.accessed for s in d.sources), default=date.max)
    for table in tables():
        rows: tuple[Any, ...] = getattr(d, table)
        for row in rows:
            if row.known_on > newest:
                yield (
                    f"{table}.csv, {key(table, row)}, known_on = '{row.known_on}': is after the last source was read. "
                    "Correct it."
                )
