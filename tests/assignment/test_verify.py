"""The check finds a fault put into a sound result, and names the place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignment.networks import around, braess, ferry, result_of, sioux_falls, sioux_falls_flows, two_links
from karvan.assignment.distances import distances, reached
from karvan.assignment.result import Outcome, Result
from karvan.assignment.verify import FLOOR, verify, verify_flows
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass

# Of 10 units 4 take the ferry of `ferry()`, for which each would pay 3 more: the road takes 5, the ferry 2.
FERRY = result_of(ferry(), np.array([4.0, 6.0]), prices=np.array([3.0, 0.0]))


def changed(problem: Problem, **fields: object) -> Problem:
    """The problem with other fields in its only class."""
    return replace(problem, classes=(replace(problem.classes[0], **fields),))


def the_only_problem(result: Result) -> str:
    verdict = verify(result)
    assert not verdict.holds
    assert len(verdict.problems) == 1, verdict.problems
    assert str(verdict) == f"Does not hold: {verdict.problems[0]}"
    return verdict.problems[0]


def test_sound_results_hold() -> None:
    """By hand: one of four on the link that jams; two users on each of the three ways of Braess; a full ferry."""
    for result in (
        result_of(two_links(), np.array([1.0, 3.0])),
        result_of(braess(bridge=True), np.array([4.0, 2.0, 2.0, 4.0, 2.0])),
        result_of(around(through=False), np.array([2.0, 1.0, 3.0, 3.0])),
        FERRY,
    ):
        verdict = verify(result)
        assert verdict.holds, verdict.problems
        assert abs(verdict.gap) < FLOOR
        assert verdict.sentence.startswith("Verified: the relative gap is")


def test_the_published_flows_of_sioux_falls_hold_to_the_last_digits() -> None:
    """Found by others' code: an independent witness of the check."""
    verdict = verify(result_of(sioux_falls(), sioux_falls_flows()))
    assert verdict.holds, verdict.problems
    assert abs(verdict.gap) < 1e-14
    assert verdict.conservation < 1e-14


@pytest.mark.parametrize("by", [1e-3, -1e-3])
def test_a_thousandth_of_a_vehicle_too_many_or_too_few_is_found_on_every_link(by: float) -> None:
    """Of 360,600 a day in Sioux Falls; both ends of the link are named."""
    problem, flows = sioux_falls(), sioux_falls_flows()
    for a in range(problem.links.count):
        wrong = flows.copy()
        wrong[a] += by
        said = " ".join(verify(result_of(problem, wrong)).problems)
        assert f"At node {problem.links.tail[a] + 1} " in said
        assert f"At node {problem.links.head[a] + 1} " in said


def test_flow_moved_off_its_best_path_shows_in_the_gap() -> None:
    """2 instead of 1 on the link that jams: they pay 30 where 20 would do, (2 x 30 + 2 x 20 - 4 x 20) / 100."""
    result = result_of(two_links(), np.array([2.0, 2.0]))
    assert the_only_problem(result) == "The relative gap is 2.00e-01; at most 1.0e-08 is allowed."


def test_flow_lost_at_a_node_is_named_there() -> None:
    """Half a unit ends at node 3 of Braess, where it has no business; what the loss does to the gap is said too."""
    verdict = verify(result_of(braess(bridge=True), np.array([4.0, 2.0, 1.5, 4.0, 2.0])))
    assert verdict.conservation == pytest.approx(0.5 / 6)
    assert any(p.startswith("At node 3 4 units of class all arrive and 3.5 leave;") for p in verdict.problems)
    assert any(p.startswith("At node 2 5.5 units of class all arrive") for p in verdict.problems)


