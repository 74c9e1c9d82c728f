"""The time of a chain by simulation, to check the convolution: departures, weather and plans as they happen.

It shares no code with `karvan.times`. A draw is one consignment; hours are counted from midnight at the
origin on the day the cargo is ready. Departures are actual ones of a renewal process, closures actual ones
of an alternating process that all calls of a chain see alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

Draws = np.ndarray
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass
class Simulation:
    """Clocks of many consignments; each method moves them on by one thing that happens."""

    draws: int
    seed: int
    ready: date
    zone: str = "UTC"

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.clock: Draws = np.zeros(self.draws)
        self.weathers: dict[str, Weather] = {}

    def percentiles(self) -> tuple[float, float, float]:
        return tuple(float(np.quantile(self.clock, p)) for p in (0.5, 0.8, 0.95))  # type: ignore[return-value]

    def runs(self, mean_h: float, sd_h: float) -> None:
        """A movement or an operation: lognormal, or fixed."""
        if sd_h == 0:
            self.clock = self.clock + mean_h
            return
        s2 = np.log(1 + (sd_h / mean_h) ** 2)
        self.clock = self.clock + self.random.lognormal(np.log(mean_h) - s2 / 2, np.sqrt(s2), self.draws)

    def catches(self, headway_h: float, cv: float) -> None:
        """The next of departures with gamma headways, met somewhere in a row of a million of them."""
        many = 1_000_000
        gaps = np.full(many, headway_h)
        if cv > 0:
            gaps = self.random.gamma(1 / cv**2, headway_h * cv**2, many)
        departures = np.cumsum(gaps)
        comes = self.random.uniform(departures[0], departures[-2], self.draws)
        self.clock = self.clock + departures[np.searchsorted(departures, comes)] - comes

    def fills(self, headway_h: float, share: float) -> None:
        """A ship that leaves when full, filled evenly in a headway, met at any state that has room."""
        filled = self.random.uniform(0, 1 - share, self.draws)
        self.clock = self.clock + (1 - share - filled) * headway_h

    def more_ships(self, headway_h: float, departures: int) -> None:
        self.clock = self.clock + headway_h * departures

    def plan(self, booked: date, closes_day: int, refusal: float, window_days: float) -> None:
        """Loading by a monthly plan.

        In the month of coming if booked in time for it and not refused, else in the next.
        """
        firsts = [self.ready.replace(day=1)]
        while len(firsts) < 24:
            firsts.append((firsts[-1] + timedelta(days=32)).replace(day=1))
        month = np.searchsorted([24.0 * (f - self.ready).days for f in firsts], self.clock, "right") - 1
        closing = [(f - timedelta(days=1)).replace(day=closes_day) for f in firsts]
        in_time = np.array([booked <= day for day in closing])[month]
        next_month = np.array([24.0 * (f - self.ready).days for f in firsts[1:]])[month]
        kept = in_time & (self.random.random(self.draws) >= refusal)
        loadable = np.where(kept, self.clock, next_month)
        self.clock = loadable + self.random.uniform(0, 24 * window_days, self.draws)

    def sails(self, timetable: Sequence[str], zone: str) -> None:
        """The next dated departure at a node, each put on the calendar in local time."""
        start = datetime.combine(self.ready, time(), ZoneInfo(self.zone)).astimezone(ZoneInfo("UTC"))
        hours = []
        for week in range(-1, 60):
            monday = self.ready - timedelta(days=self.ready.weekday()) + timedelta(weeks=week)
            for text in timetable:
                day, clock = text.split()
                on = monday + timedelta(days=_DAYS.index(day))
                local = datetime.combine(on, time.fromisoformat(clock), ZoneInfo(zone))
                hours.append((local.astimezone(ZoneInfo("UTC")) - start).total_seconds() / 3600)
        departures = np.sort(hours)
        self.clock = departures[np.searchsorted(departures, self.clock)]

    def calls(self, state: str, closed_share: float, closure_h: float, backlog: float) -> None:
        """A call at a port: waits for it to open and for the queue that the closure has left."""
        if state not in self.weathers:
            self.weathers[state] = Weather(self, closed_share, closure_h, backlog)
        self.clock = self.weathers[state].through(self.clock)


class Weather:
    """Closures of exponential length, each followed by a queue of `backlog` times its length.

    The free time's mean makes the closed share right. Every draw lives somewhere else in one long history,
    so that two calls of a chain see the same storm.
    """

    def __init__(self, of: Simulation, closed_share: float, closure_h: float, backlog: float) -> None:
        many = 2_000_000
        shut = of.random.exponential(closure_h, many)
        free = of.random.exponential(closure_h / closed_share * (1 - closed_share * (1 + backlog)), many)
        self.begins = np.concatenate(([0.0], np.cumsum(shut * (1 + backlog) + free)))[:-1]
        self.cleared = self.begins + shut * (1 + backlog)
        self.offset = of.random.uniform(self.begins[10], self.begins[-10] - 40_000, of.draws)

    def through(self, clock: Draws) -> Draws:
        """All who come while it is shut or queueing go on when the queue is cleared."""
        at = clock + self.offset
        cleared = self.cleared[np.searchsorted(self.begins, at, "right") - 1]
        return np.maximum(at, cleared) - self.offset
