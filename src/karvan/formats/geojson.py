"""One GeoJSON file (RFC 7946): nodes as points, links as lines, and all other tables in a foreign member `karvan`.

Every feature says in the property `table` which table it is a row of. A coordinate stands once, in the geometry of its
node, so that no two can disagree; a link's line is straight between its nodes and is not read back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from karvan.formats import _tables
from karvan.formats._tables import Found
from karvan.model.dataset import Dataset
from karvan.model.network import Link, Node
from karvan.schema import Field, RawTable, fields, key, tables
from karvan.schema import problems as schema_problems

NAME = "geojson"
SUFFIX = ".geojson"
DRAWN = ("nodes", "links")
_AT = ("longitude", "latitude")

Position = tuple[float, float]


def recognises(path: Path) -> bool:
    """Whether a path is a file that is named as one of JSON."""
    return path.is_file() and path.suffix.lower() in (SUFFIX, ".json")


def write(path: Path, dataset: Dataset) -> None:
    """A dataset as a GeoJSON file, one line a feature. Reading it gives equal rows. Raises OSError."""
    others = {t: _rows(t, getattr(dataset, t)) for t in tables() if t not in DRAWN}
    lines = ",\n".join(_dumps(feature) for feature in _features(dataset))
    own = _dumps({"standalone": True, "tables": others})
    _tables.write_text(path, f'{{"type":"FeatureCollection","karvan":{own},"features":[\n{lines}\n]}}\n')


def read(path: Path) -> Dataset:
    """The dataset of a file. Raises DataError, once and with every fault."""
    return _tables.dataset_of(found(path))


def found(path: Path) -> Found:
    """What a file holds, checked; whole if it says so, else only the tables that are in it."""
    try:
        data = path.read_bytes()
        content = json.loads(data.decode("utf-8-sig"))
    except (OSError, RecursionError, ValueError) as fault:
        return Found({}, (f"{path.name}: cannot be read as JSON ({fault}). Give a GeoJSON file in UTF-8.",), False, "")
    digest = hashlib.sha256(data).hexdigest()
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        return Found({}, (f"{path.name}: is no FeatureCollection. Give one of nodes and links.",), False, digest)
    member = content.get("karvan")
    own = member if isinstance(member, dict) else {}
    raw, faults = _drawn(path.name, features)
    more, found_too = _others(path.name, own.get("tables", {}))
    raw |= more
    faults += found_too
    whole = own.get("standalone") is True
    if whole:
        raw |= {t: _tables.table_of(t, path.name, (), ()) for t in DRAWN if t not in raw}
        faults += [f"{path.name}: table {t} is missing. Export the dataset again." for t in tables() if t not in raw]
        faults += schema_problems(raw)
    elif not raw and not faults:
        faults = [f"{path.name}: holds no feature whose property 'table' is nodes or links. Add the property."]
    return Found(raw, tuple(faults), whole, digest)


# --- Writing ---------------------------------------------------------------------------------------------------------


def _features(dataset: Dataset) -> Iterator[dict[str, Any]]:
    at: dict[str, Position] = {n.node: (n.longitude, n.latitude) for n in dataset.nodes}
    for node in dataset.nodes:
        yield _feature("nodes", node, {"type": "Point", "coordinates": at[node.node]})
    for link in dataset.links:
        ends = at.get(link.from_node), at.get(link.to_node)
        yield _feature("links", link, line(ends[0], ends[1]) if ends[0] and ends[1] else None)


def _feature(table: str, row: Node | Link, geometry: dict[str, Any] | None) -> dict[str, Any]:
    columns = [f for f in fields(table) if table != "nodes" or f.name not in _AT]
    properties = {"table": table, **{f.name: _value(f, getattr(row, f.name)) for f in columns}}
    return {"type": "Feature", "id": key(table, row), "geometry": geometry, "properties": properties}


def line(a: Position, b: Position) -> dict[str, Any]:
    """A straight line between two positions, cut where it crosses the antimeridian (RFC 7946, 3.1.9).

    The shorter way round is meant. An end that is on the antimeridian belongs to the side of the other end.
    """
    if abs(a[0] - b[0]) <= 180.0:
        return {"type": "LineString", "coordinates": [a, b]}
    edge = 180.0 if a[0] > 0 else -180.0  # the side that the first end is on
    to_edge, beyond = abs(edge - a[0]), abs(edge + b[0])
    if to_edge == 0.0:
        return {"type": "LineString", "coordinates": [(-edge, a[1]), b]}
    if beyond == 0.0:
        return {"type": "LineString", "coordinates": [a, (edge, b[1])]}
    latitude = a[1] + (b[1] - a[1]) * to_edge / (to_edge + beyond)
    return {"type": "MultiLineString", "coordinates": [[a, (edge, latitude)], [(-edge, latitude), b]]}


def _rows(table: str, rows: tuple[Any, ...]) -> dict[str, Any]:
    columns = fields(table)
    cells = [[_value(f, getattr(row, f.name)) for f in columns] for row in rows]
    return {"columns": [f.name for f in columns], "rows": cells}


def _value(field: Field, value: Any) -> Any:
    """A value as JSON has it: lists are lists, exact numbers and dates are strings."""
    return list(value) if field.separator else _tables.stored(field, value)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


# --- Reading ---------------------------------------------------------------------------------------------------------


def _drawn(file: str, features: list[Any]) -> tuple[dict[str, RawTable], list[str]]:
    """Tables of nodes and links from the features."""
    records: dict[str, list[dict[str, Any]]] = {}
    places: dict[str, list[str]] = {}
    faults = []
    for number, feature in enumerate(features, 1):
        place = f"{file}, feature {number}"
        given = feature.get("properties") if isinstance(feature, dict) else None
        properties = dict(given) if isinstance(given, dict) else {}
        table = properties.pop("table", None)
        if table not in DRAWN:
            faults.append(f"{place}, table = '{table}': is neither nodes nor links. Say whose row it is, or remove it.")
            continue
        if table == "nodes":
            at = _position(feature.get("geometry"))
            if at is None:
                faults.append(f"{place}: a node needs a Point with longitude and latitude. Give it one.")
            properties |= dict(zip(_AT, at or (0.0, 0.0), strict=True))
        records.setdefault(table, []).append(properties)
        places.setdefault(table, []).append(place)
    return {t: _tables.table_of(t, file, records[t], places[t]) for t in DRAWN if t in records}, faults


def _position(geometry: Any) -> Position | None:
    """Longitude and latitude of a Point; a height is left."""
    if not isinstance(geometry, Mapping) or geometry.get("type") != "Point":
        return None
    given = geometry.get("coordinates")
    numbers = [v for v in given[:2] if isinstance(v, int | float)] if isinstance(given, list) else []
    return (float(numbers[0]), float(numbers[1])) if len(numbers) == 2 else None


def _others(file: str, given: Any) -> tuple[dict[str, RawTable], list[str]]:
    """Tables from the foreign member."""
    made: dict[str, RawTable] = {}
    faults = []
    for name, content in given.items() if isinstance(given, dict) else ():
        grid = _grid(content)
        if name not in tables() or name in DRAWN:
            faults.append(f"{file}, karvan.tables: there is no table '{name}' to put there. Remove it.")
        elif grid is None:
            faults.append(f"{file}, karvan.tables.{name}: needs columns, and rows with a cell for each. Give them.")
        else:
            columns, rows = grid
            places = [f"{file}, {name} row {n}" for n in range(1, len(rows) + 1)]
            records = [dict(zip(columns, row, strict=True)) for row in rows]
            made[name] = _tables.table_of(name, file, records, places)
    return made, faults


def _grid(content: Any) -> tuple[list[str], list[list[Any]]] | None:
    """Columns and rows of a table, None if they do not fit."""
    columns = content.get("columns") if isinstance(content, dict) else None
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(columns, list) or not isinstance(rows, list) or not all(isinstance(c, str) for c in columns):
        return None
    fits = all(isinstance(row, list) and len(row) == len(columns) for row in rows)
    return (columns, rows) if fits and len(set(columns)) == len(columns) else None
