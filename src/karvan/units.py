"""Quantities that other modules share: hours, money and percentages.

Names carry units everywhere (`length_km`, `dwell_h`, `mass_t`); money is Decimal with an ISO 4217 currency.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

HOURS_A_DAY = 24.0
HOURS_A_WEEK = 168.0

# ISO 4217 minor units; every other currency used in the region has two.
_MINOR_UNITS = {"JPY": 0, "KRW": 0, "CLP": 0, "IRR": 0, "UZS": 2, "KWD": 3, "BHD": 3}


@lru_cache(maxsize=64)
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency, as in Decimal('0.01') for USD."""
    return Decimal(1).scaleb(-_MINOR_UNITS.get(currency, 2))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """An amount rounded half-up to its currency's minor unit."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def days(hours: float) -> float:
    """Hours as days."""
    return hours / HOURS_A_DAY
