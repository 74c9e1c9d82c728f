"""The virtual network of tiny worlds: which states there are, and what leads from one to the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from karvan.model.chain import Handling, Movement, Wait
from karvan.model.dataset import Dataset
from karvan.routing.expand import END, START, Arc, State, expand
from world_rows import DAY, agreement, border, calls, gauge_change, operation, service
from worlds import drawn


def reached(data: Dataset, start: str, end: str, on: date = DAY, closed_too: bool = False) -> list[tuple[Arc, ...]]:
    """Ways without a loop from loading at one node to unloading at another, in containers.

    One of those told alike.
    """
    net = expand(data, on)
    first = net.index.get(State(start, "", None, "container", "", START))
    last = net.index.get(State(end, "", None, "container", "", END))
    found: list[tuple[Arc, ...]] = []

    def go(at: int, seen: frozenset[int], way: tuple[Arc, ...]) -> None:
        if at == last:
            if not any(told(way) == told(other) for other in found):
                found.append(way)
            return
        for arc in net.arcs:
            if arc.tail == at and arc.head not in seen and (closed_too or not arc.closed_by):
                go(arc.head, seen | {arc.head}, (*way, arc))

    if first is not None:
        go(first, frozenset({first}), ())
    return found


def told(way: tuple[Arc, ...]) -> str:
    """A way in words: kinds of operations, waits, and the nodes of movements."""
    words = []
    for e in (e for arc in way for e in arc.elements):
        if isinstance(e, Movement):
            words.append(f"{e.from_node}>{e.to_node}")
        else:
            words.append(e.kind if isinstance(e, Handling) else f"wait {e.service}")
    return " ".join(words)


BREAK = """
    cn-a --rail:cn_rail:1435:100-- kz-b --rail:kz_rail:1520:200-- kz-c
