"""Every class of fault of a data folder, each told in a sentence with file, line, field, value and remedy."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from karvan.errors import DataError
from karvan.formats import datapackage
from karvan.schema import RawTable, validate
from world_rows import border, calls, closures, corridor, service
from worlds import drawn, write

Rows = list[list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder without a fault."""
    data = drawn(
        "kz-a --rail:kz_rail:1520:100-- kz-b --rail:az_rail:1520:200-- az-c --sea:xz_sea:90-- az-d",
        operations=[border("kz-b", "kz_rail", "az_rail")],
        services=[service("ferry", "line", "sea")],
        service_calls=calls("ferry", "az-c", "az-d"),
        closures=closures("storm", ("az-c",)),
        corridors=[corridor("all", "kz-b")],
    )
    return write(tmp_path / "world", data)


def edit(folder: Path, table: str, change: Callable[[Rows], object]) -> list[str]:
    """Problems after a change of a table's rows, the header being row 0."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return datapackage.problems(folder)


def put(column: str, value: str, line: int = 2) -> Callable[[Rows], object]:
    """A value in a column of a line of the file."""

    def change(rows: Rows) -> None:
        rows[line - 1][rows[0].index(column)] = value

    return change


def test_a_sound_folder_has_no_problems(folder: Path) -> None:
    """The ground on which the others stand."""
    assert datapackage.problems(folder) == []


@pytest.mark.parametrize(
    ("table", "column", "value", "remedy"),
    [
        ("links", "length_km", "", "Give it"),
        ("links", "length_km", "long", "not a number"),
        ("links", "length_km", "100 km", "no unit"),
        ("links", "length_km", "1,5", "not a number"),
        ("links", "length_km", "nan", "finite"),
        ("links", "length_km", "inf", "finite"),
        ("links", "length_km", "0", "below 0.1 km"),
        ("links", "speed_kmh", "1000", "above 120 km/h"),
        ("links", "gauge_mm", "1520.5", "whole number"),
        ("links", "gauge_mm", "15", "below 600 mm"),
        ("links", "status", "opened", "'open'"),
        ("links", "status_on", "03.03.2025", "YYYY-MM-DD"),
        ("links", "status_on", "20250303", "YYYY-MM-DD"),
        ("links", "status_on", "2025-02-30", "YYYY-MM-DD"),
        ("links", "from_node", "kz-aa", "Did you mean 'kz-a'"),
        ("links", "operator", "kz_rial", "Did you mean 'kz_rail'"),
        ("links", "mode", "xyzzy", "Add it to modes.csv"),
        ("links", "link", "two words", "form"),
        ("links", "country", "kz", "form"),
        ("links", "source", "bok", "Did you mean 'book'"),
        ("links", "confidence", "high", "assumption"),
        ("links", "note", "", "reasoning"),
        ("links", "known_on", "", "Give it"),
        ("modes", "needs_service", "yes", "true nor false"),
        ("modes", "forms", "container;box", "'box' is not one of"),
        ("nodes", "unlocode", "KZ1AA", "form"),
        ("nodes", "latitude", "95", "above 90 deg"),
        ("services", "both_ways", "TRUE", "lower case"),
        ("services", "rule", "timetables", "'timetable'"),
        ("rates", "value", "1e3", "form"),
        ("rates", "value", "NaN", "form"),
        ("rates", "currency", "usd", "form"),
        ("rates", "source", "", "Give it"),
        ("exchange_rates", "per_usd", "-1", "form"),
        ("service_calls", "sequence", "1_0", "whole number"),
        ("closures", "nodes", "az-x", "table nodes"),
        ("closures", "month", "13", "above 12"),
    ],
)
def test_a_fault_of_a_cell_names_file_line_field_value_and_remedy(
    table: str, column: str, value: str, remedy: str, folder: Path
) -> None:
    """One sentence for one fault."""
    found = edit(folder, table, put(column, value))
    cell = "assumption" if column in ("confidence", "note") else value
    field = "source" if column in ("confidence", "note") else column
    assert any(t.startswith(f"{table}.csv, line 2, {field} = '{cell}':") and remedy in t for t in found), found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows[0].__setitem__(2, "from_nod"), ["no column 'from_nod'", "Rename it"]),
        (lambda rows: [r.append("x") for r in rows], ["no column 'x'", "Remove it"]),
        (lambda rows: [r.pop() for r in rows], ["column 'note' is missing", "Add it"]),
        (lambda rows: rows[1].append("x"), ["line 2", "cells where the header has", "quotes"]),
        (lambda rows: rows[1].pop(), ["line 2", "cells where the header has", "Give every cell its comma"]),
        (lambda rows: rows[0].append("a;b"), ["line 1", "'a;b'", "Separate the cells by commas"]),
        (lambda rows: rows.append(list(rows[1])), ["stands in line 2 too", "another key"]),
        (lambda rows: rows.clear(), ["links.csv: is empty", "header"]),
    ],
    ids=["misspelt", "extra", "missing", "long", "short", "semicolons", "twice", "empty"],
)
def test_a_fault_of_the_shape_of_a_table_is_told(
    change: Callable[[Rows], object], says: list[str], folder: Path
) -> None:
    """Headers, widths and keys."""
    found = edit(folder, "links", change)
    assert any(all(part in text for part in says) for text in found), found


def test_a_pair_of_keys_must_be_one_of_a_kind(folder: Path) -> None:
    """A service calls once at each place in its order."""
    found = edit(folder, "service_calls", put("sequence", "1", line=3))
    assert any("service + sequence = 'ferry + 1'" in text for text in found)


@pytest.mark.parametrize("line", [4, 5])
def test_a_line_is_that_of_the_file_also_after_an_empty_line_or_a_note_of_two_lines(line: int, folder: Path) -> None:
    """So that an editor finds it: line 3 is empty, or the note of line 2 goes on in line 3."""
    if line == 4:
        found = edit(folder, "links", lambda rows: (rows.insert(2, []), put("length_km", "x", line)(rows)))
    else:
        found = edit(folder, "links", lambda rows: (put("note", "one\ntwo")(rows), put("length_km", "x", 4)(rows)))
    assert any(text.startswith(f"links.csv, line {line}, length_km = 'x'") for text in found), found


def test_files_that_cannot_be_read_are_told(folder: Path) -> None:
    """Missing, not UTF-8, not CSV; each with what to do."""
    (folder / "modes.csv").unlink()
    (folder / "grids.csv").write_bytes(b"\xff\xfe\x00")
    (folder / "operators.csv").write_text('operator,name\n"open,quote\n', encoding="utf-8")
    found = datapackage.problems(folder)
    for part in ("modes.csv: the file is missing", "grids.csv: cannot be read", "operators.csv: is not CSV"):
        assert any(text.startswith(part) for text in found), found
    assert datapackage.problems(folder / "nowhere")[0].startswith(f"{folder / 'nowhere'}: there is no such folder")


def test_all_faults_are_told_at_once(folder: Path) -> None:
    """Not the first only: a folder is mended in one go. The error carries all and shows the first twenty."""
    edit(folder, "links", put("length_km", "x"))
    edit(folder, "links", put("speed_kmh", "0", line=3))
    found = edit(folder, "modes", put("medium", "air"))
    assert len(found) == 3
    with pytest.raises(DataError) as caught:
        datapackage.read(folder)
    assert list(caught.value.problems) == found
    assert all(text in str(caught.value) for text in found)


def test_every_problem_is_a_sentence() -> None:
    """It begins with the file and ends with a full stop or a question mark."""
    raw: Any = {"nodes": RawTable("nodes.csv", ("node", "nam"), (("a", "b"),))}
    with pytest.raises(DataError) as caught:
        validate(raw)
    assert all(p.startswith("nodes.csv, line ") and p[-1] in ".?" for p in caught.value.problems)


def test_a_byte_order_mark_is_no_fault(folder: Path) -> None:
    """Spreadsheets write one."""
    path = folder / "links.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert datapackage.problems(folder) == []
