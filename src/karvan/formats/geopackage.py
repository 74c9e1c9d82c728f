"""One GeoPackage file (OGC 12-128r17, version 1.3): nodes as points, links as lines, other tables as attributes.

Layers and tables have our tables' names and columns. A coordinate stands once, in the geometry of its node, so that
a point moved in a map is moved; a link's line is straight between its nodes and is not read back. Lists are text with
their separator, exact numbers are text, since the file's own numbers are binary.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from karvan.formats import _tables
from karvan.formats._geopackage_frame import FRAME, WGS84
from karvan.formats._tables import Found
from karvan.model.dataset import Dataset
from karvan.schema import Field, RawTable, describe, fields, tables
from karvan.schema import problems as schema_problems

if TYPE_CHECKING:
    import sqlite3

NAME = "geopackage"
SUFFIX = ".gpkg"
FID, GEOMETRY = "fid", "geom"
SHAPES = {"nodes": "POINT", "links": "LINESTRING"}
_MAGIC = b"SQLite format 3\0"
_AT = ("longitude", "latitude")
_TYPES = {"number": "DOUBLE", "integer": "INTEGER", "boolean": "BOOLEAN", "date": "DATE"}
_LITTLE_ENDIAN, _XY_ENVELOPE, _EMPTY = 0x01, 0x02, 0x10
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_WKB_POINT, _WKB_LINE = 1, 2

Position = tuple[float, float]


def recognises(path: Path) -> bool:
    """Whether a path is a file that is named as a GeoPackage."""
    return path.is_file() and path.suffix.lower() == SUFFIX


def write(path: Path, dataset: Dataset) -> None:
    """A dataset as a new GeoPackage. Reading it gives equal rows. Raises OSError, also if there is a file already."""
    import sqlite3

    with path.open("xb"):
        pass
    try:
        with closing(sqlite3.connect(path)) as store, store:
            store.executescript(FRAME)
            store.execute("BEGIN")
            changed = _last_known(dataset)
            for table in tables():
                _write_table(store, table, dataset, changed)
    except sqlite3.Error as fault:
        raise OSError(f"{path.name}: {fault}") from None


def read(path: Path) -> Dataset:
    """The dataset of a file. Raises DataError, once and with every fault."""
    return _tables.dataset_of(found(path))


def found(path: Path) -> Found:
    """What a file holds, checked; whole if every table of ours is in it."""
    import sqlite3

    raw: dict[str, RawTable] = {}
    faults: list[str] = []
    try:
        data = path.read_bytes()
        if not data.startswith(_MAGIC):
            return Found({}, (f"{path.name}: is no GeoPackage. Give a file that a GIS can open.",), False, "")
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as store:
            there = {name for (name,) in store.execute("SELECT table_name FROM gpkg_contents")}
            for table in (t for t in tables() if t in there):
                raw[table], more = _read_table(store, table, path.name)
                faults += more
    except (OSError, sqlite3.Error) as fault:
        return Found({}, (f"{path.name}: cannot be read ({fault}). Give a GeoPackage that is whole.",), False, "")
    whole = len(raw) == len(tables())
    if whole:
        faults += schema_problems(raw)
    elif not raw:
        faults.append(f"{path.name}: holds no layer or table that is named as one of ours, such as nodes. Rename it.")
    return Found(raw, tuple(faults), whole, hashlib.sha256(data).hexdigest())


# --- Writing ---------------------------------------------------------------------------------------------------------


def _write_table(store: sqlite3.Connection, table: str, dataset: Dataset, changed: str) -> None:
    shape = SHAPES.get(table, "")
    columns = _columns(table)
    kinds = [f'"{f.name}" {_kind(f)}' for f in columns]
    geometry = [f'"{GEOMETRY}" {shape}'] if shape else []
    made = ", ".join([f'"{FID}" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL', *geometry, *kinds])
    store.execute(f'CREATE TABLE "{table}" ({made})')
    lines = _lines(table, dataset)
    points = [p for line in lines for p in line]
    box = _box(points) if points else (None,) * 4
    store.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (table, "features" if shape else "attributes", table, describe(table).get("description", ""), changed, *box,
         WGS84 if shape else None),
    )  # fmt: skip
    if shape:
        store.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", (table, GEOMETRY, shape, WGS84))
    rows = [[_tables.stored(f, getattr(row, f.name)) for f in columns] for row in getattr(dataset, table)]
    if shape:
        rows = [[blob(line), *row] for line, row in zip(lines, rows, strict=True)]
    names = ", ".join(f'"{c}"' for c in ([GEOMETRY] if shape else []) + [f.name for f in columns])
    marks = ", ".join("?" * (len(columns) + bool(shape)))
    store.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


def _columns(table: str) -> list[Field]:
    return [f for f in fields(table) if table != "nodes" or f.name not in _AT]


def _kind(field: Field) -> str:
    return "TEXT" if field.exact or field.separator else _TYPES.get(field.type, "TEXT")


def _lines(table: str, dataset: Dataset) -> list[tuple[Position, ...]]:
    """The positions of each row's geometry; none of a link one of whose ends is unknown."""
    if table not in SHAPES:
        return []
    at: dict[str, Position] = {n.node: (n.longitude, n.latitude) for n in dataset.nodes}
    if table == "nodes":
        return [(at[n.node],) for n in dataset.nodes]
    ends = ((k.from_node, k.to_node) for k in dataset.links)
    return [(at[a], at[b]) if a in at and b in at else () for a, b in ends]


