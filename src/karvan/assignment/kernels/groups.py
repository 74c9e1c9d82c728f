"""The same pair of many origins is one group: its costs are looked up once for all, and kept between iterations."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from karvan.assignment.kernels.delay import refresh
from karvan.assignment.kernels.pairs import change, difference, least_flow
from karvan.assignment.kernels.records import WEIGHT, jit

# Columns of `Groups.of`.
FIRST, MIDDLE, END, KLASS, HEAD = range(5)
# Places of `Groups.size`.
GROUPS, LINKS, MEMBERS = range(3)

_MOST_STEPS = 4
# Passes before each joint step; what conjugate gradients leave of the residual, and how many steps they may take.
_PASSES = 3
_CG_UNTIL = 1e-3
_MOST_CG = 100


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
def _slot(groups: Any, klass: int, segment: Any, middle: int, end: int) -> int:
    """Place in the table of the group with these segments, or the empty place where it belongs."""
    code = np.uint64(klass + 1469598103934665603)
    for i in range(end):
        code = (code ^ np.uint64(segment[i] + 1)) * np.uint64(1099511628211)
    room = groups.table.shape[0]
    place = np.int64((code ^ (code >> np.uint64(29))) & np.uint64(room - 1))
    while True:
        g = groups.table[place]
        if g < 0:
            return place
        first = groups.of[g, FIRST]
        if (
            groups.of[g, KLASS] == klass
            and groups.of[g, END] - first == end
            and groups.of[g, MIDDLE] - first == middle
        ):
            same = True
            for i in range(end):
                if groups.links[first + i] != segment[i]:
                    same = False
                    break
            if same:
                return place
        place = (place + 1) & (room - 1)


@jit
def has_room(groups: Any, members: int, links: int) -> bool:
    """Whether so many more members with pairs of so many links in all can be taken in."""
    return (
        groups.size[GROUPS] + members <= groups.of.shape[0]
        and groups.size[LINKS] + links <= groups.links.shape[0]
        and groups.size[MEMBERS] + members <= groups.row.shape[0]
        and 2 * (groups.size[GROUPS] + members) <= groups.table.shape[0]
    )


@jit
def join(groups: Any, klass: int, row: int, segment: Any, middle: int, end: int) -> None:
    """Make a row a member of the group of a pair, which is made if it is new. There must be room."""
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
def _transfer(groups: Any, g: int, flows: Any, back: bool, amount: float) -> float:
    """Move up to an amount of the members' flow from the second segment to the first (back: the other way)."""
    first, middle, end = groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END]
    here, here_end, there, there_end = (first, middle, middle, end) if back else (middle, end, first, middle)
    left = amount
    member = groups.of[g, HEAD]
    while member >= 0 and left > 0.0:
        flow = flows[groups.row[member]]
        part = min(left, least_flow(flow, groups.links, here, here_end))
        if part > 0.0:
            for i in range(here, here_end):
                change(flow, groups.links[i], -part)
            for i in range(there, there_end):
                flow[groups.links[i]] += part
            left -= part
        member = groups.following[member]
    return amount - left if left > 0.0 else amount


@jit
def equalise(law: Any, groups: Any, g: int, flows: Any) -> float:
    """Bring both segments of a group to one cost as far as its members' flows allow; returns the cost saved.

    Newton's method on the difference of costs; a step too far is taken back by the rule of false position.
    """
    first, middle, end = groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END]
    links = groups.links
    excess, slope = difference(law, links, first, middle, end)
    saved = 0.0
    wanted = abs(excess) / slope if slope > 0.0 else np.inf
    for _ in range(_MOST_STEPS):
        back = excess < 0.0
        if not wanted > 0.0:
            break
        moved = _all(groups, g, flows, back) if wanted == np.inf else _transfer(groups, g, flows, back, wanted)
        if moved == 0.0:
            break
        signed = -moved if back else moved
        for i in range(first, middle):
            law.load[links[i]] += signed * law.form[links[i], WEIGHT]
            refresh(law, links[i])
        for i in range(middle, end):
            law.load[links[i]] -= signed * law.form[links[i], WEIGHT]
            refresh(law, links[i])
        before = excess
        saved += abs(before) * moved
        excess, slope = difference(law, links, first, middle, end)
        if abs(excess) <= 0.3 * abs(before) or (excess < 0.0) == back:
            break
        wanted = moved * abs(excess) / (abs(excess) + abs(before))
    return saved


@jit
def _all(groups: Any, g: int, flows: Any, back: bool) -> float:
    """Move all that members have from the dearer segment: no cost there depends on load."""
    first, middle, end = groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END]
    here, here_end = (first, middle) if back else (middle, end)
    amount = 0.0
    member = groups.of[g, HEAD]
    while member >= 0:
        amount += least_flow(flows[groups.row[member]], groups.links, here, here_end)
        member = groups.following[member]
    return _transfer(groups, g, flows, back, amount) if amount > 0.0 else 0.0


