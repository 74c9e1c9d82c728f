"""The dataset of a day in the past: cells as they were, and no trace of what was not yet known."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import karvan
from karvan.cli import main
from karvan.formats import datapackage
from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.model.scenario import Earlier
from karvan.overrides import as_of, state_on
from karvan.reports.atlas_map import render
from karvan.schema import fields, key, primary_key
from world_rows import SOURCED, agreement, rate
from worlds import drawn

DAY = date(2022, 12, 31)
DAYS = (date(2019, 12, 31), date(2021, 6, 30), DAY, date(2024, 12, 31), date(2026, 1, 31))
LINK = "rail-kz-a-kz-b"


def earlier(value: str, until: date, column: str = "tracks", what: str = "state") -> Earlier:
    given = {"table": "links", "row": LINK, "column": column, "value": value, "until": until, "what": what}
    return Earlier(**{**SOURCED, "known_on": until}, **given)


def world(*history: Earlier, **changes: Any) -> Dataset:
    """Three tracks now."""
    data = drawn("kz-a --rail:kz_rail:1520:100-- kz-b", history=history)
    return replace(data, links=(replace(data.links[0], tracks=3, **changes),))


@pytest.mark.parametrize(
    ("day", "tracks"), [("2020-01-01", 1), ("2020-12-31", 1), ("2021-01-01", 2), ("2023-06-30", 2), ("2023-07-01", 3)]
)
def test_a_cell_holds_the_first_value_that_lasted_until_the_day(day: str, tracks: int) -> None:
    """One track until 2020, two until June 2023."""
    data = world(earlier("2", date(2023, 6, 30)), earlier("1", date(2020, 12, 31)))
    assert state_on(data, date.fromisoformat(day)).links[0].tracks == tracks


def test_what_was_only_known_is_put_back_for_a_prediction_and_not_for_a_quote() -> None:
    """Two tracks were supposed until 2023; there were three all along."""
    data = world(earlier("2", date(2023, 6, 30), what="known"))
    assert state_on(data, DAY).links[0].tracks == 3
    assert as_of(data, DAY).links[0].tracks == 2


def test_a_rate_that_was_replaced_later_has_no_end() -> None:
    """In 2022 nobody knew the rate of 2023; the one in force is all there is for a day in 2023."""
    ended = rate("old", "haulage", "1", "container_km", valid_to=date(2022, 12, 31))
    next_one = replace(
        rate("new", "haulage", "2", "container_km", valid_from=date(2023, 1, 1)), known_on=date(2023, 1, 1)
    )
    told = as_of(replace(world(), rates=(ended, next_one)), DAY)
    assert [(r.rate, r.valid_to) for r in told.rates] == [("old", None)]


def test_a_status_put_back_held_on_that_day() -> None:
    """Open, shut by an earthquake for two years, open again: before the earthquake it was open and not planned."""
    again = {"status": "open", "status_on": date(2025, 9, 15)}
    data = world(earlier("closed", date(2025, 9, 14), "status"), earlier("open", date(2023, 2, 5), "status"), **again)
    days = (date(2021, 1, 1), date(2024, 1, 1), date(2025, 10, 1))
    assert [state_on(data, d).links[0].status for d in days] == ["open", "closed", "open"]
    assert all(state_on(data, d).links[0].status_on <= d for d in days)


def test_a_quote_is_of_the_state_of_its_day() -> None:
    """A line that was closed until 2023 carries nothing in 2022, whatever it does now."""
    text = "kz-a --rail:kz_rail:1520:100-- kz-b --rail:kz_rail:1520:100-- kz-c"
    data = drawn(text, history=(earlier("closed", date(2022, 12, 31), "status"),))
    asked = {"cargo": "1x40HC", "commodity": "goods", "tonnes": 14.0, "data": data}
    assert karvan.quote("kz-a", "kz-c", ready="2025-03-03", **asked).alternatives
    with pytest.raises(karvan.errors.KarvanError):
        karvan.quote("kz-a", "kz-c", ready="2022-06-01", **asked)


def test_what_was_not_yet_known_is_gone_and_what_needs_it_too() -> None:
    """A link that waits for an agreement nobody had heard of would be open without it."""
    later = replace(agreement("treaty"), known_on=date(2024, 1, 1))
    data = drawn(
        "kz-a --rail:kz_rail:1520:100-- kz-b --rail:kz_rail:1520:100-- kz-c",
        agreements=(later,),
        links={LINK: {"agreement": "treaty"}},
    )
    assert [link.link for link in as_of(data, DAY).links] == ["rail-kz-b-kz-c"]
    assert len(as_of(data, date(2024, 1, 1)).links) == 2


def test_a_note_and_a_source_of_later_are_not_told() -> None:
    """A row known early may cite what was published late; its note was written with hindsight."""
    data = world(source="book", confidence="medium", note="Doubled in 2025.")
    late = replace(data, sources=(replace(data.sources[0], known_on=date(2025, 5, 1)),))
    told = as_of(late, DAY)
    assert (told.links[0].source, told.links[0].note) == ("later", "")
    assert [(s.source, s.known_on) for s in told.sources] == [("later", DAY)]
    assert as_of(data, DAY).links[0].note == ""
    assert as_of(world(note="Double since 1964."), DAY).links[0].note == "Double since 1964."


def test_an_earlier_value_of_a_row_that_is_not_there_is_left_out() -> None:
    """A user's folder may remove a link that history names, or the day may hide it: neither is a fault."""
    data = world(earlier("1", date(2020, 12, 31)))
    without = replace(data, links=())
    assert state_on(without, date(2020, 6, 1)).links == ()
    hidden = as_of(world(earlier("1", date(2020, 12, 31)), known_on=date(2023, 1, 1)), DAY)
    assert (hidden.links, hidden.history) == ((), ())
    assert state_on(hidden, date(2020, 6, 1)).links == ()


