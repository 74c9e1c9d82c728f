"""flat_fee: once a consignment."""

from decimal import Decimal

from karvan.tariffs.rules import flat_fee
from rule_cases import measures, rate_of


def test_a_fee_is_the_same_for_one_box_and_for_forty() -> None:
    """A declaration is one paper."""
    rate = rate_of("flat_fee", "45", "consignment")
    assert {flat_fee.amount(rate, measures(units=n)).amount for n in (1, 40)} == {Decimal(45)}
