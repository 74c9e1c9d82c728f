"""The weight of assumptions: an estimate to first order, and the quote asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from karvan.model.scenario import Earlier
from karvan.quotes.gaps import STEP, gaps, headline, moved
from karvan.quotes.lanes import REFERENCE, Lane
from world_rows import DAY, PLAIN_RATES, SOURCED
from worlds import drawn

# One railway of 250 km, so that all its price and most of its time hang on two links.
LANE = Lane("line", "kz-a", "kz-c", "1x40HC", "goods", 14.0)
WORLD = drawn("kz-a --rail:kz_rail:1520:200-- kz-b --rail:kz_rail:1520:50-- kz-c")


def found(**changes: Any) -> dict[tuple[str, tuple[str, ...]], Any]:
    return {(g.row, g.columns): g for g in gaps(replace(WORLD, **changes), DAY, 20, (LANE,))}


def test_moving_a_link_by_a_fifth_changes_the_time_by_its_share() -> None:
    """The estimate of the longer link is four times that of the shorter, and quoting again agrees with it."""
    of = found()
    long, short = of["rail-kz-a-kz-b", ("length_km",)], of["rail-kz-b-kz-c", ("length_km",)]
    assert long.estimate == pytest.approx(4 * short.estimate)
    assert long.time is not None
    assert long.price is not None
    assert long.price + long.time == pytest.approx(long.estimate, rel=0.25)


def test_a_row_with_a_source_is_no_gap() -> None:
    """Only what nobody has looked up yet is to be looked up."""
    sourced = tuple(replace(k, source="book", confidence="medium") for k in WORLD.links)
    assert not any(row.startswith("rail-") for row, _ in found(links=sourced))


def test_the_move_is_a_fifth_of_each_column_named() -> None:
    """In the data, before the lane is quoted again."""
    gap = found()["rail-kz-a-kz-b", ("length_km",)]
    assert moved(WORLD, gap, 1 + STEP).links[0].length_km == pytest.approx(240.0)
    q = LANE.quote(WORLD, DAY)
    assert headline(q)[0] < headline(LANE.quote(moved(WORLD, gap, 1 + STEP), DAY))[0]


def test_rates_are_moved_as_exact_decimals() -> None:
    """A fifth more of the rate is a fifth more of what hangs on it."""
    rates = {row: g for (row, columns), g in found().items() if columns == ("value",)}
    assert set(rates) <= {r.rate for r in PLAIN_RATES}
    assert sum(g.price or 0.0 for g in rates.values()) == pytest.approx(STEP, rel=0.02)


def test_a_row_that_has_changed_since_is_moved_from_what_it_said_on_the_day() -> None:
    """What history puts back must not undo the move."""
    given: dict[str, Any] = {
        "table": "links",
        "row": "rail-kz-a-kz-b",
        "column": "length_km",
        "value": "100",
        "what": "state",
    }
    before = Earlier(**SOURCED, **given, until=DAY + timedelta(days=100))
    gap = found(history=(before,))["rail-kz-a-kz-b", ("length_km",)]
    assert gap.time is not None
    assert 0.5 * gap.estimate < gap.time + gap.price < 2 * gap.estimate


def test_the_reference_lanes_are_ten_and_of_every_kind() -> None:
    """The list of gaps is only as good as the lanes that it stands on."""
    assert len(REFERENCE) == len({lane.name for lane in REFERENCE}) == 10
