"""How long cargo waits for a service, by the rule that the service leaves by."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import numpy as np

from karvan.errors import DataError
from karvan.model.consignment import Load
from karvan.model.service import Service
from karvan.times.distributions import STEP_H, Floats, Ints, lognormal, residual_life, uniform
from karvan.units import HOURS_A_DAY, HOURS_A_WEEK

_DAYS = {name: i for i, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))}
DEFAULT_PLAN_CLOSES_DAY = 20


def wait(service: Service, load: Load) -> Floats:
    """The wait for a service without a timetable or plan, as masses on the grid.

    A frequency is waited for by the residual life of its headway, a service that leaves when full by what is left to
    be filled. A consignment larger than one departure waits for as many as it needs.
    """
    headway = HOURS_A_WEEK / service.departures_week
    share = size(service, load) / service.capacity if service.capacity else 0.0
    more = lognormal(headway * max(math.ceil(share - 1e-9) - 1, 0), 0.0)
    if service.rule == "when_full":
        return np.convolve(uniform(headway * max(1.0 - share, 0.0)), more)
    return np.convolve(residual_life(headway, service.headway_cv), more)


def size(service: Service, load: Load) -> float:
    """A consignment in the unit of a service's capacity."""
    units = {"teu": load.teu, "t": load.payload_t}
    return units.get(service.capacity_unit, float(load.units))


def planned(service: Service, first: datetime, booked: date, points: int) -> tuple[Ints, Floats]:
    """For each grid point of readiness, the grid point of the next month's first day, and the chance of waiting for it.

    Applications for a month close on `plan_closes_day` of the month before. Cargo that is ready in a month for which
    its application (made on `booked`) was in time may be loaded at once; a refused one, with probability
    `plan_refusal`, and one that came too late, from the first of the month after. `first` is the local time at grid
    point 0. The loading day is then spread evenly over `plan_window_days`.
    """
    hours = np.arange(points) * STEP_H
    to_next = np.full(points, points - 1)
    later = np.empty(points)
    start, begins = 0.0, first.replace(day=1, hour=0, minute=0)
    while start < hours[-1] + STEP_H:
        next_month = (begins + timedelta(days=32)).replace(day=1)
        end = (next_month - first).total_seconds() / 3600
        inside = (hours >= start) & (hours < end)
        to_next[inside] = min(math.ceil(end / STEP_H), points - 1)
        month_before = begins.date() - timedelta(days=1)
        closes = month_before.replace(day=min(service.plan_closes_day or DEFAULT_PLAN_CLOSES_DAY, month_before.day))
        later[inside] = (service.plan_refusal or 0.0) if booked <= closes else 1.0
        start, begins = end, next_month
    return to_next, later


def next_departure(timetable: tuple[str, ...], start_h: float, points: int) -> Ints:
    """For each grid point the grid point of the next departure not before it.

    `timetable` holds local departures as in 'Tue 08:00'; `start_h` is the local hour of the week, from Monday 00:00, at
    grid point 0.
    """
    hours = sorted(departure_hours(timetable))
    week = np.asarray(
        [h + HOURS_A_WEEK * k for k in range(-1, 3 + int(points * STEP_H // HOURS_A_WEEK)) for h in hours]
    )
    at = start_h + np.arange(points) * STEP_H
    found = week[np.minimum(np.searchsorted(week, at - 1e-9), len(week) - 1)]
    steps = np.ceil((found - at) / STEP_H - 1e-9).astype(np.int64)
    to: Ints = np.arange(points) + np.maximum(steps, 0)
    return to


def departure_hours(timetable: tuple[str, ...]) -> list[float]:
    """Hours of the week of the departures. Raises DataError if there is none or one is not written as 'Tue 08:00'."""
    if not timetable:
        raise DataError(["services.csv, timetable '': a service by timetable needs departures, as in 'Tue 08:00'."])
    hours = []
    for text in timetable:
        day, _, clock = text.strip().partition(" ")
        hour, colon, minute = clock.partition(":")
        clocked = colon and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60
        if day not in _DAYS or not clocked:
            raise DataError([f"services.csv, timetable '{text}': write a departure as in 'Tue 08:00'."])
        hours.append(_DAYS[day] * HOURS_A_DAY + int(hour) + int(minute) / 60)
    return hours
