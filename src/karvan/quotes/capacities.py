"""What the links, services, operations and ports along a way can pass in a year, in their own unit and as TEU."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from karvan.model.dataset import Dataset
from karvan.model.network import Link

Legs = Sequence[tuple[str, str, str]]

# Twenty-foot units that stand for one of another unit of capacity. A train: 2,077,216 TEU in 19,392 China-Europe trains
# of 2024 (China State Railway, by index1520.com, 22 January 2025). A wagon of 60-odd tonnes and a truck count as two, a
# TEU as twelve tonnes: assumptions, for comparing capacities and nothing else.
TEU = {"teu": 1.0, "train": 107.0, "wagon": 2.0, "truck": 2.0, "t": 1.0 / 12.0}
_DAYS, _WEEKS = 365.0, 52.0


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a place, link or set of services can pass in a year, in its own unit and as TEU."""

    where: str
    value: float
    unit: str
    teu_year: float
    source: str


def capacities(d: Dataset, legs: Legs, links: Sequence[Link], on: date) -> list[Capacity]:
    """Capacities a year along a way: of its links, of services over its legs, of operations, of ports it changes at.

    legs: (mode, from node, to node); links: all links of the way.
    """
    modes: dict[str, set[str]] = defaultdict(set)
    for link in links:
        modes[link.from_node].add(link.mode)
        modes[link.to_node].add(link.mode)
    found = [
        Capacity(link.link, link.capacity_trains_day, "train" if link.gauge_mm else "truck", 0.0, link.source)
        for link in links
        if link.capacity_trains_day
    ]
    found += [
        Capacity(o.operation, o.capacity_day, o.capacity_unit, 0.0, o.source)
        for o in d.operations
        if o.capacity_day and o.capacity_unit in TEU and {o.mode_from, o.mode_to} <= modes.get(o.node, set())
    ]
    found = [Capacity(c.where, c.value, f"{c.unit}/day", c.value * TEU[c.unit] * _DAYS, c.source) for c in found]
    return found + _afloat(d, legs, on) + _facilities(d, {n for n, of in modes.items() if len(of) > 1}, on)


def _afloat(d: Dataset, legs: Legs, on: date) -> list[Capacity]:
    """All services together, but for those of bulk, that call at both ends of a leg by a mode that needs them."""
    needs = {m.mode for m in d.modes if m.needs_service}
    found = []
    for a, b in [(a, b) for mode, a, b in legs if mode in needs]:
        calls: dict[str, set[str]] = {}
        for call in d.service_calls:
            calls.setdefault(call.service, set()).add(call.node)
        known = [s for s in d.services if s.runs(on) and s.capacity_unit in TEU and set(s.forms) != {"bulk"}]
        running = [s for s in known if {a, b} <= calls.get(s.service, set())]
        total = sum(s.departures_week * s.capacity * TEU[s.capacity_unit] * _WEEKS for s in running)
        if running:
            source = ";".join(dict.fromkeys(k for s in running for k in s.source.split(";")))
            found.append(Capacity(f"{len(running)} service(s) {a} to {b}, each way", total, "TEU/year", total, source))
    return found


def _facilities(d: Dataset, nodes: set[str], on: date) -> list[Capacity]:
    """The newest actual yearly capacity of each kind at a node."""
    newest = {}
    for f in sorted(d.facilities, key=lambda f: f.valid_from):
        unit = _YEARLY.get(f.measure)
        if unit and f.state == "actual" and f.node in nodes and f.valid_from <= on and (f.valid_to or on) >= on:
            newest[f.node, f.measure] = Capacity(f.facility, f.value, f"{unit}/year", f.value * TEU[unit], f.source)
    return list(newest.values())


_YEARLY = {"capacity_teu_year": "teu", "capacity_t_year": "t"}
