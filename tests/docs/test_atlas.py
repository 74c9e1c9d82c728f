"""docs/atlas.md: what its argument on oil rests on is in the tables, and its arithmetic is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from karvan.model.dataset import Dataset

PAGE = (Path(__file__).parents[2] / "docs" / "atlas.md").read_text(encoding="utf-8")


def value(atlas: Dataset, key: str) -> float:
    return next(o.value for o in atlas.observations if o.observation == key) / 1000.0


def test_every_observation_that_the_page_names_is_in_the_table(atlas: Dataset) -> None:
    """Named as SERIES.PERIOD in code font."""
    named = set(re.findall(r"`([a-z0-9-]+\.20[\w.-]+)`", PAGE))
    assert len(named) > 15
    assert named - {o.observation for o in atlas.observations} == set()


def test_the_shares_of_oil_in_the_growth_of_2023_follow_from_the_tables(atlas: Dataset) -> None:
    """Each number of the page's table, worked out from the observations."""
    level = value(atlas, "titr-table-t.2023")
    ktz = level - value(atlas, "titr-table-t.2022")
    ministry = value(atlas, "titr-min-t.2023") - value(atlas, "titr-min-t.2022.implied")
    tengiz = value(atlas, "oil-aktau-btc-t.2023") - value(atlas, "oil-aktau-btc-t.2022")
    to_baku = value(atlas, "oil-aktau-baku-t.2023") - value(atlas, "oil-aktau-baku-t.2022")
    assert (round(ktz), round(tengiz), round(to_baku)) == (1279, 1057, 1142)
    assert ministry == pytest.approx(1073, rel=0.02)
    assert [round(oil / ktz, 2) for oil in (tengiz, to_baku)] == [0.83, 0.89]
    assert round(level - value(atlas, "oil-aktau-btc-t.2023")) == 1707
    assert round(level - value(atlas, "oil-aktau-baku-t.2023")) == 1372
    assert "| Tengiz only, +1,057 kt | 83 % |" in PAGE
    assert "| All oil to Baku, +1,142 kt | 89 % |" in PAGE
