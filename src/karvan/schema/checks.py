"""Faults of a data folder, each as a sentence with file, line, field, value and remedy."""

from __future__ import annotations

import re
import zoneinfo
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from karvan.errors import DataError
from karvan.schema.tables import Field, fields, primary_key

ASSUMPTION = "assumption"
# Columns of which the second may not be less than the first.
_ORDERED = (
    ("valid_from", "valid_to"),
    ("in_force_from", "in_force_to"),
    ("time_p50_h", "time_p95_h"),
    ("leg_p50_h", "leg_p95_h"),
    ("weight_min_t", "weight_max_t"),
)
# Columns that a row with this rule must fill.
_NEEDED = {
    ("services", "timetable"): ("timetable",),
    ("services", "plan"): ("plan_closes_day", "plan_refusal", "plan_window_days"),
}
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
FIRST_LINE = 2  # line 1 of a CSV file is its header


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as read: the file's name, its header, each row's cells as text, and the line it begins on.

    A table joined from several files has `places` instead: file and line of each row.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...] = ()
    places: tuple[str, ...] = ()

    def numbered(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Rows with their place, as in 'links.csv, line 7'; counted on from the header where lines are not known."""
        lines = self.lines or range(FIRST_LINE, FIRST_LINE + len(self.rows))
        return zip(self.places or (f"{self.file}, line {n}" for n in lines), self.rows, strict=True)


def validate(raw: Mapping[str, RawTable]) -> None:
    """Raise DataError once with every fault, if there is one."""
    found = problems(raw)
    if found:
        raise DataError(found)


def problems(raw: Mapping[str, RawTable]) -> list[str]:
    """Every fault of the tables read (table name -> rows), in the order of tables and lines."""
    found: list[str] = []
    keys = {name: _column(table, primary_key(name)[0]) for name, table in raw.items()}
    for name, table in raw.items():
        header_faults = list(_header_problems(name, table))
        found += header_faults
        if header_faults:
            continue
        for place, row in table.numbered():
            found += _row_problems(name, table, place, row, keys)
        found += _key_problems(name, table)
    return found


def twice_named(table: RawTable) -> list[str]:
    """A fault for each column that a header names more than once: one of them would be lost."""
    return [
        f"{table.file}, line 1: column '{column}' stands there {n} times. Keep one of them."
        for column, n in Counter(table.header).items()
        if n > 1
    ]


def unknown_column(name: str, table: RawTable, column: str, known: Sequence[str]) -> str:
    """The sentence for a column that a table has not."""
    near = get_close_matches(column, known, 1)
    hint = f"Rename it to '{near[0]}' or remove it." if near else "Remove it."
    if ";" in column or "\t" in column:
        hint = "Separate the cells by commas."
    return f"{table.file}, line 1: there is no column '{column}' in table {name}. {hint}"


def ragged(place: str, row: Sequence[str], header: Sequence[str]) -> str:
    """The sentence for a row that has more or fewer cells than its header."""
    more = len(row) > len(header)
    hint = "Put quotes around a cell that holds a comma." if more else "Give every cell its comma, an empty one too."
    return f"{place}: {len(row)} cell{'s' * (len(row) != 1)} where the header has {len(header)}. {hint}"


def _header_problems(name: str, table: RawTable) -> Iterator[str]:
    yield from twice_named(table)
    known = [f.name for f in fields(name)]
    for column in table.header:
        if column not in known:
            yield unknown_column(name, table, column, known)
    for field in fields(name):
        if field.name not in table.header:
            yield f"{table.file}, line 1: column '{field.name}' is missing. Add it: {field.description}"


def _row_problems(
    name: str, table: RawTable, place: str, row: Sequence[str], keys: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    if len(row) != len(table.header):
        yield ragged(place, row, table.header)
        return
    cells = dict(zip(table.header, row, strict=True))
    for field in fields(name):
        fault = cell_problem(field, cells[field.name], keys)
        if fault:
            yield f"{place}, {field.name} = '{cells[field.name]}': {fault}"
    for column in _NEEDED.get((name, cells.get("rule", "")), ()):
        if not cells[column]:
            yield (
                f"{place}, {column} = '': a service whose rule is {cells['rule']} needs it. "
                f"Give it: {next(f.description for f in fields(name) if f.name == column)}"
            )
    for low, high in _ORDERED:
        a, b = cells.get(low, ""), cells.get(high, "")
        if a and b and (float(b) < float(a) if low.endswith(("_h", "_t")) else b < a):
            yield f"{place}, {high} = '{b}': is less than {low} = '{a}'. Exchange or correct them."
    if "source" in cells and name != "sources":
        yield from _source_problems(place, cells, keys)


def cell_problem(field: Field, text: str, keys: Mapping[str, frozenset[str]] = MappingProxyType({})) -> str:
    """What is wrong with one cell, with the remedy; empty if nothing. `keys`: the keys that exist, by table."""
    if text == "":
        return f"a value is required. Give it: {field.description}" if field.required else ""
    fault = _type_problem(field, text)
    if fault:
        return fault
    if field.timezone and text not in _timezones():
        return f"is no time zone. Write it as in Asia/Almaty. {field.description}"
    for item in text.split(field.separator) if field.separator else (text,):
        fault = _item_problem(field, item, keys)
        if fault:
            return fault
    return ""


def _item_problem(field: Field, item: str, keys: Mapping[str, frozenset[str]]) -> str:
    """What is wrong with one value of a cell, which may be a list."""
    allowed = field.enum or field.items
    if allowed and item not in allowed:
        return _not_one_of(item, allowed)
    if field.pattern and not _compiled(field.pattern).search(item):
        return f"'{item}' does not have the form {field.pattern}. {field.description}"
    target = field.references.split(".")[0]
    if target in keys and item not in keys[target]:
        near = get_close_matches(item, keys[target], 1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Add it to {target}.csv."
        return f"'{item}' is not in table {target}. {hint}"
    return ""


def _type_problem(field: Field, text: str) -> str:
    if field.type in ("number", "integer"):
        plain = _NUMBER if field.type == "number" else _INTEGER
        if not plain.fullmatch(text):
            return (
                f"is not {'a number' if field.type == 'number' else 'a whole number'}. Write it with a point, no unit."
            )
        value = float(text)
        if value != value or value in (float("inf"), float("-inf")):
            return "is not a finite number. Leave the cell empty if the value is unknown."
        if field.minimum is not None and value < field.minimum:
            return f"is below {field.minimum:g} {field.unit}. Check the unit: {field.description}"
        if field.maximum is not None and value > field.maximum:
            return f"is above {field.maximum:g} {field.unit}. Check the unit: {field.description}"
    if field.type == "boolean" and text not in ("true", "false"):
        return "is neither true nor false. Write one of them in lower case."
    if field.type == "date" and not is_day(text):
        return "is not a date. Write it as YYYY-MM-DD."
    return ""


def is_day(text: str) -> bool:
    """Whether a text is a day written as YYYY-MM-DD, and no other of ISO 8601's forms."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _source_problems(place: str, cells: Mapping[str, str], keys: Mapping[str, frozenset[str]]) -> Iterator[str]:
    named = [s for s in cells["source"].split(";") if s]
    known = keys.get("sources", frozenset())
    for source in named:
        if source != ASSUMPTION and source not in known:
            near = get_close_matches(source, known, 1)
            hint = f"Did you mean '{near[0]}'?" if near else "Add it to sources.csv."
            yield f"{place}, source = '{source}': is not in table sources. {hint}"
    if named == [ASSUMPTION] and (not cells["note"] or cells["confidence"] != ASSUMPTION):
        yield (
            f"{place}, source = 'assumption': an assumption needs confidence 'assumption' and its "
            "reasoning in note. Add them, or name a source."
        )


def _key_problems(name: str, table: RawTable) -> Iterator[str]:
    at = [table.header.index(k) for k in primary_key(name)]
    seen: dict[tuple[str, ...], str] = {}
    for place, row in table.numbered():
        if len(row) != len(table.header):
            continue
        key = tuple(row[i] for i in at)
        if key in seen:
            yield (
                f"{place}, {' + '.join(primary_key(name))} = '{' + '.join(key)}': stands in "
                f"{_short(table, seen[key])} too. Remove one of the two or give it another key."
            )
        seen.setdefault(key, place)


def _short(table: RawTable, place: str) -> str:
    """A place without the name of its file, if that is the table's own."""
    return place.removeprefix(f"{table.file}, ")


def _column(table: RawTable, column: str) -> frozenset[str]:
    if column not in table.header:
        return frozenset()
    at = table.header.index(column)
    return frozenset(row[at] for row in table.rows if len(row) > at)


def _not_one_of(text: str, allowed: Sequence[str]) -> str:
    near = get_close_matches(text, allowed, 1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"'{text}' is not one of {', '.join(allowed)}.{hint}"


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
