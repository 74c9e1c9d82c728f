"""Small worlds for kernels: links by name, flows and trees set by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from karvan.assignment.kernels.delay import refresh_all
from karvan.assignment.kernels.records import FIXED, FOURTH, LINEAR, NONE, POWER, Law, Net
from karvan.assignment.kernels.rows import Rows, plant
from karvan.assignment.workspace import new_groups, new_scratch

# From, to, and a cost of base + slope * v ** power.
Road = tuple[int, int, float, float, float]


def road(tail: int, head: int, base: float, slope: float = 0.0, power: float = 1.0) -> Road:
    """A road between two nodes."""
    return tail, head, base, slope, power


class World:
    """Links by name, any number of rows from node 0, and all that kernels want of them.

    classes: (time_cost, load) of each; class_: that of each row; to, volume: the demand of each row, one pair.
    """

    def __init__(
        self,
        roads: Mapping[str, Road],
        *,
        classes: Iterable[tuple[float, float]] = ((1.0, 1.0),),
        class_: Iterable[int] = (0,),
        to: int = 1,
        volume: float = 1.0,
    ) -> None:
        ordered = sorted(roads.items(), key=lambda item: item[1][1])
        self.at = {name: i for i, (name, _) in enumerate(ordered)}
        self.names = [name for name, _ in ordered]
        tail, head, base, slope, power = (np.array(x) for x in zip(*(r for _, r in ordered), strict=True))
        self.net = net_of(tail, head, 1 + int(max(tail.max(), head.max())))
        self.law = _law(base, slope, power, tuple(classes))
        self.rows = _rows(self.net, np.array(list(class_), np.int32), to, volume)
        nodes, links = self.net.in_start.shape[0] - 1, tail.shape[0]
        self.scratch, self.groups = new_scratch(nodes, links), new_groups(64, 1024, 64)
        self.refresh()

    def refresh(self) -> None:
        """Costs of all classes at the loads of now."""
        for k in range(self.law.cost.shape[0]):
            refresh_all(self.law, k)

    def put(self, row: int, flows: Mapping[str, float]) -> None:
        """Add flows of a row, load and costs with them."""
        k = int(self.rows.class_[row])
        for name, flow in flows.items():
            self.rows.flow[row, self.at[name]] += flow
            self.law.load[self.at[name]] += flow * self.law.form[k, self.at[name], 4]
        self.refresh()

    def plant(self, *rows: int) -> None:
        """Trees of these rows from node 0 at the costs of now."""
        for r in rows:
            plant(self.net, self.law.cost[self.rows.class_[r]], self.rows, r, 0, self.scratch)

    def links(self, names: str) -> np.ndarray:
        """Positions of links whose names stand in a string, letter by letter."""
        return np.array([self.at[name] for name in names], dtype=np.uint32)

    def named(self, links: Iterable[int]) -> str:
        """And back."""
        return "".join(self.names[a] for a in links)

    def flows(self, row: int = 0) -> dict[str, float]:
        """Flows of a row by name."""
        return dict(zip(self.names, self.rows.flow[row].tolist(), strict=True))

    def cost(self, names: str, k: int = 0) -> float:
        """What class k pays on these links together."""
        return float(sum(self.law.cost[k, self.at[name]] for name in names))


def two_roads(first: tuple[float, ...], second: tuple[float, ...], **options: object) -> World:
    """Roads a and b from 0 to 1, of a base, a slope and a power each."""
    return World({"a": road(0, 1, *first), "b": road(0, 1, *second)}, **options)  # type: ignore[arg-type]


def net_of(tail: np.ndarray, head: np.ndarray, nodes: int) -> Net:
    """A network whose links are sorted by head."""
    into, out = (np.searchsorted(np.sort(ends), np.arange(nodes + 1)).astype(np.uint32) for ends in (head, tail))
    by_tail = np.argsort(tail, kind="stable").astype(np.uint32)
    return Net(tail.astype(np.uint32), head.astype(np.uint32), into, out, by_tail)


def _law(base: np.ndarray, slope: np.ndarray, power: np.ndarray, classes: tuple[tuple[float, float], ...]) -> Law:
    kinds = np.where(slope == 0, FIXED, np.where(power == 1, LINEAR, np.where(power == 4, FOURTH, POWER)))
    form = np.ones((len(classes), base.shape[0], 5))
    for k, (time_cost, load) in enumerate(classes):
        form[k] = np.stack(
            [base * time_cost, slope * time_cost, np.ones_like(base), power, np.full_like(base, load)], 1
        )
    shape = form.shape[:2]
    scale = np.array([load / time_cost for time_cost, load in classes])
    return Law(
        np.zeros(shape[1]), np.zeros(shape), np.zeros(shape), kinds.astype(np.uint8), form, np.zeros((0, 3)), scale
    )


def _rows(net: Net, class_: np.ndarray, to: int, volume: float) -> Rows:
    n, nodes = class_.shape[0], net.in_start.shape[0] - 1
    return Rows(
        flow=np.zeros((n, net.tail.shape[0])),
        pred=np.full((n, nodes), NONE),
        order=np.zeros((n, nodes), dtype=np.uint32),
        count=np.zeros(n, dtype=np.int32),
        class_=class_,
        start=np.arange(n + 1, dtype=np.int64),
        to=np.full(n, to, dtype=np.int32),
        volume=np.full(n, volume),
    )
