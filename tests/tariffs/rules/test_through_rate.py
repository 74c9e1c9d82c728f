"""through_rate: one price in place of a run of sections."""

from decimal import Decimal

from karvan.tariffs.rules import through_rate
from rule_cases import measures, rate_of


def test_a_through_rate_counts_units_and_not_kilometres() -> None:
    """Two boxes at 3,250: 6,500, whatever the distance."""
    rate = rate_of("through_rate", "3250", "container", "replaces=haulage|border")
    assert {through_rate.amount(rate, measures(units=2, km=k)).amount for k in (1, 5000)} == {Decimal(6500)}
