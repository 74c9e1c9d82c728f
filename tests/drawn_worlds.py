"""Worlds drawn by hypothesis: small, valid, and full of cells that a careless format would lose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

import world_rows as rows
from karvan.model.dataset import Dataset
from worlds import drawn

# Anything that UTF-8 can hold: quotes, commas, line ends of every kind, other scripts.
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
AWKWARD = st.sampled_from(["a,b", 'say "so"', "one\ntwo", "one\rtwo", "one\r\ntwo", "NaN", "null", "007", "1e3", " x "])
ITEMS = TEXTS.filter(lambda text: ";" not in text)
SMALL = {"allow_nan": False, "allow_infinity": False}
VALUES = st.decimals(0, 10**9, places=4, **SMALL) | st.sampled_from([Decimal("0.10"), Decimal("1.000000000000000001")])
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def lists(items: st.SearchStrategy[str] = ITEMS) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(items, max_size=3).map(tuple)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


NODE = st.fixed_dictionaries(
    {
        "name": TEXTS | AWKWARD,
        "also_known_as": lists(),
        "latitude": st.floats(-90, 90, **SMALL),
        "longitude": st.floats(-180, 180, **SMALL),
        "contested": st.just("") | TEXTS | AWKWARD,
        "unlocode": st.sampled_from(["", "KZAAU"]),
        "known_on": DAYS,
        "note": TEXTS | AWKWARD,
    }
)
LINK = st.fixed_dictionaries(
    {
        "length_km": st.floats(0.1, 30000, **SMALL),
        "gauge_mm": maybe(st.integers(600, 1700)),
        "tracks": maybe(st.integers(1, 8)),
        "electric_share": st.floats(0, 1, **SMALL),
        "speed_kmh": st.floats(1, 120, **SMALL),
        "capacity_trains_day": maybe(st.floats(0, 1e6, **SMALL)),
        "draught_m": maybe(st.floats(1, 30, **SMALL)),
        "status": st.sampled_from(["open", "closed", "planned"]),
        "status_on": DAYS,
        "note": TEXTS | AWKWARD,
    }
)
_DRAWING = "kz-a --rail:kz_rail:1520:100-- kz-b --road:kz_road:9-- az-c --sea:xz_sea:90-- az-d"


@st.composite
def worlds(draw: st.DrawFn) -> Dataset:
    """Four nodes and three links, a service with calls, weather, a corridor and rates."""
    made = drawn(
        _DRAWING,
        nodes={key: draw(NODE) for key in ("kz-a", "kz-b", "az-c", "az-d")},
        services=[rows.service("ferry", "line", "sea", name=draw(TEXTS), capacity=draw(st.floats(1, 1e4, **SMALL)))],
        service_calls=rows.calls("ferry", "az-c", "az-d"),
        closures=rows.closures("storm", ("az-c",), closed_share=draw(st.floats(0, 0.9, **SMALL))),
        corridors=[rows.corridor("all", "kz-b", "az-c|az-d", avoids=draw(st.sampled_from([(), ("kz-*",)])))],
        rates=[rows.rate(f"rate-{i}", "handling", str(v)) for i, v in enumerate(draw(st.lists(VALUES, max_size=3)))],
        agreements=[rows.agreement("deal", in_force_from=draw(maybe(DAYS)), opens=draw(TEXTS | AWKWARD))],
    )
    return replace(made, links=tuple(replace(link, **draw(LINK)) for link in made.links))
