"""So much a container, TEU, wagon, truck or tonne."""

from __future__ import annotations

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing

NAME = "per_unit"
PARAMS: tuple[str, ...] = ()


def amount(rate: Rate, billing: Billing) -> Amount:
    """The value times the units."""
    quantity = billing.quantity(rate.unit)
    return Amount(quantity, quantity * rate.value)
