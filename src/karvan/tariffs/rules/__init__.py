"""Tariff rules, one file a rule: `amount(rate, billing)` with NAME and the PARAMS it takes.

A new rule is a file here, its line in RULES, a case in tests/tariffs/rules and an entry in docs/tariffs.md.
"""

from types import ModuleType

from karvan.tariffs.rules import (
    ad_valorem,
    chargeable_mass,
    corridor_discount,
    flat_fee,
    minimum,
    per_unit,
    per_unit_km,
    per_wagon_metre,
    surcharge,
    through_rate,
)

RULES: tuple[ModuleType, ...] = (
    per_unit,
    per_unit_km,
    per_wagon_metre,
    chargeable_mass,
    flat_fee,
    minimum,
    surcharge,
    ad_valorem,
    corridor_discount,
    through_rate,
)
