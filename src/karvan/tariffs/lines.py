"""The lines of a bill: what a chain owes, before any rate is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from karvan.model.chain import Chain, Element, Handling, Movement
from karvan.model.consignment import Consignment

# Charges of an operation by its kind; a hand-over within a country is not charged.
_OF_OPERATION = {
    "load": "handling",
    "unload": "handling",
    "tranship": "handling",
    "gauge_change": "gauge_change",
    "border": "border",
}
# Extras that are added when a rate for them is in force, and are not missed when none is.
_OF_RUN = ("hire", "empty_return", "permit")
_OF_CHAIN = ("first_mile", "last_mile", "insurance", "guarantee")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to be paid: everything of a rate's key that comes from the chain, and its kilometres and days."""

    charge: str
    element: int | None
    operator: str
    from_node: str
    to_node: str
    operation: str
    service: str
    form: str
    country: str
    km: float
    days: float
    required: bool

    @property
    def section(self) -> str:
        return self.from_node if self.from_node == self.to_node else f"{self.from_node} to {self.to_node}"


def chain_lines(chain: Chain, consignment: Consignment, countries: dict[str, str]) -> Iterator[Line]:
    """Lines that belong to the whole chain; `countries` gives each node's country."""
    first, last = chain.elements[0], chain.elements[-1]
    for charge in _OF_CHAIN:
        if charge == "guarantee":
            yield from _guarantees(chain, consignment)
            continue
        at_start = charge != "last_mile"
        end = first if at_start else last
        node = chain.origin if at_start else chain.destination
        form = end.form if isinstance(end, (Handling, Movement)) else consignment.start_forms[0]
        yield Line(charge, None, "", node, node, "", "", form, countries[node], 0.0, 0.0, False)


def element_lines(element: Element, position: int, by_service_only: frozenset[str]) -> Iterator[Line]:
    """Lines of one element; in the modes `by_service_only` the carrier is paid, in others who runs the link."""
    if isinstance(element, Movement):
        afloat = element.mode in by_service_only
        common = {
            "element": position,
            "operator": element.carrier if afloat else element.operator,
            "from_node": element.from_node,
            "to_node": element.to_node,
            "operation": "",
            "service": element.service,
            "form": element.form,
            "country": element.country,
            "km": element.length_km,
            "days": element.mean_h / 24.0,
        }
        yield Line(charge="freight" if afloat else "haulage", required=True, **common)  # type: ignore[arg-type]
        for charge in _OF_RUN:
            yield Line(charge=charge, required=False, **common)  # type: ignore[arg-type]
    elif isinstance(element, Handling):
        at = {
            "element": position,
            "operator": element.operator,
            "from_node": element.node,
            "to_node": element.node,
            "operation": element.kind,
            "service": "",
            "form": element.form,
            "country": element.country,
            "km": 0.0,
            "days": 0.0,
        }
        if element.kind in _OF_OPERATION:
            yield Line(charge=_OF_OPERATION[element.kind], required=True, **at)  # type: ignore[arg-type]
        yield Line(charge="document", required=False, **at)  # type: ignore[arg-type]


def _guarantees(chain: Chain, consignment: Consignment) -> Iterator[Line]:
    """A customs guarantee for each country passed in transit, of the operator that first carries the cargo in it."""
    seen: set[str] = set()
    for m in chain.movements:
        if m.country in seen or consignment.traffic(m.country) != "transit" or m.country == "XZ":
            continue
        seen.add(m.country)
        yield Line("guarantee", None, m.operator, m.from_node, m.to_node, "", "", m.form,
                   m.country, 0.0, 0.0, False)  # fmt: skip
