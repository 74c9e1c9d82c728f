"""A percentage on top of the charges named in `of` that the same operator asks for the same element."""

from __future__ import annotations

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing

NAME = "surcharge"
PARAMS = ("of",)


def amount(rate: Rate, billing: Billing) -> Amount:
    """The percentage of the charge it is taken of."""
    return Amount(billing.base, billing.base * rate.value / 100)
