"""Joining search, price, time and emissions into a quote."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from karvan import atlas, overrides
from karvan.errors import InputError, NoChain, NoRate
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, ClosedWinner, Lost, Quote
from karvan.quotes.advice import cheaper_equipment
from karvan.quotes.cargo import consignments, find_commodity
from karvan.quotes.compiled import compile_dataset
from karvan.quotes.evaluate import Evaluated, Evaluator
from karvan.quotes.losers import closed_winners, contenders, lost_corridors, unbeaten
from karvan.quotes.search import Problem, problem, survivors
from karvan.quotes.select import pareto_filter, varied
from karvan.schema import is_day

SORTS = ("price", "time", "lateness", "co2e")
WAGON_OWNERS = ("own", "leased", "railway")
BOX_OWNERS = ("shipper", "carrier")
DEFAULT_EPSILON = 0.02
MOST_ALTERNATIVES = 50
VALID_DAYS = 14
FIRST_YEAR, LAST_YEAR = 1990, 2100
_KNOWN_FOR_DAYS = 730
_BOOKED_BEFORE = 30  # days: an application for a monthly plan is then in time


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
    as_of: date | str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Quote:
    """Every way worth considering for a cargo from one place to another.

    origin, destination: any name of a place. ready: the day the cargo is ready (date or YYYY-MM-DD); rates and
    services are those of that day. cargo: as in '1x40HC', 'wagons', '3 x 20DC', 'wagons,containers' or 'any'.
    tonnes: mass of the goods. booked: the day the application for a monthly plan is made (default: 30 days before).
    wagon_owner: own, leased or railway; box_owner: shipper or carrier. value_usd: of the goods (default: typical).
    sort: price, time, lateness or co2e. epsilon: alternatives matched within this share by another are left out.
    data: a data folder over the built-in atlas, or a Dataset in its place. as_of: hide all that was not yet known on
    that day.

    Raises InputError (UnknownPlace, BadCargo), NoRate, NoChain or DataError, each one sentence with a remedy.
    """
    dataset = data if isinstance(data, Dataset) else atlas.load(data)
    if as_of is not None:
        dataset = overrides.as_of(dataset, _date(as_of, "as-of"))
    origin, destination, cargo, commodity = (str(t) for t in (origin, destination, cargo, commodity))
    tonnes = _number(tonnes, "tonnes")
    value_usd = None if value_usd is None else _number(value_usd, "value")
    start, end = atlas.find_place(dataset, origin), atlas.find_place(dataset, destination)
    if start.node == end.node:
        raise InputError(f"Origin and destination are both {start.name}. Name two different places.")
    on = _date(ready, "ready")
    digest, dataset = dataset.digest, overrides.state_on(dataset, on)
    _check_choices(sort, wagon_owner, box_owner, epsilon, most)
    goods = find_commodity(dataset, commodity)
    booking = _date(booked, "booked") if booked is not None else on - timedelta(days=_BOOKED_BEFORE)
    if booking > on:
        raise InputError(f"The cargo is booked on {booking}, after it is ready on {on}. Book on or before that day.")
    loads = consignments(dataset, start, end, cargo, goods, tonnes, on, booking, wagon_owner, box_owner, value_usd)
    check_day(dataset, on)
    progress("compiling the network")
    compiled = compile_dataset(dataset, on)
    evaluators = [Evaluator(problem(compiled, c)) for c in loads]
    progress("searching")
    found, complete = _evaluated(evaluators, epsilon)
    kept = _chosen(found, epsilon, most)
    progress("asking why others lost")
    others = contenders(kept, evaluators)
    kept += unbeaten(others, kept)[: most - len(kept)]
    key = SORTS.index(sort)
    kept.sort(key=lambda e: (e.criteria[key], e.criteria))
    shown = tuple(e.evaluator.alternative(e, n) for n, e in enumerate(kept, 1))
    closed = closed_winners([e.problem for e in evaluators])
    lost = lost_corridors(others, shown, epsilon)
    if not shown:
        raise NoChain(_nothing(start.name, end.name, goods.name, [e.problem for e in evaluators], lost, closed))
    return Quote(
        origin=start.node,
        destination=end.node,
        ready=on,
        commodity=goods.commodity,
        tonnes=float(tonnes),
        cargo=cargo,
        alternatives=shown,
        lost=lost,
        closed=closed,
        advice=cheaper_equipment(dataset, compiled, shown),
        priced_on=on,
        valid_until=_valid_until(dataset, shown, on),
        epsilon=epsilon,
        complete=complete,
        digest=digest,
        premises=dataset.premises,
    )


def _valid_until(dataset: Dataset, shown: Sequence[Alternative], on: date) -> date:
    """The last day of the quote: two weeks on, or sooner if a rate or a service that it uses ends before."""
    used = {c.rate for a in shown for c in a.bill.charges if not c.replaced_by}
    run = {service for a in shown for service in a.chain.services}
    ends = [r.valid_to for r in dataset.rates if r.rate in used and r.valid_to]
    ends += [s.valid_to for s in dataset.services if s.service in run and s.valid_to]
    return min([on + timedelta(days=VALID_DAYS), *ends])


def _evaluated(evaluators: Sequence[Evaluator], epsilon: float) -> tuple[list[Evaluated], bool]:
    """All survivors of the searches, priced and timed exactly; and whether no search was cut short.

    Half of epsilon is spent here, over the additive criteria, and half by the filter over the true ones.
    """
    found: list[Evaluated] = []
    complete = True
    for evaluator in evaluators:
        paths, cut = survivors(evaluator.problem, epsilon / 2)
        complete &= not cut
        chains = dict.fromkeys(map(evaluator.chain, paths))
        # A way that comes back to a place may be cheap by the tariffs; nobody drives it unless there is no other.
        straight = [chain for chain in chains if not evaluator.doubles_back(chain)]
        found += [evaluator.evaluate(chain) for chain in straight or chains]
    return found, complete


def _chosen(found: Sequence[Evaluated], epsilon: float, most: int) -> list[Evaluated]:
    """The chains to show. Those with a missing rate are only compared with one another: their price is a lower end."""
    kept = []
    for complete in (True, False):
        group = [e for e in found if e.bill.complete is complete]
        kept += [group[i] for i in pareto_filter([e.criteria for e in group], epsilon / 2)]
    kinds = [(e.evaluator.corridors(e.chain), e.chain.services) for e in kept]
    return [kept[i] for i in varied([e.criteria for e in kept], kinds, most)]


def _date(value: date | str, what: str) -> date:
    text = value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else str(value)
    if is_day(text):
        day = date.fromisoformat(text)
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
        raise InputError(f"{day} for --{what} is no day to quote for. Name one from {FIRST_YEAR} to {LAST_YEAR}.")
    raise InputError(f"'{value}' is not a day for --{what}. Write it as YYYY-MM-DD, as in 2025-03-03.")


def _number(value: object, what: str) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InputError(f"'{value}' is not a number for --{what}. Write it as in 14 or 14.5.") from None


def check_day(dataset: Dataset, on: date) -> None:
    """Raise NoRate for a day on which no rate is in force, or that lies far after all that is known of prices."""
    starts = [r.valid_from for r in dataset.rates]
    if not any(r.valid_from <= on and (r.valid_to is None or on <= r.valid_to) for r in dataset.rates):
        span = f"Rates begin on {min(starts)}." if starts else "The data has no rates."
        raise NoRate(f"No rate is in force on {on}. {span} Choose a later day, or add rates to rates.csv.")
    known = max([*starts, *(e.on for e in dataset.exchange_rates)])
    if on > known + timedelta(days=_KNOWN_FOR_DAYS):
        raise NoRate(
            f"Nothing is known of prices on {on}: the last rate is of {known}. Choose a day within two years of it."
        )


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
    origin: str,
    destination: str,
    goods: str,
    problems: Sequence[Problem],
    lost: Sequence[Lost],
    closed: Sequence[ClosedWinner],
) -> str:
    """Why there is no answer at all, with what to change."""
    forms = " or ".join(f for p in problems for f in p.consignment.start_forms)
    if not any(p.sources for p in problems):
        return f"{origin} does not load cargo in {forms} form. Start at a place that does, or ask for other equipment."
    if not any(p.targets for p in problems):
        return f"{destination} does not take {forms} cargo in. End at a place that does, or ask for other equipment."
    reasons = " ".join(dict.fromkeys([*(row.reason for row in lost), *(c.opens for c in closed)]))
    return (
        f"No open way leads from {origin} to {destination} for {goods} in {forms} form on {problems[0].compiled.on}. "
        f"{reasons or 'Nothing joins the two in that form.'} Try --cargo any, or another day."
    )
