"""A quote as JSON, aligned with point-to-point routes of DCSA Commercial Schedules 1.0.3.

Everything outside the keys `karvan` has the names, types and formats of that OpenAPI document
(https://github.com/dcsaorg/DCSA-OpenAPI, cs/v1/CS_v1.0.3.yaml). What it has no place for stands under
`karvan`: charges, percentiles, scope, restrictions, elements and why others lost. Aligned, not conformant:
our ways also run by wagon and truck, and our carriers and ships have no SMDG codes. Money is a decimal in
a string.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from karvan.model.chain import Chain, Handling, Movement, Wait
from karvan.model.dataset import Dataset
from karvan.model.network import Mode, Node
from karvan.model.quote import Alternative, Quote
from karvan.model.service import Service
from karvan.reports.dcsa_extras import about_alternative, about_leg, about_quote

ALIGNED = "Aligned with DCSA Commercial Schedules 1.0.3, point-to-point routes; keys 'karvan' are our own."
# Lengths that the specification allows.
_NAME, _SERVICE = 100, 50
_FACILITY_OF_KIND = {"port": "POTE", "dry_port": "INTE", "waypoint": "WAYP"}
_STAYS_IN_WAGON = "bogie_exchange"
_APPLICATION = "STA"  # standard booking acceptance: the last day to apply for a monthly plan


@dataclass(frozen=True, slots=True)
class Leg:
    """A run of movements on one means of transport: the positions of its first and last element."""

    first: int
    last: int


def render(quote: Quote, dataset: Dataset) -> dict[str, Any]:
    """The answer: `pointToPointRoutes` in the shape of DCSA; what belongs to no route under `karvan`."""
    tables = _Tables(dataset)
    return {
        "alignment": ALIGNED,
        "pointToPointRoutes": [_route(quote, a, tables) for a in quote.alternatives],
        "karvan": about_quote(quote),
    }


def legs(chain: Chain) -> tuple[Leg, ...]:
    """The legs of a chain: a new one begins where cargo is transhipped or waits for another service."""
    found: list[Leg] = []
    broken, before = True, None
    for i, element in enumerate(chain.elements):
        if isinstance(element, Movement):
            if broken or before is None or element.mode != before.mode:
                found.append(Leg(i, i))
            else:
                found[-1] = Leg(found[-1].first, i)
            broken, before = False, element
        else:
            broken |= isinstance(element, Wait) or _reloads(element)
    return tuple(found)


class _Tables:
    def __init__(self, dataset: Dataset) -> None:
        self.nodes: dict[str, Node] = {n.node: n for n in dataset.nodes}
        self.modes: dict[str, Mode] = {m.mode: m for m in dataset.modes}
        self.services: dict[str, Service] = {s.service: s for s in dataset.services}


def _route(quote: Quote, a: Alternative, tables: _Tables) -> dict[str, Any]:
    first, last = a.chain.movements[0], a.chain.movements[-1]
    route: dict[str, Any] = {
        "placeOfReceipt": _place(a.chain.origin, a.schedule[0].begins, first.mode, tables),
        "placeOfDelivery": _place(a.chain.destination, _delivered(a), last.mode, tables),
        "cutOffTimes": _cut_offs(a, range(len(a.chain.elements)), tables),
        "solutionNumber": a.number,
        "routingReference": _reference(quote, a),
        "transitTime": math.ceil(a.time.mean_h / 24.0),
        "solutionFootprint": {"co2e": _tonnes(a.co2e_kg)},
        "legs": [_leg(a, n, leg, tables) for n, leg in enumerate(legs(a.chain), 1)],
        "karvan": about_alternative(a),
    }
    if a.consignment.start_forms[0] == "container":
        door = {item.item: "SD" if item.status == "included" else "CY" for item in a.scope}
        route["receiptTypeAtOrigin"] = door.get("first mile", "CY")
        route["deliveryTypeAtDestination"] = door.get("last mile", "CY")
    return route


def _leg(a: Alternative, number: int, leg: Leg, tables: _Tables) -> dict[str, Any]:
    movements = [e for e in a.chain.elements[leg.first : leg.last + 1] if isinstance(e, Movement)]
    mode = movements[0].mode
    arrives = a.schedule[leg.last + 1].begins if leg.last + 1 < len(a.schedule) else _delivered(a)
    emitted = sum(e.wtw_kg for e in a.emissions if leg.first <= e.element <= leg.last)
    return {
        "sequenceNumber": number,
        "transport": _transport(movements, tables),
        "departure": _place(movements[0].from_node, a.schedule[leg.first].begins, mode, tables),
        "intermediateCalls": _calls(a, leg, tables),
        "arrival": _place(movements[-1].to_node, arrives, mode, tables),
        "footprint": {"co2e": _tonnes(emitted)},
        "cutOffTimes": _cut_offs(a, range(max(leg.first - 1, 0), leg.first), tables),
        "karvan": about_leg(a, movements, leg.first, leg.last),
    }


def _transport(movements: Sequence[Movement], tables: _Tables) -> dict[str, Any]:
    mode = tables.modes[movements[0].mode]
    if mode.medium != "water":
        on_land = "RAIL" if mode.has_gauge else "TRUCK" if "truck" in mode.forms else "MULTIMODAL"
        return {"modeOfTransport": on_land}
    named = dict.fromkeys(m.service for m in movements if m.service in tables.services)
    partners = [{"carrierServiceName": tables.services[s].name[:_SERVICE].strip()} for s in named]
    return {"modeOfTransport": "VESSEL", "servicePartners": partners}


def _calls(a: Alternative, leg: Leg, tables: _Tables) -> list[dict[str, Any]]:
    """Borders, hand-overs and changes of bogies inside a leg."""
    calls = []
    for i in range(leg.first, leg.last + 1):
        element = a.chain.elements[i]
        if isinstance(element, Handling):
            at_border = element.kind == "border"
            calls.append(
                {
                    "facilityTypeCode": "BORD" if at_border else _facility(element.node, element.mode_from, tables),
                    "location": _location(element.node, tables),
                    "arrivalDateTime": a.schedule[i].begins.isoformat(),
                    "departureDateTime": _until(a, i).isoformat(),
                }
            )
    return calls


def _cut_offs(a: Alternative, positions: Iterable[int], tables: _Tables) -> list[dict[str, str]]:
    """The last moment to apply for each service that runs by a monthly plan, local where it is joined."""
    found = []
    for i in positions:
        element = a.chain.elements[i]
        service = tables.services.get(element.service) if isinstance(element, Wait) else None
        if service is None or service.rule != "plan" or service.plan_closes_day is None:
            continue
        before = a.consignment.ready.replace(day=1) - timedelta(days=1)
        day = before.replace(day=min(service.plan_closes_day, before.day))
        end = datetime(day.year, day.month, day.day, 23, 59, tzinfo=a.schedule[i].begins.tzinfo)
        found.append({"cutOffDateTimeCode": _APPLICATION, "cutOffDateTime": end.isoformat()})
    return found


def _place(node: str, then: datetime, mode: str, tables: _Tables) -> dict[str, Any]:
    return {
        "facilityTypeCode": _facility(node, mode, tables),
        "location": _location(node, tables),
        "dateTime": then.isoformat(),
    }


def _location(node: str, tables: _Tables) -> dict[str, Any]:
    row = tables.nodes[node]
    if row.unlocode:
        return {"locationName": row.name[:_NAME], "UNLocationCode": row.unlocode}
    return {"locationName": row.name[:_NAME], "addressLines": [f"{row.name}, {row.country}"[:250]]}


def _facility(node: str, mode: str, tables: _Tables) -> str:
    """The role of a place: a port by its kind, else by the mode that calls there."""
    kind = tables.nodes[node].kind
    if kind in _FACILITY_OF_KIND:
        return _FACILITY_OF_KIND[kind]
    if tables.modes[mode].medium == "water":
        return "POTE"
    return "RAMP" if tables.modes[mode].has_gauge else "INTE"


def _reloads(element: Handling) -> bool:
    """Whether cargo leaves its means of transport; with new bogies it does not."""
    if element.kind == "gauge_change":
        return element.method != _STAYS_IN_WAGON
    return element.kind == "tranship"


def _until(a: Alternative, i: int) -> datetime:
    """The local mean time at the place of an element when it ends."""
    starts = (*a.time.starts_h, a.time.mean_h)
    begins = a.schedule[i].begins
    ends = begins.astimezone(UTC) + timedelta(hours=starts[i + 1] - starts[i])
    return ends.astimezone(begins.tzinfo).replace(second=0, microsecond=0)


def _delivered(a: Alternative) -> datetime:
    """The local mean time of delivery, on the same footing as all other times of the schedule."""
    return _until(a, len(a.chain.elements) - 1)


def _tonnes(kilograms: float) -> float:
    return round(kilograms / 1000.0, 6)


def _reference(quote: Quote, a: Alternative) -> str:
    """The same for the same request, data and way, and for no other."""
    c = a.consignment
    loads = [(load.units, load.equipment.equipment) for _, load in c.loads]
    asked = (c.ready, c.booked, c.commodity.commodity, c.tonnes, c.wagon_owner, c.box_owner, c.value_usd)
    way = (quote.digest, asked, loads, a.chain.elements)
    return "karvan-" + sha256(repr(way).encode()).hexdigest()[:24]
