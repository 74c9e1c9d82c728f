"""per_wagon_metre: so much a metre of wagon or truck, as the Caspian ferries charge."""

from decimal import Decimal

import pytest

from karvan.tariffs.rules import per_wagon_metre
from rule_cases import measures, rate_of


def test_metres_of_all_units_are_charged() -> None:
    """Three wagons of 14.7 m at 66 a metre: 44.1 m x 66 = 2910.60."""
    found = per_wagon_metre.amount(rate_of("per_wagon_metre", "66", "wagon_m"), measures(units=3, length="14.7"))
    assert (found.quantity, found.amount) == (Decimal("44.1"), Decimal("2910.6"))


@pytest.mark.parametrize(("length", "amount"), [("15", "990"), ("15.1", "1195.92")])
def test_a_long_wagon_pays_its_coefficient_on_every_metre(length: str, amount: str) -> None:
    """Over 15 m, not at 15 m: 15 x 66 = 990; 15.1 x 66 x 1.2 = 1195.92."""
    rate = rate_of("per_wagon_metre", "66", "wagon_m", "long_over_m=15", "long_coefficient=1.2")
    assert per_wagon_metre.amount(rate, measures(length=length)).amount == Decimal(amount)
