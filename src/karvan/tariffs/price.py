"""Pricing a chain: each line by its rate, then minima, surcharges, discounts and through rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from karvan.errors import NoRate
from karvan.keys import matches
from karvan.model.chain import Chain, Element, Movement
from karvan.model.consignment import Consignment
from karvan.model.tariff import Bill, Charge, MissingRate, Rate
from karvan.tariffs.billing import Billing, params
from karvan.tariffs.lines import Line, chain_lines, element_lines
from karvan.tariffs.lookup import Tariffs, rank, rule_of, section_fits
from karvan.units import round_money


@dataclass(frozen=True, slots=True)
class _Priced:
    line: Line
    charge: Charge

    def at(self, position: int) -> _Priced:
        """The same at another position of the chain."""
        if position == self.line.element:
            return self
        line, c = self.line, self.charge
        moved = Line(line.charge, position, line.operator, line.from_node, line.to_node, line.operation, line.service,
                     line.form, line.country, line.km, line.days, line.required)  # fmt: skip
        charge = Charge(c.charge, c.payee, c.what, position, c.quantity, c.unit, c.rate, c.value, c.amount, c.currency,
                        c.per_usd, c.usd, c.grade, c.source, c.replaced_by)  # fmt: skip
        return _Priced(moved, charge)


def price(chain: Chain, consignment: Consignment, tariffs: Tariffs, on: date) -> tuple[Charge, ...]:
    """Itemised charges of a chain.

    Raises NoRate, naming operator, section and date of each charge for which no rate is in force, and DataError where
    two rates are equally specific.
    """
    if on != tariffs.on:
        raise ValueError(f"The tariffs are those of {tariffs.on.isoformat()}, not of {on.isoformat()}.")
    made = bill(chain, consignment, tariffs)
    if made.missing:
        raise NoRate(" ".join(str(m) for m in made.missing) + " Add the rate to rates.csv or choose another day.")
    return made.charges


_Span = tuple[int, int, Rate]  # first and last movement, and the through rate that covers them


class Kept:
    """What was charged before for a consignment: by the identity of an element, and by line of a whole chain."""

    def __init__(self) -> None:
        self.elements: dict[int, tuple[Element, tuple[_Priced, ...], tuple[Line, ...]]] = {}
        self.whole: dict[Line, _Priced | None] = {}


def bill(
    chain: Chain, consignment: Consignment, tariffs: Tariffs, kept: Kept | None = None, itemised: bool = True
) -> Bill:
    """Itemised charges of a chain, and the charges that must be paid but have no rate.

    `kept` holds what was charged for elements before, for the many chains of one consignment that share them. Not
    `itemised`, the charges need not say to which element they belong, which saves half of the time.
    """
    kept = kept or Kept()
    priced: list[_Priced] = []
    missing: list[MissingRate] = []
    spans = _all_spans(chain, consignment, tariffs)
    for position, element in enumerate(chain.elements):
        if id(element) not in kept.elements:
            kept.elements[id(element)] = _element(element, consignment, tariffs)
        _, charged, unpriced = kept.elements[id(element)]
        priced += [p.at(position) for p in charged] if itemised or spans else charged
        missing += [MissingRate(u.charge, u.operator, u.section, position, tariffs.on) for u in unpriced]
    for line in chain_lines(chain, consignment, tariffs.countries):
        if line not in kept.whole:
            rate = tariffs.find(line, consignment)
            kept.whole[line] = _Priced(line, _charge(line, rate, consignment, tariffs, Decimal(0))) if rate else None
        whole = kept.whole[line]
        if whole is not None:
            priced.append(whole)
    priced = priced + _modified(priced, chain, consignment, tariffs) if tariffs.modifiers else priced
    priced, missing = _through(spans, priced, missing, chain, consignment, tariffs)
    return Bill(tuple(p.charge for p in priced), tuple(missing))


def _element(
    element: Element, consignment: Consignment, tariffs: Tariffs
) -> tuple[Element, tuple[_Priced, ...], tuple[Line, ...]]:
    """Charges for the lines of one element, and its lines that must be paid and have no rate."""
    priced, missing = [], []
    for line in element_lines(element, 0, tariffs.by_service_only):
        rate = tariffs.find(line, consignment)
        if rate is not None:
            priced.append(_Priced(line, _charge(line, rate, consignment, tariffs, Decimal(0))))
        elif line.required:
            missing.append(line)
    return element, tuple(priced), tuple(missing)


def billing(line: Line, consignment: Consignment, base: Decimal) -> Billing:
    """Measures of a consignment for one line."""
    load = consignment.load(line.form)
    return Billing(
        units=Decimal(load.units),
        teu=_decimal(load.teu),
        mass_t=_decimal(load.payload_t),
        unit_mass_t=_decimal(round(load.unit_t, 6)),
        length_m=_decimal(load.equipment.length_m),
        km=_decimal(round(line.km, 1)),
        days=_decimal(round(line.days, 2)),
        value_usd=_decimal(round(consignment.value_usd, 2)),
        base=base,
    )


def _charge(line: Line, rate: Rate, consignment: Consignment, tariffs: Tariffs, base: Decimal, to: str = "") -> Charge:
    found = rule_of(rate).amount(rate, billing(line, consignment, base))
    currency = to or ("USD" if rate.currency == "%" else rate.currency)
    per_usd = tariffs.per_usd(currency)
    amount = round_money(found.amount, currency)
    where = f" {line.section}" if line.section else ""
    return Charge(
        charge=rate.charge,
        payee=line.operator or rate.operator,
        what=f"{rate.charge.replace('_', ' ')}{where}",
        element=line.element,
        quantity=found.quantity,
        unit=rate.unit,
        rate=rate.rate,
        value=rate.value,
        amount=amount,
        currency=currency,
        per_usd=per_usd,
        usd=round_money(amount / per_usd, "USD"),
        grade=rate.grade,
        source=rate.source,
    )


def _modified(priced: list[_Priced], chain: Chain, consignment: Consignment, tariffs: Tariffs) -> list[_Priced]:
    """What minima, surcharges and discounts add to the charges of rates; none is taken of another's.

    Of several minima for one charge the most specific holds, and the higher of equals.
    """
    added: list[_Priced] = []
    minima: dict[int, tuple[tuple[object, ...], _Priced]] = {}
    for modifier in tariffs.modifiers:
        given = params(modifier)
        if modifier.rule == "through_rate" or not _in_corridor(modifier, chain, tariffs):
            continue
        of = given.get("of", "haulage").split("|")
        for i, p in enumerate(priced):
            mine = p.charge.charge in of and matches(modifier.operator, p.line.operator)
            if not mine or not tariffs.fits(modifier, p.line, consignment):
                continue
            more = _Priced(p.line, _charge(p.line, modifier, consignment, tariffs, p.charge.amount, p.charge.currency))
            if modifier.rule == "minimum":
                order = (rank(modifier), more.charge.amount)
                minima[i] = max(minima.get(i, (order, more)), (order, more), key=lambda pair: pair[0])
            elif more.charge.amount:
                added.append(more)
    return added + [more for _, more in minima.values() if more.charge.amount]


def _in_corridor(rate: Rate, chain: Chain, tariffs: Tariffs) -> bool:
    """Whether a chain runs in one of the corridors that a rate is for, if it is for some."""
    corridors = params(rate).get("corridor", "")
    return not corridors or any(tariffs.corridors.runs_in(chain, c) for c in corridors.split("|"))


def _through(
    spans: list[_Span],
    priced: list[_Priced],
    missing: list[MissingRate],
    chain: Chain,
    consignment: Consignment,
    tariffs: Tariffs,
) -> tuple[list[_Priced], list[MissingRate]]:
    """The bill with each through rate that fits put in place of the charges it replaces; the longest first."""
    taken: set[int] = set()
    for first, last, rate in spans:
        span = set(range(first, last + 1))
        if span & taken:
            continue
        taken |= span
        replaces = params(rate).get("replaces", "haulage").split("|")
        line = _span_line(rate, chain, first, last)
        charge = _charge(line, rate, consignment, tariffs, Decimal(0))
        priced = [
            replace(p, charge=replace(p.charge, replaced_by=rate.rate))
            if p.line.element in span and p.line.charge in replaces and not p.charge.replaced_by
            else p
            for p in priced
        ] + [_Priced(line, charge)]
        missing = [m for m in missing if not (m.element in span and m.charge in replaces)]
    return priced, missing


def _all_spans(chain: Chain, consignment: Consignment, tariffs: Tariffs) -> list[_Span]:
    """The stretches of a chain that through rates cover, the longest first and then the most specific."""
    found = [
        span
        for rate, starts, ends in tariffs.through
        if not chain.ends.isdisjoint(starts) and not chain.ends.isdisjoint(ends)
        for span in _spans(rate, chain, consignment, tariffs)
    ]
    # Sorting keeps the order of equals, so over one stretch the most specific rate comes first.
    found.sort(key=lambda span: rank(span[2]), reverse=True)
    return sorted(found, key=lambda span: span[0] - span[1])


def _spans(rate: Rate, chain: Chain, consignment: Consignment, tariffs: Tariffs) -> list[_Span]:
    """First and last movement of the stretch of a chain that a through rate covers, if it does."""
    if not _in_corridor(rate, chain, tariffs):
        return []
    moves = [i for i, e in enumerate(chain.elements) if isinstance(e, Movement)]
    for i in moves:
        for j in reversed([k for k in moves if k >= i]):
            a, b = chain.elements[i], chain.elements[j]
            if (
                section_fits(rate, a.from_node, b.to_node)  # type: ignore[union-attr]
                and _covers(rate, chain.elements[i : j + 1])
                and tariffs.fits(rate, _span_line(rate, chain, i, j), consignment)
            ):
                return [(i, j, rate)]
    return []


def _covers(rate: Rate, stretch: Sequence[Element]) -> bool:
    """Whether every movement of a stretch is on the service and by one of the modes that a through rate is for."""
    modes = params(rate).get("modes", "*")
    return all(matches(rate.service, m.service) and matches(modes, m.mode) for m in stretch if isinstance(m, Movement))


def _span_line(rate: Rate, chain: Chain, first: int, last: int) -> Line:
    a, b = chain.elements[first], chain.elements[last]
    km = sum(e.length_km for e in chain.elements[first : last + 1] if isinstance(e, Movement))
    return Line(
        charge="through",
        element=first,
        operator=rate.operator,
        from_node=a.from_node,  # type: ignore[union-attr]
        to_node=b.to_node,  # type: ignore[union-attr]
        operation="",
        service=a.service,  # type: ignore[union-attr]
        form=a.form,
        country=a.country,
        km=km,
        days=0.0,
        required=True,
    )


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))
