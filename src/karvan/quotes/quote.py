"""Joining search, price, time and emissions into a quote."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from karvan import atlas
from karvan.errors import InputError, NoChain
from karvan.model.chain import Chain
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, Quote, ScheduleLine
from karvan.quotes.advice import cheaper_equipment
from karvan.quotes.cargo import consignments, find_commodity
from karvan.quotes.compiled import Compiled, compile_dataset
from karvan.quotes.losers import closed_winners, lost_corridors
from karvan.quotes.restrictions import findings
from karvan.quotes.scope import scope
from karvan.quotes.search import Problem, problem, survivors
from karvan.quotes.select import pareto_filter, varied
from karvan.tariffs import bill
from karvan.tariffs.price import follows
from karvan.times import Clock, chain_time

SORTS = ("price", "time", "lateness", "co2e")
WAGON_OWNERS = ("own", "leased", "railway")
BOX_OWNERS = ("shipper", "carrier")
DEFAULT_EPSILON = 0.02
MOST_ALTERNATIVES = 50
VALID_DAYS = 14
_BOOKED_BEFORE = 30  # days: an application for a monthly plan is then in time


@dataclass(slots=True)
class Evaluator:
    """Prices, times and weighs chains of one consignment, keeping what they share."""

    compiled: Compiled
    consignment: Consignment
    clock: Clock

    def alternative(self, chain: Chain) -> Alternative:
        c, consignment = self.compiled, self.consignment
        made = bill(chain, consignment, c.tariffs)
        time = chain_time(chain, self.clock)
        return Alternative(
            number=0,
            consignment=consignment,
            chain=chain,
            bill=made,
            time=time,
            emissions=c.emissions.chain(chain, consignment),
            corridors=tuple(row.corridor for row in c.dataset.corridors if follows(chain.nodes, row)),
            findings=(),
            scope=(),
            schedule=(),
            delivered=self.clock.local(time.p50_h, chain.destination),
        )

    def finished(self, a: Alternative, number: int) -> Alternative:
        """An alternative with what only those shown need: restrictions, scope and schedule."""
        c = self.compiled
        return replace(
            a,
            number=number,
            findings=findings(a.chain, a.consignment, c.dataset.restrictions, c.on),
            scope=scope(a.chain, a.bill, a.consignment, c.tariffs.by_service_only),
            schedule=tuple(
                ScheduleLine(i, a.chain.nodes[0] if i == 0 else _node(a.chain, i), self.clock.local(h, _node(a.chain, i)))
                for i, h in enumerate(a.time.starts_h)
            ),
        )


def quote(
    origin: str,
    destination: str,
    *,
    ready: date | str,
    cargo: str,
    commodity: str,
    tonnes: float,
    booked: date | str | None = None,
    wagon_owner: str = "railway",
    box_owner: str = "carrier",
    value_usd: float | None = None,
    sort: str = "price",
    epsilon: float = DEFAULT_EPSILON,
    most: int = MOST_ALTERNATIVES,
    data: Path | Dataset | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Quote:
    """Every way worth considering for a cargo from one place to another.

    origin, destination: any name of a place. ready: the day the cargo is ready (date or YYYY-MM-DD); rates and
    services are those of that day. cargo: as in '1x40HC', 'wagons', '3 x 20DC', 'wagons,containers' or 'any'. tonnes: mass of
    the goods. booked: the day the application for a monthly plan is made (default: 30 days before).
    wagon_owner: own, leased or railway; box_owner: shipper or carrier. value_usd: of the goods (default: typical).
    sort: price, time, lateness or co2e. epsilon: alternatives matched within this share by another are left out.
    data: a data folder or Dataset in place of the built-in atlas.

    Raises InputError (UnknownPlace, BadCargo), NoRate, NoChain or DataError, each one sentence with a remedy.
    """
    dataset = data if isinstance(data, Dataset) else atlas.load(data)
    start, end = atlas.find_place(dataset, origin), atlas.find_place(dataset, destination)
    if start.node == end.node:
        raise InputError(f"Origin and destination are both {start.name}. Name two different places.")
    on = _date(ready, "ready")
    _check_choices(sort, wagon_owner, box_owner, epsilon, most)
    goods = find_commodity(dataset, commodity)
    booking = _date(booked, "booked") if booked is not None else on - timedelta(days=_BOOKED_BEFORE)
    if booking > on:
        raise InputError(f"The cargo is booked on {booking}, after it is ready on {on}. Book on or before that day.")
    loads = consignments(
        dataset, start, end, cargo, goods, tonnes, on, booking, wagon_owner, box_owner, value_usd
    )
    progress("compiling the network")
    compiled = compile_dataset(dataset, on)
    problems = [problem(compiled, c) for c in loads]
    progress("searching")
    found, complete = _alternatives(problems, epsilon)
    kept = _chosen([a for _, a in found], epsilon, most)
    evaluators = {id(a): e for e, a in found}
    key = SORTS.index(sort)
    shown = sorted((found[i][1] for i in kept), key=lambda a: (a.criteria[key], a.criteria))
    finished = tuple(evaluators[id(a)].finished(a, n) for n, a in enumerate(shown, 1))
    progress("asking why others lost")
    evaluator = next(iter(evaluators.values())) if evaluators else None
    closed = closed_winners(problems, finished)
    lost = lost_corridors(problems, finished, epsilon, lambda p, chain: _evaluated(p, chain))
    if not finished:
        raise NoChain(_nothing(start.name, end.name, goods.name, compiled, problems, lost))
    return Quote(
        origin=start.node,
        destination=end.node,
        ready=on,
        commodity=goods.commodity,
        tonnes=float(tonnes),
        cargo=cargo,
        alternatives=finished,
        lost=lost,
        closed=closed,
        advice=cheaper_equipment(dataset, compiled, finished) if evaluator else (),
        priced_on=on,
        valid_until=on + timedelta(days=VALID_DAYS),
        epsilon=epsilon,
        complete=complete,
        digest=dataset.digest,
    )


def _evaluated(p: Problem, chain: Chain) -> Alternative:
    return Evaluator(p.compiled, p.consignment, Clock(p.compiled.dataset, p.consignment)).alternative(chain)


def _alternatives(problems: Sequence[Problem], epsilon: float) -> tuple[list[tuple[Evaluator, Alternative]], bool]:
    """All survivors of the searches, priced and timed exactly; and whether no search was cut short."""
    found: list[tuple[Evaluator, Alternative]] = []
    complete = True
    for p in problems:
        evaluator = Evaluator(p.compiled, p.consignment, Clock(p.compiled.dataset, p.consignment))
        chains, cut = survivors(p, epsilon)
        complete &= not cut
        found += [(evaluator, evaluator.alternative(chain)) for chain in dict.fromkeys(chains)]
    return found, complete


def _chosen(found: Sequence[Alternative], epsilon: float, most: int) -> list[int]:
    """Positions of the alternatives to show. Those with a missing rate do not push out complete ones."""
    complete = [i for i, a in enumerate(found) if a.bill.complete]
    from_price = [i for i, a in enumerate(found) if not a.bill.complete]
    kept = [complete[i] for i in pareto_filter([found[i].criteria for i in complete], epsilon)]
    kept += [from_price[i] for i in pareto_filter([found[i].criteria for i in from_price], epsilon)]
    kinds = [(found[i].corridors, found[i].chain.services) for i in kept]
    return [kept[i] for i in varied([found[i].criteria for i in kept], kinds, most)]


def _node(chain: Chain, position: int) -> str:
    element = chain.elements[position]
    return getattr(element, "from_node", None) or element.node  # type: ignore[union-attr]


def _date(value: date | str, what: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InputError(f"'{value}' is not a day for --{what}. Write it as YYYY-MM-DD, as in 2025-03-03.") from None


def _check_choices(sort: str, wagon_owner: str, box_owner: str, epsilon: float, most: int) -> None:
    for name, value, allowed in (
        ("sort", sort, SORTS),
        ("wagon-owner", wagon_owner, WAGON_OWNERS),
        ("box-owner", box_owner, BOX_OWNERS),
    ):
        if value not in allowed:
            raise InputError(f"'{value}' is not a choice for --{name}. Choose one of {', '.join(allowed)}.")
    if not 0 <= epsilon <= 1 or math.isnan(epsilon):
        raise InputError(f"An epsilon of {epsilon} is out of range. Choose one from 0 (exact) to 1; 0.02 is usual.")
    if most < 1:
        raise InputError(f"{most} alternatives cannot be shown. Ask for one or more.")


def _nothing(
    origin: str, destination: str, goods: str, compiled: Compiled, problems: Sequence[Problem], lost: Sequence[object]
) -> str:
    """Why there is no answer at all, with what to change."""
    p = problems[0]
    forms = " or ".join(f for q in problems for f in q.consignment.start_forms)
    if not any(q.sources for q in problems):
        return f"{origin} does not load cargo in {forms} form. Start at a place that does, or ask for other equipment."
    if not any(q.targets for q in problems):
        return f"{destination} does not receive cargo in {forms} form. End at a place that does, or ask for other equipment."
    barred = ", ".join(sorted(p.forbidden)) or "none"
    return (
        f"No open way leads from {origin} to {destination} for {goods} in {forms} form on {compiled.on}. "
        f"Restrictions that bar a part of the network: {barred}. Try --cargo any, or another day."
    )
