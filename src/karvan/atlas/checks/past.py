"""Knowledge and time: rows that speak of later than they could be known, and earlier values that meet nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from karvan.errors import DataError
from karvan.model.dataset import Dataset
from karvan.overrides import apply
from karvan.schema import key

# Dates of these columns are when something began to be so; a row cannot have been known to be so before.
_BEGINS = {"links": "status_on"}


def problems(dataset: Dataset) -> Iterator[str]:
    """Faults of history, and of dates after the day a row was known."""
    for row in dataset.history:
        try:
            apply(dataset, [row])
        except DataError as fault:
            yield from (f"history.csv: {p}" for p in fault.problems)
    changed = {(h.table, h.row, h.column): h.until for h in dataset.history}
    for table, column in _BEGINS.items():
        for row in getattr(dataset, table):
            began: date = getattr(row, column)
            if began > row.known_on and (table, key(table, row), "status") not in changed:
                yield (
                    f"{table}.csv, {key(table, row)}, {column} = '{began}': the row was known from {row.known_on}, and "
                    "history.csv does not say what its status was before. Add a row there, or correct known_on."
                )
