"""So much a metre of wagon or truck, as the Caspian ferries charge.

`long_over_m=15;long_coefficient=1.2` multiplies the price of a wagon longer than that.
"""

from __future__ import annotations

from decimal import Decimal

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing, number, params

NAME = "per_wagon_metre"
PARAMS = ("long_over_m", "long_coefficient")


def amount(rate: Rate, billing: Billing) -> Amount:
    """The value times the metres of all units."""
    given = params(rate)
    limit = number(rate, given, "long_over_m", "Infinity")
    factor = number(rate, given, "long_coefficient", "1") if billing.length_m > limit else Decimal(1)
    metres = billing.units * billing.length_m
    return Amount(metres, metres * rate.value * factor)
