"""A second pricer, to check the first: its own reading of the CSV files, matching, rules and arithmetic.

It shares no code with `karvan.tariffs`: rows are dictionaries of text, quantities are Fractions, rounding
is done on integers. It is written from the descriptions of the columns and rules in the schema and
docs/tariffs.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from independent_rules import Due, Row, cents, charged, exact, glob, params


class Tie(Exception):
    """Two rates fit equally well."""


@dataclass(frozen=True)
class Paid:
    """One line of the bill, in cents and as text, to be compared with the first pricer's."""

    charge: str
    element: int | None
    rate: str
    amount: Fraction
    currency: str
    usd: Fraction
    replaced_by: str = ""


class Pricer:
    """Rates in force on a day, from a folder of CSV files."""

    def __init__(self, folder: Path, on: date) -> None:
        self.on = on
        agreed = {""} | {a["agreement"] for a in _rows(folder, "agreements") if _in_force(a, on)}
        self.rates = [r for r in _rows(folder, "rates") if _holds(r, on) and r["agreement"] in agreed]
        self.country = {r["node"]: r["country"] for r in _rows(folder, "nodes")}
        self.ships = {r["mode"] for r in _rows(folder, "modes") if r["needs_service"] == "true"}
        self.kind = {r["service"]: r["kind"] for r in _rows(folder, "services")}
        self.corridor = {r["corridor"]: r for r in _rows(folder, "corridors")}
        self.exchange = _rows(folder, "exchange_rates")
        self.known: dict[Any, tuple[Any, Row | None]] = {}

    def bill(self, chain: Any, cargo: Any) -> tuple[list[Paid], list[tuple[str, str, int | None]]]:
        """Lines of the bill, and (charge, operator, element) of what has no rate."""
        paid: list[tuple[Due, Paid]] = []
        missing = []
        for due in self.dues(chain, cargo):
            rate = self.rate_for(due, cargo)
            if rate is not None:
                paid.append((due, self.pay(due, rate, cargo)))
            elif not due.optional:
                missing.append((due.charge, due.operator, due.element))
        for rate in [r for r in self.rates if r["rule"] in ("minimum", "surcharge", "corridor_discount")]:
            given = params(rate)
            if rate["rule"] == "corridor_discount" and not self.in_corridor(chain, given["corridor"]):
                continue
            for due, before in list(paid):
                if before.charge in given.get("of", "haulage").split("|") and self.fits(rate, due, cargo):
                    extra = self.pay(due, rate, cargo, before)
                    if glob(rate["operator"], due.operator) and extra.amount:
                        paid.append((due, extra))
        return self.through(chain, cargo, paid, missing)

    def dues(self, chain: Any, cargo: Any) -> Iterator[Due]:
        """What a chain owes.

        Haulage or freight a run, handling, gauge change and border a node, and extras.
        """
        for i, e in enumerate(chain.elements):
            kind = type(e).__name__
            if kind == "Movement":
                afloat = e.mode in self.ships
                due = Due("freight" if afloat else "haulage", i, e.carrier if afloat else e.operator,
                          (e.nodes[0], e.nodes[-1]), "", e.service, e.form, e.country,
                          exact(round(e.length_km, 1)), exact(round(e.mean_h / 24, 2)))  # fmt: skip
                yield due
                for extra in ("hire", "empty_return", "permit"):
                    yield _as(due, extra)
            elif kind == "Handling":
                charge = {"border": "border", "gauge_change": "gauge_change", "handover": ""}.get(e.kind, "handling")
                due = Due(charge, i, e.operator, (e.node, e.node), e.kind, "", e.form_from or e.form_to, e.country)
                if charge:
                    yield due
                yield _as(due, "document")
        ends = (chain.elements[0], chain.elements[-1])
        for charge, node, end in (
            ("first_mile", chain.nodes[0], ends[0]),
            ("last_mile", chain.nodes[-1], ends[1]),
            ("insurance", chain.nodes[0], ends[0]),
        ):
            form = getattr(end, "form", cargo.start_forms[0])
            yield Due(charge, None, "", (node, node), "", "", form, self.country[node], optional=True)
        passed = []
        for m in (e for e in chain.elements if type(e).__name__ == "Movement"):
            if m.country not in passed and m.country != "XZ" and self.role(m.country, cargo) == "transit":
                passed.append(m.country)
                yield Due(
                    "guarantee",
                    None,
                    m.operator,
                    (m.nodes[0], m.nodes[-1]),
                    "",
                    "",
                    m.form,
                    m.country,
                    optional=True,
                )

    def role(self, country: str, cargo: Any) -> str:
        from_here, to_here = country == cargo.origin_country, country == cargo.destination_country
        return {(True, True): "domestic", (True, False): "export", (False, True): "import"}.get(
            (from_here, to_here), "transit"
        )

    def fits(self, rate: Row, due: Due, cargo: Any) -> bool:
        load = dict(cargo.loads)[due.form]
        each = Fraction(exact(load.payload_t), load.units)
        names = (cargo.commodity.commodity, cargo.commodity.cargo_class, *cargo.commodity.tags)
        train = {"block_train": "block", "group_train": "group"}.get(self.kind.get(due.service, ""), "single")
        return all((
            rate["form"] in ("*", due.form),
            rate["operation"] in ("*", due.operation),
            glob(rate["service"], due.service),
            rate["traffic"] in ("*", self.role(due.country, cargo)),
            _covers(rate, due.ends),
            any(glob(rate["cargo_class"], n) for n in names),
            any(glob(e, load.equipment.equipment) for e in rate["equipment"].split(";")),
            not rate["weight_min_t"] or each >= Fraction(rate["weight_min_t"]),
            not rate["weight_max_t"] or each <= Fraction(rate["weight_max_t"]),
            due.form != "wagon" or rate["wagon_owner"] in ("*", cargo.wagon_owner),
            due.form != "container" or rate["box_owner"] in ("*", cargo.box_owner),
            rate["load_state"] != "empty",
            rate["train_kind"] in ("*", train),
        ))  # fmt: skip

    def rate_for(self, due: Due, cargo: Any) -> Row | None:
        """The rate with the most bound columns; of these the most exact; of these the latest."""
        key = (replace(due, element=None, km=Fraction(0), days=Fraction(0)), id(cargo))
        if key not in self.known:
            self.known[key] = (cargo, self.best(due, cargo))
        return self.known[key][1]

    def best(self, due: Due, cargo: Any) -> Row | None:
        plain = ("minimum", "surcharge", "corridor_discount", "through_rate")
        fitting = [
            r
            for r in self.rates
            if r["charge"] == due.charge and r["rule"] not in plain and glob(r["operator"], due.operator)
            if self.fits(r, due, cargo)
        ]
        best = sorted(fitting, key=_weight)[-2:]
        if len(best) == 2 and _weight(best[0]) == _weight(best[1]):
            raise Tie(f"{best[0]['rate']} and {best[1]['rate']}")
        return best[-1] if best else None

    def pay(self, due: Due, rate: Row, cargo: Any, of: Paid | None = None) -> Paid:
        raw = charged(due, rate, cargo, of.amount if of else Fraction(0))
        currency = of.currency if of else rate["currency"].replace("%", "USD")
        amount = cents(raw, {"JPY": 0, "KRW": 0, "CLP": 0, "IRR": 0, "KWD": 3, "BHD": 3}.get(currency, 2))
        return Paid(
            rate["charge"],
            due.element,
            rate["rate"],
            amount,
            currency,
            cents(amount / self.per_usd(currency)),
        )

    def per_usd(self, currency: str) -> Fraction:
        if currency == "USD":
            return Fraction(1)
        known = [(r["on"], r["per_usd"]) for r in self.exchange if r["currency"] == currency]
        return Fraction(max(row for row in known if row[0] <= self.on.isoformat())[1])

    def through(self, chain: Any, cargo: Any, paid: list[tuple[Due, Paid]], missing: list[Any]) -> Any:
        """A through rate takes the place of what it replaces between its ends; longer stretches first."""
        runs = [i for i, e in enumerate(chain.elements) if type(e).__name__ == "Movement"]
        offers = []
        for rate in [r for r in self.rates if r["rule"] == "through_rate"]:
            name = params(rate).get("corridor", "")
            if name and not self.in_corridor(chain, name):
                continue
            modes = [m for m in params(rate).get("modes", "").split("|") if m]
            for i, j in ((i, j) for i in runs for j in runs[::-1] if j >= i):
                a, b = chain.elements[i], chain.elements[j]
                km = sum((exact(chain.elements[k].length_km) for k in runs if i <= k <= j), Fraction(0))
                due = Due(
                    "through",
                    i,
                    rate["operator"],
                    (a.nodes[0], b.nodes[-1]),
                    "",
                    a.service,
                    a.form,
                    a.country,
                    km,
                )
                strange = modes and any(chain.elements[k].mode not in modes for k in runs if i <= k <= j)
                if rate["section"] != "*" and not strange and self.fits(rate, due, cargo):
                    offers.append((i - j, rate["rate"], i, j, due, rate))
                    break
        bill = [p for _, p in paid]
        taken: set[int] = set()
        for *_, i, j, due, rate in sorted(offers, key=lambda o: o[:2]):
            stretch = set(range(i, j + 1))
            if stretch & taken:
                continue
            taken |= stretch
            gone = params(rate).get("replaces", "haulage").split("|")
            for k, p in enumerate(bill):
                if p.element in stretch and p.charge in gone and not p.replaced_by:
                    bill[k] = Paid(p.charge, p.element, p.rate, p.amount, p.currency, p.usd, rate["rate"])
            missing = [m for m in missing if not (m[2] in stretch and m[0] in gone)]
            bill.append(self.pay(due, rate, cargo))
        return bill, missing

    def in_corridor(self, chain: Any, name: str) -> bool:
        row = self.corridor.get(name)
        if row is None or any(glob(a, n) for a in row["avoids"].split(";") if a for n in chain.nodes):
            return False

        def met(nodes: list[str]) -> bool:
            left = iter(nodes)
            return all(any(glob(gate, n) for n in left) for gate in row["via"].split(";"))

        return met(list(chain.nodes)) or met(list(chain.nodes)[::-1])


