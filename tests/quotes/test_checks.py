"""Known through prices: which way they are held against, and what of our bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from karvan.model.dataset import Dataset
from karvan.model.tariff import ThroughPrice
from karvan.quotes.checks import ThroughCheck, through_check
from world_rows import DAY, PLAIN_RATES, SOURCED, border, calls, corridor, rate, service
from worlds import drawn

# 200 km of rail and a ferry, or 1,200 km of road: the road is dearer and has fewer operations.
TEXT = """
    kz-start --rail:kz_rail:1520:100-- kz-east --sea:xz_sea:150-- xz-mid --sea:xz_sea:150-- az-west
    az-west --rail:az_rail:1520:100-- az-end
    kz-start --road:kz_road:900-- az-gate --road:az_road:300-- az-end
"""
WORLD: dict[str, Any] = {
    "services": [service("ferry", "line", "sea")],
    "service_calls": calls("ferry", "kz-east", "az-west"),
    "operations": [border("az-gate", "kz_road", "az_road", "road")],
    "rates": (
        rate("ferry", "freight", "500", section="kz-east>az-west"),
        *(r for r in PLAIN_RATES if r.charge != "freight"),
    ),
    "corridors": [corridor("sea", "kz-east", "xz-mid", "az-west"), corridor("road", "az-gate")],
}


def known(low: float = 800.0, high: float = 850.0, **changes: Any) -> ThroughPrice:
    given: dict[str, Any] = {
        "observation": "seen",
        "from_node": "kz-start",
        "to_node": "az-end",
        "corridor": "",
        "via": (),
        "equipment": "40HC",
        "box_owner": "*",
        "commodity": "",
        "load_t": 14.0,
        "price_low": low,
        "price_high": high,
        "currency": "USD",
        "per": "container",
        "on": DAY,
        "scope": "all",
    }
    return ThroughPrice(**SOURCED, **{**given, **changes})


def checked(row: ThroughPrice, data: Dataset | None = None, on: date | None = None) -> ThroughCheck:
    return through_check(data or drawn(TEXT, **WORLD), row, on)


@pytest.mark.parametrize("named", [{"corridor": "sea"}, {"via": ("kz-east", "az-west")}], ids=str)
def test_the_way_is_that_of_the_corridor_or_the_places(named: dict[str, Any]) -> None:
    """By sea 900: 200 of rail, 500 of ferry, four handlings of 50. Without both ends' handlings 800."""
    c = checked(known(**named))
    assert c.chain is not None
    assert "xz-mid" in c.chain.node_set
    assert (c.usd, c.carried_usd) == (900.0, 800.0)
    assert c.complete
    assert not c.barred


def test_residuals_are_against_the_nearer_end_of_the_range_and_nothing_inside_it() -> None:
    """900 against 800-850 is 50 too much of 850; 800 is inside; against 1,000-1,200 both are too little."""
    c = checked(known(corridor="sea"))
    assert c.residual == pytest.approx(50 / 850)
    assert c.carried_residual == 0.0
    below = checked(known(1000.0, 1200.0, corridor="sea"))
    assert below.residual == pytest.approx(-0.1)
    assert below.carried_residual == pytest.approx(-0.2)


def test_a_price_of_a_part_of_a_corridor_needs_no_more_of_it() -> None:
    """From the corridor's own gateway onwards."""
    c = checked(known(corridor="sea", from_node="kz-east"))
    assert c.chain is not None
    assert c.chain.origin == "kz-east"


def test_a_price_that_names_no_way_has_the_one_with_the_fewest_operations() -> None:
    """The road loads once and unloads once; the ferry's way is cheaper and does more."""
    c = checked(known())
    assert c.chain is not None
    assert "az-gate" in c.chain.node_set


def test_a_price_a_tonne_is_met_by_a_price_a_tonne() -> None:
    """900 for 14 tonnes."""
    assert checked(known(corridor="sea", per="t")).usd == pytest.approx(900 / 14)


def test_a_price_from_a_border_is_for_cargo_from_beyond() -> None:
    """From the border at the gate the Azerbaijani road is import cargo's, the Kazakh one transit's and not export's."""
    rates = [*WORLD["rates"], rate("transit", "haulage", "3", "container_km", operator="kz_road", traffic="transit"),
             rate("export", "haulage", "5", "container_km", operator="kz_road", traffic="export")]  # fmt: skip
    row = known(from_node="az-gate", to_node="kz-start")
    c = checked(row, drawn(TEXT, **{**WORLD, "rates": rates}))
    assert c.chain is not None
    assert c.carried_usd == pytest.approx(900.0)
    row = known(from_node="kz-start", to_node="az-gate")
    c = checked(row, drawn(TEXT, **{**WORLD, "rates": rates}))
    assert c.carried_usd == pytest.approx(4500.0)


def test_no_way_is_an_answer() -> None:
    """Places in an order that cannot be passed."""
    c = checked(known(via=("az-west", "kz-east")))
    assert c.chain is None
    assert c.residual is None
    assert c.carried_residual is None


def test_a_missing_rate_at_an_end_leaves_what_is_between_complete() -> None:
    """No handling at the end of the way, then none for the ferry."""
    rates = [r for r in WORLD["rates"] if r.charge != "handling"]
    no_end = [*rates, *(rate(f"x-{n}", "handling", "50", section=n) for n in ("kz-start", "kz-east", "az-west"))]
    c = checked(known(corridor="sea"), drawn(TEXT, **{**WORLD, "rates": no_end}))
    assert (c.complete, c.carried_complete) == (False, True)
    no_ferry = [r for r in WORLD["rates"] if r.charge != "freight"]
    c = checked(known(corridor="sea"), drawn(TEXT, **{**WORLD, "rates": no_ferry}))
    assert (c.complete, c.carried_complete) == (False, False)


def test_another_day_has_other_rates() -> None:
    """The ferry costs 700 from the next day on."""
    later = date(2025, 3, 4)
    rates = [replace(r, valid_to=DAY) if r.rate == "ferry" else r for r in WORLD["rates"]]
    rates.append(rate("ferry2", "freight", "700", section="kz-east>az-west", valid_from=later))
    data = drawn(TEXT, **{**WORLD, "rates": rates})
    assert checked(known(corridor="sea"), data).usd == 900.0
    assert checked(known(corridor="sea"), data, later).usd == 1100.0


def test_a_way_over_what_is_closed_says_what_bars_it() -> None:
    """The only way by sea begins on rails that are disused."""
    data = drawn(TEXT, **WORLD, links={"rail-kz-start-kz-east": {"status": "disused"}})
    c = checked(known(corridor="sea"), data)
    assert c.chain is not None
    assert c.barred == ("rail-kz-start-kz-east",)


def test_through_prices_of_the_lanes_day_are_met_by_the_atlas(atlas: Dataset) -> None:
    """Sea rates from an index are that index; every check has a range above zero and a sum where it has a chain."""
    rows = [r for r in atlas.through_prices if r.on.year == 2025 and r.on.month == 3]
    assert rows
    for row in rows:
        c = through_check(atlas, row, DAY)
        assert 0 < c.low_usd <= c.high_usd
        assert (c.chain is None) == (c.usd is None)
        assert c.usd is None or c.carried_usd is None or c.usd >= c.carried_usd
