"""Quotes of tiny worlds: what is shown, what is barred and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import karvan
from karvan.errors import BadCargo, DataError, InputError, KarvanError, NoChain, NoRate, UnknownPlace
from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from world_rows import DAY, PLAIN_RATES, agreement, border, calls, corridor, factor, rate, restriction, service
from worlds import drawn, goods, write

_BY_SEA = (
    "kz-start --rail:kz_rail:1520:100-- kz-east --sea:xz_sea:150-- xz-mid --sea:xz_sea:150-- az-west "
    "--rail:az_rail:1520:100-- az-end"
)
_BY_ROAD = "kz-start --road:kz_road:900-- az-gate --road:az_road:300-- az-end"
TEXT = f"{_BY_SEA}\n{_BY_ROAD}\n"
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
ASKED: dict[str, Any] = {"ready": DAY, "cargo": "1x40HC", "commodity": "goods", "tonnes": 14.0}


def asked(data: Dataset, a: str = "Start", b: str = "End", **changes: Any) -> Quote:
    return karvan.quote(a, b, data=data, **{**ASKED, **changes})


def ways(q: Quote) -> set[str]:
    """Corridors of the alternatives."""
    return {c for a in q.alternatives for c in a.corridors}


def test_both_ways_are_shown_with_price_time_and_emissions() -> None:
    """The ferry: 200 km of rail at 1 a km, 500 for the sea, four handlings of 50, so 900.

    The road: 1,200 km at 1, two handlings and a border of 20, so 1,320.
    """
    found = {a.corridors[0]: a for a in asked(drawn(TEXT, **WORLD)).alternatives if len(a.chain.movements) < 4}
    assert {k: int(a.price_usd) for k, a in found.items()} == {"sea": 900, "road": 1320}
    assert all(a.time.p50_h <= a.time.p80_h <= a.time.p95_h for a in found.values())


def test_the_same_call_gives_the_same_answer() -> None:
    """Nothing is drawn by lot; a second world read from files gives it too."""
    one, two = asked(drawn(TEXT, **WORLD)), asked(drawn(TEXT, **WORLD))
    assert one == two


def test_a_dataset_read_from_files_gives_the_answer_of_the_one_in_memory(tmp_path: Any) -> None:
    """Only the digest tells them apart."""
    data = drawn(TEXT, **WORLD, emission_factors=[factor("any")])
    assert replace(asked(write(tmp_path / "w", data)), digest="drawn") == asked(data)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "narrow",
    [{}, {"modes": ("sea",)}, {"nodes": ("kz-east",)}, {"operators": ("line",)}, {"countries": ("XZ",)},
     {"commodities": ("general",)}, {"origins": ("KZ",), "nodes": ("az-west",)},
     {"destinations": ("AZ",), "roles": ("import",), "modes": ("rail",), "countries": ("AZ",)}],
    ids=str,
)  # fmt: skip
def test_what_is_forbidden_is_not_shown_and_what_is_conditional_is(narrow: dict[str, Any]) -> None:
    """A row of restrictions.csv narrowed in several ways, each of which meets the ferry's way."""
    barred = drawn(TEXT, **WORLD, restrictions=[restriction("r", **narrow)])
    noted = drawn(TEXT, **WORLD, restrictions=[restriction("r", "conditional", **narrow)])
    assert "sea" in ways(asked(noted))
    by_sea = [a for a in asked(noted).alternatives if "sea" in a.corridors]
    assert all([f.effect for f in a.findings] == ["conditional"] for a in by_sea)
    if narrow in ({}, {"commodities": ("general",)}):
        with pytest.raises(NoChain, match="r"):
            asked(barred)
    else:
        assert ways(asked(barred)) == {"road"}


@pytest.mark.parametrize(
    "narrow",
    [{"origins": ("CN",)}, {"commodities": ("weapons",)}, {"roles": ("transit",)}, {"countries": ("IR",)},
     {"modes": ("air",)}, {"valid_to": date(2025, 3, 2)}, {"valid_from": date(2025, 12, 4)}],
    ids=str,
)  # fmt: skip
def test_a_restriction_that_does_not_bear_on_the_cargo_bars_nothing(narrow: dict[str, Any]) -> None:
    """Another origin, cargo, role, country, mode or day."""
    given = {"countries": ("KZ", "AZ"), **narrow} if "roles" in narrow else narrow
    q = asked(drawn(TEXT, **WORLD, restrictions=[restriction("r", **given)]))
    assert ways(q) == {"sea", "road"}
    assert not any(a.findings for a in q.alternatives)


