"""Rows of a tiny world with usual values, to be changed by keyword."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from karvan.model.chain import Handling, Movement, Wait
from karvan.model.network import Agreement, Closure, Corridor, EmissionFactor, Node, Operation, Restriction
from karvan.model.service import Service, ServiceCall
from karvan.model.tariff import Rate

DAY = date(2025, 3, 3)
LONG_AGO = date(2000, 1, 1)
SOURCED: dict[str, Any] = {
    "source": "assumption",
    "confidence": "assumption",
    "known_on": LONG_AGO,
    "note": "Drawn for a test.",
}


def node(key: str, **changes: Any) -> Node:
    """A port, so that everything can be transhipped in it."""
    given: dict[str, Any] = {
        "node": key,
        "name": key[3:].capitalize(),
        "also_known_as": (),
        "country": key[:2].upper(),
        "latitude": 0.0,
        "longitude": 0.0,
        "timezone": "UTC",
        "kind": "port",
        "unlocode": "",
        "handles": (),
    }
    return Node(**SOURCED, **{**given, **changes})


def operation(key: str, at: str, kind: str, **changes: Any) -> Operation:
    """An operation of ten hours, always."""
    given: dict[str, Any] = {
        "operation": key,
        "node": at,
        "kind": kind,
        "mode_from": "",
        "form_from": "",
        "gauge_from_mm": None,
        "mode_to": "",
        "form_to": "",
        "gauge_to_mm": None,
        "operator_from": "*",
        "operator_to": "*",
        "both_ways": False,
        "operator": "terminal",
        "method": "",
        "time_p50_h": 10.0,
        "time_p95_h": 10.0,
        "capacity_day": None,
        "capacity_unit": "",
        "hours": "00-24",
        "status": "open",
        "agreement": "",
    }
    return Operation(**SOURCED, **{**given, **changes})


def border(at: str, one: str, other: str, mode: str = "rail", **changes: Any) -> Operation:
    """A border that may be crossed both ways between two operators."""
    given = {
        "mode_from": mode,
        "mode_to": mode,
        "operator_from": one,
        "operator_to": other,
        "both_ways": True,
    }
    return operation(f"border-{at}-{one}-{other}", at, "border", **{**given, "operator": "authority", **changes})


def gauge_change(at: str, operator: str, **changes: Any) -> Operation:
    """1435 to 1520 mm and back, on the rails of one operator."""
    given = {"mode_from": "rail", "mode_to": "rail", "gauge_from_mm": 1435, "gauge_to_mm": 1520}
    given |= {"operator_from": operator, "operator_to": operator, "both_ways": True}
    return operation(f"gauge-{at}-{operator}", at, "gauge_change", **{**given, **changes})


def service(key: str, operator: str, mode: str, **changes: Any) -> Service:
    """Once a week, regular, each way, with room for a hundred."""
    given: dict[str, Any] = {
        "commodities": ("*",),
        "service": key,
        "name": key,
        "operator": operator,
        "mode": mode,
        "kind": "container_feeder",
        "forms": ("container",),
        "gauge_mm": None,
        "rule": "frequency",
        "departures_week": 1.0,
        "headway_cv": 0.0,
        "timetable": (),
        "capacity": 100.0,
        "capacity_unit": "teu",
        "plan_closes_day": None,
        "plan_refusal": None,
        "plan_window_days": None,
        "speed_kmh": 20.0,
        "time_cv": 0.0,
        "both_ways": True,
        "valid_from": LONG_AGO,
        "valid_to": None,
    }
    return Service(**SOURCED, **{**given, **changes})


def calls(key: str, *nodes: str, **changes: Any) -> tuple[ServiceCall, ...]:
    """Calls at nodes in order; `pass:kz-b` only shapes the way."""
    given: dict[str, Any] = {"leg_p50_h": None, "leg_p95_h": None, "dwell_h": 0.0}
    made = []
    for i, text in enumerate(nodes, 1):
        call, colon, at = text.partition(":")
        way = {"call": call, "node": at} if colon else {"call": "both", "node": text}
        made.append(ServiceCall(**SOURCED, service=key, sequence=i, **way, **{**given, **changes}))
    return tuple(made)


def rate(key: str, charge: str, value: str, unit: str = "container", **changes: Any) -> Rate:
    """A rate that fits everything, until columns of its key are given."""
    rule = "per_unit_km" if unit.endswith("_km") else "per_unit"
    given: dict[str, Any] = dict.fromkeys(
        (
            "operator",
            "section",
            "direction",
            "operation",
            "service",
            "form",
            "traffic",
            "cargo_class",
            "wagon_owner",
            "box_owner",
            "load_state",
            "train_kind",
        ),
        "*",
    )
    given |= {
        "rate": key,
        "charge": charge,
        "rule": rule,
        "equipment": ("*",),
        "weight_min_t": None,
        "weight_max_t": None,
        "valid_from": LONG_AGO,
        "valid_to": None,
        "value": Decimal(value),
        "currency": "USD",
        "unit": unit,
        "params": (),
        "grade": "placeholder",
    }
    return Rate(**SOURCED, **{**given, **changes})


PLAIN_RATES = (
    rate("plain-haulage", "haulage", "1", "container_km"),
    rate("plain-freight", "freight", "500"),
    rate("plain-handling", "handling", "50"),
    rate("plain-border", "border", "20"),
    rate("plain-gauge", "gauge_change", "30"),
)


def closures(state: str, nodes: tuple[str, ...], **changes: Any) -> tuple[Closure, ...]:
    """The same weather in every month."""
    given: dict[str, Any] = {"closed_share": 0.2, "mean_closure_h": 30.0, "backlog_ratio": 0.5}
    return tuple(
        Closure(**SOURCED, shared_state=state, month=m, nodes=nodes, **{**given, **changes}) for m in range(1, 13)
    )


def corridor(key: str, *via: str, avoids: tuple[str, ...] = ()) -> Corridor:
    return Corridor(**SOURCED, corridor=key, name=key, via=via, avoids=avoids, description="A way.")


def agreement(key: str, **changes: Any) -> Agreement:
    """Not yet signed."""
    given: dict[str, Any] = {
        "agreement": key,
        "name": key,
        "parties": ("AA",),
        "opens": "A border.",
        "state": "negotiating",
        "in_force_from": None,
        "in_force_to": None,
        "remedy": "The two governments must sign.",
    }
    return Agreement(**SOURCED, **{**given, **changes})


def restriction(key: str, effect: str = "forbidden", **changes: Any) -> Restriction:
    """Forbids everything everywhere until narrowed."""
    given: dict[str, Any] = dict.fromkeys(
        ("commodities", "origins", "destinations", "countries", "roles", "modes", "nodes", "operators"),
        ("*",),
    )
    given |= {"restriction": key, "name": key, "effect": effect, "valid_from": LONG_AGO, "valid_to": None,
              "condition": "It is so."}  # fmt: skip
    return Restriction(**SOURCED, **{**given, **changes})


def factor(key: str, **changes: Any) -> EmissionFactor:
    """Ten grams a tonne-kilometre before the tank and ninety after it."""
    given: dict[str, Any] = {
        "factor": key,
        "applies_to": "movement",
        "mode": "*",
        "traction": "*",
        "service_kind": "*",
        "form": "*",
        "wtt_g": 10.0,
        "ttw_g": 90.0,
        "energy_wh": 0.0,
        "per": "t_km",
        "distance_factor": 1.0,
    }
    return EmissionFactor(**SOURCED, **{**given, **changes})


def movement(*nodes: str, km: float = 100.0, **changes: Any) -> Movement:
    """A run of ordinary rail traffic in the country of its first node."""
    country = nodes[0][:2]
    given: dict[str, Any] = {
        "mode": "rail",
        "form": "container",
        "gauge_mm": 1520,
        "operator": f"{country}_rail",
        "carrier": f"{country}_rail",
        "country": country.upper(),
        "service": "",
        "nodes": nodes,
        "links": (),
        "length_km": km,
        "electric_km": 0.0,
        "mean_h": km / 25.0,
        "sd_h": 0.0,
    }
    return Movement(**{**given, **changes})


def handling(kind: str, at: str, **changes: Any) -> Handling:
    """An operation of ten hours in rail traffic."""
    before = "" if kind == "load" else "container"
    after = "" if kind == "unload" else "container"
    given: dict[str, Any] = {
        "kind": kind,
        "operation": f"{kind}-{at}",
        "node": at,
        "country": at[:2].upper(),
        "operator": "terminal",
        "method": "",
        "mode_from": "rail" if before else "",
        "form_from": before,
        "operator_from": "",
        "mode_to": "rail" if after else "",
        "form_to": after,
        "operator_to": "",
        "mean_h": 10.0,
        "sd_h": 0.0,
    }
    return Handling(**{**given, **changes})


def wait(at: str, of: str, **changes: Any) -> Wait:
    given: dict[str, Any] = {
        "node": at,
        "country": at[:2].upper(),
        "service": of,
        "form": "container",
        "mode": "sea",
        "mean_h": 0.0,
        "sd_h": 0.0,
    }
    return Wait(**{**given, **changes})