def test_flow_to_the_wrong_places_costs_less_than_is_possible() -> None:
    """Each crosses to the far end by the demand; flows that stay near balance at every node.

    .      1 ──> 3      demand 1 -> 4 and 2 -> 3, at 10 each
    .        ╲ ╱
    .        ╱ ╲        straight on 1, across 10
    .      2 ──> 4
    """
    links = Links.of([1, 2, 3, 4], [0, 0, 1, 1], [2, 3, 2, 3], Delays.constant([1.0, 10.0, 10.0, 1.0]))
    problem = Problem.single(links, Demand.of([0, 1], [3, 2], [1.0, 1.0]))
    assert verify(result_of(problem, np.array([0.0, 1.0, 1.0, 0.0]))).holds
    assert "no flows that carry the demand" in the_only_problem(result_of(problem, np.array([1.0, 0.0, 0.0, 1.0])))


def test_flow_through_a_closed_zone_is_named_there() -> None:
    """Node 2 of `around` is on the shortest way; its balance of in and out would not show those who pass."""
    verdict = verify(result_of(around(through=False), np.array([5.0, 4.0, 0.0, 0.0])))
    assert (
        "At node 2, where paths may only begin or end, 5 units of class all arrive and 4 leave; by the demand 2 end "
        "and 1 begin there."
    ) in verdict.problems
    assert verify(result_of(around(through=True), np.array([5.0, 4.0, 0.0, 0.0]))).holds
    lost = verify(result_of(around(through=False), np.array([2.0, 0.5, 3.0, 3.0])))
    assert any(p.startswith("At node 2, where paths may only begin or end, 2 units") for p in lost.problems)


def test_a_hard_capacity_exceeded_is_named_with_both_numbers() -> None:
    """4.5 where 4 can go, all of them paying alike: the gap is none, and the price is for no place that is free."""
    verdict = verify(replace(FERRY, flows=np.array([[4.5, 5.5]])))
    assert verdict.excess == pytest.approx(0.125)
    assert verdict.problems[0] == "The load of link 0 (1 -> 2) is 4.5; it can carry 4."
    assert abs(verdict.gap) < FLOOR


def test_a_unit_that_takes_two_places_pays_for_two() -> None:
    """Two lorries fill four places; at 3 a place the ferry costs them 2 x 2 + 2 x 3, the road 2 x 5."""
    problem = changed(ferry(5.0), time_cost=2.0, load=2.0)
    assert verify(result_of(problem, np.array([2.0, 3.0]), prices=FERRY.prices)).holds
    assert verify(result_of(problem, np.array([4.0, 1.0]), prices=FERRY.prices)).excess == 1.0


def test_a_wrong_price_shows_in_the_gap() -> None:
    """At a price of 2 for a place those on the road would change to the ferry: 6 x 1 of 4 x 4 + 6 x 5."""
    verdict = verify(replace(FERRY, prices=np.array([2.0, 0.0])))
    assert verdict.gap == pytest.approx(6 / 46)
    assert len(verdict.problems) == 1


def test_a_price_for_free_places_is_named() -> None:
    """Two of ten leave a ferry with four places half empty because of its price."""
    result = replace(FERRY, flows=np.array([[2.0, 8.0]]))
    assert the_only_problem(result) == (
        "Prices of places that are free come to 1.20e-01 of the cost; the most is on link 0 (1 -> 2), where 2 places "
        "are free at a price of 3, and 0 is expected."
    )
    unlimited = verify(replace(FERRY, prices=np.array([3.0, 1e-3])))
    assert unlimited.complementarity == np.inf


def test_a_negative_price_is_named() -> None:
    """Nobody is paid for taking a place."""
    verdict = verify(replace(FERRY, prices=np.array([-1.0, 0.0])))
    assert "The price of link 0 (1 -> 2) is -1; none may be below 0." in verdict.problems


def test_a_negative_flow_is_named() -> None:
    """A unit more one way and a unit back the other balance at every node."""
    links = Links.of([1, 2], [0, 0], [1, 1], Delays.constant([5.0, 5.0]))
    result = result_of(Problem.single(links, Demand.of([0], [1], [1.0])), np.array([1.5, -0.5]))
    assert the_only_problem(result) == "The flow of class all on link 1 (1 -> 2) is -0.5; none may be below 0."
    assert verify(result).negative == 0.5


