"""What changes a dataset: projects with their overrides, and earlier values of cells (see `karvan.schema`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from karvan.model.network import Record


class Change(Protocol):
    """A change of cells, whatever it comes from: a table, a row by key or glob, a column, and the value as text."""

    @property
    def table(self) -> str: ...
    @property
    def row(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def value(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Override:
    """A change that is in no table, as a user or a program makes it."""

    table: str
    row: str
    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Record):
    project: str
    name: str
    programmes: tuple[str, ...]
    countries: tuple[str, ...]
    state: str
    cost_low_musd: float | None
    cost_high_musd: float | None
    cost_year: int | None
    opens_from: int | None
    opens_to: int | None
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectEffect(Record):
    project: str
    sequence: int
    table: str
    row: str
    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier(Record):
    table: str
    row: str
    column: str
    value: str
    until: date
    what: str
