"""What was counted, where, and the claims held against it: one class a table (see `karvan.schema`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from karvan.model.network import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenline(Record):
    screenline: str
    name: str
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series(Record):
    series: str
    name: str
    screenline: str
    quantity: str
    cargo: str
    direction: str
    publisher: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Record):
    observation: str
    series: str
    period_from: date
    period_to: date
    value: float
    value_high: float | None
    growth: float | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Record):
    claim: str
    statement: str
    measure: str
    value: float
    tolerance: float
    period_from: date
    period_to: date
    base_from: date | None
    base_to: date | None
    series: tuple[str, ...]
