"""The best alternatives of the six lanes, simulated element by element as the tables describe them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from conftest import LANES
from independent_simulation import Simulation, Weather
from karvan.model.chain import Chain, Element
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, Quote
from karvan.overrides import state_on
from karvan.times.distributions import STEP_H

DRAWS = 120_000


def simulated(chain: Chain, cargo: Consignment, data: Dataset) -> Simulation:
    """The chain's elements in order, from the rows of services, modes and closures."""
    zones = {n.node: n.timezone for n in data.nodes}
    services = {s.service: s for s in data.services}
    wet = {m.mode for m in data.modes if m.weather_closed}
    run = Simulation(DRAWS, 7, cargo.ready, zones[cargo.origin])
    for i, e in enumerate(chain.elements):
        kind = type(e).__name__
        if kind == "Wait":
            s = services[e.service]  # type: ignore[union-attr]
            if e.mode in wet:  # type: ignore[union-attr]
                weather(run, data, e.node)  # type: ignore[union-attr]
            load = dict(cargo.loads)[e.form]
            size = {"teu": load.units * load.equipment.teu, "t": load.payload_t}.get(s.capacity_unit, load.units)
            share = size / s.capacity if s.capacity else 0.0
            full = int(np.ceil(share - 1e-9)) - 1 if share > 1 else 0
            if s.rule == "plan":
                run.plan(cargo.booked, s.plan_closes_day or 20, s.plan_refusal or 0.0, s.plan_window_days or 0.0)
                continue
            if s.rule == "when_full":
                run.fills(168 / s.departures_week, min(share, 1.0))
            elif s.rule == "timetable" and e.node == first_call(data, s.service):  # type: ignore[union-attr]
                run.sails(s.timetable, zones[e.node])  # type: ignore[union-attr]
            else:
                run.catches(168 / s.departures_week, s.headway_cv)
            run.more_ships(168 / s.departures_week, full)
        else:
            if e.mean_h > 0:
                run.runs(e.mean_h, e.sd_h)
            if kind == "Movement" and e.mode in wet and not goes_on(chain, i):  # type: ignore[union-attr]
                weather(run, data, e.nodes[-1])  # type: ignore[union-attr]
    return run


def goes_on(chain: Chain, i: int) -> bool:
    """Whether the cargo stays aboard after an element."""
    after = [*chain.elements[i + 1 :], None][0]
    return type(after).__name__ == "Movement" and after.service == chain.elements[i].service  # type: ignore[union-attr]


def first_call(data: Dataset, service: str) -> str:
    return min((c.sequence, c.node) for c in data.service_calls if c.service == service)[1]


def weather(run: Simulation, data: Dataset, node: str) -> None:
    """Calls under the closures of the month in which each draw comes."""
    rows = [c for c in data.closures if node in c.nodes]
    if not rows:
        return
    days = [(run.ready + timedelta(days=d)).month for d in range(800)]
    month = np.array(days)[np.minimum((run.clock // 24).astype(int), 799)]
    after = run.clock.copy()
    for row in rows:
        here = month == row.month
        if here.any() and row.closed_share > 0:
            key = f"{row.shared_state} {row.month}"
            if key not in run.weathers:
                made = Weather(run, row.closed_share, row.mean_closure_h, row.backlog_ratio)
                run.weathers[key] = made
            after[here] = run.weathers[key].through(run.clock)[here]
    run.clock = after


def apart(alternatives: tuple[Alternative, ...], most: int) -> Iterator[Alternative]:
    """The first alternatives that differ in their services."""
    seen: list[tuple[str, ...]] = []
    for a in alternatives:
        if a.chain.services not in seen and len(seen) < most:
            seen.append(a.chain.services)
            yield a


def states(chain: Chain, data: Dataset) -> list[str]:
    """Shared states at which the chain calls, in order."""
    of = {n: c.shared_state for c in data.closures for n in c.nodes}
    wet = {m.mode for m in data.modes if m.weather_closed}

    def node(e: Element) -> str:
        return e.nodes[-1] if hasattr(e, "nodes") else e.node

    return [of[node(e)] for e in chain.elements if getattr(e, "mode", "") in wet and node(e) in of]


@pytest.mark.parametrize("lane", LANES)
def test_percentiles_of_a_lane_are_those_of_a_long_simulation(
    lane: str, lanes: dict[str, Quote], atlas: Dataset
) -> None:
    """Within 1.5 % and a step: 120,000 draws know P95 to about half a percent. The rows are those of the day."""
    atlas = state_on(atlas, lanes[lane].ready)
    for a in apart(lanes[lane].alternatives, 4):
        calls = states(a.chain, atlas)
        if len(set(calls)) < len(calls):
            continue  # two calls under one storm have a test of their own
        theirs = simulated(a.chain, a.consignment, atlas).percentiles()
        ours = (a.time.p50_h, a.time.p80_h, a.time.p95_h)
        assert ours == pytest.approx(theirs, rel=0.015, abs=STEP_H), a.chain.nodes
