"""Services: what runs over links, where it calls and how it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from karvan.model.network import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Record):
    """A named service. One without calls stands for the ordinary traffic of its operator, mode and gauge."""

    service: str
    name: str
    operator: str
    mode: str
    kind: str
    forms: tuple[str, ...]
    commodities: tuple[str, ...]
    gauge_mm: int | None
    rule: str
    departures_week: float
    headway_cv: float
    timetable: tuple[str, ...]
    capacity: float
    capacity_unit: str
    plan_closes_day: int | None
    plan_refusal: float | None
    plan_window_days: float | None
    speed_kmh: float | None
    time_cv: float
    both_ways: bool
    valid_from: date
    valid_to: date | None

    def runs(self, on: date) -> bool:
        """Whether the service is offered on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCall(Record):
    service: str
    sequence: int
    node: str
    call: str
    leg_p50_h: float | None
    leg_p95_h: float | None
    dwell_h: float
