"""A percentage off (a negative value) the charges named in `of`, if the chain runs in the corridor named."""

from __future__ import annotations

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing

NAME = "corridor_discount"
PARAMS = ("of", "corridor")


def amount(rate: Rate, billing: Billing) -> Amount:
    """The percentage of the charge it is taken of."""
    return Amount(billing.base, billing.base * rate.value / 100)