def test_what_was_known_can_be_written_and_read_again(atlas: Dataset, tmp_path: Path) -> None:
    """Every reference that is left meets a row, and the sources that stand hidden have one of their own."""
    datapackage.write(tmp_path, as_of(atlas, DAY))
    assert datapackage.problems(tmp_path) == []


def canaries(data: Dataset) -> Dataset:
    """The dataset with one row more in every table, known later, whose every text says CANARY."""
    more: dict[str, Any] = {}
    for table in ROW_CLASSES:
        rows = getattr(data, table)
        if not rows:
            continue
        changes: dict[str, Any] = {"known_on": DAY + timedelta(days=1)}
        for f in fields(table):
            if (f.name in primary_key(table) and f.type == "string") or f.name in (
                "name",
                "note",
                "title",
                "description",
            ):
                changes[f.name] = f"CANARY-{table}-{f.name}"
            elif f.name == "also_known_as":
                changes[f.name] = ("CANARY place",)
        if table == "history":
            changes |= {
                "table": "links",
                "row": data.links[0].link,
                "column": "speed_kmh",
                "value": "25",
                "until": date(2023, 5, 5),
            }
        more[table] = (*rows, replace(rows[-1], **changes))
    return replace(data, **more)


def test_nothing_hidden_can_be_read(
    atlas: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By no table, page or command: in each table a row known one day too late says CANARY."""
    seeded = canaries(atlas)
    assert all("CANARY" in datapackage.table_text(t, getattr(seeded, t)) for t in ROW_CLASSES if getattr(seeded, t))
    monkeypatch.setattr("karvan.atlas.load", lambda _folder=None: seeded)
    hidden = as_of(seeded, DAY)
    said = [datapackage.table_text(t, getattr(hidden, t)) for t in ROW_CLASSES]
    said.append(render(hidden))
    for command in (
        ["show", "Aktau"], ["show", "ktz"], ["corridor"], ["observations"], ["observations", "*"],
        ["observations", "--claims"], ["demand", "totals"], ["map", "--html", str(tmp_path / "map.html")],
    ):  # fmt: skip
        code = main(["--as-of", DAY.isoformat(), "atlas", *command])
        said.append("".join(capsys.readouterr()))
        assert code == 0, said[-1]
    assert main(["--as-of", DAY.isoformat(), "atlas", "show", "CANARY place"]) == 2
    assert [text[max(0, text.index("CANARY") - 80) :][:160] for text in said if "CANARY" in text] == []


@pytest.mark.parametrize("day", DAYS)
def test_no_cell_of_the_atlas_names_a_hidden_row(atlas: Dataset, day: date) -> None:
    """Nor a date on which something had not yet begun to be so; worked out here from the whole atlas alone."""
    past = as_of(atlas, day)
    gone = {
        table: {key(table, r) for r in getattr(atlas, table)} - {key(table, r) for r in getattr(past, table)}
        for table in ROW_CLASSES
    }
    late = {t: [key(t, r) for r in getattr(past, t) if r.known_on > day] for t in ROW_CLASSES}
    assert {t: k for t, k in late.items() if k} == {}
    for table in ROW_CLASSES:
        assert {key(table, r) for r in getattr(atlas, table) if r.known_on > day} <= gone[table]
        for row in getattr(past, table):
            for f in fields(table):
                value = getattr(row, f.name)
                if f.references:
                    named = set(value) if f.separator else {value}
                    assert not named & gone[f.references.partition(".")[0]], (table, key(table, row), f.name)
            if table != "sources":
                assert not set(row.source.split(";")) & gone["sources"], (table, key(table, row))
                years = [int(y) for y in re.findall(r"(?<![\d.])(?:19|20)\d\d(?!\d)", row.note)]
                assert all(y <= day.year for y in years), (table, key(table, row), row.note)
    assert [link.link for link in past.links if link.status_on > day and link.status == "open"] == []
    assert all(h.until < day for h in past.history)


def test_a_quote_as_of_a_day_is_that_of_tables_from_which_the_rest_was_struck_out(atlas: Dataset) -> None:
    """Struck out here by hand, without the function under test; the answers agree to the cent."""
    day = date(2024, 6, 30)
    struck = {t: tuple(r for r in getattr(atlas, t) if r.known_on <= day) for t in ROW_CLASSES if t != "history"}
    first: dict[tuple[str, str, str], Earlier] = {}
    for h in sorted(atlas.history, key=lambda h: h.until):
        if h.until >= day:
            first.setdefault((h.table, h.row, h.column), h)
    for (table, row, column), h in first.items():
        field = next(f for f in fields(table) if f.name == column)
        struck[table] = tuple(
            replace(r, **{column: karvan.schema.parser(field)(h.value)}) if key(table, r) == row else r
            for r in struck[table]
        )
    agreements = {"", *(a.agreement for a in struck["agreements"])}
    for table in ("links", "operations", "rates"):
        struck[table] = tuple(r for r in struck[table] if r.agreement in agreements)
    by_hand = replace(atlas, **struck, history=())
    asked: dict[str, Any] = {
        "ready": "2024-06-24",
        "cargo": "1x40HC",
        "commodity": "household appliances",
        "tonnes": 14.0,
    }
    ours = karvan.quote("Xi'an", "Constanța", data=atlas, as_of=day, **asked)
    theirs = karvan.quote("Xi'an", "Constanța", data=by_hand, **asked)
    assert [(a.price_usd, a.time.p50_h, a.chain) for a in ours.alternatives] == [
        (a.price_usd, a.time.p50_h, a.chain) for a in theirs.alternatives
    ]
    assert json.dumps(ours.digest) != json.dumps(theirs.digest)
