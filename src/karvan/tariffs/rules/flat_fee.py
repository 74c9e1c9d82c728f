"""Once a consignment."""

from __future__ import annotations

from decimal import Decimal

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing

NAME = "flat_fee"
PARAMS: tuple[str, ...] = ()


def amount(rate: Rate, billing: Billing) -> Amount:  # noqa: ARG001 - all rules are called alike
    """The value, once."""
    return Amount(Decimal(1), rate.value)
