"""Trees against scipy's Dijkstra: grown, and kept up as costs change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from assignment.kernel_worlds import net_of
from karvan.assignment.kernels.records import NONE, Net, Row
from karvan.assignment.kernels.trees import SAME, correct, grow, relabel, reorder, settle
from karvan.assignment.workspace import new_scratch

seeds = st.integers(0, 2**32 - 1)


def random_net(random: np.random.Generator) -> tuple[Net, np.ndarray]:
    """Up to 30 nodes and 90 links, some parallel, some barred; not all is in reach."""
    nodes = int(random.integers(2, 30))
    links = int(random.integers(1, 3 * nodes))
    head = np.sort(random.integers(0, nodes, links))
    cost = random.choice([0.5, 1.0, 2.0, 3.7, np.inf], links) + random.choice([0.0, random.random()])
    return net_of(random.integers(0, nodes, links), head, nodes), cost


def labels_of(net: Net, cost: np.ndarray, root: int) -> np.ndarray:
    """By scipy; of parallel links the cheapest, as it would add them up."""
    nodes = net.in_start.shape[0] - 1
    table = np.full((nodes, nodes), np.inf)
    np.minimum.at(table, (net.tail, net.head), cost)
    there = np.isfinite(table)
    graph = csr_matrix((table[there], np.nonzero(there)), shape=(nodes, nodes))
    return dijkstra(graph, indices=root)


def grown(net: Net, cost: np.ndarray) -> tuple[Row, object, int]:
    """A tree from node 0: (row, scratch, nodes in reach)."""
    nodes, links = net.in_start.shape[0] - 1, net.tail.shape[0]
    row = Row(np.zeros(links), np.full(nodes, NONE), np.zeros(nodes, dtype=np.uint32))
    scratch = new_scratch(nodes, links)
    return row, scratch, grow(net, cost, 0, row, scratch)


def assert_tree(net: Net, cost: np.ndarray, row: Row, label: np.ndarray, count: int) -> None:
    """Labels are least, each node's link carries its label, and parents come first."""
    expected = labels_of(net, cost, 0)
    assert label == pytest.approx(expected, rel=30 * SAME)
    order = row.order[:count].tolist()
    assert sorted(order) == np.flatnonzero(np.isfinite(expected)).tolist()
    assert order[0] == 0
    for i, node in enumerate(order[1:], 1):
        parent = int(net.tail[row.pred[node]])
        assert int(net.head[row.pred[node]]) == node
        assert parent in order[:i]
        assert label[parent] + cost[row.pred[node]] == pytest.approx(label[node], rel=1e-12)


@given(seeds)
def test_a_tree_is_that_of_dijkstra(seed: int) -> None:
    """Parallel and barred links, rings, nodes out of reach."""
    net, cost = random_net(np.random.default_rng(seed))
    row, scratch, count = grown(net, cost)
    assert_tree(net, cost, row, scratch.label, count)
    assert (row.pred[~np.isfinite(scratch.label)] == NONE).all()
    assert row.pred[0] == NONE


@settings(max_examples=60)
@given(seeds)
def test_a_tree_that_is_kept_up_is_the_one_grown_anew(seed: int) -> None:
    """Ten times some costs rise and some fall, by little, by much and to what they were."""
    random = np.random.default_rng(seed)
    net, first = random_net(random)
    row, scratch, count = grown(net, first)
    cost = first.copy()
    for _ in range(10):
        some = random.random(cost.shape[0]) < random.random()
        factor = random.choice([random.uniform(0.1, 10), 1 + 1e-3 * random.random()])
        cost[some] *= factor
        if random.random() < 0.2:
            cost = first.copy()
        count = settle(net, cost, row, count, scratch)
        assert_tree(net, cost, row, scratch.label, count)


def test_a_correction_says_whether_anything_changed_and_reorder_puts_parents_first() -> None:
    """The road by 3 becomes the cheaper one, and 2, which was above it, comes below.

    .      0 ──> 2 ──> 3 ──> 1        then 0 -> 3 falls from 9 to 0.5, and 3 -> 2 is cheaper than 0 -> 2
    .      └────────> 3 ──> 2
    """
    tail, head = np.array([3, 0, 3, 2, 0]), np.array([1, 2, 2, 3, 3])
    cost = np.array([1.0, 1.0, 0.25, 1.0, 9.0])
    net = net_of(tail, head, 4)
    row, scratch, count = grown(net, cost)
    assert row.order[:count].tolist() == [0, 2, 3, 1]
    assert not correct(net, cost, row, scratch)
    cost[4] = 0.5
    relabel(net, cost, row, count, scratch.label)
    assert scratch.label.tolist() == [0.0, 3.0, 1.0, 2.0]
    assert correct(net, cost, row, scratch)
    assert scratch.label.tolist() == [0.0, 1.5, 0.75, 0.5]
    assert row.pred[1:].tolist() == [0, 2, 4]
    assert reorder(net, row, 0, scratch) == 4
    assert row.order[:2].tolist() == [0, 3]
    assert sorted(row.order[2:].tolist()) == [1, 2]


def test_differences_of_rounding_do_not_change_a_tree() -> None:
    """Two ways of 0.1 + 0.2 + 0.3, added up in another order; the tree keeps the one it has.

    .      0 ── .1 ──> 1 ── .2 ──> 2 ── .3 ──> 3
    .      0 ── .3 ──> 4 ── .2 ──> 5 ── .1 ──> 3
    """
    tail, head = np.array([0, 1, 2, 5, 0, 4]), np.array([1, 2, 3, 3, 4, 5])
    cost = np.array([0.1, 0.2, 0.3, 0.1, 0.3, 0.2])
    net = net_of(tail, head, 6)
    row, scratch, count = grown(net, cost)
    for link in (2, 3):
        row.pred[3] = link
        count = reorder(net, row, 0, scratch)
        relabel(net, cost, row, count, scratch.label)
        assert not correct(net, cost, row, scratch)
        assert settle(net, cost, row, count, scratch) == 6
        assert row.pred[3] == link
