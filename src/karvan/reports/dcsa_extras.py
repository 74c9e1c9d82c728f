"""What a quote says and DCSA has no place for: money, percentiles, scope, restrictions, elements, losers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from karvan.model.chain import Handling, Movement
from karvan.model.quote import Alternative, Finding, Quote
from karvan.model.tariff import Charge, MissingRate


def about_quote(quote: Quote) -> dict[str, Any]:
    """What belongs to the whole answer."""
    return {
        "request": {
            "origin": quote.origin,
            "destination": quote.destination,
            "ready": quote.ready.isoformat(),
            "commodity": quote.commodity,
            "cargo": quote.cargo,
            "tonnes": quote.tonnes,
            "epsilon": quote.epsilon,
        },
        "times": "dateTime and transitTime (rounded up) are means; percentiles are with each route.",
        "pricedOn": quote.priced_on.isoformat(),
        "validUntil": quote.valid_until.isoformat(),
        "complete": quote.complete,
        "dataDigest": quote.digest,
        "premises": list(quote.premises),
        "lost": [
            {
                "corridor": row.corridor,
                "name": row.name,
                "reason": row.reason,
                "priceUSD": _money(row.price_usd),
                "p50Hours": _hours(row.p50_h),
                "co2eKg": None if row.co2e_kg is None else round(row.co2e_kg, 3),
            }
            for row in quote.lost
        ],
        "closed": [
            {
                "closed": list(c.closed),
                "winsOn": c.wins_on,
                "savingShare": round(c.saving, 4),
                "opens": c.opens,
            }
            for c in quote.closed
        ],
        "advice": list(quote.advice),
    }


def about_alternative(a: Alternative) -> dict[str, Any]:
    """What belongs to one route."""
    return {
        "cargo": [
            {
                "form": form,
                "equipment": load.equipment.equipment,
                "units": load.units,
                "payloadTonnes": load.payload_t,
            }
            for form, load in a.consignment.loads
        ],
        "corridors": list(a.corridors),
        "distanceKm": round(a.chain.length_km, 3),
        "price": {
            "currency": "USD",
            "total": _money(a.price_usd),
            "isLowerBound": not a.complete,
            "byGrade": {grade: _money(usd) for grade, usd in a.bill.by_grade().items()},
        },
        "charges": [_charge(c) for c in a.bill.charges],
        "missingRates": [_missing(m) for m in a.bill.missing],
        "percentiles": _percentiles(a),
        "scope": [{"item": s.item, "status": s.status, "usd": _money(s.usd), "reason": s.reason} for s in a.scope],
        "findings": [_finding(f) for f in a.findings],
        "elements": _elements(a),
    }


def about_leg(a: Alternative, movements: Sequence[Movement], first: int, last: int) -> dict[str, Any]:
    """What belongs to one leg, with the positions of its elements in the chain."""
    return {
        "elements": [first, last],
        "operators": list(dict.fromkeys(m.operator for m in movements)),
        "carriers": list(dict.fromkeys(m.carrier for m in movements)),
        "services": list(dict.fromkeys(m.service for m in movements if m.service)),
        "countries": list(dict.fromkeys(m.country for m in movements)),
        "distanceKm": round(sum(m.length_km for m in movements), 3),
        "ttwKg": round(sum(e.ttw_kg for e in a.emissions if first <= e.element <= last), 3),
    }


def _charge(c: Charge) -> dict[str, Any]:
    return {
        "charge": c.charge,
        "payee": c.payee,
        "what": c.what,
        "element": c.element,
        "quantity": str(c.quantity),
        "unit": c.unit,
        "rate": c.rate,
        "value": str(c.value),
        "amount": str(c.amount),
        "currency": c.currency,
        "perUSD": str(c.per_usd),
        "usd": _money(c.usd),
        "grade": c.grade,
        "sources": _sources(c.source),
        "replacedBy": c.replaced_by or None,
    }


def _missing(m: MissingRate) -> dict[str, Any]:
    return {
        "charge": m.charge,
        "operator": m.operator,
        "section": m.section,
        "element": m.element,
        "on": m.on.isoformat(),
        "message": str(m),
    }


def _finding(f: Finding) -> dict[str, Any]:
    return {
        "effect": f.effect,
        "restriction": f.restriction,
        "name": f.name,
        "condition": f.condition,
        "sources": _sources(f.source),
    }


def _percentiles(a: Alternative) -> dict[str, Any]:
    t = a.time
    found: dict[str, Any] = {
        "meanHours": _hours(t.mean_h),
        "p50Hours": _hours(t.p50_h),
        "p80Hours": _hours(t.p80_h),
        "p95Hours": _hours(t.p95_h),
        "latenessHours": _hours(t.lateness_h),
    }
    for name, hours in (("p50", t.p50_h), ("p80", t.p80_h), ("p95", t.p95_h)):
        found[f"{name}DateTime"] = _after(a.delivered, hours - t.p50_h).isoformat()
    return found


def _elements(a: Alternative) -> list[dict[str, Any]]:
    """Every element with its local mean time, hours and emissions."""
    emitted = {e.element: e for e in a.emissions}
    found = []
    for i, (element, line) in enumerate(zip(a.chain.elements, a.schedule, strict=True)):
        until = a.time.starts_h[i + 1] if i + 1 < len(a.time.starts_h) else a.time.mean_h
        said: dict[str, Any] = {
            "element": i,
            "kind": "wait",
            "node": line.node,
            "begins": line.begins.isoformat(),
            "meanHours": _hours(until - a.time.starts_h[i]),
        }
        if isinstance(element, Movement):
            said |= {
                "kind": "movement",
                "mode": element.mode,
                "toNode": element.to_node,
                "operator": element.operator,
                "carrier": element.carrier,
                "service": element.service or None,
                "distanceKm": round(element.length_km, 3),
                "electricKm": round(element.electric_km, 3),
                "nodes": list(element.nodes),
            }
        elif isinstance(element, Handling):
            said |= {"kind": element.kind, "operation": element.operation, "operator": element.operator}
        else:
            said["service"] = element.service
        if i in emitted:
            e = emitted[i]
            said["emission"] = {
                "wtwKg": round(e.wtw_kg, 3),
                "ttwKg": round(e.ttw_kg, 3),
                "data": e.kind,
                "factors": list(e.factors),
            }
        found.append(said)
    return found


def _after(then: datetime, hours: float) -> datetime:
    """A local time some hours later in the same zone, to the minute."""
    later = then.astimezone(UTC) + timedelta(hours=hours)
    return later.astimezone(then.tzinfo).replace(second=0, microsecond=0)


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _hours(hours: float | None) -> float | None:
    return None if hours is None else round(hours, 3)


def _sources(keys: str) -> list[str]:
    return [key for key in keys.split(";") if key]
