"""A folder of GMNS 0.96 (General Modeling Network Specification): node, link, zone and geometry as CSV tables.

An export holds a whole dataset: nodes and links in the standard's tables, our other columns behind the standard's, and
our other tables beside them in the same data package. What is made for other programs only (zone, geometry, use_group,
config) is not read back. A folder of somebody else becomes rows to put over another dataset: see `_gmns_foreign`.

A link of ours serves both ways, so it is one row with `directed` false: the standard's word for a link that may be
travelled from either end, where two directed rows would be two links with the same key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from karvan.formats import _gmns_columns as columns
from karvan.formats import _tables
from karvan.formats._tables import Found
from karvan.model.dataset import Dataset
from karvan.schema import Field, RawTable, fields, tables, text
from karvan.schema import problems as schema_problems

NAME = "gmns"
SUFFIX = ""
DESCRIPTOR = "datapackage.json"


def recognises(path: Path) -> bool:
    """Whether a path is a folder with a table of nodes and one of links, as GMNS names them."""
    return (path / "node.csv").is_file() and (path / "link.csv").is_file()


def write(folder: Path, dataset: Dataset) -> None:
    """A dataset as a GMNS folder. Reading it gives equal rows. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "node": _held("nodes", dataset),
        "link": _held("links", dataset),
        "zone": _tables.csv_text(columns.ZONE, _zones(dataset)),
        "geometry": _tables.csv_text(columns.GEOMETRY, _geometries(dataset)),
        "use_group": _tables.csv_text(columns.USE_GROUP, ((m.mode, ",".join(m.forms), m.name) for m in dataset.modes)),
        "config": _tables.csv_text(tuple(columns.CONFIG), [tuple(columns.CONFIG.values())]),
    }
    made |= {t: _tables.table_text(t, getattr(dataset, t)) for t in tables() if t not in columns.HELD}
    for name, content in made.items():
        _tables.write_text(folder / f"{name}.csv", content)
    described = json.dumps(columns.descriptor(), ensure_ascii=False, indent=1)
    _tables.write_text(folder / DESCRIPTOR, described + "\n")


def read(folder: Path) -> Dataset:
    """The dataset of an export, or of somebody else's network only the tables that can be made from it.

    Raises DataError, once and with every fault, if a table is missing, unreadable or wrong.
    """
    return _tables.dataset_of(found(folder))


def found(folder: Path) -> Found:
    """What a GMNS folder holds, checked."""
    whole, faults = _is_ours(folder)
    names = [n for n, _ in columns.HELD.values()]
    names += [t for t in tables() if t not in columns.HELD] if whole else ["config"]
    raw: dict[str, RawTable] = {}
    digest = hashlib.sha256()
    for name in names:
        table, more, data = _tables.read_csv(folder / f"{name}.csv")
        faults += more
        digest.update(name.encode() + b"\0" + data)
        if table is not None:
            raw[name] = table
        elif not more and name != "config":
            faults.append(f"{name}.csv: the file is missing. Add it, if only with its header line.")
    if faults:
        return Found({}, tuple(faults), whole, digest.hexdigest())
    if not whole:
        from karvan.formats import _gmns_foreign  # only when asked: every quote imports this module

        return _gmns_foreign.found(folder, raw, digest.hexdigest())
    made, faults = _own(raw)
    faults += [columns.in_their_words(p) for p in schema_problems(made)]
    return Found(made, tuple(faults), whole, digest.hexdigest())


def _is_ours(folder: Path) -> tuple[bool, list[str]]:
    """Whether `datapackage.json` says that a folder is an export of ours, and what is wrong with it."""
    try:
        said = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False, []
    except (OSError, ValueError) as fault:
        return False, [f"{DESCRIPTOR}: cannot be read ({fault}). Mend or remove it."]
    karvan = said.get("karvan") if isinstance(said, dict) else None
    return isinstance(karvan, dict) and karvan.get("gmns") is True, []


# --- Writing ---------------------------------------------------------------------------------------------------------


def _held(table: str, dataset: Dataset) -> str:
    """The text of the standard's table that holds one of ours."""
    _, theirs = columns.HELD[table]
    extras = columns.extras(table)
    known = {f.name: f for f in fields(table)}
    drawn = {link.link for link in _drawn(dataset)} if table == "links" else set()
    empty = columns.MISSING if table == "nodes" else ""
    rows = []
    for row in getattr(dataset, table):
        fixed = {"directed": "false", "dir_flag": "0", "geometry_id": "", "allowed_uses": getattr(row, "mode", "")}
        if table == "links" and row.link in drawn:
            fixed["geometry_id"] = row.link
        cells = [_text(known[o], row) if o else fixed.get(t, empty) for t, o in theirs.items()]
        rows.append([*cells, *(_text(known[o], row) for o in extras)])
    return _tables.csv_text((*theirs, *extras), rows)


def _text(field: Field, row: Any) -> str:
    return text(field, getattr(row, field.name))


def _zones(dataset: Dataset) -> Iterator[tuple[str, str, str, str]]:
    """A zone a country: the nodes of ours that demand could be spread over."""
    names = {c.country: c.name for c in dataset.countries}
    for country in sorted({n.country for n in dataset.nodes}):
        yield country, names.get(country, country), columns.MISSING, columns.MISSING


def _drawn(dataset: Dataset) -> list[Any]:
    """Links both of whose ends have coordinates."""
    nodes = {n.node for n in dataset.nodes}
    return [link for link in dataset.links if link.from_node in nodes and link.to_node in nodes]


def _geometries(dataset: Dataset) -> Iterator[tuple[str, str]]:
    at = {n.node: f"{n.longitude!r} {n.latitude!r}" for n in dataset.nodes}
    for link in _drawn(dataset):
        yield link.link, f"LINESTRING ({at[link.from_node]}, {at[link.to_node]})"


# --- Reading an export -----------------------------------------------------------------------------------------------


def _own(raw: dict[str, RawTable]) -> tuple[dict[str, RawTable], list[str]]:
    """Tables of ours from those of an export, and columns that are missing."""
    made = {}
    found: list[str] = []
    for table in tables():
        if table not in columns.HELD:
            made[table] = raw[table]
            continue
        name, theirs = columns.HELD[table]
        header, at = [], []
        for ours, column in {**{o: t for t, o in theirs.items() if o}, **{o: o for o in columns.extras(table)}}.items():
            if column not in raw[name].header:
                found.append(f"{name}.csv, line 1: column '{column}' is missing. Export the dataset again.")
                continue
            header.append(ours)
            at.append(raw[name].header.index(column))
        found += _tables.ragged_rows(raw[name])
        rows = tuple(tuple(row[i] if i < len(row) else "" for i in at) for row in raw[name].rows)
        made[table] = RawTable(f"{name}.csv", tuple(header), rows, raw[name].lines)
    return (made, found) if not found else ({}, found)
