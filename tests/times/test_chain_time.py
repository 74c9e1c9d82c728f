"""Percentiles of the convolution against a long simulation that shares no code with it.

300,000 seeded draws put the simulated P95 within about 0.3 %; the grid is two hours wide. So 1 % and one
step are allowed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from independent_simulation import Simulation
from karvan.model.chain import Chain, Element
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.model.quote import ChainTime
from karvan.times import Clock, chain_time
from karvan.times.distributions import STEP_H
from world_rows import DAY, calls, closures, handling, movement, node, service, wait
from worlds import DC20, RAIL, SEA, consignment, dataset

DRAWS = 300_000
CARGO = consignment("kz-a", "ge-d")


def world(services: tuple[object, ...] = (), weather: tuple[object, ...] = (), **zones: str) -> Dataset:
    """kz-a by rail to the port kz-b, by sea to az-c and ge-d."""
    nodes = [node(k, timezone=zones.get(k.replace("-", "_"), "UTC")) for k in ("kz-a", "kz-b", "az-c", "ge-d")]
    legs = [c for s in services for c in calls(s.service, "kz-b", "az-c")]  # type: ignore[attr-defined]
    return dataset(nodes=nodes, modes=(RAIL, SEA), services=services, service_calls=legs, closures=weather)


def timed(data: Dataset, *elements: Element, cargo: Consignment = CARGO) -> ChainTime:
    return chain_time(Chain(elements), Clock(data, cargo))


def simulation(ready: date = DAY) -> Simulation:
    return Simulation(DRAWS, 20250303, ready)


def agree(time: ChainTime, simulated: Simulation) -> None:
    for ours, theirs in zip((time.p50_h, time.p80_h, time.p95_h), simulated.percentiles(), strict=True):
        assert ours == pytest.approx(theirs, rel=0.01, abs=STEP_H)
    assert time.mean_h == pytest.approx(float(np.mean(simulated.clock)), rel=0.01, abs=STEP_H / 2)


RUN = movement("kz-a", "kz-b", mean_h=90.0, sd_h=25.0)
SEA_LEG = movement("kz-b", "az-c", mode="sea", mean_h=30.0, sd_h=6.0, service="line", country="XZ")


def test_runs_and_operations_are_lognormals_one_after_another() -> None:
    """No waits: a train, a crane with a fat tail, a train."""
    simulated = simulation()
    for mean, sd in ((90.0, 25.0), (24.0, 30.0), (60.0, 20.0)):
        simulated.runs(mean, sd)
    crane = handling("tranship", "kz-b", mean_h=24.0, sd_h=30.0)
    agree(timed(world(), RUN, crane, movement("kz-b", "az-c", mean_h=60.0, sd_h=20.0)), simulated)


@pytest.mark.parametrize(("a_week", "cv"), [(1.0, 0.0), (0.5, 0.5), (3.5, 0.9), (1.0, 1.0), (2.0, 1.4)])
def test_a_frequency_is_waited_for_as_actual_departures_are(a_week: float, cv: float) -> None:
    """The longer gaps are met more often: the wait is longer than half a headway (Cox 1962)."""
    line = service("line", "ship", "sea", departures_week=a_week, headway_cv=cv)
    simulated = simulation()
    simulated.runs(90.0, 25.0)
    simulated.catches(168.0 / a_week, cv)
    simulated.runs(30.0, 6.0)
    agree(timed(world((line,)), RUN, wait("kz-b", "line"), SEA_LEG), simulated)


@pytest.mark.parametrize(("boxes", "share", "more"), [(10, 0.2, 0), (50, 1.0, 0), (120, 0.4, 2)])
def test_a_ship_that_leaves_when_full_is_waited_for_until_it_is_full(boxes: int, share: float, more: int) -> None:
    """Room for 100 TEU: 20, 100 and 240 TEU fill a fifth, a whole ship, and two and two fifths."""
    line = service("line", "ship", "sea", rule="when_full", departures_week=0.7)
    simulated = simulation()
    simulated.fills(240.0, share if not more else 1.0)
    simulated.more_ships(240.0, more)
    simulated.runs(30.0, 6.0)
    cargo = replace(consignment("kz-a", "ge-d", units=boxes, tonnes=14.0 * boxes))
    agree(timed(world((line,)), wait("kz-b", "line"), SEA_LEG, cargo=cargo), simulated)


@pytest.mark.parametrize(
    ("ready", "booked"),
    [
        (date(2025, 3, 3), date(2025, 2, 1)),
        (date(2025, 3, 3), date(2025, 2, 25)),
        (date(2024, 12, 20), date(2024, 11, 20)),
    ],
)
def test_a_plan_is_waited_for_by_its_calendar(ready: date, booked: date) -> None:
    """In time, too late for the month, and over the turn of a year; one in ten is refused."""
    plan = service("plan", "kz_rail", "rail", rule="plan", plan_closes_day=20, plan_refusal=0.1, plan_window_days=6.0)
    simulated = simulation(ready)
    simulated.plan(booked, 20, 0.1, 6.0)
    simulated.runs(90.0, 25.0)
    cargo = replace(CARGO, ready=ready, booked=booked)
    agree(timed(world((plan,)), wait("kz-a", "plan", mode="rail"), RUN, cargo=cargo), simulated)


def test_a_plan_met_on_the_way_goes_by_the_day_of_coming() -> None:
    """Ready on 3 March, at the junction some weeks later, often in April only."""
    plan = service("plan", "kz_rail", "rail", rule="plan", plan_closes_day=20, plan_refusal=0.2, plan_window_days=6.0)
    simulated = simulation()
    simulated.runs(600.0, 250.0)
    simulated.plan(CARGO.booked, 20, 0.2, 6.0)
    slow = movement("kz-a", "kz-b", mean_h=600.0, sd_h=250.0)
    agree(timed(world((plan,)), slow, wait("kz-b", "plan", mode="rail")), simulated)


@pytest.mark.parametrize("zone", ["Asia/Almaty", "America/Los_Angeles", "Europe/Berlin"])
def test_a_timetable_is_that_of_the_local_clock_of_its_port(zone: str) -> None:
    """Ready at midnight in Almaty; the ship leaves on Tuesdays and Fridays by the clock of its port.

    Berlin puts its clock on at the end of March, within the weeks after 3 March: an hour is allowed by the
    grid.
    """
    line = service("line", "ship", "sea", rule="timetable", departures_week=2.0, timetable=("Tue 08:00", "Fri 22:30"))
    simulated = simulation()
    simulated.zone = "Asia/Almaty"
    simulated.runs(90.0, 25.0)
    simulated.sails(("Tue 08:00", "Fri 22:30"), zone)
    simulated.runs(30.0, 6.0)
    data = world((line,), kz_a="Asia/Almaty", kz_b=zone)
    agree(timed(data, RUN, wait("kz-b", "line"), SEA_LEG), simulated)


@pytest.mark.parametrize(("share", "hours", "backlog"), [(0.05, 20.0, 0.3), (0.35, 40.0, 0.4), (0.2, 60.0, 1.5)])
def test_a_port_closed_by_weather_is_waited_for_with_its_queue(share: float, hours: float, backlog: float) -> None:
    """Storms as they come, each with a queue after it; the ship is waited for after that."""
    line = service("line", "ship", "sea", departures_week=3.5, headway_cv=0.8)
    weather = closures("east", ("kz-b",), closed_share=share, mean_closure_h=hours, backlog_ratio=backlog)
    simulated = simulation()
    simulated.runs(90.0, 25.0)
    simulated.calls("east", share, hours, backlog)
    simulated.catches(48.0, 0.8)
    simulated.runs(30.0, 6.0)
    agree(timed(world((line,), weather), RUN, wait("kz-b", "line"), SEA_LEG), simulated)


def test_two_ports_under_two_states_close_apart() -> None:
    """Leaving kz-b and arriving at az-c, each under weather of its own."""
    line = service("line", "ship", "sea", departures_week=3.5, headway_cv=0.8)
    weather = (
        *closures("east", ("kz-b",)),
        *closures("west", ("az-c",), closed_share=0.1, mean_closure_h=24.0),
    )
    simulated = simulation()
    simulated.runs(90.0, 25.0)
    simulated.calls("east", 0.2, 30.0, 0.5)
    simulated.catches(48.0, 0.8)
    simulated.runs(30.0, 6.0)
    simulated.calls("west", 0.1, 24.0, 0.5)
    agree(timed(world((line,), weather), RUN, wait("kz-b", "line"), SEA_LEG), simulated)


def test_two_ports_under_one_state_meet_the_same_storm() -> None:
    """A crossing of a day and a half between ports that one storm closes.

    The second call is conditioned on the first.
    """
    line = service("line", "ship", "sea", departures_week=3.5, headway_cv=0.8)
    weather = closures("caspian", ("kz-b", "az-c"), closed_share=0.2, mean_closure_h=30.0, backlog_ratio=0.5)
    simulated = simulation()
    simulated.runs(90.0, 25.0)
    simulated.calls("caspian", 0.2, 30.0, 0.5)
    simulated.catches(48.0, 0.8)
    simulated.runs(30.0, 6.0)
    simulated.calls("caspian", 0.2, 30.0, 0.5)
    agree(timed(world((line,), weather), RUN, wait("kz-b", "line"), SEA_LEG), simulated)


def test_a_whole_chain_with_a_plan_a_ship_and_weather() -> None:
    """Plan, train, crane, storm, ship when full, storm on arrival, crane: all kinds of randomness at once."""
    plan = service("plan", "kz_rail", "rail", rule="plan", plan_closes_day=20, plan_refusal=0.1, plan_window_days=6.0)
    line = service("line", "ship", "sea", rule="when_full", departures_week=1.0)
    weather = (*closures("east", ("kz-b",), closed_share=0.3), *closures("west", ("az-c",), closed_share=0.1))
    simulated = simulation()
    simulated.plan(CARGO.booked, 20, 0.1, 6.0)
    simulated.runs(90.0, 25.0)
    simulated.runs(24.0, 30.0)
    simulated.calls("east", 0.3, 30.0, 0.5)
    simulated.fills(168.0, 0.02)
    simulated.runs(30.0, 6.0)
    simulated.calls("west", 0.1, 30.0, 0.5)
    simulated.runs(24.0, 30.0)
    crane = {"mean_h": 24.0, "sd_h": 30.0}
    time = timed(
        world((plan, line), weather),
        wait("kz-a", "plan", mode="rail"),
        RUN,
        handling("tranship", "kz-b", **crane),
        wait("kz-b", "line"),
        SEA_LEG,
        handling("unload", "az-c", **crane),
    )
    agree(time, simulated)


def test_weather_is_that_of_the_month_of_the_call() -> None:
    """Ready in the last days of March, calling in April: April's storms, not March's."""
    stormy = [replace(c, closed_share=0.3 if c.month == 3 else 0.0) for c in closures("east", ("kz-b",))]
    line = service("line", "ship", "sea", departures_week=7.0)
    calm = timed(world((line,)), RUN, wait("kz-b", "line"), SEA_LEG)
    in_april = replace(CARGO, ready=date(2025, 3, 31))
    in_march = replace(CARGO, ready=date(2025, 3, 1))
    data = world((line,), tuple(stormy))
    assert timed(data, RUN, wait("kz-b", "line"), SEA_LEG, cargo=in_april).mean_h == pytest.approx(calm.mean_h, abs=0.5)
    assert timed(data, RUN, wait("kz-b", "line"), SEA_LEG, cargo=in_march).mean_h > calm.mean_h + 10


def test_the_same_input_gives_the_same_answer() -> None:
    """To the last bit, from a new clock and from one that has been used."""
    line = service("line", "ship", "sea", departures_week=3.5, headway_cv=0.8)
    data = world((line,), closures("caspian", ("kz-b", "az-c")))
    clock = Clock(data, CARGO)
    way = Chain((RUN, wait("kz-b", "line"), SEA_LEG))
    assert chain_time(way, clock) == chain_time(way, clock) == chain_time(way, Clock(data, CARGO))


def test_elements_begin_when_those_before_them_end_on_average() -> None:
    """The schedule shows mean times; the last mean is where the chain ends."""
    line = service("line", "ship", "sea", departures_week=1.0)
    time = timed(world((line,)), RUN, wait("kz-b", "line"), SEA_LEG)
    assert time.starts_h == pytest.approx((0.0, 90.0, 174.0), abs=0.1)
    assert time.mean_h == pytest.approx(204.0, abs=0.1)


def test_a_chain_of_a_year_still_fits_the_grid() -> None:
    """The grid grows with the chain; nothing wraps round to the start."""
    long = [movement("kz-a", "kz-b", mean_h=2000.0, sd_h=600.0) for _ in range(4)]
    time = timed(world(), *long)
    assert time.mean_h == pytest.approx(8000.0, rel=1e-3)
    assert time.p50_h < time.p80_h < time.p95_h < 11_000


def test_a_unit_of_twenty_feet_takes_half_the_ship() -> None:
    """Capacity is counted in its own unit.

    50 boxes of 20 feet leave half of 100 TEU to be filled by others.
    """
    line = service("line", "ship", "sea", rule="when_full", departures_week=1.0)
    cargo = consignment("kz-a", "ge-d", DC20, 50, 700.0)
    assert timed(world((line,)), wait("kz-b", "line"), cargo=cargo).mean_h == pytest.approx(42.0, abs=0.1)