def _last_known(dataset: Dataset) -> str:
    """The last day on which a row became known, as the time of the last change: it does not vary from run to run."""
    days = (row.known_on for table in tables() for row in getattr(dataset, table))
    return f"{max(days, default=date(1970, 1, 1)).isoformat()}T00:00:00.000Z"


def blob(line: Sequence[Position]) -> bytes:
    """A point or a line as a GeoPackage geometry (clause 2.1.3): a header, the box of a line, and WKB."""
    if not line:
        return struct.pack("<2sBBi", b"GP", 0, _LITTLE_ENDIAN | _EMPTY, WGS84) + struct.pack("<BII", 1, _WKB_LINE, 0)
    if len(line) == 1:
        return struct.pack("<2sBBiBIdd", b"GP", 0, _LITTLE_ENDIAN, WGS84, 1, _WKB_POINT, *line[0])
    left, low, right, high = _box(line)
    header = struct.pack("<2sBBi4d", b"GP", 0, _LITTLE_ENDIAN | _XY_ENVELOPE, WGS84, left, right, low, high)
    wkb = struct.pack("<BII", 1, _WKB_LINE, len(line)) + b"".join(struct.pack("<dd", *p) for p in line)
    return header + wkb


def _box(points: Sequence[Position]) -> tuple[float, float, float, float]:
    """Least x and y, greatest x and y."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


# --- Reading ---------------------------------------------------------------------------------------------------------


def _read_table(store: sqlite3.Connection, table: str, file: str) -> tuple[RawTable, list[str]]:
    """A table as text, in the order of its rows."""
    cursor = store.execute(f'SELECT rowid, * FROM "{table}" ORDER BY rowid')
    header = [c[0] for c in cursor.description]
    records, places, faults = [], [], []
    for row in cursor:
        place = f"{file}, {table} row {row[0]}"
        given = dict(zip(header[1:], row[1:], strict=True))
        given.pop(FID, None)
        shape = given.pop(GEOMETRY, None)
        if table == "nodes":
            at = position(shape) if isinstance(shape, bytes) else None
            if at is None:
                faults.append(f"{place}: a node needs a point with longitude and latitude in column {GEOMETRY}.")
            given |= dict(zip(_AT, at or (0.0, 0.0), strict=True))
        records.append(given)
        places.append(place)
    return _tables.table_of(table, file, records, places), faults


def position(shape: bytes) -> Position | None:
    """Longitude and latitude of a GeoPackage point in WGS 84, None if it is something else."""
    if len(shape) < 8 or shape[:2] != b"GP":
        return None
    order = "<" if shape[3] & _LITTLE_ENDIAN else ">"
    begins = 8 + _ENVELOPE_BYTES.get(shape[3] >> 1 & 7, 0)
    try:
        (srs,) = struct.unpack_from(f"{order}i", shape, 4)
        own = "<" if shape[begins] else ">"
        kind, x, y = struct.unpack_from(f"{own}Idd", shape, begins + 1)
    except (struct.error, IndexError):
        return None
    return (x, y) if srs == WGS84 and kind % 1000 == _WKB_POINT else None
