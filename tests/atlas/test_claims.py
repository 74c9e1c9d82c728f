"""Claims against counts: which series agree, and what two definitions in one rate make of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from karvan.atlas.claims import findings
from karvan.model.observation import Claim, Observation
from world_rows import SOURCED
from worlds import dataset

Y = {year: (date(year, 1, 1), date(year, 12, 31)) for year in (2022, 2023)}


def counted(key: str, series: str, year: int, value: float, **changes: Any) -> Observation:
    given: dict[str, Any] = {"value_high": None, "growth": None, "state": "actual"}
    a, b = Y[year]
    return Observation(**SOURCED, observation=key, series=series, period_from=a, period_to=b, value=value,
                       **{**given, **changes})  # fmt: skip


def growth(value: float, tolerance: float = 0.01, *series: str) -> Claim:
    return Claim(**SOURCED, claim="c", statement="It grew.", measure="growth", value=value, tolerance=tolerance,
                 period_from=Y[2023][0], period_to=Y[2023][1], base_from=Y[2022][0], base_to=Y[2022][1],
                 series=series or ("*",))  # fmt: skip


# By hand: 2764/1485 = 1.8613, 2764/1700 = 1.6259, 3300/1700 = 1.9412.
COUNTS = dataset(
    observations=(
        counted("a22", "a", 2022, 1485.0),
        counted("a23", "a", 2023, 2764.0, growth=0.86),
        counted("b22", "b", 2022, 1700.0),
        counted("b23", "b", 2023, 3300.0),
        counted("plan", "a", 2023, 9000.0, state="planned"),
    )
)


def test_growth_is_that_of_one_series_and_as_its_source_states_it() -> None:
    """Plans are no counts."""
    found = findings(COUNTS, growth(0.86))
    single = [f for f in found if not f.mixed and not f.stated]
    assert [(f.counted.series, round(f.value, 4)) for f in single] == [("a", 0.8613), ("b", 0.9412)]
    assert [f.agrees for f in single] == [True, False]
    assert [f.value for f in found if f.stated] == [0.86]


def test_a_claim_that_only_a_mixture_of_two_series_gives_is_shown_as_one() -> None:
    """2764 of one definition over 1700 of another is 63 % more of nothing."""
    found = findings(COUNTS, growth(0.63))
    assert [f.agrees for f in found if not f.mixed] == [False, False, False]
    assert [(f.counted.observation, f.base and f.base.observation) for f in found if f.mixed] == [("a23", "b22")]


def test_the_tolerance_is_what_rounding_explains() -> None:
    """0.87 within one hundredth, 0.88 not."""
    assert [findings(COUNTS, growth(v, 0.01, "a"))[0].agrees for v in (0.87, 0.88)] == [True, False]


@pytest.mark.parametrize(("value", "agrees"), [(2800.0, True), (3000.0, False)])
def test_a_level_is_compared_as_it_is(value: float, agrees: bool) -> None:
    """2.8 million for 2.764 million is rounding."""
    a, b = Y[2023]
    claim = Claim(**SOURCED, claim="c", statement="So much.", measure="level", value=value, tolerance=50.0,
                  period_from=a, period_to=b, base_from=None, base_to=None, series=("a",))  # fmt: skip
    assert [f.agrees for f in findings(COUNTS, claim)] == [agrees]