def _as(due: Due, charge: str) -> Due:
    return Due(
        charge,
        due.element,
        due.operator,
        due.ends,
        due.operation,
        due.service,
        due.form,
        due.country,
        due.km,
        due.days,
        optional=True,
    )


def _covers(rate: Row, ends: tuple[str, str]) -> bool:
    if rate["section"] == "*":
        return True
    if ">" not in rate["section"]:
        return ends[0] == ends[1] and glob(rate["section"], ends[0])
    a, b = rate["section"].split(">")
    ways = {"forward": [ends], "backward": [ends[::-1]], "*": [ends, ends[::-1]]}[rate["direction"]]
    return any(glob(a, x) and glob(b, y) for x, y in ways)


def _exactness(pattern: str) -> int:
    if pattern == "*":
        return 0
    return sum(c not in "*?[]" for c in pattern) if set("*?[") & set(pattern) else 1000


def _weight(rate: Row) -> tuple[int, int, str]:
    """Columns bound; then how exact the patterns of section, equipment, operator and service are.

    Then the start.
    """
    columns = (
        "operator",
        "operation",
        "service",
        "form",
        "traffic",
        "cargo_class",
        "wagon_owner",
        "box_owner",
        "load_state",
        "train_kind",
        "direction",
        "equipment",
    )
    ends = rate["section"].split(">")
    bound = sum(rate[c] != "*" for c in columns) + sum(e != "*" for e in ends)
    bound += bool(rate["weight_min_t"] or rate["weight_max_t"])
    patterns = [*ends, rate["operator"], rate["service"]]
    closeness = sum(map(_exactness, patterns)) + min(map(_exactness, rate["equipment"].split(";")))
    return bound, closeness, rate["valid_from"]


def _rows(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _in_force(agreement: Row, on: date) -> bool:
    """As the table says: in force, or until a last day, and begun."""
    first, last = agreement["in_force_from"], agreement["in_force_to"]
    if agreement["state"] != "in_force" and not last:
        return False
    return (not first or first <= on.isoformat()) and (not last or on.isoformat() <= last)


def _holds(rate: Row, on: date) -> bool:
    return rate["valid_from"] <= on.isoformat() <= (rate["valid_to"] or "9999-12-31")
