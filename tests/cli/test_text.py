"""Text for a terminal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karvan.cli import text as say


@given(st.text())
def test_plain_text_cannot_move_the_cursor_or_turn_the_writing_around(text: str) -> None:
    """Escape sequences or bidirectional overrides in a name from outside could forge numbers."""
    shown = say.plain(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) <= 0x202E for c in shown)


def test_plain_text_keeps_every_script_of_the_corridor() -> None:
    """Places are named in Latin, Cyrillic, Chinese, Georgian, Armenian and Persian letters."""
    for name in ("Constanța", "Актау", "乌鲁木齐", "ფოთი", "Երևան", "سرخس", "[bold]"):
        assert say.plain(name) == name


@given(st.decimals(-(10**12), 10**12, places=4))
def test_a_decimal_is_shown_without_losing_a_digit(value: Decimal) -> None:
    """A rate of 0.031 shown as 0.03 could not be checked against its source."""
    assert Decimal(say.tidy(value).replace(",", "")) == value


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.integers(1, 60))
def test_a_bar_has_its_width_whatever_it_shows(value: float, most: float, width: int) -> None:
    """Columns to the right of a bar stand under one another."""
    assert len(say.bar(value, most, width)) == width
    assert len(say.spread(value, value + most / 2, value + most, value + most, width)) == width


def test_a_bar_is_in_proportion() -> None:
    """Half the price is half the bar."""
    assert say.bar(50, 100, 10) == "█████     "
    assert say.spread(5, 8, 10, 10, 10) == "█████▓▓▓░░"


@pytest.mark.parametrize(("kilograms", "shown"), [(2_702, "2.70"), (12_345, "12.3"), (1_234_567, "1,235")])
def test_tonnes_keep_three_figures(kilograms: float, shown: str) -> None:
    """A box emits some tonnes, a train some hundreds."""
    assert say.tonnes(kilograms) == shown


def test_a_name_inside_a_sentence_loses_only_a_capital_that_begins_it() -> None:
    """PVC is not pVC."""
    assert say.inside("Household appliances") == "household appliances"
    assert say.inside("PVC") == "PVC"
