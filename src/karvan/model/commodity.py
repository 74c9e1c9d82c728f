"""What is carried and what it is carried in."""

from __future__ import annotations

from dataclasses import dataclass

from karvan.model.network import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Commodity(Record):
    commodity: str
    name: str
    also_known_as: tuple[str, ...]
    hs: str
    cargo_class: str
    tags: tuple[str, ...]
    value_usd_t: float
    density_t_m3: float
    forms: tuple[str, ...]
    equipment: tuple[str, ...]
    dangerous: bool
    value_rate_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment(Record):
    equipment: str
    name: str
    also_known_as: tuple[str, ...]
    form: str
    teu: float
    length_m: float
    axles: int
    tare_t: float
    payload_t: float
    volume_m3: float
    gauge_mm: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadLimit(Record):
    equipment: str
    country: str
    mode: str
    payload_t: float
