"""Cells: from text to a value of the model and back, as a column's description says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from karvan.schema.tables import Field, primary_key

# Joins the parts of a compound key where a key is written as one text.
KEY_JOIN = "+"


@cache
def parser(field: Field) -> Callable[[str], Any]:
    """The function from a cell's text to its value: a tuple for a list, None for an empty optional number or date.

    It expects text that passed `problems`; other text raises ValueError or decimal.InvalidOperation.
    """
    if field.separator:
        separator = field.separator
        return lambda text: tuple(text.split(separator)) if text else ()
    convert: Callable[[str], Any] = str
    if field.exact:
        convert = Decimal
    elif field.type in _PARSERS:
        convert = _PARSERS[field.type]
    if field.required or convert is str:
        return convert
    return lambda text: convert(text) if text else None


def text(field: Field, value: Any) -> str:
    """A value as the text of its cell; `parser(field)(text(field, value)) == value`."""
    if value is None:
        return ""
    if field.separator:
        return field.separator.join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def key(table: str, row: Any) -> str:
    """The primary key of a row as one text."""
    names = primary_key(table)
    return KEY_JOIN.join(str(getattr(row, n)) for n in names) if len(names) > 1 else str(getattr(row, names[0]))


_PARSERS: dict[str, Callable[[str], Any]] = {
    "number": float,
    "integer": int,
    "boolean": lambda cell: cell == "true",
    "date": date.fromisoformat,
}
