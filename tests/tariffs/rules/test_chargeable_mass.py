"""chargeable_mass.

Rounded up, at least a minimum, by zones of distance, as in the CIS and OSJD transit tariffs.
"""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karvan.model.consignment import Load
from karvan.tariffs.lines import Line
from karvan.tariffs.price import billing
from karvan.tariffs.rules import chargeable_mass
from rule_cases import measures, rate_of
from worlds import GONDOLA, consignment

ZONES = "zones=100:5.2|200:8.1|400:12"


@pytest.mark.parametrize(
    ("km", "price"), [("0.1", "5.2"), ("100", "5.2"), ("100.1", "8.1"), ("400", "12"), ("600", "18")]
)
def test_the_first_zone_whose_end_the_run_does_not_pass_gives_the_price(km: str, price: str) -> None:
    """Beyond the last zone its price grows with the distance: 600 km is 12 x 600 / 400 = 18 a tonne."""
    found = chargeable_mass.amount(rate_of("chargeable_mass", "0", "t", ZONES), measures(mass=50, km=km))
    assert found.amount == 50 * Decimal(price)


@pytest.mark.parametrize(("mass", "charged"), [("18.2", "20"), ("20", "20"), ("20.01", "21"), ("66.5", "67")])
def test_each_unit_is_rounded_up_to_a_tonne_and_is_at_least_the_minimum(mass: str, charged: str) -> None:
    """A wagon with 18.2 t pays for 20 t where 20 t is the least."""
    found = chargeable_mass.amount(rate_of("chargeable_mass", "3", "t", "min_t=20"), measures(mass=mass))
    assert (found.quantity, found.amount) == (Decimal(charged), 3 * Decimal(charged))


def test_units_are_rounded_one_by_one() -> None:
    """Three wagons with 130 t: 43.33 t each, 44 t charged, 132 t in all, x 200 km = 26,400 x 0.03 x 1.1 = 871.20."""
    rate = rate_of("chargeable_mass", "0.03", "t_km", "coefficient=1.1")
    found = chargeable_mass.amount(rate, measures(units=3, mass=130, km=200))
    assert (found.quantity, found.amount) == (Decimal(26400), Decimal("871.2"))


@given(st.integers(1, 700), st.integers(1, 40))
def test_rounding_to_a_tenth_does_not_see_the_noise_of_a_division(tenths: int, units: int) -> None:
    """14.7 t in three wagons is 4.9 t each, although 14.7 / 3 is 4.8999... or 4.9000...1 in binary."""
    tonnes = float(Fraction(tenths * units, 10))
    cargo = consignment("kz-a", "kz-b", GONDOLA, units, tonnes, loads=(("wagon", Load(GONDOLA, units, tonnes)),))
    line = Line("haulage", 0, "kz_rail", "kz-a", "kz-b", "", "", "wagon", "KZ", 100.0, 1.0, True)
    rate = rate_of("chargeable_mass", "1", "t", "round_to_t=0.1")
    found = chargeable_mass.amount(rate, billing(line, cargo, Decimal(0)))
    assert Fraction(found.quantity) == Fraction(math.ceil(Fraction(repr(tonnes)) * 10 / units) * units, 10)
