"""Demand by market segment: one class a table, one attribute a column (see `karvan.schema`)."""

from __future__ import annotations

from dataclasses import dataclass

from karvan.model.network import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Record):
    segment: str
    name: str
    commodities: tuple[str, ...]
    hs: tuple[str, ...]
    form: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    profile: str
    background: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Record):
    profile: str
    month: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand(Record):
    segment: str
    origin: str
    destination: str
    year: int
    tonnes: float
    teu: float | None
    totals: tuple[str, ...]
    split: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Country(Record):
    country: str
    name: str
    iso3: str
    m49: int
    baci: int
    node: str
