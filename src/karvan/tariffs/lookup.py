"""Finding the rate for a line: the most specific row in force wins, a tie is a fault of the data."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from types import ModuleType

from karvan.errors import DataError, NoRate
from karvan.keys import matches, specificity
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.model.tariff import Rate
from karvan.tariffs.billing import Billing, params
from karvan.tariffs.corridors import Corridors
from karvan.tariffs.lines import Line
from karvan.tariffs.rules import RULES

_BY_NAME: dict[str, ModuleType] = {rule.NAME: rule for rule in RULES}
MODIFIERS = ("minimum", "surcharge", "corridor_discount", "through_rate")
_MAY_BE_NEGATIVE = ("surcharge", "corridor_discount")
_TRAIN_KINDS = {"block_train": "block", "group_train": "group"}


class Tariffs:
    """The rates and exchange rates in force on a day, indexed for look-up."""

    def __init__(self, dataset: Dataset, on: date) -> None:
        self.on = on
        self.countries = {n.node: n.country for n in dataset.nodes}
        self.by_service_only = frozenset(m.mode for m in dataset.modes if m.needs_service)
        self._kinds = {s.service: s.kind for s in dataset.services}
        self.corridors = Corridors(dataset)
        self._by_charge: dict[tuple[str, str], list[Rate]] = defaultdict(list)
        self.modifiers: list[Rate] = []
        agreed = {a.agreement for a in dataset.agreements if a.in_force(on)}
        for rate in dataset.rates:
            if not (rate.valid_from <= on and (rate.valid_to is None or on <= rate.valid_to)):
                continue
            if rate.agreement and rate.agreement not in agreed:
                continue
            check(rate)
            if rate.rule in MODIFIERS:
                self.modifiers.append(rate)
            else:
                self._by_charge[rate.charge, rate.operator].append(rate)
        self.through = [(r, *self._ends(r)) for r in self.modifiers if r.rule == "through_rate"]
        self._of_kind: dict[tuple[object, ...], list[Rate]] = {}
        self._found: dict[tuple[object, ...], Rate | None] = {}
        self._candidates: dict[tuple[str, ...], tuple[Rate, ...]] = {}
        self._per_usd: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for row in sorted(dataset.exchange_rates, key=lambda r: r.on):
            self._per_usd[row.currency].append((row.on, row.per_usd))

    def _ends(self, rate: Rate) -> tuple[frozenset[str], frozenset[str]]:
        """Nodes that the two ends of a rate's section name."""
        a, _, b = rate.section.partition(">")
        starts, ends = (frozenset(n for n in self.countries if matches(end, n)) for end in (a, b))
        return starts, ends

    def candidates(self, charge: str, operator: str, form: str, equipment: str) -> tuple[Rate, ...]:
        """Rates of a charge for an operator, a form and an equipment, each by key or pattern."""
        key = (charge, operator, form, equipment)
        if key not in self._candidates:
            self._candidates[key] = tuple(
                r
                for (c, o), rates in self._by_charge.items()
                if c == charge and matches(o, operator)
                for r in rates
                if r.form in ("*", form) and any(matches(e, equipment) for e in r.equipment)
            )
        return self._candidates[key]

    def find(self, line: Line, consignment: Consignment) -> Rate | None:
        """The rate of a line, or None. Raises DataError where two rates are equally specific."""
        load = consignment.load(line.form)
        traffic = consignment.traffic(line.country)
        boxed = (load.equipment.equipment, load.unit_t, consignment.commodity.commodity)
        owners = (consignment.wagon_owner, consignment.box_owner)
        train = self.train_kind(line.service)
        kind = (line.charge, line.operator, line.form, traffic, train, *boxed, *owners)
        key = (kind, line.from_node, line.to_node, line.operation, line.service)
        if key not in self._found:
            if kind not in self._of_kind:
                rates = self.candidates(line.charge, line.operator, line.form, load.equipment.equipment)
                self._of_kind[kind] = [r for r in rates if self.fits_cargo(r, line, consignment)]
            fitting = [r for r in self._of_kind[kind] if fits_place(r, line)]
            self._found[key] = self._most_specific(fitting, line)
        return self._found[key]

    def fits(self, rate: Rate, line: Line, consignment: Consignment) -> bool:
        """Whether every column of a rate's key fits a line and a consignment."""
        return fits_place(rate, line) and self.fits_cargo(rate, line, consignment)

    def fits_cargo(self, rate: Rate, line: Line, consignment: Consignment) -> bool:
        """The same but for section, direction, operation and service."""
        load = consignment.load(line.form)
        goods = consignment.commodity
        return (
            rate.form in ("*", line.form)
            and rate.traffic in ("*", consignment.traffic(line.country))
            and (
                rate.cargo_class == "*"
                or any(matches(rate.cargo_class, c) for c in (goods.commodity, goods.cargo_class, *goods.tags))
            )
            and any(matches(e, load.equipment.equipment) for e in rate.equipment)
            and (rate.weight_min_t is None or rate.weight_min_t <= load.unit_t)
            and (rate.weight_max_t is None or load.unit_t <= rate.weight_max_t)
            and (line.form != "wagon" or rate.wagon_owner in ("*", consignment.wagon_owner))
            and (line.form != "container" or rate.box_owner in ("*", consignment.box_owner))
            and rate.load_state in ("*", "loaded")
            and rate.train_kind in ("*", self.train_kind(line.service))
        )

    def train_kind(self, service: str) -> str:
        return _TRAIN_KINDS.get(self._kinds.get(service, ""), "single")

    def per_usd(self, currency: str) -> Decimal:
        """Units of a currency for one US dollar on the day. Raises NoRate if none is known."""
        if currency == "USD":
            return Decimal(1)
        known = [value for on, value in self._per_usd.get(currency, ()) if on <= self.on]
        if not known:
            raise NoRate(
                f"No exchange rate of {currency} is known for {self.on.isoformat()}. Choose a later day, or add one to "
                "exchange_rates.csv in a folder for --data."
            )
        return known[-1]

    def _most_specific(self, fitting: list[Rate], line: Line) -> Rate | None:
        if not fitting:
            return None
        ranked = sorted(fitting, key=rank, reverse=True)
        if len(ranked) > 1 and rank(ranked[0]) == rank(ranked[1]):
            where = f"{line.charge} of {line.operator or 'the chain'} over {line.section} on {self.on.isoformat()}"
            fault = f"rates {ranked[0].rate} and {ranked[1].rate} are equally specific for {where}"
            raise DataError([f"rates.csv: {fault}. Narrow the key of one of them."])
        return ranked[0]