"""


def test_where_gauges_meet_the_gauge_is_changed_and_the_border_crossed() -> None:
    """Neither alone leads across: a box needs papers and wheels."""
    both = (border("kz-b", "cn_rail", "kz_rail"), gauge_change("kz-b", "kz_rail"))
    ways = reached(drawn(BREAK, operations=both), "cn-a", "kz-c")
    assert [told(w) for w in ways] == ["load cn-a>kz-b border gauge_change kz-b>kz-c unload"]
    back = reached(drawn(BREAK, operations=both), "kz-c", "cn-a")
    assert [told(w) for w in back] == ["load kz-c>kz-b gauge_change border kz-b>cn-a unload"]
    for missing in ((both[0],), (both[1],), ()):
        assert reached(drawn(BREAK, operations=missing), "cn-a", "kz-c") == []


def test_two_operators_of_one_gauge_still_need_a_border() -> None:
    """Rails that meet are not yet a railway that may be used."""
    text = "kz-a --rail:kz_rail:1520:100-- kz-b --rail:uz_rail:1520:200-- uz-c"
    assert reached(drawn(text), "kz-a", "uz-c") == []
    ways = reached(drawn(text, operations=[border("kz-b", "kz_rail", "uz_rail")]), "kz-a", "uz-c")
    assert [told(w) for w in ways] == ["load kz-a>kz-b border kz-b>uz-c unload"]


def test_a_border_of_one_direction_is_not_crossed_in_the_other() -> None:
    """both_ways false."""
    text = "kz-a --rail:kz_rail:1520:100-- kz-b --rail:uz_rail:1520:200-- uz-c"
    data = drawn(text, operations=[border("kz-b", "kz_rail", "uz_rail", both_ways=False)])
    assert len(reached(data, "kz-a", "uz-c")) == 1
    assert reached(data, "uz-c", "kz-a") == []


@pytest.mark.parametrize("status", ["closed", "disused", "dismantled", "under_construction", "planned"])
def test_a_link_that_is_not_open_is_there_and_says_what_closes_it(status: str) -> None:
    """So that an answer can say what would have won."""
    data = drawn("am-a --rail:am_rail:1520:50-- tr-b", links={"rail-am-a-tr-b": {"status": status}})
    assert reached(data, "am-a", "tr-b") == []
    (way,) = reached(data, "am-a", "tr-b", closed_too=True)
    assert {arc.closed_by for arc in way} - {""} == {"rail-am-a-tr-b"}


@pytest.mark.parametrize(
    ("status", "day", "is_open"),
    [("open", date(2025, 6, 1), True), ("open", date(2025, 5, 31), False),
     ("closed", date(2025, 6, 1), False), ("closed", date(2025, 5, 31), True)],
)  # fmt: skip
def test_a_status_holds_from_its_day(status: str, day: date, is_open: bool) -> None:
    """A link opened on 1 June was not open on 31 May; one closed on 1 June still was."""
    changes = {"rail-kz-a-kz-b": {"status": status, "status_on": date(2025, 6, 1)}}
    assert bool(reached(drawn("kz-a --rail:kz_rail:1520:50-- kz-b", links=changes), "kz-a", "kz-b", day)) is is_open


@pytest.mark.parametrize(
    ("row", "is_open"),
    [
        ({"state": "in_force", "in_force_from": date(2025, 3, 3)}, True),
        ({"state": "in_force", "in_force_from": date(2025, 3, 4)}, False),
        ({"state": "in_force", "in_force_from": date(2020, 1, 1), "in_force_to": date(2025, 3, 3)}, True),
        ({"state": "in_force", "in_force_from": date(2020, 1, 1), "in_force_to": date(2025, 3, 2)}, False),
        ({"state": "in_force"}, True),
        ({"state": "signed"}, False),
        ({"state": "none"}, False),
        ({"state": "suspended", "in_force_from": date(2020, 1, 1)}, False),
    ],
)
def test_what_needs_an_agreement_is_open_while_it_is_in_force(row: dict[str, Any], is_open: bool) -> None:
    """A link and a border alike; first and last day included; a suspended agreement opens nothing."""
    text = "am-a --rail:am_rail:1520:50-- am-b --rail:tr_rail:1520:50-- tr-c"
    crossing = border("am-b", "am_rail", "tr_rail")
    link = drawn(text, links={"rail-am-a-am-b": {"agreement": "peace"}}, operations=[crossing],
                 agreements=[agreement("peace", **row)])  # fmt: skip
    gate = drawn(text, operations=[border("am-b", "am_rail", "tr_rail", agreement="peace")],
                 agreements=[agreement("peace", **row)])  # fmt: skip
    assert [bool(reached(d, "am-a", "tr-c")) for d in (link, gate)] == [is_open, is_open]


SEA_WORLD = "kz-a --sea:xz_sea:100-- xz-m --sea:xz_sea:150-- az-b"


def test_parallel_services_stay_apart() -> None:
    """Two ferries over one sea are two waits, two prices and two ways."""
    lines = [service(k, k, "sea") for k in ("red", "blue")]
    stops = [c for s in lines for c in calls(s.service, "kz-a", "az-b")]
    ways = reached(drawn(SEA_WORLD, services=lines, service_calls=stops), "kz-a", "az-b")
    assert sorted(told(w) for w in ways) == [f"load wait {k} kz-a>az-b unload" for k in ("blue", "red")]


def test_cargo_does_not_sail_without_a_service() -> None:
    """A sea is no road: water alone carries nothing."""
    assert reached(drawn(SEA_WORLD), "kz-a", "az-b") == []


@pytest.mark.parametrize(("both_ways", "ways_back"), [(True, 1), (False, 0)])
def test_a_service_sails_back_only_if_it_says_so(both_ways: bool, ways_back: int) -> None:
    """both_ways is a column of the service."""
    data = drawn(SEA_WORLD, services=[service("red", "red", "sea", both_ways=both_ways)],
                 service_calls=calls("red", "kz-a", "az-b"))  # fmt: skip
    assert len(reached(data, "kz-a", "az-b")) == 1
    assert len(reached(data, "az-b", "kz-a")) == ways_back


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2025, 4, 1), True),
        (date(2025, 10, 31), True),
        (date(2025, 3, 31), False),
        (date(2025, 11, 1), False),
    ],
)
def test_a_seasonal_service_runs_in_its_season(day: date, runs: bool) -> None:
    """First and last day included."""
    summer = service("red", "red", "sea", valid_from=date(2025, 4, 1), valid_to=date(2025, 10, 31))
    data = drawn(SEA_WORLD, services=[summer], service_calls=calls("red", "kz-a", "az-b"))
    assert bool(reached(data, "kz-a", "az-b", day)) is runs


def test_a_call_only_to_load_or_to_pass_lets_nothing_off() -> None:
    """kz-a loads, az-m is passed, az-b unloads: nobody gets off at az-m, nobody boards at az-b."""
    text = "kz-a --sea:xz_sea:100-- az-m --sea:xz_sea:150-- az-b"
    stops = calls("red", "load:kz-a", "pass:az-m", "unload:az-b")
    data = drawn(text, services=[service("red", "red", "sea")], service_calls=stops)
    assert len(reached(data, "kz-a", "az-b")) == 1
    for a, b in (("kz-a", "az-m"), ("az-m", "az-b"), ("az-b", "az-m")):
        assert reached(data, a, b) == []


def test_the_way_back_loads_where_the_way_there_unloads() -> None:
    """With both_ways, load and unload change places."""
    stops = calls("red", "load:kz-a", "unload:az-b")
    data = drawn(SEA_WORLD, services=[service("red", "red", "sea")], service_calls=stops)
    assert len(reached(data, "az-b", "kz-a")) == 1


def test_a_train_over_two_railways_crosses_their_border() -> None:
    """One movement a railway, with the border's handling between; ready rails alone do not carry it over."""
    text = "kz-a --rail:kz_rail:1520:100-- kz-b --rail:uz_rail:1520:200-- uz-c"
    train = service("block", "forwarder", "rail", gauge_mm=1520, kind="block_train", departures_week=2.0)
    data = drawn(
        text,
        services=[train],
        service_calls=calls("block", "kz-a", "uz-c"),
        operations=[border("kz-b", "kz_rail", "uz_rail", time_p50_h=8.0, time_p95_h=8.0)],
    )
    way = min((w for w in reached(data, "kz-a", "uz-c") if "wait" in told(w)), key=len)
    elements = [e for arc in way for e in arc.elements]
    assert told(way) == "load wait block kz-a>kz-b border kz-b>uz-c unload"
    moves = [e for e in elements if isinstance(e, Movement)]
    assert [(m.operator, m.carrier, m.length_km) for m in moves] == [
        ("kz_rail", "forwarder", 100.0), ("uz_rail", "forwarder", 200.0)
    ]  # fmt: skip
    assert [e.mean_h for e in elements if isinstance(e, Handling)] == [10.0, 8.0, 10.0]
    assert sum(m.mean_h for m in moves) == pytest.approx(300 / 20)


