"""What the formats share: tables as text, their CSV, and the way from text to a dataset."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karvan.errors import DataError
from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.schema import Field, RawTable, fields, parser, ragged, text


@dataclass(frozen=True, slots=True)
class Found:
    """What a file or folder holds: its tables as text, and every fault of them that shows without another dataset.

    `whole` says that it is a complete dataset and not rows to put over another. `stand_ins` names the tables
    whose rows were made up for want of a source, so that rows of the same key in another dataset are better.
    """

    tables: Mapping[str, RawTable]
    problems: tuple[str, ...]
    whole: bool
    digest: str
    stand_ins: tuple[str, ...] = ()


def dataset_of(found: Found) -> Dataset:
    """The dataset of what was found; tables that are not there are empty. Raises DataError with every fault."""
    if found.problems:
        raise DataError(found.problems)
    return dataset(found.tables, found.digest)


def dataset(raw: Mapping[str, RawTable], digest: str) -> Dataset:
    """The dataset of tables that have no fault."""
    return Dataset(**{name: _rows(name, table) for name, table in raw.items()}, digest=digest)


def _rows(name: str, table: RawTable) -> tuple[Any, ...]:
    """Rows of the model, filled column by column: calling a frozen class for each row takes three times as long."""
    row_class = ROW_CLASSES[name]
    made = [object.__new__(row_class) for _ in table.rows]
    columns = dict(zip(table.header, zip(*table.rows, strict=True), strict=True)) if made else {}
    for field in fields(name):
        cells = columns.get(field.name, ())
        convert = parser(field)
        if convert is not str:
            values = {cell: convert(cell) for cell in set(cells)}
            cells = tuple(map(values.__getitem__, cells))
        deque(map(getattr(row_class, field.name).__set__, made, cells), maxlen=0)
    return tuple(made)


def table_text(table: str, rows: Iterable[Any]) -> str:
    """Rows of a table as the text of its CSV file."""
    columns = fields(table)
    return csv_text([f.name for f in columns], ([text(f, getattr(row, f.name)) for f in columns] for row in rows))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV text with lines that end in a line feed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    # Before Python 3.13 a carriage return is left bare, and a bare one ends a row when it is read.
    quoting = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    for row in rows:
        (quoting if any("\r" in cell for cell in row) else writer).writerow(row)
    return out.getvalue()


def write_text(path: Path, content: str) -> None:
    """Write a file as it is, on every system with the same bytes. Raises OSError."""
    path.write_text(content, encoding="utf-8", newline="")


def read_csv(path: Path) -> tuple[RawTable | None, list[str], bytes]:
    """A CSV file as a table, what is wrong with it, and its bytes; no table and no fault if there is no such file."""
    try:
        data = path.read_bytes()
        decoded = data.decode("utf-8-sig")
    except FileNotFoundError:
        return None, [], b""
    except (OSError, UnicodeDecodeError) as fault:
        return None, [f"{path.name}: cannot be read ({fault}). Save it as UTF-8 text that you may read."], b""
    try:
        lines, rows = _numbered(decoded)
    except csv.Error as fault:
        return None, [f"{path.name}: is not CSV ({fault}). Check its quotation marks."], data
    if not rows:
        return None, [f"{path.name}: is empty. Give it its header line."], data
    return RawTable(path.name, rows[0], tuple(rows[1:]), tuple(lines[1:])), [], data


def _numbered(decoded: str) -> tuple[list[int], list[tuple[str, ...]]]:
    """Rows of a CSV text that are not empty, and the line that each begins on. Raises csv.Error."""
    reader = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    lines, rows = [], []
    begins = 1
    for row in reader:
        if row:
            lines.append(begins)
            rows.append(tuple(row))
        begins = reader.line_num + 1
    return lines, rows


def table_of(table: str, file: str, records: Sequence[Mapping[str, Any]], places: Sequence[str]) -> RawTable:
    """Records of typed values as a table of text: the columns that any record has, in the order of the schema.

    Columns that the schema does not know come last, for the check to find them. No records: every column.
    """
    known = {f.name: f for f in fields(table)}
    given = dict.fromkeys(c for record in records for c in record) if records else known
    header = (*(c for c in known if c in given), *(c for c in given if c not in known))
    rows = tuple(tuple(_cell(known.get(c), record.get(c)) for c in header) for record in records)
    return RawTable(file, header, rows, places=tuple(places))


def stored(field: Field, value: Any) -> Any:
    """A value as a typed store keeps it: number, whole number, boolean, or text; None for an empty cell.

    Exact numbers are text, since a store's own numbers are binary.
    """
    if value is None or isinstance(value, bool):
        return value
    if field.type in ("number", "integer") and not field.exact:
        return value
    return text(field, value) or None


def _cell(field: Field | None, value: Any) -> str:
    """The text of a cell for a value that a typed store gave back, perhaps after somebody else had written it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return (field.separator if field and field.separator else ";").join(map(str, value))
    if isinstance(value, bool) or (field and field.type == "boolean" and value in (0, 1)):
        return "true" if value else "false"
    if isinstance(value, float) and field:
        return text(field, value)
    return str(value)


def ragged_rows(table: RawTable) -> list[str]:
    """Rows that have more or fewer cells than the header."""
    return [ragged(place, row, table.header) for place, row in table.numbered() if len(row) != len(table.header)]
