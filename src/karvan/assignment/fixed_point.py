"""The fixed point of stochastic loading over a set of paths, by Newton's method on the link loads."""
from __future__ import annotations
import numpy as np
from karvan.assignment import delays
from karvan.assignment.logit import Choice, Form, Shares
from karvan.assignment.path_sets import PathSet
from karvan.model.problem import BPR, QUEUE, Delays, Floats, Problem

def slopes(d: Delays, load: Floats) -> Floats:
    made = np.zeros_like(load)
    at = (d.kind == BPR) & (load > 0)
    made[at] = d.free_time[at] * d.b[at] * d.power[at] / d.capacity[at] * (load[at] / d.capacity[at]) ** (d.power[at] - 1)
    for a in np.flatnonzero((d.kind == QUEUE) & (load >= 0)):
        made[a] = delays.wait_and_slope(load[a], d.departures[a], d.capacity[a])[1]
    return made

class Loading:
    def __init__(self, problem, form, paths, lengths):
        from scipy.sparse import csr_array
        self.delays = problem.links.delays
        self.choice = Choice(form, paths, lengths)
        class_ = paths.pairs.class_[paths.pair]
        self.volume = paths.pairs.volume[paths.pair]
        n = problem.links.count
        place = (np.repeat(class_, np.diff(paths.start)), paths.links)
        pays = np.stack([np.broadcast_to(c.time_cost, n) for c in problem.classes])
        load = np.stack([np.broadcast_to(c.load, n) for c in problem.classes])
        fixed = np.stack([np.zeros(n) if c.fixed_cost is None else c.fixed_cost for c in problem.classes])
        shape = (len(paths), n)
        self.pays = csr_array((pays[place], paths.links, paths.start), shape=shape)
        self.carries = csr_array((load[place], paths.links, paths.start), shape=shape).T.tocsr()
        self.fixed = np.add.reduceat(fixed[place], paths.start[:-1])

    def at(self, v):
        t = delays.times(self.delays, np.maximum(v, 0))
        sh = self.choice.shares(self.pays @ t + self.fixed)
        f = self.volume * sh.whole
        return sh, f, self.carries @ f

LOG = []
def solve(L, x, target, most=50):
    from scipy.sparse.linalg import LinearOperator, gmres
    out = []
    for it in range(most):
        v = L.carries @ x
        sh, f, F = L.at(v)
        g = F - v
        res = np.abs(g).sum() / np.abs(F).sum()
        out.append(res)
        if res <= target and x.min() >= 0:
            return x, out
        slope = slopes(L.delays, v)
        count = [0]
        def change(d):
            count[0] += 1
            return L.volume * L.choice.change(sh, L.pays @ (slope * d))
        op = LinearOperator((len(v), len(v)), matvec=lambda d: d - L.carries @ change(d), dtype=float)
        d, info = gmres(op, g, rtol=1e-6, atol=0, restart=100, maxiter=4)
        y = f + change(d)
        norm = np.linalg.norm(g)
        s = 1.0
        while True:
            x2 = x + s * (y - x)
            v2 = L.carries @ x2
            g2 = L.at(v2)[2] - v2
            if np.linalg.norm(g2) < (1 - 1e-4 * s) * norm:
                break
            s /= 2
            if s < 1e-9:
                out.append('stall')
                return x, out
        LOG.append((it, res, count[0], info, s))
        x = x2
    return x, out
