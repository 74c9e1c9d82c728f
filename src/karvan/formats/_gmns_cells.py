"""Columns of a GMNS table as numbers and ids, every fault with its line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from karvan.formats import _tables
from karvan.formats.assignment import LARGEST_ID, Ids
from karvan.model.problem import Floats
from karvan.schema import RawTable, twice_named

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d{1,16}")
_MISSING = ("", "nan", "na", "none", "null")


class Cells:
    """A table by column, whatever the case of its header; what is wrong goes to `faults`."""

    def __init__(self, table: RawTable, faults: list[str]) -> None:
        self._table = table
        self._at = {name.strip().lower(): i for i, name in reversed(list(enumerate(table.header)))}
        self.faults = faults
        self.places = [place for place, _ in table.numbered()]
        self.lines = np.array(table.lines or range(2, 2 + len(table.rows)), np.int32)

    def __contains__(self, column: str) -> bool:
        return column in self._at

    def __len__(self) -> int:
        return len(self._table.rows)

    def text(self, *names: str) -> list[str]:
        """The first of these columns that is there, without words for a missing value; empty cells if none is."""
        at = next((self._at[n] for n in names if n in self._at), None)
        if at is None:
            return [""] * len(self)
        return ["" if (cell := row[at].strip()).lower() in _MISSING else cell for row in self._table.rows]

    def numbers(self, *names: str, above: float = 0.0, strictly: bool = False, needed: bool = False) -> Floats:
        """Numbers of a column, NaN where a cell is empty (a fault if needed); one that is not above a limit is one."""
        made = np.full(len(self), np.nan)
        column = next((n for n in names if n in self._at), names[0])
        for i, cell in enumerate(self.text(*names)):
            if not cell:
                if needed:
                    self.fault(i, column, "there is no number. Write one, 0 for none.")
                continue
            value = float(cell) if _NUMBER.fullmatch(cell) else np.nan
            if not np.isfinite(value):
                self.fault(i, column, f"'{cell[:40]}' is not a number. Write it with a point and no unit.")
            elif value < above or (strictly and value == above):
                self.fault(i, column, f"'{cell}' is not {'above' if strictly else 'at least'} {above:g}. Correct it.")
            else:
                made[i] = value
        return made

    def ids(self, column: str) -> Ids:
        """Whole numbers of a column, each a fault if it is not one; 0 there."""
        made = np.zeros(len(self), np.int64)
        for i, cell in enumerate(self.text(column)):
            if _WHOLE.fullmatch(cell) and abs(int(cell)) < LARGEST_ID:
                made[i] = int(cell)
            else:
                self.fault(i, column, f"'{cell[:40]}' is not a whole number. Number the zones.")
        return made

    def check_unique(self, column: str, cells: Sequence[str]) -> None:
        """A fault for each cell, but empty ones, that stood there before."""
        seen: dict[str, int] = {}
        for i, cell in enumerate(cells):
            if cell and cell in seen:
                self.fault(i, column, f"'{cell[:40]}' stands in line {self.lines[seen[cell]]} too. Give each its own.")
            seen.setdefault(cell, i)

    def fault(self, i: int, column: str, said: str) -> None:
        """Note what is wrong with a cell."""
        self.faults.append(f"{self.places[i]}: {column}: {said}")


def load(path: Path, needed: Sequence[str], faults: list[str]) -> Cells | None:
    """A CSV table; None, and the faults say why, if it cannot be read or lacks a column that is needed."""
    table, more, _ = _tables.read_csv(path)
    if table is None:
        faults += more or [f"{path.name}: the file is missing. Add it."]
        return None
    more = [*twice_named(table), *_tables.ragged_rows(table)]
    cells = Cells(table, faults)
    more += [f"{path.name}, line 1: column '{c}' is missing. Add it." for c in needed if c not in cells]
    faults += more
    return None if more else cells