def test_a_corridor_that_is_forbidden_says_by_what() -> None:
    """The reason names the restriction and its condition."""
    ban = restriction("ban", modes=("sea",), name="Ban of ships", condition="Ships are banned.")
    lost = {x.corridor: x.reason for x in asked(drawn(TEXT, **WORLD, restrictions=[ban])).lost}
    assert "Ban of ships" in lost["sea"]
    assert "Ships are banned." in lost["sea"]


@pytest.mark.parametrize("closing", ["agreement", "status"])
def test_a_closed_way_that_would_win_says_what_opens_it(closing: str) -> None:
    """A short cut of 100 km by rail, behind a border without an agreement, or on rails that are disused."""
    text = TEXT + "    kz-start --rail:kz_rail:1520:60-- kz-cut --rail:kz_rail:1520:40-- az-end\n"
    change = {"agreement": "peace"} if closing == "agreement" else {"status": "disused"}
    data = drawn(text, **WORLD, agreements=[agreement("peace", remedy="Sign the peace.")],
                 links={"rail-kz-cut-az-end": change})  # fmt: skip
    q = asked(data)
    assert all("kz-cut" not in a.chain.nodes for a in q.alternatives)
    (winner,) = [c for c in q.closed if c.wins_on == "price"]
    assert winner.closed == ("rail-kz-cut-az-end",)
    assert winner.saving == pytest.approx(1 - 200 / 900, abs=0.02)
    assert ("Sign the peace." if closing == "agreement" else "disused") in winner.opens


def test_a_missing_rate_makes_a_price_from_and_never_drops_or_zeroes_it() -> None:
    """No rate for the ferry: its way is shown, incomplete, naming what has no price."""
    data = drawn(
        TEXT,
        **{
            **WORLD,
            "rates": [
                rate("h", "haulage", "1", "container_km"),
                rate("x", "handling", "50"),
                rate("b", "border", "20"),
            ],
        },
    )
    by_sea = [a for a in asked(data).alternatives if "sea" in a.corridors]
    assert by_sea
    assert not any(a.bill.complete for a in by_sea)
    assert "freight" in str(by_sea[0].bill.missing[0])
    assert any(s.status == "unpriced" for s in by_sea[0].scope)


def test_cheaper_equipment_is_named() -> None:
    """A forty-foot box costs twice a twenty-foot one, which takes 14 t as well."""
    rates = [rate("big", "haulage", "2", "container_km", equipment=("40*",)),
             rate("small", "haulage", "1", "container_km", equipment=("20*",)),
             rate("f", "freight", "500"), rate("x", "handling", "50"), rate("b", "border", "20")]  # fmt: skip
    assert any("20DC" in text for text in asked(drawn(TEXT, **{**WORLD, "rates": rates})).advice)


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"a": "Strat"}, UnknownPlace, "Start"),
        ({"a": ""}, UnknownPlace, "Name one"),
        ({"b": "Start"}, InputError, "two different places"),
        ({"tonnes": 0.0}, BadCargo, "above zero"),
        ({"tonnes": -5.0}, BadCargo, "above zero"),
        ({"tonnes": math.nan}, BadCargo, "above zero"),
        ({"tonnes": math.inf}, BadCargo, "above zero"),
        ({"tonnes": 2e6}, BadCargo, "not in kilograms"),
        ({"tonnes": 29.0}, BadCargo, "2 x 40HC"),
        ({"cargo": "0x40HC"}, BadCargo, "Ask for"),
        ({"cargo": "-1x40HC"}, BadCargo, "40HC"),
        ({"cargo": "1x50HC"}, BadCargo, "40HC"),
        ({"cargo": ""}, BadCargo, "40HC"),
        ({"cargo": "99999999999x40HC"}, BadCargo, "40HC"),
        ({"commodity": "gods"}, BadCargo, "Goods"),
        ({"commodity": ""}, BadCargo, "commodities.csv"),
        ({"commodity": "ore", "cargo": "1x40HC"}, BadCargo, "gondola"),
        ({"commodity": "ore", "cargo": "containers"}, BadCargo, "wagon"),
        ({"ready": "3 March"}, InputError, "YYYY-MM-DD"),
        ({"ready": "2025-02-30"}, InputError, "YYYY-MM-DD"),
        ({"booked": date(2025, 3, 4)}, InputError, "on or before"),
        ({"sort": "speed"}, InputError, "price, time"),
        ({"box_owner": "me"}, InputError, "shipper, carrier"),
        ({"wagon_owner": "me"}, InputError, "leased"),
        ({"epsilon": -0.1}, InputError, "0.02"),
        ({"epsilon": math.nan}, InputError, "0.02"),
        ({"most": 0}, InputError, "one or more"),
        ({"value_usd": -1.0}, BadCargo, "zero or more"),
        ({"value_usd": math.nan}, BadCargo, "zero or more"),
        ({"cargo": "wagons", "tonnes": 60.0}, NoChain, "other equipment"),
    ],
    ids=str,
)
def test_bad_input_is_refused_with_what_to_do(changes: dict[str, Any], error: type[KarvanError], says: str) -> None:
    """One sentence or two, of the right class, without a traceback of another."""
    ore = goods("ore", forms=("wagon",), equipment=("gondola",))
    with pytest.raises(error) as caught:
        asked(drawn(TEXT, **WORLD, commodities=(goods(), ore)), **changes)
    assert says in str(caught.value)
    assert str(caught.value).rstrip().endswith((".", "?"))