@jit
def _pass(law: Any, groups: Any, klass: int, flows: Any) -> float:
    """Equalise each group of a class once; returns the cost saved."""
    saved = 0.0
    for g in range(groups.size[GROUPS]):
        if groups.of[g, KLASS] == klass:
            saved += equalise(law, groups, g, flows)
    return saved


@jit
def replay(law: Any, groups: Any, klass: int, flows: Any, rounds: int, until: float) -> float:
    """Equalise all groups of a class together; returns the cost that the first pass over them saved.

    A round is some passes of one group after another, which heed that no flow may be negative, and then a step of
    Newton's method on all groups at once: pairs that share links disturb each other, and passes alone take long to
    settle that. A pass that saves less than `until` times what the first did is the last.
    """
    start, last = 0.0, 0.0
    joint = True
    for i in range(rounds):
        for j in range(_PASSES):
            saved = _pass(law, groups, klass, flows)
            if i == 0 and j == 0:
                start = saved
            elif j == 0 and saved > last:
                joint = False
            if saved <= until * start:
                return start
        last = saved
        if joint:
            newton_step(law, groups, klass, flows)
    return start


@jit
def _spread(groups: Any, chosen: Any, amount: Any, into: Any) -> None:
    """Changes of flow on links that shifts of the chosen groups would make; positive shifts go to the first segment."""
    into[:] = 0.0
    for i in range(chosen.shape[0]):
        g = chosen[i]
        for at in range(groups.of[g, FIRST], groups.of[g, MIDDLE]):
            into[groups.links[at]] += amount[i]
        for at in range(groups.of[g, MIDDLE], groups.of[g, END]):
            into[groups.links[at]] -= amount[i]


@jit
def _gather(groups: Any, chosen: Any, cost: Any, into: Any) -> None:
    """Cost of the first segment of each chosen group less that of its second."""
    for i in range(chosen.shape[0]):
        g = chosen[i]
        total = 0.0
        for at in range(groups.of[g, FIRST], groups.of[g, MIDDLE]):
            total += cost[groups.links[at]]
        for at in range(groups.of[g, MIDDLE], groups.of[g, END]):
            total -= cost[groups.links[at]]
        into[i] = total


@jit
def _choose(law: Any, groups: Any, klass: int) -> tuple[Any, Any]:
    """Groups of a class whose costs depend on load, and the slopes of their differences in cost."""
    n = groups.size[GROUPS]
    chosen, slopes = np.empty(n, np.int32), np.empty(n)
    count = 0
    for g in range(n):
        if groups.of[g, KLASS] == klass:
            _, slope = difference(law, groups.links, groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END])
            if slope > 0.0:
                chosen[count] = g
                slopes[count] = slope
                count += 1
    return chosen[:count], slopes[:count]


@jit
def newton_step(law: Any, groups: Any, klass: int, flows: Any) -> None:
    """Shift all groups of a class at once by what would equalise them were costs linear.

    The system, with matrix D' diag(slope) D where D has a column of +1 and -1 on links for each group, is solved by
    conjugate gradients, scaled by its diagonal. Where members have less flow than that they give what they have.
    """
    chosen, diagonal = _choose(law, groups, klass)
    n = chosen.shape[0]
    residual, image, shift = np.empty(n), np.empty(n), np.zeros(n)
    on_links = np.empty(law.cost.shape[0])
    _gather(groups, chosen, law.cost, residual)
    residual *= -1.0
    scaled = residual / diagonal
    direction = scaled.copy()
    size = np.dot(residual, scaled)
    enough = _CG_UNTIL**2 * size
    for _ in range(_MOST_CG):
        if size <= enough:
            break
        _spread(groups, chosen, direction, on_links)
        on_links *= law.slope
        _gather(groups, chosen, on_links, image)
        curvature = np.dot(direction, image)
        if curvature <= 0.0:
            break
        step = size / curvature
        shift += step * direction
        residual -= step * image
        scaled = residual / diagonal
        new = np.dot(residual, scaled)
        direction = scaled + (new / size) * direction
        size = new
    for i in range(n):
        done = _transfer(groups, chosen[i], flows, shift[i] < 0.0, abs(shift[i]))
        shift[i] = done if shift[i] > 0.0 else -done
    _spread(groups, chosen, shift, on_links)
    for a in range(on_links.shape[0]):
        if on_links[a] != 0.0:
            law.load[a] += on_links[a] * law.form[a, WEIGHT]
            refresh(law, a)


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
            flow = flows[row]
            if (
                seen[row] != g
                and least_flow(flow, groups.links, first, middle) > 0.0
                and least_flow(flow, groups.links, middle, end) > 0.0
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
