"""per_unit: so much a container, TEU, wagon, truck or tonne, and a day."""

from decimal import Decimal

import pytest

from karvan.tariffs.rules import per_unit
from rule_cases import measures, rate_of


@pytest.mark.parametrize(
    ("unit", "quantity"),
    [("container", "3"), ("teu", "6"), ("t", "60"), ("container_day", "7.5"), ("t_km", "30000")],
)
def test_quantity_times_value(unit: str, quantity: str) -> None:
    """Three forty-foot boxes (6 TEU) of 20 t each over 500 km in 2.5 days, at 7 a unit."""
    found = per_unit.amount(rate_of("per_unit", "7", unit), measures(units=3, teu=6, mass=60, km=500, days="2.5"))
    assert (found.quantity, found.amount) == (Decimal(quantity), 7 * Decimal(quantity))


def test_the_mass_is_that_of_all_units() -> None:
    """A rate a tonne is for the cargo, not for one box: 60 t x 4.25 = 255."""
    found = per_unit.amount(rate_of("per_unit", "4.25", "t"), measures(units=3, mass=60))
    assert found.amount == Decimal("255")
