"""One price from one place to another, in place of the charges named in `replaces` of all elements between them."""

from __future__ import annotations

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing

NAME = "through_rate"
PARAMS = ("replaces", "corridor", "modes")


def amount(rate: Rate, billing: Billing) -> Amount:
    """The value times the units."""
    quantity = billing.quantity(rate.unit)
    return Amount(quantity, quantity * rate.value)