def rank(rate: Rate) -> tuple[int, int, date]:
    """How specific a rate is: columns of its key that are bound, then how exactly, then the later start."""
    texts = (rate.operator, rate.operation, rate.service, rate.form, rate.traffic, rate.cargo_class, rate.wagon_owner,
             rate.box_owner, rate.load_state, rate.train_kind, rate.direction)  # fmt: skip
    bound = sum(t != "*" for t in texts)
    bound += rate.weight_min_t is not None or rate.weight_max_t is not None
    bound += rate.equipment != ("*",)
    ends = [] if rate.section == "*" else rate.section.split(">")
    bound += sum(e != "*" for e in ends)
    exact = min(specificity(e) for e in rate.equipment) + sum(specificity(e) for e in ends)
    return bound, exact + specificity(rate.operator) + specificity(rate.service), rate.valid_from


def fits_place(rate: Rate, line: Line) -> bool:
    """Whether a rate's operation, service, section and direction fit a line."""
    return (
        rate.operation in ("*", line.operation)
        and (rate.service == "*" or matches(rate.service, line.service))
        and section_fits(rate, line.from_node, line.to_node)
    )


def section_fits(rate: Rate, from_node: str, to_node: str) -> bool:
    """Whether a rate's section and direction cover a run or a node."""
    if rate.section == "*":
        return True
    a, arrow, b = rate.section.partition(">")
    if not arrow:
        return from_node == to_node and matches(a, from_node)
    forward = matches(a, from_node) and matches(b, to_node)
    backward = matches(a, to_node) and matches(b, from_node)
    return {"*": forward or backward, "forward": forward, "backward": backward}[rate.direction]


def check(rate: Rate) -> None:
    """Raise DataError if a rate's rule or parameters are not known, or cannot be applied."""
    rule = _BY_NAME.get(rate.rule)
    if rule is None:
        raise DataError(
            [f"rates.csv, rate {rate.rate}, rule '{rate.rule}': is not a rule. Use one of {', '.join(_BY_NAME)}."]
        )
    unknown = [name for name in params(rate) if name not in rule.PARAMS]
    if unknown:
        takes = ", ".join(rule.PARAMS) or "none"
        fault = f"rates.csv, rate {rate.rate}, params '{unknown[0]}': rule {rate.rule} takes no such thing."
        raise DataError([f"{fault} It takes: {takes}."])
    if rate.value < 0 and rate.rule not in _MAY_BE_NEGATIVE:
        raise DataError(
            [f"rates.csv, rate {rate.rate}, value '{rate.value}': is below zero. Only a surcharge or discount may be."]
        )
    one = Decimal(1)
    try:
        rule.amount(rate, Billing(one, one, one, one, one, one, one, one, one))
    except ArithmeticError:
        raise DataError(
            [f"rates.csv, rate {rate.rate}, params '{';'.join(rate.params)}': divides by zero. Use numbers above zero."]
        ) from None


def rule_of(rate: Rate) -> ModuleType:
    """The rule module that charges a rate."""
    return _BY_NAME[rate.rule]
