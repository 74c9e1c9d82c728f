"""JSON aligned with point-to-point routes of DCSA Commercial Schedules 1.0.3."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from karvan.cli import main
from karvan.model.chain import Movement
from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from karvan.reports import dcsa

# Names, types and limits as in https://github.com/dcsaorg/DCSA-OpenAPI, cs/v1/CS_v1.0.3.yaml (Apache 2.0).
FACILITIES = {"BORD", "CLOC", "COFS", "OFFD", "DEPO", "INTE", "POTE", "PBPL", "BRTH", "RAMP", "WAYP"}
LAND_MODES = {"RAIL", "TRUCK", "RAIL_TRUCK", "BARGE_TRUCK", "BARGE_RAIL", "MULTIMODAL"}
CUT_OFFS = {
    "DCO",
    "VCO",
    "FCO",
    "LCO",
    "PCO",
    "ECP",
    "EFC",
    "RCO",
    "DGC",
    "OBC",
    "TCO",
    "STA",
    "SPA",
    "CUA",
    "AFC",
}
ROUTE = {
    "placeOfReceipt",
    "placeOfDelivery",
    "receiptTypeAtOrigin",
    "deliveryTypeAtDestination",
    "cutOffTimes",
    "solutionNumber",
    "routingReference",
    "transitTime",
    "solutionFootprint",
    "legs",
}
LEG = {"sequenceNumber", "transport", "departure", "intermediateCalls", "arrival", "footprint", "cutOffTimes"}
OURS = {"karvan"}


@pytest.fixture(params=["xian-constanta", "aksu-mersin", "yerevan-almaty"])
def quote(request: pytest.FixtureRequest, lanes: dict[str, Quote]) -> Quote:
    found: Quote = lanes[request.param]
    return found


@pytest.fixture
def answer(quote: Quote, atlas: Dataset) -> Any:
    """The answer after a round trip through text, as a reader gets it."""
    return json.loads(json.dumps(dcsa.render(quote, atlas), allow_nan=False))


def check_time(text: str) -> datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", text)
    return datetime.fromisoformat(text)


def check_location(location: dict[str, Any]) -> None:
    assert set(location) <= {"locationName", "addressLines", "UNLocationCode"}
    assert re.fullmatch(r"\S(?:.*\S)?", location["locationName"])
    assert len(location["locationName"]) <= 100
    assert ("UNLocationCode" in location) != ("addressLines" in location)
    if "UNLocationCode" in location:
        assert re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", location["UNLocationCode"])


def check_place(place: dict[str, Any]) -> datetime:
    assert set(place) == {"facilityTypeCode", "location", "dateTime"}
    assert place["facilityTypeCode"] in FACILITIES
    check_location(place["location"])
    return check_time(place["dateTime"])


def check_transport(transport: dict[str, Any]) -> None:
    if transport["modeOfTransport"] == "VESSEL":
        assert set(transport) == {"modeOfTransport", "servicePartners"}
        for partner in transport["servicePartners"]:
            assert re.fullmatch(r"\S(?:.*\S)?", partner["carrierServiceName"])
            assert len(partner["carrierServiceName"]) <= 50
    else:
        assert set(transport) == {"modeOfTransport"}
        assert transport["modeOfTransport"] in LAND_MODES


def check_leg(leg: dict[str, Any], number: int) -> None:
    assert set(leg) == LEG | OURS
    assert leg["sequenceNumber"] == number
    check_transport(leg["transport"])
    times = [check_place(leg["departure"])]
    for call in leg["intermediateCalls"]:
        assert set(call) == {"facilityTypeCode", "location", "arrivalDateTime", "departureDateTime"}
        assert call["facilityTypeCode"] in FACILITIES
        check_location(call["location"])
        times += [check_time(call["arrivalDateTime"]), check_time(call["departureDateTime"])]
    times.append(check_place(leg["arrival"]))
    assert times == sorted(times)
    assert set(leg["footprint"]) == {"co2e"}


def test_routes_have_the_names_and_types_of_the_standard(answer: Any, quote: Quote) -> None:
    """A system that reads a carrier's schedules can read ours; what is new stands under one key of ours."""
    assert len(answer["pointToPointRoutes"]) == len(quote.alternatives)
    for number, route in enumerate(answer["pointToPointRoutes"], 1):
        assert set(route) <= ROUTE | OURS
        assert {"placeOfReceipt", "placeOfDelivery", "legs"} <= set(route)
        assert route["solutionNumber"] == number
        assert re.fullmatch(r"\S(?:.*\S)?", route["routingReference"])
        assert isinstance(route["transitTime"], int)
        for cut_off in route["cutOffTimes"]:
            assert cut_off["cutOffDateTimeCode"] in CUT_OFFS
            check_time(cut_off["cutOffDateTime"])
        for n, leg in enumerate(route["legs"], 1):
            check_leg(leg, n)