def test_flow_where_its_class_is_not_allowed_is_named() -> None:
    """The ferry takes no lorries."""
    problem = changed(ferry(), name="lorries", allowed=np.array([False, True]))
    verdict = verify(result_of(problem, np.array([1.0, 9.0])))
    assert verdict.barred == pytest.approx(0.1)
    named = "The flow of class lorries on link 0 (1 -> 2) is 1; it is not allowed there, so 0 is expected."
    assert named in verdict.problems
    assert verify(result_of(problem, np.array([0.0, 10.0]))).holds


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.CONVERGED])
def test_a_result_that_did_not_converge_does_not_hold(outcome: Outcome) -> None:
    """Whatever its gap; the sentence says how far it came."""
    far = the_only_problem(result_of(two_links(), np.array([2.0, 2.0]), outcome=outcome))
    assert far == f"The solver stopped ({outcome}) at a relative gap of 2.00e-01; 1.0e-08 was asked for."
    assert not verify(result_of(two_links(), np.array([1.0, 3.0]), outcome=outcome)).holds


def test_a_target_below_what_can_be_computed_is_held_to_the_floor() -> None:
    """A target of nothing could never be shown to be met."""
    verdict = verify(replace(result_of(sioux_falls(), sioux_falls_flows()), target=0.0))
    assert verdict.limit == FLOOR
    assert verdict.holds


def test_values_that_are_not_numbers_are_said_to_be_so() -> None:
    """A comparison with NaN is never true, and would let pass anything."""
    assert "not all finite" in the_only_problem(result_of(two_links(), np.array([np.nan, 3.0])))


def test_demand_without_a_path_must_be_unserved() -> None:
    """From 2 no link leaves."""
    problem = changed(two_links(), demand=Demand.of([0, 1], [1, 0], [4.0, 2.0]))
    flows = np.array([1.0, 3.0])
    assert verify(result_of(problem, flows, unserved=(np.array([0.0, 2.0]),))).holds
    verdict = verify(result_of(problem, flows))
    assert (
        "0 of 2 units of demand 1 of class all (2 -> 1) are said not to be served; there is no path for any."
        in verdict.problems
    )


def test_demand_with_a_path_may_be_unserved_only_at_its_price() -> None:
    """The ferry alone: at a refusal cost of 9 the place costs 7, and 6 of 10 stay; free of charge none may."""
    problem = changed(ferry(), allowed=np.array([True, False]))
    flows, prices, left = np.array([4.0, 0.0]), np.array([7.0, 0.0]), (np.array([6.0]),)
    assert verify(result_of(problem, flows, prices=prices, unserved=left, refusal_cost=9.0)).holds
    cheaper = verify(result_of(problem, flows, prices=prices, unserved=left, refusal_cost=8.0))
    assert cheaper.gap == pytest.approx(4 / 84)
    dearer = verify(result_of(problem, flows, prices=prices, unserved=left, refusal_cost=10.0))
    assert dearer.gap == pytest.approx(6 / 96)
    assert "there is a path for all, and no cost of refusal" in the_only_problem(
        result_of(problem, flows, prices=prices, unserved=left)
    )
    negative = verify(result_of(problem, flows, prices=prices, unserved=(np.array([-1.0]),), refusal_cost=9.0))
    assert any("no less than none" in p for p in negative.problems)


def test_demand_from_a_node_to_itself_costs_nothing_and_uses_no_link() -> None:
    """Even at a closed node with no links at all."""
    problem = changed(around(through=False), demand=Demand.of([1, 0], [1, 2], [7.0, 3.0]))
    assert verify(result_of(problem, np.array([0.0, 0.0, 3.0, 3.0]))).holds


def test_a_queue_beyond_its_departures_is_named() -> None:
    """Its true wait has no end, though the delay function must be finite."""
    links = Links.of([1, 2], [0], [1], Delays.queue([1.0], 2.0, 3.0))
    problem = Problem.single(links, Demand.of([0], [1], [6.5]))
    assert the_only_problem(result_of(problem, np.array([6.5]))) == (
        "The load of link 0 (1 -> 2) is 6.5; its departures take 6, and the wait has no end."
    )


