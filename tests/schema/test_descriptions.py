"""The table descriptions themselves: valid for a second tool, and the same as the model's classes."""

from __future__ import annotations

import ast
import re
from dataclasses import fields as columns
from decimal import Decimal
from pathlib import Path
from typing import get_type_hints

import pytest
from frictionless import Schema

import karvan
from karvan import atlas
from karvan.formats import datapackage
from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.schema import describe, fields, primary_key, tables
from worlds import drawn

SOURCE = Path(karvan.__file__).parent


@pytest.mark.parametrize("table", tables())
def test_a_description_is_a_valid_table_schema_for_frictionless(table: str) -> None:
    """The standard's own tool reads it: https://specs.frictionlessdata.io/table-schema/."""
    described = Schema.from_descriptor(describe(table))
    assert [f.name for f in described.fields] == [f.name for f in fields(table)]
    assert tuple(described.primary_key) == primary_key(table)


@pytest.mark.parametrize("table", tables())
def test_the_row_class_has_exactly_the_columns_of_the_schema(table: str) -> None:
    """In type as well: exact ones are Decimal, lists are tuples, what is not required may be None."""
    hints = get_type_hints(ROW_CLASSES[table])
    assert {c.name for c in columns(ROW_CLASSES[table])} == {f.name for f in fields(table)}
    kinds = {"number": float, "integer": int, "boolean": bool, "string": str}
    for field in fields(table):
        expected: object = kinds.get(field.type, hints[field.name])
        if field.exact:
            expected = Decimal if field.required else Decimal | None
        elif field.separator:
            expected = tuple[str, ...]
        elif field.type in ("number", "integer") and not field.required:
            expected = kinds[field.type] | None
        assert hints[field.name] == expected, field.name


def test_the_dataset_has_every_table() -> None:
    """And no other."""
    assert set(tables()) == set(ROW_CLASSES) == {c.name for c in columns(Dataset)} - {"digest", "premises"}


@pytest.mark.parametrize("table", tables())
def test_every_row_says_where_it_comes_from_and_since_when_it_is_known(table: str) -> None:
    """Source, confidence and known_on are required; a source has no confidence of its own."""
    required = {f.name for f in fields(table) if f.required}
    assert {"source", "known_on"} <= required
    assert table == "sources" or "confidence" in required


@pytest.mark.parametrize("table", tables())
def test_every_column_says_what_it_is_and_a_number_its_unit(table: str) -> None:
    """A column named with a unit has that unit in its description's row."""
    suffix = {"_km": "km", "_h": "h", "_t": "t", "_mm": "mm", "_kmh": "km/h", "_m": "m"}
    for field in fields(table):
        assert field.description.endswith("."), field.name
        unit = next((u for s, u in sorted(suffix.items(), key=lambda p: -len(p[0])) if field.name.endswith(s)), "")
        if unit and field.type in ("number", "integer") and not field.name.endswith(("usd_t", "per_t")):
            assert field.unit == unit, field.name


@pytest.mark.parametrize("table", tables())
def test_every_reference_is_to_the_key_of_a_table(table: str) -> None:
    """Written twice, for the standard and for our checker; the standard knows no lists of keys."""
    ours = {f.name: f.references for f in fields(table) if f.references and not f.separator}
    keys = describe(table).get("foreignKeys", [])
    assert {k["fields"][0]: f"{k['reference']['resource']}.{k['reference']['fields'][0]}" for k in keys} == ours
    for target in ours.values():
        other, column = target.split(".")
        assert primary_key(other) == (column,)


ENGINES = ("routing", "tariffs", "times", "emissions", "quotes")


@pytest.mark.parametrize("path", sorted(p for e in ENGINES for p in (SOURCE / e).rglob("*.py")), ids=lambda p: p.stem)
def test_no_name_of_a_mode_is_a_literal_in_the_engines(path: Path) -> None:
    """A new mode is a row: what the engines need to know of one is in its columns.

    Texts and docstrings may name them.
    """
    names = {m.mode for m in datapackage.read_trusted(atlas.folder()).modes}
    literals = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [
        text for text in literals if text in names or (" " not in text and set(re.split(r"\W+", text)) & names)
    ] == []


def test_reading_what_was_written_gives_the_same_rows(tmp_path: Path) -> None:
    """A round trip through the files: numbers, dates, lists and empty cells."""
    from worlds import write

    data = drawn("kz-a --rail:kz_rail:1520:123.4-- kz-b --road:kz_road:9-- kz-c")
    again = datapackage.read(write(tmp_path / "w", data))
    assert all(getattr(again, t) == getattr(data, t) for t in tables())
    assert again.digest == datapackage.read(tmp_path / "w").digest != data.digest
