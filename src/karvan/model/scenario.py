"""What changes a dataset: projects with their overrides, and earlier values of cells (see `karvan.schema`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from karvan.model.network import Record


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
