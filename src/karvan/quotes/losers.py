"""Why the others lost: corridors that are not among the alternatives, and closed ways that would have won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from karvan.model.dataset import Dataset
from karvan.model.network import Corridor
from karvan.model.quote import Alternative, ClosedWinner, Lost
from karvan.quotes.evaluate import Evaluated, Evaluator
from karvan.quotes.search import Gateways, Problem, best_by
from karvan.quotes.select import matched

# A corridor that costs or takes so many times the best is not one that a forwarder would weigh.
_MOST_PRICE = 2.0
_MOST_TIME = 3.0
_MOST_BOUND = 4.0  # the same of lower bounds, which may lie far under the prices
_CRITERIA = (("price", 0), ("time", 1))
_NOTICED = 0.02
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Contender:
    """The best way of a corridor that no alternative runs in, with what closes or forbids it."""

    corridor: Corridor
    way: Evaluated
    closed: tuple[str, ...]
    forbidden: tuple[str, ...]

    @property
    def open(self) -> bool:
        return not self.closed and not self.forbidden


def contenders(kept: Sequence[Evaluated], evaluators: Sequence[Evaluator]) -> list[Contender]:
    """The best way of each corridor that could serve and that no alternative runs in."""
    represented = {c for e in kept for c in e.evaluator.corridors(e.chain)}
    reachable = [e for e in evaluators if e.problem.sources and e.problem.targets]
    searches = [(e, Gateways(e.problem)) for e in reachable]
    found = []
    for corridor in evaluators[0].compiled.dataset.corridors:
        if corridor.corridor in represented or not corridor.via:
            continue
        for evaluator, gateways in searches:
            best = gateways.best(corridor, _MOST_BOUND)
            if best is None:
                continue
            chain = evaluator.chain(best.path)
            if evaluator.doubles_back(chain):
                break  # the gateways are only met by going out and back
            found.append(Contender(corridor, evaluator.evaluate(chain), best.closed, best.forbidden))
            break
    return found


def unbeaten(found: Sequence[Contender], kept: Sequence[Evaluated]) -> list[Evaluated]:
    """Ways of corridors that are open and that no alternative beats or equals in everything.

    The search passes over a way that another matches within epsilon; where the two run in different corridors a
    forwarder wants to see both.
    """
    more: list[Evaluated] = []
    for contender in found:
        way = contender.way
        stands = contender.open and way.bill.complete
        if stands and not any(matched(way.criteria, e.criteria, 0.0) for e in (*kept, *more) if e.bill.complete):
            more.append(way)
    return more


def lost_corridors(found: Sequence[Contender], shown: Sequence[Alternative], epsilon: float) -> tuple[Lost, ...]:
    """Corridors that could serve and are not among the alternatives shown, each with the reason."""
    represented = {c for a in shown for c in a.corridors}
    lost = []
    for contender in found:
        if contender.corridor.corridor in represented:
            continue
        way, dataset = contender.way, contender.way.evaluator.compiled.dataset
        if contender.forbidden:
            reason = " ".join(_restriction(dataset, key) for key in contender.forbidden)
        elif contender.closed:
            named = ", ".join(_name(dataset, key) for key in contender.closed[:_MOST_NAMED])
            reason = f"Closed today: {named}. {_opens(dataset, contender.closed)}"
        elif _far_off(way, shown):
            reason = f"Over {_MOST_PRICE:g} times the least price or {_MOST_TIME:g} times the least time."
        else:
            reason = _beaten(way, shown, epsilon)
        price = way.bill.total_usd if way.bill.complete else None
        row = contender.corridor
        lost.append(Lost(row.corridor, row.name, reason, price, way.time.p50_h, way.criteria[3]))
    return tuple(lost)


def closed_winners(problems: Sequence[Problem]) -> tuple[ClosedWinner, ...]:
    """Closed links and operations whose opening would give a way that is cheaper or quicker than any open one.

    Compared by the lower-bound price and the mean time of the search.
    """
    found: dict[tuple[str, ...], ClosedWinner] = {}
    for p in problems:
        for name, k in _CRITERIA:
            with_closed = best_by(p, k, True)
            if with_closed is None or not with_closed[1]:
                continue
            path, closed = with_closed
            today = best_by(p, k, False)
            saving = 1.0 if today is None else 1.0 - path.cost[0] / today[0].cost[0]
            if saving >= _NOTICED and closed not in found:
                found[closed] = ClosedWinner(closed, name, saving, _opens(p.compiled.dataset, closed))
    return tuple(found.values())


def _beaten(a: Evaluated, shown: Sequence[Alternative], epsilon: float) -> str:
    """By which alternative a chain is matched in everything, and by how much it is worse."""
    by = next((b for b in shown if b.bill.complete and matched(a.criteria, b.criteria, epsilon)), None)
    if by is None:
        return "Close to an alternative that is shown, or over the number shown."
    days = (a.time.p50_h - by.time.p50_h) / 24.0
    more = a.criteria[0] / by.criteria[0] - 1.0 if by.price_usd else 0.0
    parts = []
    if more >= 0.005:
        parts.append(f"{more:.0%} dearer")
    if days >= 0.05:
        parts.append(f"{days:.1f} days slower")
    if not parts:
        parts.append("better in nothing by more than its rounding")
    note = "" if a.bill.complete else " even without the rates that are missing"
    return f"Beaten by no. {by.number}: {' and '.join(parts)}{note}."


def _restriction(dataset: Dataset, key: str) -> str:
    row = next(r for r in dataset.restrictions if r.restriction == key)
    return f"Forbidden by {row.name}: {row.condition}"


def _opens(dataset: Dataset, closed: Sequence[str]) -> str:
    """What would open closed links and operations, as sentences."""
    agreements = {a.agreement: a for a in dataset.agreements}
    rows = {row.link: row for row in dataset.links} | {row.operation: row for row in dataset.operations}
    said: list[str] = []
    for key in closed:
        row = rows[key]
        agreement = agreements.get(row.agreement)
        if agreement:
            said.append(agreement.remedy)
        else:
            state = "not yet open" if row.status == "open" else row.status.replace("_", " ")
            said.append(f"{_name(dataset, key)} is {state} and must be brought into use.")
    return " ".join(dict.fromkeys(said))


def _name(dataset: Dataset, key: str) -> str:
    """A link by its ends and mode, an operation by its kind and place."""
    names = {n.node: n.name for n in dataset.nodes}
    link = next((row for row in dataset.links if row.link == key), None)
    if link is not None:
        return f"{names[link.from_node]} - {names[link.to_node]} ({link.mode})"
    operation = next(row for row in dataset.operations if row.operation == key)
    return f"{operation.kind.replace('_', ' ')} at {names.get(operation.node, operation.node)}"


def _far_off(a: Evaluated, kept: Sequence[Alternative]) -> bool:
    if not kept:
        return False
    price = min(e.criteria[0] for e in kept)
    hours = min(e.time.p50_h for e in kept)
    return a.criteria[0] > _MOST_PRICE * price or a.time.p50_h > _MOST_TIME * hours