def test_a_train_over_a_border_that_no_row_opens_does_not_run() -> None:
    """A service may not jump a border that ordinary traffic cannot cross."""
    text = "kz-a --rail:kz_rail:1520:100-- kz-b --rail:uz_rail:1520:200-- uz-c"
    train = service("block", "forwarder", "rail", gauge_mm=1520)
    data = drawn(text, services=[train], service_calls=calls("block", "kz-a", "uz-c"))
    assert reached(data, "kz-a", "uz-c") == []


def test_the_time_of_a_leg_contains_its_border() -> None:
    """A leg timed as a whole is not charged the border's hours again; its railways share them by length."""
    text = "kz-a --rail:kz_rail:1520:100-- kz-b --rail:uz_rail:1520:300-- uz-c"
    train = service("block", "forwarder", "rail", gauge_mm=1520)
    stops = calls("block", "kz-a", "uz-c", leg_p50_h=40.0, leg_p95_h=40.0)
    data = drawn(text, services=[train], service_calls=stops, operations=[border("kz-b", "kz_rail", "uz_rail")])
    way = min((w for w in reached(data, "kz-a", "uz-c") if "wait" in told(w)), key=len)
    times = [e.mean_h for arc in way for e in arc.elements if not isinstance(e, Wait)]
    assert times == pytest.approx([10.0, 10.0, 0.0, 30.0, 10.0])


