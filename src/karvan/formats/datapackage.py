"""A data folder: CSV tables described by `karvan.schema`, and a `datapackage.json` (Frictionless Data Package).

A folder stands alone if its `datapackage.json` says `"karvan": {"standalone": true}`; every table must then be there.
Any other folder extends a base (the built-in atlas): its rows are added to the base's, or replace the cells of the row
with the same key; columns left out keep the base's values, and a row whose column `_delete` is true removes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from karvan.errors import DataError
from karvan.formats import _tables
from karvan.formats._tables import Found
from karvan.model.dataset import Dataset
from karvan.schema import KEY_JOIN, RawTable, describe, fields, primary_key, ragged, tables, twice_named, unknown_column
from karvan.schema import problems as schema_problems

NAME = "csv"
SUFFIX = ""
DESCRIPTOR = "datapackage.json"
DELETE = "_delete"
# Tables whose rows are about rows of any table.
_OF_ANY = ("history", "project_effects")

table_text = _tables.table_text
csv_text = _tables.csv_text


def read(folder: Path, base: Path | None = None) -> Dataset:
    """The dataset in a folder, over that of the base unless the folder stands alone.

    Raises DataError, once and with every fault, if a table is missing, unreadable or wrong.
    """
    raw, found, digest = _joined(folder, base)
    found += schema_problems(raw)
    if found:
        raise DataError(found)
    return _tables.dataset(raw, digest)


def read_trusted(folder: Path) -> Dataset:
    """The dataset in a whole folder that was checked when it was built: the checks are skipped, for a quick start."""
    raw, found, digest = _whole(folder)
    if found:
        raise DataError(found)
    return _tables.dataset(raw, digest)


def problems(folder: Path, base: Path | None = None) -> list[str]:
    """Every fault of a data folder as a sentence with file, line, field, value and remedy."""
    raw, found, _ = _joined(folder, base)
    return found + schema_problems(raw)


def write(folder: Path, dataset: Dataset) -> None:
    """A dataset as a folder that stands alone. Reading it gives equal rows. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables():
        _tables.write_text(folder / f"{table}.csv", table_text(table, getattr(dataset, table)))
    _tables.write_text(folder / DESCRIPTOR, json.dumps(descriptor(), ensure_ascii=False, indent=1) + "\n")


def write_extension(folder: Path, raw: Mapping[str, RawTable]) -> None:
    """Tables as a folder that extends another dataset. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, content in raw.items():
        _tables.write_text(folder / f"{table}.csv", _tables.csv_text(content.header, content.rows))
    said = {"name": "karvan", "karvan": {"standalone": False}, "resources": _resources(raw)}
    _tables.write_text(folder / DESCRIPTOR, json.dumps(said, ensure_ascii=False, indent=1) + "\n")


def recognises(path: Path) -> bool:
    """Whether a path is a folder with a table of ours."""
    return any((path / f"{table}.csv").is_file() for table in tables())


def found(folder: Path) -> Found:
    """What a folder holds by itself: whole if it stands alone, else rows that are checked when they have a base."""
    standalone, faults = _stands_alone(folder)
    raw, more, digest = _whole(folder) if standalone else _files(folder)
    faults += more
    faults += schema_problems(raw) if standalone else _strangers(folder)
    return Found(raw, tuple(faults), standalone, digest)


def descriptor() -> dict[str, Any]:
    """The `datapackage.json` of a folder that stands alone."""
    return {"name": "karvan", "karvan": {"standalone": True}, "resources": _resources(tables())}


def _resources(names: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": table.replace("_", "-"),
            "path": f"{table}.csv",
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "schema": describe(table),
        }
        for table in names
    ]


# --- Reading ---------------------------------------------------------------------------------------------------------

_Raw = tuple[dict[str, RawTable], list[str], str]


def _joined(folder: Path, base: Path | None) -> _Raw:
    if not folder.is_dir():
        return {}, [f"{folder}: there is no such folder. Name a folder that holds tables as CSV files."], ""
    standalone, found = _stands_alone(folder)
    if base is None or standalone or folder.resolve() == base.resolve():
        raw, faults, digest = _whole(folder)
        return raw, found + faults, digest
    raw, faults, digest = _files(folder)
    found += faults + _strangers(folder)
    if not raw and not found:
        found = [f"{folder}: holds no table. Put a CSV file there that is named as a table: {', '.join(tables())}."]
    below, _, digest_below = _whole(base)
    merged = {}
    for table, rows in below.items():
        merged[table], faults = _over(table, rows, raw[table]) if table in raw else (rows, [])
        found += faults
    for table in _OF_ANY:
        merged[table] = _without_removed(merged[table], below, merged)
    return merged, found, hashlib.sha256(f"{digest_below}{digest}".encode()).hexdigest()


def _without_removed(rows: RawTable, below: Mapping[str, RawTable], merged: Mapping[str, RawTable]) -> RawTable:
    """Rows about rows of any table, less those about rows of the base that are removed: these have no past any more."""
    table, row = rows.header.index("table"), rows.header.index("row")
    gone = {t: _keys(t, below[t]) - _keys(t, merged[t]) for t in below if merged[t] is not below[t]}
    kept = [(place, cells) for place, cells in rows.numbered() if cells[row] not in gone.get(cells[table], ())]
    if len(kept) == len(rows.rows):
        return rows
    return RawTable(rows.file, rows.header, tuple(c for _, c in kept), places=tuple(p for p, _ in kept))


def _keys(table: str, rows: RawTable) -> frozenset[str]:
    at = [rows.header.index(k) for k in primary_key(table)]
    return frozenset(KEY_JOIN.join(cells[i] for i in at) for cells in rows.rows)


def extends(folder: Path) -> bool:
    """Whether a folder's rows are put over those of a base, and do not stand alone."""
    return not _stands_alone(folder)[0]


