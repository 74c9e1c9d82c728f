"""What gateways and ships can hold, and what their owners spend or are paid (see `karvan.schema`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from karvan.model.network import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility(Record):
    facility: str
    node: str
    name: str
    measure: str
    value: float
    state: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vessel(Record):
    vessel: str
    name: str
    operator: str
    kind: str
    services: tuple[str, ...]
    number: int
    capacity: float
    capacity_unit: str
    payload_t: float | None
    draught_m: float | None
    payload_now_t: float | None
    loss_t_dm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginalCost(Record):
    cost: str
    operator: str
    activity: str
    form: str
    unit: str
    value_low: float
    value: float
    value_high: float
    currency: str
    year: int
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsidy(Record):
    subsidy: str
    payer: str
    node: str
    direction: str
    corridors: tuple[str, ...]
    unit: str
    value_low: float
    value: float
    value_high: float
    currency: str
    valid_from: date
    valid_to: date | None
