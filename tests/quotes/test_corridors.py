"""A corridor in figures: its links, one box over it, and where it is tightest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from karvan.model.network import Corridor
from karvan.quotes.corridors import figures
from world_rows import DAY, PLAIN_RATES, SOURCED, calls, rate, service
from worlds import drawn, goods

# Rail to the sea, a ferry of two hundred kilometres, rail on; and a road beside it all that the corridor does not name.
TEXT = """
    kz-start --rail:kz_rail:1520:100-- kz-mid --rail:kz_rail:1520:150-- kz-east
    kz-east --sea:xz_sea:200-- az-west --rail:az_rail:1520:60-- az-end
    kz-start --road:kz_road:10-- az-end
"""
APPLIANCES = goods("household_appliances", name="Household appliances")


def corridor(*route: str) -> Corridor:
    given: dict[str, Any] = {"corridor": "c", "name": "C", "via": (), "avoids": (), "family": "titr", "description": ""}
    return Corridor(**SOURCED, **given, route=route)


def world(**links: dict[str, Any]) -> Any:
    return drawn(
        TEXT,
        links={k.replace("_", "-"): v for k, v in links.items()},
        commodities=(APPLIANCES,),
        services=[service("ferry", "line", "sea")],
        service_calls=calls("ferry", "kz-east", "az-west"),
        rates=(
            rate("ferry", "freight", "500", section="kz-east>az-west"),
            *(r for r in PLAIN_RATES if r.charge != "freight"),
        ),
    )


ROUTE = corridor("kz-start", "rail:kz-east", "sea:az-west", "rail:az-end")


def test_its_length_is_that_of_the_shortest_links_of_each_mode() -> None:
    """100 + 150 + 200 + 60; the road beside it is not of it."""
    found = figures(world(), ROUTE, DAY)
    assert found.length_km == 510.0
    assert [len(leg) for leg in found.links] == [2, 1, 1]
    assert found.not_open == ()


def test_one_box_goes_over_its_links_only_and_is_priced_without_its_ends() -> None:
    """By hand: two hauls, the ferry, two transhipments; no loading at the start, no unloading at the end."""
    found = figures(world(), ROUTE, DAY)
    assert found.chain is not None
    assert found.bill is not None
    assert {link for m in found.chain.movements for link in m.links} == {k.link for leg in found.links for k in leg}
    kinds = [getattr(e, "kind", type(e).__name__) for e in found.chain.elements]
    assert "load" not in kinds
    assert "unload" not in kinds
    assert kinds.count("tranship") == 2
    assert {c.charge for c in found.bill.charges} >= {"haulage", "freight", "handling"}
    assert found.time is not None
    assert found.time.p50_h > 310 / 25.0


def test_a_closed_link_is_named_and_the_box_goes_over_it_all_the_same() -> None:
    """So that a corridor that is to be restored can be seen as if it were."""
    found = figures(world(rail_kz_mid_kz_east={"status": "dismantled"}), ROUTE, DAY)
    assert found.not_open == ("rail-kz-mid-kz-east",)
    assert found.barred == ("rail-kz-mid-kz-east",)
    assert found.bill is not None


def test_where_nothing_can_follow_it_the_reason_is_said() -> None:
    """A sea without a ship."""
    data = replace(world(), services=(), service_calls=())
    found = figures(data, ROUTE, DAY)
    assert found.chain is None
    assert "a service is missing" in found.why_not


def test_a_leg_that_nothing_joins_is_named_and_its_kilometres_are_not_none() -> None:
    """As of an early day a link may not be known: the length without it is a lower end, not the length."""
    data = world()
    data = replace(data, links=tuple(k for k in data.links if k.mode != "sea"))
    found = figures(data, ROUTE, DAY)
    assert found.not_joined == (("sea", "kz-east", "az-west"),)
    assert found.length_km == 310.0
    assert found.chain is None


def test_the_tightest_place_is_that_of_the_least_teu_a_year() -> None:
    """Three trains a day of 107 TEU are 117,165 TEU a year; ships of the ferry fewer."""
    data = world(rail_kz_start_kz_mid={"capacity_trains_day": 3.0})
    found = figures(data, ROUTE, DAY)
    ferry = data.services[0]
    assert [c.where for c in found.tightest] == ["1 service(s) kz-east to az-west, each way", "rail-kz-start-kz-mid"]
    assert found.tightest[1].teu_year == pytest.approx(3 * 107 * 365)
    assert found.tightest[0].teu_year < found.tightest[1].teu_year
    assert ferry.departures_week > 0
