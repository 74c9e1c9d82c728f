"""ad_valorem: a percentage of the value of the goods."""

from decimal import Decimal

from karvan.tariffs.rules import ad_valorem
from rule_cases import measures, rate_of


def test_a_percentage_is_taken_of_the_value() -> None:
    """0.35 % of 70,000 US dollars is 245."""
    found = ad_valorem.amount(rate_of("ad_valorem", "0.35", "percent_of_value"), measures(value="70000"))
    assert (found.quantity, found.amount) == (Decimal(70000), Decimal(245))
