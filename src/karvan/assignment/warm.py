"""Beginning with an earlier result on the same network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from karvan.assignment import kernels
from karvan.assignment.kernels.records import BASE, MOST, MULTIPLIER
from karvan.assignment.result import Result

if TYPE_CHECKING:
    from karvan.assignment.engine import Engine


def take(engine: Engine, start: Result) -> bool:
    """Give an engine the flows of an earlier result, or what follows from its costs; whether that could be done.

    Flows serve where rows and the links that classes may use are the same, and each row's demand changed in one
    proportion, to which its flows are scaled. Else all demand is put on best paths at the times and prices of that
    result. Capacities keep their multipliers.
    """
    p = engine.prepared
    if start.problem.links.count != p.problem.links.count or start.flows.shape[0] != len(p.problem.classes):
        return False
    old: Any = start.state
    if old is not None and _same_rows(engine, old) and _scaled(engine, old, start):
        return True
    real = p.link_of >= 0
    engine.law.load[real] = start.loads[p.link_of[real]]
    if engine.law.cap.shape[0]:
        engine.law.cap[real, MULTIPLIER] = start.prices[p.link_of[real]]
    for k, _, _ in engine.spans:
        kernels.refresh_all(engine.law, k)
    engine.law.load[:] = 0.0
    for k, first, end in engine.spans:
        for r in range(first, end):
            kernels.load_anew(p.net, engine.law, k, engine.rows, r, p.roots[r], engine.scratch[0])
    return True


def _same_rows(engine: Engine, old: Any) -> bool:
    mine, theirs = engine.prepared, old.prepared
    pairs = ((a, b) for name in ("roots", "class_", "start", "to", "link_of") for a, b in [_both(mine, theirs, name)])
    open_ = tuple(np.isfinite(p.forms[:, :, BASE]) for p in (mine, theirs))
    return all(np.array_equal(a, b) for a, b in (*pairs, (mine.net.tail, theirs.net.tail), open_))


def _both(mine: Any, theirs: Any, name: str) -> tuple[Any, Any]:
    return getattr(mine, name), getattr(theirs, name)


def _scaled(engine: Engine, old: Any, start: Result) -> bool:
    """Copy flows, trees and multipliers, flows scaled by row; whether each row has one scale."""
    p = engine.prepared
    if not p.roots.size:
        return True
    ratio = p.volume / old.prepared.volume
    least, most = (f.reduceat(ratio, p.start[:-1]) for f in (np.minimum, np.maximum))
    if not np.allclose(least, most, rtol=1e-12, atol=0.0):
        return False
    rows, theirs = engine.rows, old.rows
    np.multiply(theirs.flow, least[:, None], out=rows.flow)
    for mine, other in ((rows.pred, theirs.pred), (rows.order, theirs.order), (rows.count, theirs.count)):
        mine[:] = other
    rows.volume[theirs.volume == 0.0] = 0.0
    cap, before = engine.law.cap, old.law.cap
    if cap.shape == before.shape:
        both = np.isfinite(cap[:, MOST]) & np.isfinite(before[:, MOST]) & np.isfinite(before[:, MULTIPLIER])
        cap[both, MULTIPLIER] = np.minimum(before[both, MULTIPLIER], start.refusal_cost)
    engine.rebuild_load()
    return True
