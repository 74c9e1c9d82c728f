"""Infrastructure and what is done at its nodes: one class a table, one attribute a column (see `karvan.schema`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every row carries: where it comes from and from which day it could be known."""

    source: str
    confidence: str
    known_on: date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode(Record):
    mode: str
    name: str
    medium: str
    forms: tuple[str, ...]
    has_gauge: bool
    needs_service: bool
    weather_closed: bool
    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator(Record):
    operator: str
    name: str
    country: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(Record):
    node: str
    name: str
    also_known_as: tuple[str, ...]
    country: str
    latitude: float
    longitude: float
    timezone: str
    kind: str
    unlocode: str
    handles: tuple[str, ...]
    contested: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Record):
    link: str
    from_node: str
    to_node: str
    mode: str
    operator: str
    country: str
    length_km: float
    gauge_mm: int | None
    tracks: int | None
    electric_share: float
    speed_kmh: float
    speed_cv: float
    capacity_trains_day: float | None
    axle_load_t: float | None
    draught_m: float | None
    status: str
    status_on: date
    agreement: str
    contested: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Record):
    operation: str
    node: str
    kind: str
    mode_from: str
    form_from: str
    gauge_from_mm: int | None
    mode_to: str
    form_to: str
    gauge_to_mm: int | None
    operator_from: str
    operator_to: str
    both_ways: bool
    operator: str
    method: str
    time_p50_h: float
    time_p95_h: float
    capacity_day: float | None
    capacity_unit: str
    hours: str
    status: str
    agreement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure(Record):
    shared_state: str
    month: int
    nodes: tuple[str, ...]
    closed_share: float
    mean_closure_h: float
    backlog_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor(Record):
    corridor: str
    name: str
    via: tuple[str, ...]
    avoids: tuple[str, ...]
    family: str = "other"
    route: tuple[str, ...] = ()
    description: str

    @property
    def legs(self) -> tuple[tuple[str, str, str], ...]:
        """The route as (mode, from node, to node); an entry without a mode has an empty one."""
        stops = [("", self.route[0])] if self.route else []
        for entry in self.route[1:]:
            mode, _, node = entry.rpartition(":")
            stops.append((mode, node))
        return tuple((mode, before[1], node) for before, (mode, node) in pairwise(stops))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Record):
    agreement: str
    name: str
    parties: tuple[str, ...]
    opens: str
    state: str
    in_force_from: date | None
    in_force_to: date | None
    remedy: str

    def in_force(self, on: date) -> bool:
        """Whether it holds on a day: it is in force, or was until its last day, and the day is between its dates."""
        if self.state != "in_force" and self.in_force_to is None:
            return False
        started = self.in_force_from is None or self.in_force_from <= on
        return started and (self.in_force_to is None or on <= self.in_force_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction(Record):
    restriction: str
    name: str
    effect: str
    commodities: tuple[str, ...]
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    countries: tuple[str, ...]
    roles: tuple[str, ...]
    modes: tuple[str, ...]
    nodes: tuple[str, ...]
    operators: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmissionFactor(Record):
    factor: str
    applies_to: str
    mode: str
    traction: str
    service_kind: str
    form: str
    wtt_g: float
    ttw_g: float
    energy_wh: float
    per: str
    distance_factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid(Record):
    country: str
    g_kwh: float
    loss_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedDistance(Record):
    observation: str
    from_node: str
    to_node: str
    mode: str
    via: tuple[str, ...]
    length_km: float
