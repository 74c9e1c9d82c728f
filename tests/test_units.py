"""Money is rounded half-up to its own minor unit."""

from decimal import Decimal

import pytest

from karvan.units import round_money


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "USD", "0.01"),
        ("0.0049", "USD", "0.00"),
        ("-0.005", "USD", "-0.01"),
        ("2.675", "EUR", "2.68"),
        ("0.5", "JPY", "1"),
        ("1.5", "KRW", "2"),
        ("0.0005", "KWD", "0.001"),
        ("100", "KZT", "100.00"),
    ],
)
def test_half_a_cent_is_rounded_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    """As tariffs do, and not to even as computers like to."""
    assert str(round_money(Decimal(amount), currency)) == rounded
