"""The table descriptions, read from the JSON files beside this module."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its type, unit, meaning and constraints, as its Table Schema says."""

    name: str
    type: str
    description: str
    unit: str
    separator: str
    exact: bool
    timezone: bool
    required: bool
    unique: bool
    minimum: float | None
    maximum: float | None
    enum: tuple[str, ...]
    items: tuple[str, ...]
    pattern: str
    references: str


@cache
def tables() -> tuple[str, ...]:
    """Names of all tables, sorted."""
    folder = resources.files(__package__)
    return tuple(sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".json")))


@cache
def describe(table: str) -> dict[str, Any]:
    """The Table Schema of a table as a dictionary. Raises FileNotFoundError for an unknown table."""
    text = resources.files(__package__).joinpath(f"{table}.json").read_text(encoding="utf-8")
    described: dict[str, Any] = json.loads(text)
    return described


@cache
def fields(table: str) -> tuple[Field, ...]:
    """Columns of a table, in order."""
    return tuple(_field(f) for f in describe(table)["fields"])


@cache
def primary_key(table: str) -> tuple[str, ...]:
    """Names of the columns whose values together identify a row."""
    return tuple(describe(table)["primaryKey"])


def _field(f: dict[str, Any]) -> Field:
    limits = f.get("constraints", {})
    return Field(
        name=f["name"],
        type=f["type"],
        description=f["description"],
        unit=f.get("unit", ""),
        separator=f.get("separator", ""),
        exact=bool(f.get("exact", False)),
        timezone=bool(f.get("timezone", False)),
        required=bool(limits.get("required", False)),
        unique=bool(limits.get("unique", False)),
        minimum=limits.get("minimum"),
        maximum=limits.get("maximum"),
        enum=tuple(limits.get("enum", ())),
        items=tuple(f.get("items", ())),
        pattern=limits.get("pattern", ""),
        references=f.get("references", ""),
    )