def test_who_boards_in_the_middle_does_not_wait_for_the_ship_to_lie_there() -> None:
    """dwell_h is the time of cargo that stays aboard: 5 h at az-m, between legs of 5 h and 7.5 h."""
    text = "kz-a --sea:xz_sea:100-- az-m --sea:xz_sea:150-- az-b"
    stops = calls("red", "kz-a", "az-m", "az-b", dwell_h=5.0)
    data = drawn(text, services=[service("red", "red", "sea")], service_calls=stops)

    def moving(a: str, b: str) -> float:
        (way,) = [w for w in reached(data, a, b) if told(w).count("wait") == 1]
        return sum(e.mean_h for arc in way for e in arc.elements if isinstance(e, Movement))

    assert moving("kz-a", "az-b") == pytest.approx(5.0 + 5.0 + 7.5)
    assert moving("az-m", "az-b") == pytest.approx(7.5)
    assert moving("kz-a", "az-m") == pytest.approx(5.0)


def test_ordinary_trains_are_waited_for_by_their_plan_wherever_cargo_is_loaded() -> None:
    """A service without calls stands for the ordinary traffic of a railway, gauge and form."""
    plan = service("plan", "kz_rail", "rail", gauge_mm=1520, rule="plan", plan_window_days=4.0, plan_refusal=0.0)
    data = drawn("kz-a --rail:kz_rail:1520:100-- kz-b --road:kz_road:50-- kz-c", services=[plan])
    way = min(reached(data, "kz-a", "kz-b"), key=len)
    assert told(way) == "load wait plan kz-a>kz-b unload"
    assert told(min(reached(data, "kz-c", "kz-a"), key=len)) == "load kz-c>kz-b tranship wait plan kz-b>kz-a unload"
    assert [e.mean_h for arc in way for e in arc.elements if isinstance(e, Wait)] == [48.0]


def test_ordinary_trains_of_another_railway_are_not_waited_for_at_a_border() -> None:
    """A wagon handed over at a border goes on with the train it came in."""
    plans = [service(k, k, "rail", gauge_mm=1520, rule="plan", plan_window_days=4.0) for k in ("kz_rail", "uz_rail")]
    text = "kz-a --rail:kz_rail:1520:100-- kz-b --rail:uz_rail:1520:200-- uz-c"
    data = drawn(text, services=plans, operations=[border("kz-b", "kz_rail", "uz_rail")])
    assert [told(w) for w in reached(data, "kz-a", "uz-c")] == ["load wait kz_rail kz-a>kz-b border kz-b>uz-c unload"]


def test_the_row_that_names_a_node_wins_over_a_glob() -> None:
    """Twenty hours of loading at kz-a, ten at kz-b."""
    slow = operation("slow", "kz-a", "load", mode_to="rail", form_to="container", time_p50_h=20.0, time_p95_h=20.0)
    data = drawn("kz-a --rail:kz_rail:1520:100-- kz-b", operations=[slow])
    times = {s: reached(data, s, e)[0][0].mean_h for s, e in (("kz-a", "kz-b"), ("kz-b", "kz-a"))}
    assert times == {"kz-a": 20.0, "kz-b": 10.0}
