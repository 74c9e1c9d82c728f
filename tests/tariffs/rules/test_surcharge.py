"""surcharge: a percentage on top."""

from decimal import Decimal

from karvan.tariffs.rules import surcharge
from rule_cases import measures, rate_of


def test_a_percentage_is_taken_of_the_charge() -> None:
    """12.5 % of 480 is 60."""
    assert surcharge.amount(rate_of("surcharge", "12.5", "percent"), measures(base="480")).amount == Decimal(60)
