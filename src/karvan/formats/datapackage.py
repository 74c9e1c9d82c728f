"""A data folder (CSV tables described by `karvan.schema`) to a `Dataset`."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from karvan.errors import DataError
from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.schema import Field, RawTable, fields, tables
from karvan.schema import problems as schema_problems


def read(folder: Path) -> Dataset:
    """The dataset in a folder.

    Raises DataError, once and with every fault, if a table is missing, unreadable or wrong.
    """
    raw, found, digest = _read_raw(folder)
    found += schema_problems(raw)
    if found:
        raise DataError(found)
    return _dataset(raw, digest)


def read_trusted(folder: Path) -> Dataset:
    """The dataset in a folder that was checked when it was built: the checks are skipped, for a quick start."""
    raw, found, digest = _read_raw(folder)
    if found:
        raise DataError(found)
    return _dataset(raw, digest)


def problems(folder: Path) -> list[str]:
    """Every fault of a data folder as a sentence with file, line, field, value and remedy."""
    raw, found, _ = _read_raw(folder)
    return found + schema_problems(raw)


def _read_raw(folder: Path) -> tuple[dict[str, RawTable], list[str], str]:
    if not folder.is_dir():
        return (
            {},
            [f"{folder}: there is no such folder. Name a folder that holds the tables as CSV files."],
            "",
        )
    raw: dict[str, RawTable] = {}
    found: list[str] = []
    digest = hashlib.sha256()
    for table in tables():
        path = folder / f"{table}.csv"
        try:
            data = path.read_bytes()
            text = data.decode("utf-8-sig")
        except FileNotFoundError:
            found.append(f"{path.name}: the file is missing. Add it, if only with its header line.")
            continue
        except (OSError, UnicodeDecodeError) as fault:
            found.append(f"{path.name}: cannot be read ({fault}). Save it as UTF-8 text that you may read.")
            continue
        digest.update(table.encode() + b"\0" + data)
        try:
            lines, rows = _numbered(text)
        except csv.Error as fault:
            found.append(f"{path.name}: is not CSV ({fault}). Check its quotation marks.")
            continue
        if not rows:
            found.append(f"{path.name}: is empty. Give it its header line.")
            continue
        raw[table] = RawTable(path.name, rows[0], tuple(rows[1:]), tuple(lines[1:]))
    return raw, found, digest.hexdigest()


def _numbered(text: str) -> tuple[list[int], list[tuple[str, ...]]]:
    """Rows of a CSV text that are not empty, and the line that each begins on. Raises csv.Error."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines, rows = [], []
    begins = 1
    for row in reader:
        if row:
            lines.append(begins)
            rows.append(tuple(row))
        begins = reader.line_num + 1
    return lines, rows


def _dataset(raw: Mapping[str, RawTable], digest: str) -> Dataset:
    return Dataset(**{name: _rows(name, table) for name, table in raw.items()}, digest=digest)


def _rows(name: str, table: RawTable) -> tuple[Any, ...]:
    make = ROW_CLASSES[name]
    at = {column: i for i, column in enumerate(table.header)}
    converters = [(f.name, at[f.name], _converter(f)) for f in fields(name)]
    return tuple(make(**{column: convert(row[i]) for column, i, convert in converters}) for row in table.rows)


def _converter(field: Field) -> Callable[[str], Any]:
    if field.exact:
        return Decimal if field.required else (lambda text: Decimal(text) if text else None)
    if field.separator:
        separator = field.separator
        return lambda text: tuple(text.split(separator)) if text else ()
    by_type: dict[str, Callable[[str], Any]] = {
        "number": float,
        "integer": int,
        "boolean": lambda text: text == "true",
        "date": date.fromisoformat,
    }
    convert = by_type.get(field.type)
    if convert is None:
        return str
    if field.required:
        return convert
    return lambda text: convert(text) if text else None
