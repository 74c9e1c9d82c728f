"""The same pair of many origins is one group: its costs are looked up once for all, and kept between iterations.

This module stores them; `equalise` and `joint` bring their segments to one cost.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from karvan.assignment.kernels.pairs import least_flow
from karvan.assignment.kernels.records import jit

# Columns of `Groups.of`.
FIRST, MIDDLE, END, KLASS, HEAD = range(5)
# Places of `Groups.size`.
GROUPS, LINKS, MEMBERS = range(3)


class Groups(NamedTuple):
    """Pairs with the rows (origins of a class) that use them, in arrays of bounded room.

    of (groups, 5): where the two segments begin, part and end in links, the class, and the first member; links:
    segments; row and following: members as linked lists; table: a hash table of groups, -1 where empty; size: how much
    of each is in use.
    """

    of: Any
    links: Any
    row: Any
    following: Any
    table: Any
    size: Any


@jit
def _slot(groups: Any, klass: int, segment: Any, middle: int, end: int) -> Any:
    """Place in the table of the group with these segments, or the empty place where it belongs."""
    code = np.uint64(1469598103934665603) + np.uint64(klass)
    for i in range(end):
        code = (code ^ np.uint64(segment[i] + 1)) * np.uint64(1099511628211)
    room = groups.table.shape[0]
    place = np.int64((code ^ (code >> np.uint64(29))) & np.uint64(room - 1))
    while True:
        g = groups.table[place]
        if g < 0:
            return place
        first = groups.of[g, FIRST]
        if groups.of[g, KLASS] == klass and groups.of[g, END] - first == end and groups.of[g, MIDDLE] - first == middle:
            same = True
            for i in range(end):
                if groups.links[first + i] != segment[i]:
                    same = False
                    break
            if same:
                return place
        place = (place + 1) & (room - 1)


@jit
def has_room(groups: Any, members: int, links: int) -> Any:
    """Whether so many more members with pairs of so many links in all can be taken in."""
    return (
        groups.size[GROUPS] + members <= groups.of.shape[0]
        and groups.size[LINKS] + links <= groups.links.shape[0]
        and groups.size[MEMBERS] + members <= groups.row.shape[0]
        and 2 * (groups.size[GROUPS] + members) <= groups.table.shape[0]
    )


@jit
def join(groups: Any, klass: int, row: int, segment: Any, middle: int, end: int) -> None:
    """Make a row a member of the group of a pair, which is made if it is new. There must be room.

    Of the two segments, segment[:middle] and segment[middle:end], that with the lesser last link comes first in the
    group, so that a pair found from either side is the same.
    """
    if segment[0] > segment[middle]:
        turned = np.empty(end, segment.dtype)
        turned[: end - middle] = segment[middle:end]
        turned[end - middle :] = segment[:middle]
        _join(groups, klass, row, turned, end - middle, end)
    else:
        _join(groups, klass, row, segment, middle, end)


@jit
def _join(groups: Any, klass: int, row: int, segment: Any, middle: int, end: int) -> None:
    place = _slot(groups, klass, segment, middle, end)
    g = groups.table[place]
    if g < 0:
        g = groups.size[GROUPS]
        groups.size[GROUPS] += 1
        first = groups.size[LINKS]
        groups.size[LINKS] += end
        groups.table[place] = g
        groups.of[g, FIRST] = first
        groups.of[g, MIDDLE] = first + middle
        groups.of[g, END] = first + end
        groups.of[g, KLASS] = klass
        groups.of[g, HEAD] = -1
        for i in range(end):
            groups.links[first + i] = segment[i]
    m = groups.size[MEMBERS]
    groups.size[MEMBERS] += 1
    groups.row[m] = row
    groups.following[m] = groups.of[g, HEAD]
    groups.of[g, HEAD] = m


@jit
def clear(groups: Any) -> None:
    """Forget all groups."""
    groups.size[:] = 0
    groups.table[:] = -1


@jit
def keep_used(groups: Any, flows: Any, into: Any, seen: Any) -> None:
    """Copy to `into` the members that have flow on both segments, each once; seen (rows) is working space.

    A pair of which a row uses one segment only has nothing to equalise; should it be wanted again, it is found again.
    """
    clear(into)
    seen[:] = -1
    for g in range(groups.size[GROUPS]):
        first, middle, end = groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END]
        member = groups.of[g, HEAD]
        while member >= 0:
            row = groups.row[member]
            if (
                seen[row] != g
                and least_flow(flows, row, groups.links, first, middle) > 0.0
                and least_flow(flows, row, groups.links, middle, end) > 0.0
            ):
                join(into, groups.of[g, KLASS], row, groups.links[first:end], middle - first, end - first)
            seen[row] = g
            member = groups.following[member]


@jit
def copy_groups(groups: Any, into: Any) -> None:
    """Copy all groups with their members to `into`, which has more room."""
    clear(into)
    for g in range(groups.size[GROUPS]):
        first, middle, end = groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END]
        member = groups.of[g, HEAD]
        while member >= 0:
            join(into, groups.of[g, KLASS], groups.row[member], groups.links[first:end], middle - first, end - first)
            member = groups.following[member]
