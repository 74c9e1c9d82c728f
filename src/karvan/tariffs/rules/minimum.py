"""Raises a charge to a minimum: the row's value times its unit, if the charge named in `of` comes to less."""

from __future__ import annotations

from decimal import Decimal

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing

NAME = "minimum"
PARAMS = ("of",)


def amount(rate: Rate, billing: Billing) -> Amount:
    """What is missing to the minimum."""
    quantity = billing.quantity(rate.unit)
    return Amount(quantity, max(quantity * rate.value - billing.base, Decimal(0)))
