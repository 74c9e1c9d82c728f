"""Every fault of a problem is named, with place, value and remedy; what is legal is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignment.networks import around, braess, ferry, random_problem, sioux_falls, two_links
from karvan.assignment.checks import NAMED, faults, unreachable
from karvan.model.problem import QUEUE, Delays, Demand, Links, Problem, UserClass

SOUND = around(through=True)


def with_links(**fields: object) -> Problem:
    """The network of `around` with other arrays."""
    fields = {name: np.asarray(value) if isinstance(value, list) else value for name, value in fields.items()}
    return replace(SOUND, links=replace(SOUND.links, **fields))


def with_delays(**fields: object) -> Problem:
    """The network of `around` with other delays, BPR curves unless said otherwise."""
    known = {"free_time": [1.0] * 4, "capacity": 1.0, "kind": 1, **fields}
    return with_links(delays=Delays.of(known.pop("kind"), known.pop("free_time"), **known))  # type: ignore[arg-type]


def with_class(**fields: object) -> Problem:
    """The network of `around` with another user."""
    return replace(SOUND, classes=(replace(SOUND.classes[0], name="lorries", **fields),))


@pytest.mark.parametrize("problem", [two_links(), braess(bridge=True), around(through=False), ferry(), sioux_falls()])
def test_sound_problems_have_no_faults(problem: Problem) -> None:
    """The check must not cry wolf."""
    assert faults(problem) == []


@given(st.integers(0, 1000))
def test_random_sound_problems_have_no_faults(seed: int) -> None:
    """Parallel links, three kinds of delay, hard capacities, classes with costs of their own."""
    assert faults(random_problem(seed, classes=2, kinds=(0, 1, 2), most=3.0)) == []


def test_free_links_parallel_links_and_idle_zones_are_legal() -> None:
    """Connectors that take no time are common in the collections; so is a zone from which nobody travels.

    .      1 <── 0 ──> 2 ── 0 ──> 3      4 (nothing)
    .      └──── 0 ────┘
    """
    delays = Delays.bpr(np.zeros(4), 1.0)
    links = Links.of([1, 2, 3, 4], [0, 1, 0, 1], [1, 0, 1, 2], delays, most=[np.inf, 0.0, 1.0, 1.0])
    demand = Demand.of([0, 3, 3], [2, 3, 0], [1.0, 5.0, 0.0])
    assert faults(Problem.single(links, demand)) == []


@pytest.mark.parametrize(
    ("problem", "fault"),
    [
        (with_links(most=[np.inf, -2.0, 1, 1]), "link 1 (2 -> 3): most -2 is no hard capacity. Give a number of"),
        (with_links(most=[np.nan, 1, 1, 1]), "link 0 (1 -> 2): most nan is no hard capacity."),
        (with_links(ids=np.array([1, 2, 2, 4])), "Node 2 is there 2 times. Give each node an id of its own."),
        (with_links(tail=np.array([0, 7, 0, 3])), "(position 7 -> 3): tail 7 is no position among 4 nodes. Take"),
        (with_links(head=np.array([1, -1, 3, 2])), "(2 -> position -1): head -1 is no position among 4 nodes."),
        (with_links(head=np.array([1, 1, 3, 2])), "link 1 (2 -> 2): leads from a node to itself."),
        (with_delays(free_time=[1, np.nan, 1, 1]), "link 1 (2 -> 3): free_time nan is no time. Give a number"),
        (with_delays(free_time=[1, 1, -1, 1]), "link 2 (1 -> 4): free_time -1 is no time."),
        (with_delays(free_time=[1, 1, np.inf, 1]), "free_time inf is no time."),
        (with_delays(capacity=[1, 0, 1, 1]), "link 1 (2 -> 3): capacity 0 cannot slow a link by its load."),
        (with_delays(capacity=[1, np.inf, 1, 1]), "link 1 (2 -> 3): capacity inf cannot slow"),
        (with_delays(capacity=[1, np.nan, 1, 1]), "link 1 (2 -> 3): capacity nan cannot slow"),
        (with_delays(b=[1, 1, 1, -0.5]), "link 3 (4 -> 3): b -0.5 would make a delay fall."),
        (with_delays(power=[-1, 1, 1, 1]), "link 0 (1 -> 2): power -1 would make a delay fall."),
        (with_delays(kind=QUEUE, capacity=[5, 5, 0.5, 5]), "link 2 (1 -> 4): capacity 0.5 is no number that"),
        (with_delays(kind=QUEUE, departures=[5, 5, 0, 5]), "link 2 (1 -> 4): departures 0 is no rate of departures."),
        (with_delays(kind=[0, 1, 2, 9]), "link 3 (4 -> 3): kind 9 is no kind of delay. Take 0 (constant), 1 (BPR) or"),
        (with_class(time_cost=0.0), "Class lorries: time_cost 0 is no cost of time. Give a number above 0."),
        (with_class(time_cost=np.array([1, 1, -1.0, 1])), "link 2 (1 -> 4): time_cost of class lorries -1 is no"),
        (with_class(load=-1.0), "Class lorries: load -1 is no load. Give a number of at least 0."),
        (with_class(fixed_cost=np.array([0, np.inf, 0, 0])), "link 1 (2 -> 3): fixed_cost of class lorries inf is no"),
        (with_class(fixed_cost=np.array([0, -1.5, 0, 0])), "fixed_cost of class lorries -1.5 makes the cost of"),
        (with_class(demand=Demand.of([0], [2], [-3.0])), "demand 0 of class lorries (1 -> 3): volume -3 is no demand."),
        (with_class(demand=Demand.of([0], [2], [np.nan])), "volume nan is no demand."),
        (with_class(demand=Demand.of([4], [2], [1.0])), "(position 4 -> 3): origin 4 is no position among 4 nodes."),
        (with_class(demand=Demand.of([0], [-2], [1.0])), "(1 -> position -2): destination -2 is no position among 4"),
    ],
)  # fmt: skip
def test_a_single_fault_is_named_where_it_is(problem: Problem, fault: str) -> None:
    """One sentence for it, and none for anything else."""
    found = faults(problem)
    assert len(found) == 1, found
    assert fault in found[0]


def test_values_that_a_kind_of_delay_does_not_read_are_not_looked_at() -> None:
    """A constant time has no capacity, a queue no power."""
    assert faults(with_delays(kind=0, capacity=0.0, b=np.nan)) == []
    assert faults(with_delays(kind=QUEUE, capacity=4.0, power=-1.0)) == []


def test_what_a_class_would_pay_where_it_is_not_allowed_is_not_looked_at() -> None:
    """A table may well hold a mark there instead of a number."""
    allowed, there = np.array([True, True, False, True]), np.array([1.0, 1.0, -1.0, 1.0])
    pair = Demand.of([0], [2], [1.0])
    assert (
        faults(with_class(demand=pair, allowed=allowed, time_cost=there, load=there, fixed_cost=-9 * (there < 0))) == []
    )


def test_arrays_of_the_wrong_length_are_all_named() -> None:
    """No other check could be made of them."""
    problem = Problem(
        links=replace(SOUND.links, most=np.ones(3), through=np.ones(2, bool)),
        classes=(
            UserClass(
                name="lorries",
                demand=Demand.of([0, 1], [2, 2], [1.0]),
                time_cost=np.ones(5),
                allowed=np.ones(6, bool),
            ),
        ),
    )
    assert faults(problem) == [
        "through has 2 entries where there are 4 nodes. Give one for each.",
        "most has 3 entries where there are 4 links. Give one for each.",
        "time_cost of class lorries has 5 entries where there are 4 links. Give one for each.",
        "allowed of class lorries has 6 entries where there are 4 links. Give one for each.",
        "volume of class lorries has 1 entries where there are 2 pairs (entries of origin). Give one for each.",
    ]


def test_many_faults_come_at_once_and_bear_the_names_of_their_places() -> None:
    """Whoever mends a file wants the whole list, in the words of the file."""
    problem = replace(
        with_delays(free_time=[-1, 1, 1, 1], b=[0, -1, 0, 0]),
        classes=(replace(SOUND.classes[0], load=np.nan, demand=Demand.of([0, 0], [2, 1], [1.0, -1.0])),),
    )
    found = faults(problem, link_name=lambda a: f"net.csv, line {a + 2}", demand_name=lambda k, i: f"trips {k}/{i}")
    assert [f.split(" ", 5)[:5] for f in found] == [
        ["net.csv,", "line", "2:", "free_time", "-1"],
        ["net.csv,", "line", "3:", "b", "-1"],
        ["Class", "all:", "load", "nan", "is"],
        ["trips", "0/1:", "volume", "-1", "is"],
    ]


def test_demand_of_a_zone_without_links_is_one_sentence_a_zone() -> None:
    """However many pairs it has; zone 4 sends to two others and zone 3 to one.

    .      1 <──> 2 ──> 3      4
    """
    links = Links.of([1, 2, 3, 4], [0, 1, 1], [1, 0, 2], Delays.constant(np.ones(3)))
    demand = Demand.of([3, 3, 2, 0, 0], [0, 1, 0, 3, 2], [1.0, 2.0, 4.0, 8.0, 16.0])
    assert faults(Problem.single(links, demand)) == [
        "Class all: 4 units begin at node 3, which no link leaves that it may use. Add one or remove the demand.",
        "Class all: 3 units begin at node 4, which no link leaves that it may use. Add one or remove the demand.",
        "Class all: 8 units end at node 4, to which no link leads that it may use. Add one or remove the demand.",
    ]


def test_reach_is_looked_at_class_by_class() -> None:
    """Zone 2 closed to those who pass, the way round closed to lorries: they alone have no path from 1 to 3."""
    closed = around(through=False)
    cars, pair = closed.classes[0], Demand.of([0, 0], [2, 2], [3.0, 0.0])
    lorries = UserClass(name="lorries", demand=pair, allowed=np.array([True, True, False, True]))
    problem = Problem(links=closed.links, classes=(cars, lorries))
    assert faults(problem) == [
        "demand 0 of class lorries (1 -> 3): 3 units of class lorries have no path. Join the ends or remove the pair."
    ]
    assert [mask.tolist() for mask in unreachable(problem)] == [[False, False, False], [True, True]]


def test_beyond_some_the_pairs_without_a_path_are_counted_and_added_up() -> None:
    """Two islands of many zones: a sentence for each pair would fill the screen.

    .      0 <──> 1 <──> ... <──> 9      10 <──> ... <──> 19
    """
    tail = np.array([*range(9), *range(10, 19)])
    links = Links.of(np.arange(20), np.append(tail, tail + 1), np.append(tail + 1, tail), Delays.constant(np.ones(36)))
    origin, destination = (m.ravel() for m in np.meshgrid(np.arange(10), np.arange(10, 20)))
    found = faults(Problem.single(links, Demand.of(origin, destination, np.full(100, 2.0))))
    assert len(found) == NAMED + 1
    assert found[-1] == f"... and {100 - NAMED} more of the last kind, {2 * (100 - NAMED)} units in all."
