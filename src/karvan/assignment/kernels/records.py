"""What the kernels work on: groups of arrays with names, which numba passes as they are."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

jit = numba.njit(cache=True, nogil=True)

# In place of a link where there is none. Indices are unsigned: numba would else look for negative ones at every use.
NONE = np.uint32(0xFFFFFFFF)

# Ways to evaluate a link's cost: the first four are cases of BPR, by their power.
FIXED, LINEAR, FOURTH, POWER, WAIT, MARGINAL_WAIT = range(6)

# Last index of `Law.form`.
BASE, FACTOR, SCALE, EXPONENT, WEIGHT = range(5)
# Last index of `Law.cap`.
MOST, MULTIPLIER, PENALTY = range(3)


class Net(NamedTuple):
    """A directed network in compressed rows; links are numbered by head.

    tail, head (links); in_start (nodes + 1): the links into node j are in_start[j] .. in_start[j + 1] - 1; out_start
    (nodes + 1) and out_link (links): those out of it are out_link[out_start[j] : out_start[j + 1]].
    """

    tail: Any
    head: Any
    in_start: Any
    out_start: Any
    out_link: Any


class Law(NamedTuple):
    """What each class pays on each link, and how that grows.

    load (links) is that of all classes; cost and slope (classes, links) are a class's cost and its derivative by the
    flow of that class. kind (links) and form (classes, links, 5) are the function: BASE + FACTOR * f(load * SCALE),
    WEIGHT being what a unit of flow adds to the load. cap (links, 3) are hard capacities as an augmented Lagrangian:
    price max(0, MULTIPLIER + PENALTY * (load - MOST)); no rows if there are none. scale (classes) makes costs of a
    class comparable: WEIGHT per cost of time.

    While one class is dealt with its cost and slope are kept up to date with the load; those of the others are not.
    """

    load: Any
    cost: Any
    slope: Any
    kind: Any
    form: Any
    cap: Any
    scale: Any


class Row(NamedTuple):
    """Flows and least-cost tree of one class from one origin; one row of each array of `Rows`.

    flow (links); pred (nodes): the tree's link into each node, NONE at the root and out of reach; order: nodes of the
    tree, parents first.
    """

    flow: Any
    pred: Any
    order: Any


class Scratch(NamedTuple):
    """Working space of one thread: labels (nodes), marks (nodes), heap and queue, segments."""

    label: Any
    mark: Any
    stamp: Any
    keys: Any
    items: Any
    child: Any
    sibling: Any
    segment: Any
    candidate: Any
