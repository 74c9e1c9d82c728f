"""per_unit_km: so much a unit and kilometre, in bands of distance."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karvan.errors import DataError
from karvan.tariffs.rules import per_unit_km
from rule_cases import measures, rate_of

BANDS = "bands=0:0.30|500:0.27|1000:0.20"


@pytest.mark.parametrize(
    ("km", "amount"),
    [("0", "0"), ("499.9", "149.97"), ("500", "150"), ("500.1", "150.027"), ("1200", "325"), ("1000", "285")],
)
def test_each_kilometre_is_charged_at_the_rate_of_its_band(km: str, amount: str) -> None:
    """1200 km: 500 x 0.30 + 500 x 0.27 + 200 x 0.20 = 150 + 135 + 40 = 325."""
    found = per_unit_km.amount(rate_of("per_unit_km", "0.30", "container_km", BANDS), measures(km=km))
    assert found.amount == Decimal(amount)


def test_units_and_coefficient_multiply_the_whole() -> None:
    """Four wagons, 100 km at 0.50, coefficient 1.15: 4 x 50 x 1.15 = 230."""
    found = per_unit_km.amount(
        rate_of("per_unit_km", "0.50", "wagon_km", "coefficient=1.15"), measures(units=4, km=100)
    )
    assert (found.quantity, found.amount) == (Decimal(400), Decimal("230"))


def test_bands_in_the_wrong_order_are_a_fault_of_the_data() -> None:
    """A reader would take them for another tariff."""
    with pytest.raises(DataError, match="rising order"):
        per_unit_km.amount(rate_of("per_unit_km", "1", "t_km", "bands=500:1|0:2"), measures())


@pytest.mark.parametrize("text", ["bands=0", "bands=a:b", "bands=0:1|500", "coefficient=high"])
def test_a_parameter_that_is_no_number_is_a_fault_of_the_data(text: str) -> None:
    """It names the rate and says how to write it."""
    with pytest.raises(DataError, match="rate case, params"):
        per_unit_km.amount(rate_of("per_unit_km", "1", "t_km", text), measures())


@given(st.integers(0, 30_000), st.integers(1, 1000))
def test_a_longer_run_never_costs_less(km_tenths: int, more: int) -> None:
    """Bands lower the rate of further kilometres, not of those before."""
    rate = rate_of("per_unit_km", "0.30", "container_km", BANDS)
    short, long = (per_unit_km.amount(rate, measures(km=Decimal(k) / 10)) for k in (km_tenths, km_tenths + more))
    assert short.amount < long.amount