def test_the_least_total_cost_is_checked_by_marginal_costs() -> None:
    """10 + 20 v = 20 at half a unit on the link that jams; neither answer holds as the other."""
    problem, none = two_links(), (np.zeros(1),)
    for v, objective, holds in (
        (0.5, "system", True),
        (1.0, "user", True),
        (1.0, "system", False),
        (0.5, "user", False),
    ):
        flows = np.array([[v, 4.0 - v]])
        found = verify_flows(problem, flows, np.zeros(2), none, target=1e-8, objective=objective)
        assert found.holds is holds
        assert verify(replace(result_of(problem, flows), objective=objective)).holds is holds


def test_nothing_to_carry_holds() -> None:
    """No cost is paid: there is nothing to divide the gap by."""
    assert verify(result_of(two_links(0.0), np.zeros(2))).holds
    assert not verify(result_of(two_links(0.0), np.array([1.0, 0.0]))).holds


@given(st.integers(0, 10_000))
def test_distances_are_those_of_floyd_and_warshall(seed: int) -> None:
    """With parallel links, links that cost nothing, loops, closed nodes and barred links; by plain loops."""
    random = np.random.default_rng(seed)
    nodes, count = 6, 14
    tail, head = random.integers(0, nodes, count), random.integers(0, nodes, count)
    through, usable = random.random(nodes) < 0.7, random.random(count) < 0.8
    cost = random.integers(0, 4, count).astype(float)
    links = Links.of(np.arange(nodes), tail, head, Delays.constant(cost), through=through)
    table = np.full((nodes, nodes), np.inf)
    for a in np.flatnonzero(usable):
        table[tail[a], head[a]] = min(table[tail[a], head[a]], cost[a])
    for via in np.flatnonzero(through):
        table = np.minimum(table, table[:, [via]] + table[[via], :])
    np.fill_diagonal(table, 0.0)
    origin, destination = (m.ravel() for m in np.meshgrid(np.arange(nodes), np.arange(nodes)))
    demand = Demand.of(origin, destination, np.ones(nodes * nodes))
    found = distances(links, usable, cost, demand)
    assert found.tolist() == table[origin, destination].tolist()
    assert reached(links, usable, demand).tolist() == np.isfinite(found).tolist()


def test_more_origins_than_one_batch_are_all_looked_at() -> None:
    """A ring of 200 nodes: from each to the one before it takes 199 links."""
    nodes = np.arange(200)
    links = Links.of(nodes, nodes, (nodes + 1) % 200, Delays.constant(np.ones(200)))
    demand = Demand.of(nodes[::-1], (nodes[::-1] - 1) % 200, np.ones(200))
    assert (distances(links, np.ones(200, bool), np.ones(200), demand) == 199).all()


def test_two_classes_are_looked_at_each_by_its_own_costs() -> None:
    """Those who value time pay for the tunnel, the others go round: both are content.

    .      ┌── tunnel: 1, toll 10 ──┐      time costs 2 and 20
    .      1                        2
    .      └── pass: 3 ─────────────┘
    """
    links = Links.of([1, 2], [0, 0], [1, 1], Delays.constant([1.0, 3.0]))
    toll, demand = np.array([10.0, 0.0]), Demand.of([0], [1], [5.0])
    classes = tuple(UserClass(name=f"{c:g}", demand=demand, time_cost=c, fixed_cost=toll) for c in (2.0, 20.0))
    problem = Problem(links=links, classes=classes)
    assert verify(result_of(problem, np.array([[0.0, 5.0], [5.0, 0.0]]))).holds
    wrong = verify(result_of(problem, np.array([[5.0, 0.0], [0.0, 5.0]])))
    assert wrong.gap == pytest.approx((5 * 6 + 5 * 30) / (5 * 12 + 5 * 60))
