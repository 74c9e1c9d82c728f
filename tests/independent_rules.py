"""The rules of the second pricer: what a rate asks before rounding, in exact fractions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from re import escape, fullmatch
from typing import Any

Row = dict[str, str]


@dataclass(frozen=True)
class Due:
    """Something to be paid for, as columns of text, and the measures of the run."""

    charge: str
    element: int | None
    operator: str
    ends: tuple[str, str]
    operation: str
    service: str
    form: str
    country: str
    km: Fraction = Fraction(0)
    days: Fraction = Fraction(0)
    optional: bool = False


def glob(pattern: str, key: str) -> bool:
    """'|' separates alternatives, '*' stands for any text."""
    return any(fullmatch(".*".join(map(escape, p.split("*"))), key) for p in pattern.split("|"))


def cents(amount: Fraction, places: int = 2) -> Fraction:
    """Half-up, away from zero, to so many places."""
    unit = 10**places
    whole = floor(abs(amount) * unit + Fraction(1, 2))
    return Fraction(whole if amount >= 0 else -whole, unit)


def exact(value: float) -> Fraction:
    """The decimal that a float is printed as."""
    return Fraction(repr(float(value)))


def charged(due: Due, rate: Row, cargo: Any, base: Fraction) -> Fraction:
    """The amount before rounding, by the rule of the rate."""
    load = dict(cargo.loads)[due.form]
    given, value, unit = params(rate), Fraction(rate["value"]), rate["unit"]
    units, tonnes = Fraction(load.units), exact(load.payload_t)
    measure = {
        "consignment": Fraction(1), "container": units, "wagon": units, "truck": units, "t": tonnes,
        "teu": units * exact(load.equipment.teu), "wagon_m": units * exact(load.equipment.length_m),
        "truck_m": units * exact(load.equipment.length_m),
    }  # fmt: skip
    stem, _, per = unit.rpartition("_")
    count = measure[stem] if per in ("km", "day") else measure.get(unit, Fraction(1))
    times = Fraction(given.get("coefficient", "1"))
    match rate["rule"]:
        case "flat_fee":
            return value
        case "per_unit" | "through_rate":
            return value * count * {"km": due.km, "day": due.days}.get(per, Fraction(1))
        case "ad_valorem":
            return value * exact(round(cargo.value_usd, 2)) / 100
        case "surcharge" | "corridor_discount":
            return base * value / 100
        case "minimum":
            return max(count * {"km": due.km, "day": due.days}.get(per, Fraction(1)) * value - base, Fraction(0))
        case "per_wagon_metre":
            longer = "long_over_m" in given and exact(load.equipment.length_m) > Fraction(given["long_over_m"])
            return value * units * exact(load.equipment.length_m) * Fraction(given["long_coefficient"] if longer else 1)
        case "per_unit_km":
            total, left = Fraction(0), due.km
            for start, price in reversed(_pairs(given.get("bands", f"0:{rate['value']}"))):
                if left > start:
                    total, left = total + (left - start) * price, start
            return count * total * times
        case "chargeable_mass":
            step = Fraction(given.get("round_to_t", "1"))
            each = max(ceil(tonnes / units / step) * step, Fraction(given.get("min_t", "0")))
            price = value * (due.km if unit == "t_km" else 1)
            zones = _pairs(given["zones"]) if "zones" in given else []
            if zones:
                price = next((p for end, p in zones if due.km <= end), zones[-1][1] * due.km / zones[-1][0])
            return each * units * price * times
    raise AssertionError(rate["rule"])


def _pairs(text: str) -> list[tuple[Fraction, Fraction]]:
    return [(Fraction(a), Fraction(b)) for a, b in (step.split(":") for step in text.split("|"))]


def params(rate: Row) -> dict[str, str]:
    return dict(p.split("=", 1) for p in rate["params"].split(";") if p)
