"""What a format writes it reads again: the property that every one of `FORMATS` must have."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from drawn_worlds import worlds
from karvan.errors import DataError
from karvan.formats import FORMATS, Format
from karvan.model.dataset import Dataset
from karvan.schema import fields, tables
from worlds import dataset, drawn

every_format = pytest.mark.parametrize("of", FORMATS, ids=lambda f: f.NAME)


def round_trip(of: Format, data: Dataset, folder: Path) -> Dataset:
    path = folder / f"out{of.SUFFIX}"
    of.write(path, data)
    return of.read(path)


def cells(row: Any, table: str) -> list[tuple[type, Any]]:
    """Values with their types: 1 is not 1.0, and 0.10 is not 0.1 where a number is exact."""
    values = [getattr(row, f.name) for f in fields(table)]
    return [(type(v), str(v) if isinstance(v, Decimal) else v) for v in values]


def differences(a: Dataset, b: Dataset) -> list[str]:
    """Tables whose rows are not the same in number, order, values and types."""
    return [t for t in tables() if [cells(row, t) for row in getattr(a, t)] != [cells(row, t) for row in getattr(b, t)]]


@every_format
@given(data=worlds())
@settings(max_examples=25)
def test_reading_what_was_written_gives_the_same_rows_of_any_world(of: Format, data: Dataset) -> None:
    """Nothing may be lost on the way to another program and back: no digit, no empty cell, no line end, no order."""
    with tempfile.TemporaryDirectory() as folder:
        assert differences(round_trip(of, data, Path(folder)), data) == []


@every_format
def test_reading_what_was_written_gives_the_same_rows_of_the_whole_atlas(
    of: Format, atlas: Dataset, tmp_path: Path
) -> None:
    """Every table that is used, at its real size."""
    assert differences(round_trip(of, atlas, tmp_path), atlas) == []


@every_format
def test_a_dataset_without_rows_is_still_whole(of: Format, tmp_path: Path) -> None:
    """Tables without a row keep their columns."""
    empty = dataset()
    assert differences(round_trip(of, empty, tmp_path), empty) == []
    assert of.found(tmp_path / f"out{of.SUFFIX}").whole


@every_format
def test_writing_twice_gives_the_same_bytes(of: Format, tmp_path: Path) -> None:
    """No clock and no chance: a difference between two exports is one of the data."""
    data = drawn("kz-a --rail:kz_rail:1520:100-- kz-b")
    for name in ("one", "two"):
        of.write(tmp_path / f"{name}{of.SUFFIX}", data)
    one, two = (
        [p.read_bytes() for p in sorted(path.iterdir())] if path.is_dir() else path.read_bytes()
        for path in (tmp_path / f"one{of.SUFFIX}", tmp_path / f"two{of.SUFFIX}")
    )
    assert one == two


@every_format
def test_the_first_format_that_recognises_what_was_written_is_its_own(of: Format, tmp_path: Path) -> None:
    """So that a folder need not be told apart by hand."""
    path = tmp_path / f"out{of.SUFFIX}"
    of.write(path, drawn("kz-a --rail:kz_rail:1520:100-- kz-b"))
    assert next(f.NAME for f in FORMATS if f.recognises(path)) == of.NAME


@every_format
def test_a_dataset_with_faults_is_read_to_all_of_them_at_once(of: Format, tmp_path: Path) -> None:
    """A link to nowhere, an unknown mode and a missing source, each named with its place, however the file is made."""
    data = drawn("kz-a --rail:kz_rail:1520:100-- kz-b")
    data = replace(data, links=(replace(data.links[0], to_node="kz-x", mode="tube", source="nobook"),))
    path = tmp_path / f"out{of.SUFFIX}"
    of.write(path, data)
    with pytest.raises(DataError) as caught:
        of.read(path)
    said = caught.value.problems
    assert len(said) == 3
    for value in ("'kz-x'", "'tube'", "'nobook'"):
        assert any(value in p and ("line 2" in p or "row 1" in p or "feature 3" in p) for p in said), said


@every_format
def test_a_path_with_nothing_of_the_format_is_a_fault_and_not_a_traceback(of: Format, tmp_path: Path) -> None:
    """Whatever is there: an empty folder, a file of noise, nothing at all."""
    noise = tmp_path / f"noise{of.SUFFIX or '.csv'}"
    noise.write_bytes(b"\xff\x00{]")
    (tmp_path / "empty").mkdir()
    for path in (noise, tmp_path / "empty", tmp_path / "nowhere"):
        found = of.found(path)
        assert found.problems or not found.tables
        assert all(p[-1] in ".?" for p in found.problems)
    assert not any(f.recognises(tmp_path / "empty") for f in FORMATS)


def test_formats_have_names_of_their_own() -> None:
    """A name is what a user types."""
    assert len({f.NAME for f in FORMATS}) == len(FORMATS)
    assert all(f.NAME.isalpha() and f.NAME.islower() for f in FORMATS)
