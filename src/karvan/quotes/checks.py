"""Known through prices against the sums of our sections. They are no input of a quote, so they are a check."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from karvan.errors import BadCargo, NoRate
from karvan.keys import matches
from karvan.model.chain import Chain, Handling, Wait
from karvan.model.commodity import Commodity, Equipment
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.model.network import Corridor
from karvan.model.tariff import ThroughPrice
from karvan.quotes.cargo import consignments, may_carry
from karvan.quotes.compiled import compile_dataset
from karvan.quotes.evaluate import Evaluator
from karvan.quotes.search import Gateways, Problem, problem, survivors
from karvan.routing.graph import Floats, shortest
from karvan.tariffs import bill

_COMMODITIES = ("general_cargo", "steel")  # where the source names no goods: the first that the equipment takes
_BOOKED_BEFORE = 30  # days
_EPSILON = 0.02
_TIME_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class ThroughCheck:
    """A known through price and ours, in US dollars for its unit (a container, wagon, truck or tonne).

    `chain` is None where no way leads through its places on the day `on`. `usd` counts everything of our bill,
    `carried_usd` what is paid between the two ends: without first and last mile, loading, unloading, insurance and
    guarantees; `complete` and `carried_complete` say whether every rate of these is in force. `barred` are closed links
    and restrictions that the way passes all the same.
    """

    known: ThroughPrice
    on: date
    low_usd: float
    high_usd: float
    chain: Chain | None
    usd: float | None
    carried_usd: float | None
    complete: bool
    carried_complete: bool
    barred: tuple[str, ...]

    @property
    def residual(self) -> float | None:
        """All of ours against the known range, relative to its nearer end; zero inside it."""
        return _outside(self.usd, self.low_usd, self.high_usd)

    @property
    def carried_residual(self) -> float | None:
        """The same for what is paid between the two ends."""
        return _outside(self.carried_usd, self.low_usd, self.high_usd)


def through_check(dataset: Dataset, known: ThroughPrice, on: date | None = None) -> ThroughCheck:
    """A known through price against the sum of our sections on its day, or on another.

    The way is the best of a quote's that passes the row's places and runs in its corridor, by price with a quarter of
    the time; where there is none, the best at all, over what is closed too. No way passes a place twice. A row that
    names neither gets the way with the fewest operations. A box whose owner is not told is the carrier's.
    """
    day = on or known.on
    low, high = known.price_low, known.price_high
    try:
        compiled = compile_dataset(dataset, day)
        per_usd = float(compiled.tariffs.per_usd(known.currency))
        low, high = low / per_usd, high / per_usd
        p = problem(compiled, _consignment(dataset, known, day))
        found = _way(p, known)
    except (BadCargo, NoRate):
        found = None
    if found is None:
        return ThroughCheck(known, day, low, high, None, None, None, False, False, ())
    chain, barred = found
    made = bill(chain, p.consignment, compiled.tariffs)
    ends = {i for i, e in enumerate(chain.elements) if isinstance(e, Handling) and e.kind in ("load", "unload")}
    carried = sum(c.usd for c in made.charges if not c.replaced_by and c.element is not None and c.element not in ends)
    return ThroughCheck(
        known=known,
        on=day,
        low_usd=low,
        high_usd=high,
        chain=chain,
        usd=float(made.total_usd) / (known.load_t if known.per == "t" else 1.0),
        carried_usd=float(carried) / (known.load_t if known.per == "t" else 1.0),
        complete=made.complete,
        carried_complete=all(m.element in ends for m in made.missing),
        barred=barred,
    )


def _outside(value: float | None, low: float, high: float) -> float | None:
    if value is None:
        return None
    return value / high - 1.0 if value > high else value / low - 1.0 if value < low else 0.0


def _consignment(dataset: Dataset, known: ThroughPrice, on: date) -> Consignment:
    """One unit of the row's equipment with its load. At a border it comes from beyond or goes beyond."""
    nodes = {n.node: n for n in dataset.nodes}
    equipment = next(e for e in dataset.equipment if e.equipment == known.equipment)
    goods = _goods(dataset, known, equipment)
    start, end, booked = nodes[known.from_node], nodes[known.to_node], on - timedelta(days=_BOOKED_BEFORE)
    owner = "shipper" if known.box_owner == "shipper" else "carrier"
    cargo = f"1x{equipment.equipment}"
    made = consignments(dataset, start, end, cargo, goods, known.load_t, on, booked, "railway", owner, None)[0]
    borders = {o.node for o in dataset.operations if o.kind == "border"}
    return replace(
        made,
        origin_country="" if start.kind == "border" or start.node in borders else start.country,
        destination_country="" if end.kind == "border" or end.node in borders else end.country,
    )


