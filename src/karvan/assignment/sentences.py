"""How links, pairs and long lists of either are named in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karvan.model.problem import Floats, Links, UserClass


def node(links: Links, position: int) -> str:
    """A node by the user's id; by its position if it has none."""
    known = 0 <= position < links.ids.shape[0]
    return str(links.ids[position]) if known else f"position {position}"


def link(links: Links, a: int) -> str:
    """A link by its position and the ids of its nodes, as in 'link 17 (12 -> 40)'."""
    if a >= min(links.tail.shape[0], links.head.shape[0]):
        return f"link {a}"
    return f"link {a} ({node(links, links.tail[a])} -> {node(links, links.head[a])})"


def pair(links: Links, user: UserClass, i: int) -> str:
    """A pair by its position and the ids of its ends, as in 'demand 3 of class lorries (12 -> 40)'."""
    demand = user.demand
    if i >= min(demand.origin.shape[0], demand.destination.shape[0]):
        return f"demand {i} of class {user.name}"
    ends = f"{node(links, demand.origin[i])} -> {node(links, demand.destination[i])}"
    return f"demand {i} of class {user.name} ({ends})"


def listed(where: NDArray[Any], say: Callable[[int], str], most: int, volume: Floats | None = None) -> Iterator[str]:
    """A sentence for each position in `where`; beyond `most` one that counts the rest, and adds up their volume."""
    for i in where[:most]:
        yield say(int(i))
    rest = where[most:]
    if rest.shape[0]:
        sum_ = "" if volume is None else f", {np.sum(volume[rest]):.6g} units in all"
        yield f"... and {rest.shape[0]} more of the last kind{sum_}."