def test_a_day_before_all_rates_is_an_error_that_names_the_day() -> None:
    """No rate at all in force: nothing can be said of any price."""
    data = drawn(TEXT, **WORLD)
    young = [replace(r, valid_from=date(2024, 1, 1)) for r in data.rates]
    with pytest.raises(NoRate, match="2001-01-01"):
        asked(replace(data, rates=tuple(young)), ready=date(2001, 1, 1))


def test_nothing_connects_two_places_is_an_answer_with_a_remedy() -> None:
    """Two islands."""
    data = drawn("kz-start --rail:kz_rail:1520:9-- kz-a\naz-b --rail:az_rail:1520:9-- az-end")
    with pytest.raises(NoChain, match="another day"):
        asked(data)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("nodes", "timezone", "Asia/Nowhere"),
        ("nodes", "handles", "rail"),
        ("nodes", "handles", "rail:boat"),
        ("services", "timetable", "8 o'clock"),
        ("rates", "rule", "per_moon"),
        ("rates", "params", "coefficient"),
        ("equipment", "payload_t", "0"),
    ],
)
def test_a_broken_cell_is_a_fault_of_the_data_and_not_a_traceback(
    table: str, column: str, value: str, tmp_path: Any
) -> None:
    """Whether found when the folder is read or when it is used."""
    import csv

    folder = write(tmp_path / "w", drawn(TEXT, **WORLD))
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row[column] = value
        if column == "timetable":
            row["rule"] = "timetable"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0], lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    with pytest.raises(DataError, match=column):
        asked(folder)  # type: ignore[arg-type]


def test_a_timetable_without_departures_is_a_fault_of_the_data() -> None:
    """The rule says timetable and the cell is empty."""
    ferry = service("ferry", "line", "sea", rule="timetable")
    with pytest.raises(DataError, match="timetable"):
        asked(drawn(TEXT, **{**WORLD, "services": [ferry]}))


def test_a_ban_that_begins_while_the_cargo_is_on_its_way_is_said() -> None:
    """The ferry is reached days after the ban begins; the day it is ready alone would not show it."""
    soon = restriction("r", valid_from=DAY + timedelta(days=1), nodes=("az-west",))
    by_sea = next(a for a in asked(drawn(TEXT, **WORLD, restrictions=[soon])).alternatives if "sea" in a.corridors)
    (finding,) = by_sea.findings
    assert finding.effect == "conditional"
    assert f"Forbidden from {soon.valid_from}" in finding.condition


def test_a_tanker_takes_no_wheat() -> None:
    """A service that names its goods carries no others."""
    ferry = [replace(s, commodities=("crude",)) for s in drawn(TEXT, **WORLD).services]
    assert "sea" not in ways(asked(drawn(TEXT, **{**WORLD, "services": ferry})))