def _goods(dataset: Dataset, known: ThroughPrice, equipment: Equipment) -> Commodity:
    """The commodity that a row names, or an ordinary one that the equipment takes."""
    by_key = {c.commodity: c for c in dataset.commodities}
    if known.commodity in by_key:
        return by_key[known.commodity]
    usual = [by_key[key] for key in _COMMODITIES if key in by_key]
    fitting = [c for c in (*usual, *dataset.commodities) if may_carry(equipment, c)]
    if not fitting:
        raise BadCargo(f"No commodity in commodities.csv goes in a {equipment.equipment}. Add one.")
    return fitting[0]


def _way(p: Problem, known: ThroughPrice) -> tuple[Chain, tuple[str, ...]] | None:
    """The chain for a through price, and what closes or forbids it."""
    if not p.sources or not p.targets:
        return None
    evaluator = Evaluator(p)
    if not known.via and not known.corridor:
        path = shortest(p.compiled.graph, _effort(p), p.sources, p.targets)
        return None if path is None else (evaluator.chain(path), ())
    corridor = next((c for c in p.compiled.dataset.corridors if c.corridor == known.corridor), None)
    if corridor and any(matches(g, end) for g in corridor.via for end in (known.from_node, known.to_node)):
        corridor = None  # the price is for a part of it
    chains = dict.fromkeys(evaluator.chain(path) for path in survivors(p, _EPSILON)[0])
    found = [evaluator.evaluate(c) for c in chains if _passes(p, c, known, corridor)]
    if found:
        found = [e for e in found if e.bill.complete] or found
        price, hours = (min(e.criteria[k] for e in found) for k in (0, 1))
        best = min(found, key=lambda e: e.criteria[0] / max(price, 1.0) + _TIME_WEIGHT * e.criteria[1] / hours)
        return best.chain, ()
    via, avoids = known.via or (corridor.via if corridor else ()), corridor.avoids if corridor else ()
    asked = Corridor(corridor=known.observation, name="", via=via, avoids=avoids, description="", source=known.source,
                     confidence=known.confidence, known_on=known.known_on, note="")  # fmt: skip
    way = Gateways(p).best(asked, math.inf) if via else None
    chain = evaluator.chain(way.path) if way else None
    return (chain, (*way.closed, *way.forbidden)) if way and chain and _passes(p, chain, known, corridor) else None


def _effort(p: Problem) -> Floats:
    """Cost of arcs for the way with the fewest operations and departures, the quicker of two."""
    c = p.compiled
    arcs = (c.graph.network.arcs[i] for i in c.graph.order.tolist())
    counts = [sum(isinstance(e, (Handling, Wait)) for e in arc.elements) for arc in arcs]
    return np.where(p.open, np.array(counts, float) + 1e-5 * p.costs[:, 1], np.inf)


def _passes(p: Problem, chain: Chain, known: ThroughPrice, corridor: Corridor | None) -> bool:
    """Whether a chain passes a row's places in order and runs in a corridor, and no place twice."""
    nodes = iter(chain.nodes)
    return (
        len(chain.nodes) == len(chain.node_set)
        and all(any(place == node for node in nodes) for place in known.via)
        and (corridor is None or p.compiled.tariffs.corridors.runs_in(chain, corridor.corridor))
    )
