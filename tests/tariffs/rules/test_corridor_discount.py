"""corridor_discount: a percentage off the charges of a chain that runs in a corridor."""

from decimal import Decimal

from karvan.tariffs.rules import corridor_discount
from rule_cases import measures, rate_of


def test_a_discount_is_a_negative_charge() -> None:
    """40 % off 1,250 is -500."""
    rate = rate_of("corridor_discount", "-40", "percent", "corridor=kti")
    assert corridor_discount.amount(rate, measures(base="1250")).amount == Decimal(-500)
