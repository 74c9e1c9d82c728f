"""Tiny worlds for tests, drawn as text.

    dataset = drawn('''
        cn-a --rail:cn_rail:1435:100-- cn-b --rail:kz_rail:1520:200-- kz-c
        cn-a --road:cn_road:150-- cn-b
    ''')

A node is its country code and a name; a link is `--mode:operator:gauge:km--` (no gauge where the mode has
none) and lies in the country that its operator's key begins with. Every node handles containers by every
mode that touches it. Loading, unloading and transhipping exist everywhere; borders and gauge changes only
where a test puts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import world_rows as rows
from karvan.formats import datapackage
from karvan.model.commodity import Commodity, Equipment
from karvan.model.consignment import Consignment, Load
from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.model.network import Link, Mode, Node, Operator
from karvan.model.tariff import ExchangeRate, Source
from world_rows import DAY, SOURCED

_LINK = re.compile(r"--(\w+):(\w+?)(?::(\d{4}))?:([\d.]+)--")


def mode(key: str, **changes: Any) -> Mode:
    """A mode; `key` is free, since nothing may depend on its name."""
    given: dict[str, Any] = {
        "mode": key,
        "name": key.capitalize(),
        "medium": "land",
        "forms": ("container", "wagon"),
        "has_gauge": True,
        "needs_service": False,
        "weather_closed": False,
        "symbol": key[0],
    }
    return Mode(**SOURCED, **{**given, **changes})


RAIL = mode("rail")
ROAD = mode("road", forms=("container", "truck"), has_gauge=False)
SEA = mode(
    "sea",
    medium="water",
    forms=("container", "wagon", "truck", "bulk"),
    has_gauge=False,
    needs_service=True,
    weather_closed=True,
)


def box(key: str = "40HC", **changes: Any) -> Equipment:
    """A forty-foot high cube, or another unit."""
    given: dict[str, Any] = {
        "equipment": key,
        "name": key,
        "also_known_as": (),
        "form": "container",
        "teu": 2.0,
        "length_m": 12.2,
        "axles": 0,
        "tare_t": 4.0,
        "payload_t": 28.0,
        "volume_m3": 76.0,
        "gauge_mm": None,
    }
    return Equipment(**SOURCED, **{**given, **changes})


def goods(key: str = "goods", **changes: Any) -> Commodity:
    """General cargo that may travel in anything."""
    given: dict[str, Any] = {
        "commodity": key,
        "name": key.capitalize(),
        "also_known_as": (),
        "hs": "84",
        "cargo_class": "general",
        "tags": (),
        "value_usd_t": 1000.0,
        "density_t_m3": 1.0,
        "forms": ("container", "wagon", "truck", "bulk"),
        "equipment": ("*",),
        "dangerous": False,
        "value_rate_year": 0.1,
    }
    return Commodity(**SOURCED, **{**given, **changes})


HC40 = box()
DC20 = box("20DC", teu=1.0, length_m=6.1, volume_m3=33.0)
GONDOLA = box("gondola", form="wagon", teu=0.0, length_m=14.0, axles=4, payload_t=69.0, volume_m3=0.0, gauge_mm=1520)
TRUCK = box("tilt_truck", form="truck", teu=0.0, length_m=16.5, axles=5, payload_t=22.0, volume_m3=92.0)
EQUIPMENT = (HC40, DC20, GONDOLA, TRUCK)


def consignment(
    origin: str,
    destination: str,
    unit: Equipment = HC40,
    units: int = 1,
    tonnes: float = 14.0,
    **changes: Any,
) -> Consignment:
    """So many units from one node to another, ready on DAY."""
    made = Consignment(
        origin=origin,
        destination=destination,
        origin_country=origin[:2].upper(),
        destination_country=destination[:2].upper(),
        ready=DAY,
        booked=date(2025, 2, 1),
        commodity=goods(),
        tonnes=tonnes,
        start_forms=(unit.form,),
        loads=((unit.form, Load(unit, units, tonnes)),),
        wagon_owner="railway",
        box_owner="carrier",
        value_usd=1000.0 * tonnes,
    )
    return replace(made, **changes)


def drawn(
    text: str,
    *,
    modes: tuple[Mode, ...] = (RAIL, ROAD, SEA),
    forms: tuple[str, ...] = ("container",),
    nodes: dict[str, dict[str, Any]] | None = None,
    links: dict[str, dict[str, Any]] | None = None,
    handling_h: tuple[float, float] = (10.0, 10.0),
    **tables: Iterable[Any],
) -> Dataset:
    """The dataset of a drawing.

    nodes, links: columns to change, by key (a link's key is mode-from-to); handling_h: P50 and P95 of every
    loading, unloading and transhipment; tables: rows in place of the usual ones, `operations` in addition
    to them.
    """
    by_key = {m.mode: m for m in modes}
    found_links = [_link(*found, **(links or {}).get(f"{found[1]}-{found[0]}-{found[5]}", {})) for found in _read(text)]
    touching: dict[str, list[str]] = {}
    for link in found_links:
        for end in (link.from_node, link.to_node):
            if link.mode not in touching.setdefault(end, []):
                touching[end].append(link.mode)
    made_nodes = []
    for key, at in touching.items():
        handles = tuple(f"{m}:{f}" for m in at for f in forms if f in by_key[m].forms)
        made_nodes.append(replace(rows.node(key, handles=handles), **(nodes or {}).get(key, {})))
    operators = sorted({link.operator for link in found_links} | {o.operator for o in tables.get("services", ())})
    given: dict[str, Iterable[Any]] = {
        "nodes": made_nodes,
        "links": found_links,
        "modes": modes,
        "operators": [_operator(o) for o in (*operators, "terminal", "authority")],
        "commodities": (goods(),),
        "equipment": EQUIPMENT,
        "rates": rows.PLAIN_RATES,
        "exchange_rates": [
            ExchangeRate(**SOURCED, currency=c, on=date(2025, 1, 1), per_usd=Decimal(v))
            for c, v in (("KZT", "500"), ("EUR", "0.8"))
        ],
        "sources": (
            Source(
                source="book",
                title="A book",
                publisher="A press",
                address="here",
                published="2020",
                accessed=date(2024, 1, 1),
                known_on=date(2020, 12, 31),
            ),
        ),
    }
    given |= tables
    given["operations"] = (*_terminals(modes, forms, handling_h), *tables.get("operations", ()))
    return dataset(**given)


def dataset(**tables: Iterable[Any]) -> Dataset:
    """A dataset of these tables, the others empty."""
    return Dataset(**{name: tuple(tables.get(name, ())) for name in ROW_CLASSES}, digest="drawn")


def write(folder: Path, data: Dataset) -> Path:
    """A dataset as a folder of CSV files that stands alone."""
    datapackage.write(folder, data)
    return folder


def _read(text: str) -> list[tuple[str, str, str, str | None, str, str]]:
    """From node, mode, operator, gauge, km and to node of each link drawn."""
    found = []
    for line in text.strip().splitlines():
        words = line.split()
        for a, drawing, b in zip(words[::2], words[1::2], words[2::2], strict=False):
            match = _LINK.fullmatch(drawing)
            assert match, drawing
            found.append((a, *match.groups(), b))
    return found  # type: ignore[return-value]


def _link(a: str, of_mode: str, operator: str, gauge: str | None, km: str, b: str, **changes: Any) -> Link:
    given: dict[str, Any] = {
        "link": f"{of_mode}-{a}-{b}",
        "from_node": a,
        "to_node": b,
        "mode": of_mode,
        "operator": operator,
        "country": operator[:2].upper(),
        "length_km": float(km),
        "gauge_mm": int(gauge) if gauge else None,
        "tracks": None,
        "electric_share": 0.0,
        "speed_kmh": 25.0,
        "speed_cv": 0.0,
        "capacity_trains_day": None,
        "axle_load_t": None,
        "draught_m": None,
        "status": "open",
        "status_on": date(2000, 1, 1),
        "agreement": "",
    }
    return Link(**SOURCED, **{**given, **changes})


def _operator(key: str) -> Operator:
    return Operator(**SOURCED, operator=key, name=key, country="", kind="railway")


def _terminals(modes: tuple[Mode, ...], forms: tuple[str, ...], hours: tuple[float, float]) -> Iterable[Any]:
    p50, p95 = hours
    for m in modes:
        for form in [f for f in forms if f in m.forms]:
            common = {"time_p50_h": p50, "time_p95_h": p95}
            yield rows.operation(f"load-{m.mode}-{form}", "*", "load", mode_to=m.mode, form_to=form, **common)
            yield rows.operation(f"unload-{m.mode}-{form}", "*", "unload", mode_from=m.mode, form_from=form, **common)
    for a, b in permutations(modes, 2):
        for form in [f for f in forms if f in a.forms and f in b.forms]:
            yield rows.operation(
                f"tranship-{a.mode}-{b.mode}-{form}", "*", "tranship", mode_from=a.mode, form_from=form,
                mode_to=b.mode, form_to=form, time_p50_h=p50, time_p95_h=p95,
            )  # fmt: skip


__all__ = [
    "DAY",
    "DC20",
    "GONDOLA",
    "HC40",
    "RAIL",
    "ROAD",
    "SEA",
    "TRUCK",
    "Node",
    "box",
    "consignment",
    "dataset",
    "drawn",
    "goods",
    "mode",
    "write",
]
