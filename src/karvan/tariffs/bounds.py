"""Lower bounds of prices, for the search: what one element costs at least, whatever chain it is part of.

The charge of a run depends on the whole run (distance bands, flat section rates), so each kilometre of it is
bounded by the least that any rate which could apply asks for a kilometre. Handling at a node does not depend on the
chain and is exact. Through rates and discounts lower the bounds of what they may replace.
"""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from heapq import heappop, heappush
from typing import Any

from karvan.keys import matches
from karvan.model.chain import Handling
from karvan.model.consignment import Consignment
from karvan.model.tariff import Rate
from karvan.tariffs.billing import params, steps
from karvan.tariffs.lines import Line, element_lines
from karvan.tariffs.lookup import Tariffs, rule_of
from karvan.tariffs.price import billing

_DETOUR = 1.5  # a through rate is not taken over a way longer than this much of the shortest
Moves = dict[tuple[str, str], list[tuple[str, str, float]]]


class Bounds:
    """Lower bounds by operator, service and form; `moves` gives the movements of each (operator, service)."""

    def __init__(self, tariffs: Tariffs, moves: Moves) -> None:
        self._tariffs = tariffs
        self._moves = moves
        self._longest: dict[tuple[str, str, str], float] = {}
        self._spans: dict[str, float] = {}
        self._rebates = [r for r in tariffs.modifiers if r.rule in ("corridor_discount", "surcharge") and r.value < 0]
        self._through = [r for r in tariffs.modifiers if r.rule == "through_rate"]

    def least_usd(self, group: Any, consignment: Consignment) -> float:
        """Least price of a `Handling`, or of a km of (operator, carrier, service, form, mode, country)."""
        if isinstance(group, Handling):
            return sum(self._piece(line, consignment) for line in element_lines(group, 0, frozenset()))
        operator, carrier, service, form, mode, country = group
        afloat = mode in self._tariffs.by_service_only
        line = Line(
            charge="freight" if afloat else "haulage",
            element=0,
            operator=carrier if afloat else operator,
            from_node="",
            to_node="",
            operation="",
            service=service,
            form=form,
            country=country,
            km=1.0,
            days=0.0,
            required=True,
        )
        equipment = consignment.load(form).equipment.equipment
        rates = self._tariffs.candidates(line.charge, line.operator, form, equipment)
        costs = [self._per_km(r, line, operator, consignment) for r in rates]
        costs += [self._through_per_km(r, line, consignment) for r in self._through]
        least = min(costs, default=math.inf)
        return least * self._left(line) if least < math.inf else 0.0

    def _left(self, line: Line) -> float:
        """Share of a charge that all discounts and negative surcharges of it together leave."""
        off = sum(
            float(r.value) / 100
            for r in self._rebates
            if matches(r.operator, line.operator) and line.charge in params(r).get("of", "haulage").split("|")
        )
        return max(1.0 + off, 0.0)

    def _through_per_km(self, rate: Rate, line: Line, consignment: Consignment) -> float:
        """What a through rate comes to a kilometre on the longest way that would be taken for it."""
        if not _may_fit(rate, line) or not self._tariffs.fits_cargo(rate, line, consignment):
            return math.inf
        if rate.rate not in self._spans:
            a, _, b = rate.section.partition(">")
            everything = [m for moves in self._moves.values() for m in moves]
            self._spans[rate.rate] = _longest(everything, a, b) * _DETOUR
        longest = self._spans[rate.rate]
        flat = float(rule_of(rate).amount(rate, billing(line, consignment, Decimal(0))).amount)
        return self._usd(rate, flat / longest) if longest else 0.0

    def _piece(self, line: Line, consignment: Consignment) -> float:
        rate = self._tariffs.find(line, consignment)
        if rate is None:
            return 0.0
        whole = float(rule_of(rate).amount(rate, billing(line, consignment, Decimal(0))).amount)
        return self._usd(rate, whole) * self._left(line)

    def _per_km(self, rate: Rate, line: Line, operator: str, consignment: Consignment) -> float:
        """The least that a rate may ask for one kilometre; inf if it cannot apply."""
        if not _may_fit(rate, line) or not self._tariffs.fits_cargo(rate, line, consignment):
            return math.inf
        given = params(rate)
        if rate.unit.endswith("_km"):
            bands = steps(rate, given, "bands")
            least = min((float(v) for _, v in bands), default=float(rate.value))
            cheapest = replace(rate, params=tuple(p for p in rate.params if not p.startswith("bands=")))
            one = float(rule_of(rate).amount(cheapest, billing(line, consignment, Decimal(0))).amount)
            return self._usd(rate, one * least / float(rate.value)) if rate.value else 0.0
        zones = steps(rate, given, "zones")
        if zones:
            per_km = min(float(price) / float(end) for end, price in zones)
            return self._usd(
                rate, per_km * consignment.load(line.form).payload_t * float(given.get("coefficient", "1"))
            )
        longest = self._longest_run(rate.section, operator, line.service)
        if longest is None:
            return 0.0
        if longest == 0:
            return math.inf
        flat = float(rule_of(rate).amount(rate, billing(line, consignment, Decimal(0))).amount)
        return self._usd(rate, flat / longest)

    def _usd(self, rate: Rate, amount: float) -> float:
        currency = "USD" if rate.currency == "%" else rate.currency
        return amount / float(self._tariffs.per_usd(currency))

    def _longest_run(self, section: str, operator: str, service: str) -> float | None:
        """The longest run that a flat rate may be asked for: None if any, 0 if the section is not on this network."""
        a, arrow, b = section.partition(">")
        if not arrow:
            return None if section == "*" else 0.0
        key = (section, operator, service)
        if key not in self._longest:
            self._longest[key] = _longest(self._moves.get((operator, service), []), a, b)
        return self._longest[key]


def _may_fit(rate: Rate, line: Line) -> bool:
    """Whether a rate's operation and service fit a line, wherever it is."""
    return rate.operation in ("*", line.operation) and (rate.service == "*" or matches(rate.service, line.service))


def _longest(moves: list[tuple[str, str, float]], a: str, b: str) -> float:
    """The longest of the shortest ways between any two nodes that the patterns a and b name."""
    graph: dict[str, list[tuple[str, float]]] = {}
    for x, y, km in moves:
        graph.setdefault(x, []).append((y, km))
        graph.setdefault(y, []).append((x, km))
    longest = 0.0
    for start in [n for n in graph if matches(a, n)]:
        longest = max([longest, *(km for n, km in _distances(graph, start).items() if matches(b, n))])
    return longest


def _distances(graph: dict[str, list[tuple[str, float]]], start: str) -> dict[str, float]:
    km_to = {start: 0.0}
    heap = [(0.0, start)]
    while heap:
        km, node = heappop(heap)
        if km > km_to[node]:
            continue
        for other, length in graph[node]:
            if km + length < km_to.get(other, math.inf):
                km_to[other] = km + length
                heappush(heap, (km + length, other))
    return km_to
