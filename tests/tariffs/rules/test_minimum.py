"""minimum: raises a charge to a floor."""

from decimal import Decimal

import pytest

from karvan.tariffs.rules import minimum
from rule_cases import measures, rate_of


@pytest.mark.parametrize(("base", "added"), [("150", "50"), ("200", "0"), ("200.01", "0"), ("0", "200")])
def test_what_is_missing_to_the_floor_is_added_and_no_more(base: str, added: str) -> None:
    """Two wagons at a minimum of 100 each: 200 in all."""
    found = minimum.amount(rate_of("minimum", "100", "wagon"), measures(units=2, base=base))
    assert found.amount == Decimal(added)
