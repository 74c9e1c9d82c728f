"""Which mode of ours a facility type of GMNS is, and what is assumed of it where nobody says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """Words by which a facility type is known, the row of the mode, and what is assumed of its links."""

    words: frozenset[str]
    row: Mapping[str, str]
    speed_kmh: str
    operator_kind: str


def _row(name: str, medium: str, forms: str, gauge: bool, symbol: str) -> Mapping[str, str]:
    water = "true" if medium == "water" else "false"
    return {
        "name": name,
        "medium": medium,
        "forms": forms,
        "has_gauge": "true" if gauge else "false",
        "needs_service": water,
        "weather_closed": water,
        "symbol": symbol,
    }


# Speeds are round figures of the order that the atlas has for ordinary traffic.
KINDS: Mapping[str, Kind] = {
    "rail": Kind(
        frozenset({"rail", "railway", "railroad", "train", "freight_rail"}),
        _row("Railway", "land", "container;wagon", True, "="),
        "25",
        "railway",
    ),
    "road": Kind(
        frozenset(
            {
                *("road", "street", "freeway", "motorway", "expressway", "highway", "interstate", "ramp", "local"),
                *("arterial", "major_arterial", "minor_arterial", "principal_arterial", "collector", "connector"),
                *("trunk", "primary", "secondary", "tertiary", "residential", "unclassified", "living_street"),
                *("service", "centroid_connector", "hov", "hot", "truck", "auto", "drive"),
            }
        ),
        _row("Road", "land", "container;truck", False, "-"),
        "50",
        "haulier",
    ),
    "sea": Kind(
        frozenset({"sea", "ferry", "ship", "shipping", "maritime", "water", "waterway", "inland_waterway", "barge"}),
        _row("Sea", "water", "container;wagon;truck;bulk", False, "~"),
        "20",
        "shipping_line",
    ),
}


def mode_of(facility_type: str) -> str:
    """The mode of a facility type, '' if it is none that we know; links without a type are roads."""
    word = re.sub(r"[^a-z0-9]+", "_", facility_type.lower()).strip("_")
    if not word:
        return "road"
    bare = word.removesuffix("_link")
    return next((mode for mode, kind in KINDS.items() if bare in kind.words), "")
