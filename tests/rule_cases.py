"""A rate and the measures of a consignment, for the golden cases of tariff rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Billing
from world_rows import rate


def rate_of(rule: str, value: str, unit: str, *params: str) -> Rate:
    """A rate named `case`."""
    return rate("case", "haulage", value, unit, rule=rule, params=params)


def measures(**given: Any) -> Billing:
    """One forty-foot box of 20 t and 12.2 m over 100 km in a day, worth nothing, until told otherwise."""
    d = {name: Decimal(str(value)) for name, value in given.items()}
    units, mass = d.get("units", Decimal(1)), d.get("mass", Decimal(20))
    return Billing(
        units=units,
        teu=d.get("teu", 2 * units),
        mass_t=mass,
        unit_mass_t=mass / units,
        length_m=d.get("length", Decimal("12.2")),
        km=d.get("km", Decimal(100)),
        days=d.get("days", Decimal(1)),
        value_usd=d.get("value", Decimal(0)),
        base=d.get("base", Decimal(0)),
    )