def test_legs_join_from_receipt_to_delivery_in_time_and_place(answer: Any) -> None:
    """Cargo does not jump, nor travel back in time."""
    for route in answer["pointToPointRoutes"]:
        legs = route["legs"]
        assert legs[0]["departure"]["location"] == route["placeOfReceipt"]["location"]
        assert legs[-1]["arrival"]["location"] == route["placeOfDelivery"]["location"]
        times = [check_place(route["placeOfReceipt"])]
        for leg in legs:
            times += [check_place(leg["departure"]), check_place(leg["arrival"])]
        times.append(check_place(route["placeOfDelivery"]))
        assert times == sorted(times)
        assert all(a["arrival"]["location"] == b["departure"]["location"] for a, b in pairwise(legs))
        whole_days = (times[-1] - times[0]).total_seconds() / 86_400
        assert route["transitTime"] - 1 <= whole_days + 1e-3
        assert whole_days <= route["transitTime"] + 1e-3


def test_every_movement_is_in_exactly_one_leg(quote: Quote) -> None:
    """A kilometre left out of the legs would be left out of their footprint."""
    for a in quote.alternatives:
        legs = dcsa.legs(a.chain)
        moving = [i for i, e in enumerate(a.chain.elements) if isinstance(e, Movement)]
        assert [i for leg in legs for i in range(leg.first, leg.last + 1) if i in moving] == moving
        for leg in legs:
            assert len({a.chain.elements[i].mode for i in moving if leg.first <= i <= leg.last}) == 1  # type: ignore[union-attr]


def test_money_is_text_and_adds_up(answer: Any, quote: Quote) -> None:
    """A decimal that became a float would lose cents on the way to a ledger."""
    for route, a in zip(answer["pointToPointRoutes"], quote.alternatives, strict=True):
        own = route["karvan"]
        counted = [Decimal(c["usd"]) for c in own["charges"] if c["replacedBy"] is None]
        assert isinstance(own["price"]["total"], str)
        assert sum(counted) == Decimal(own["price"]["total"]) == a.price_usd
        assert sum(map(Decimal, own["price"]["byGrade"].values())) == a.price_usd
        unpriced = any(item["status"] == "unpriced" for item in own["scope"])
        assert own["price"]["isLowerBound"] == (bool(own["missingRates"]) or unpriced)


def test_footprints_of_legs_and_hubs_make_the_whole(answer: Any) -> None:
    """The standard has a footprint a leg; what terminals emit is in the whole and in our elements."""
    for route in answer["pointToPointRoutes"]:
        emitted = [e["emission"]["wtwKg"] for e in route["karvan"]["elements"] if "emission" in e]
        assert sum(emitted) / 1000 == pytest.approx(route["solutionFootprint"]["co2e"], abs=1e-4)
        assert sum(leg["footprint"]["co2e"] for leg in route["legs"]) <= route["solutionFootprint"]["co2e"] + 1e-6


def test_percentiles_rise_and_are_dated(answer: Any) -> None:
    """P80 is never before P50."""
    for route in answer["pointToPointRoutes"]:
        p = route["karvan"]["percentiles"]
        assert p["p50Hours"] <= p["p80Hours"] <= p["p95Hours"]
        dates = [check_time(p[f"{name}DateTime"]) for name in ("p50", "p80", "p95")]
        assert dates == sorted(dates)


def test_references_are_one_a_way_and_stay(quote: Quote, atlas: Dataset) -> None:
    """A booking refers to a way by it."""
    first = [r["routingReference"] for r in dcsa.render(quote, atlas)["pointToPointRoutes"]]
    again = [r["routingReference"] for r in dcsa.render(quote, atlas)["pointToPointRoutes"]]
    assert first == again
    assert len(set(first)) == len(first)


def test_losers_closures_and_advice_come_along(answer: Any, quote: Quote) -> None:
    """They are half of the answer."""
    own = answer["karvan"]
    assert [row["corridor"] for row in own["lost"]] == [row.corridor for row in quote.lost]
    assert len(own["closed"]) == len(quote.closed)
    assert own["advice"] == list(quote.advice)
    assert own["request"]["origin"] == quote.origin


ASKED = ["quote", "Almaty", "Poti", "--ready", "2025-03-03", "--cargo", "1x40HC", "--commodity", "appliances"]


@pytest.mark.parametrize("option", [["--json"], ["--json", "-"]])
def test_json_on_standard_output_is_alone_there(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe into jq must not meet a table."""
    assert main([*ASKED, "--tonnes", "14", *option]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out)["pointToPointRoutes"]


def test_json_in_a_file_comes_beside_the_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One run gives both."""
    target = tmp_path / "quote.json"
    assert main([*ASKED, "--tonnes", "14", "--json", str(target)]) == 0
    assert "no." in capsys.readouterr().out
    assert json.loads(target.read_text(encoding="utf-8"))["pointToPointRoutes"]
