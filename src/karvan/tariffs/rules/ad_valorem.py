"""A percentage of the value of the goods, in US dollars."""

from __future__ import annotations

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing

NAME = "ad_valorem"
PARAMS: tuple[str, ...] = ()


def amount(rate: Rate, billing: Billing) -> Amount:
    """The percentage of the goods' value."""
    return Amount(billing.value_usd, billing.value_usd * rate.value / 100)