def _stands_alone(folder: Path) -> tuple[bool, list[str]]:
    path = folder / DESCRIPTOR
    try:
        said = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        karvan = said.get("karvan", {}) if isinstance(said, dict) else {}
        return isinstance(karvan, dict) and karvan.get("standalone") is True, []
    except (OSError, ValueError) as fault:
        return False, [f"{DESCRIPTOR}: cannot be read ({fault}). Mend or remove it."]


def _whole(folder: Path) -> _Raw:
    raw, found, digest = _files(folder)
    absent = [t for t in tables() if not (folder / f"{t}.csv").exists()]
    found += [f"{t}.csv: the file is missing. Add it, if only with its header line." for t in absent]
    return raw, found, digest


def _files(folder: Path) -> _Raw:
    """The tables that a folder has, as text."""
    raw: dict[str, RawTable] = {}
    found: list[str] = []
    digest = hashlib.sha256()
    for table in tables():
        read, faults, data = _tables.read_csv(folder / f"{table}.csv")
        found += faults
        if data:
            digest.update(table.encode() + b"\0" + data)
        if read is not None:
            raw[table] = read
    return raw, found, digest.hexdigest()


def _strangers(folder: Path) -> list[str]:
    """CSV files whose names are no table's."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in tables():
            near = get_close_matches(path.stem, tables(), 1)
            hint = f"Rename it to {near[0]}.csv or remove it." if near else "Remove it."
            found.append(f"{path.name}: there is no table '{path.stem}'. {hint}")
    return found


def _over(table: str, below: RawTable, above: RawTable) -> tuple[RawTable, list[str]]:
    """Rows of a user's table over those of the base, by key."""
    known = [f.name for f in fields(table)]
    keys = primary_key(table)
    found = twice_named(above)
    for column in above.header:
        if column not in (*known, DELETE):
            found.append(unknown_column(table, above, column, known))
    found += [
        f"{above.file}, line 1: column '{k}' is missing. Add it: a row is found by it."
        for k in keys
        if k not in above.header
    ]
    if found:
        return below, found
    at = [below.header.index(k) for k in keys]
    rows = {KEY_JOIN.join(row[i] for i in at): (place, row) for place, row in below.numbered()}
    seen: dict[str, str] = {}
    for place, cells in above.numbered():
        if len(cells) != len(above.header):
            found.append(ragged(place, cells, above.header))
            continue
        given = dict(zip(above.header, cells, strict=True))
        key = KEY_JOIN.join(given[k] for k in keys)
        remove = given.pop(DELETE, "")
        if key in seen:
            found.append(f"{place}, {' + '.join(keys)} = '{key}': stands in {seen[key]} too. Remove one of the two.")
        elif remove not in ("", "true", "false"):
            found.append(f"{place}, {DELETE} = '{remove}': is neither true nor false. Write true to remove the row.")
        elif remove == "true" and key not in rows:
            found.append(f"{place}, {' + '.join(keys)} = '{key}': there is no such row to remove. Correct the key.")
        elif remove == "true":
            del rows[key]
        else:
            old = dict(zip(below.header, rows[key][1], strict=True)) if key in rows else dict.fromkeys(known, "")
            rows[key] = (place, tuple((old | given)[c] for c in below.header))
        seen[key] = place
    places, kept = zip(*rows.values(), strict=True) if rows else ((), ())
    return RawTable(above.file, below.header, tuple(kept), places=tuple(places)), found
