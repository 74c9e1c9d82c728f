"""A GMNS network that somebody else wrote, as rows of ours.

Only what the standard's node and link tables say is taken over, and columns that carry our own names. What our tables
need beyond it is assumed, and the note of the row says so; what cannot be understood is a fault. Shapes of lines,
turns, lanes and signals have no table of ours and are left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from karvan.formats import _gmns_columns as columns
from karvan.formats._gmns_links import LinkReader
from karvan.formats._gmns_modes import KINDS
from karvan.formats._tables import Found, ragged_rows
from karvan.schema import RawTable, fields, twice_named
from karvan.schema import problems as schema_problems

# The code of the Unicode CLDR for a region that is not known.
UNKNOWN_COUNTRY = "ZZ"
ASSUMED = "assumption"
_COUNTRY = re.compile(r"[A-Z]{2}")
_GEOGRAPHIC = ("", "4326", "wgs84", "crs84", "ogc:crs84")


@dataclass(frozen=True, slots=True)
class About:
    """What every row that is made here carries."""

    source: str
    known_on: str

    def row(self, values: Mapping[str, str], note: str) -> dict[str, str]:
        """A row with its source; `note` says what was assumed."""
        return {
            **values,
            "source": self.source,
            "confidence": ASSUMED,
            "known_on": self.known_on,
            "note": "; ".join(n for n in (values.get("note", ""), note) if n),
        }


def found(folder: Path, raw: Mapping[str, RawTable], digest: str) -> Found:
    """Rows of nodes, links, modes, operators and sources, and every fault.

    `raw` has the tables node and link, and config where there is one.
    """
    config = next(iter(_records(raw["config"])), {}) if "config" in raw else {}
    faults = _faults(raw, config)
    if faults:
        return Found({}, tuple(faults), False, digest)
    about, source = _source(folder, config)
    nodes = [_node(cells, about) for cells in _records(raw["node"])]
    reader = LinkReader(about, {n["node"]: n for n in nodes}, config)
    links = reader.read(_records(raw["link"]), [place for place, _ in raw["link"].numbered()])
    made = {
        "nodes": _table("nodes", "node.csv", nodes, raw["node"].lines),
        "links": RawTable("link.csv", *_cells("links", [r for _, r in links]), places=tuple(p for p, _ in links)),
        "modes": _table("modes", "modes (from link.csv)", [_mode(m, about) for m in sorted(reader.modes)]),
        "operators": _table("operators", "operators (from link.csv)", list(reader.operators.values())),
        "sources": _table("sources", "sources (from link.csv)", [source]),
    }
    faults = [*reader.faults, *(columns.in_their_words(p) for p in schema_problems(made))]
    return Found(made, tuple(faults), False, digest, stand_ins=("modes", "operators"))


def _faults(raw: Mapping[str, RawTable], config: Mapping[str, str]) -> list[str]:
    """What keeps the tables from being read at all."""
    faults = [fault for table in raw.values() for fault in ragged_rows(table)]
    for name, wanted in (
        ("node", ("node_id", "x_coord", "y_coord")),
        ("link", ("link_id", "from_node_id", "to_node_id")),
    ):
        faults += [
            f"{name}.csv, line 1: column '{c}' is missing. Add it: GMNS requires it."
            for c in wanted
            if c not in raw[name].header
        ]
        faults += twice_named(raw[name])
    crs = config.get("crs", "").strip().lower().removeprefix("epsg:")
    if crs not in _GEOGRAPHIC:
        faults.append(
            f"config.csv, crs = '{config['crs']}': coordinates are read as longitude and latitude only. "
            "Convert them to EPSG:4326 and say so."
        )
    return faults


def _records(table: RawTable) -> list[dict[str, str]]:
    """Rows by column, with the standard's words for a missing value taken out."""
    return [
        {c: "" if v == columns.MISSING else v.strip() for c, v in zip(table.header, row, strict=False)}
        for row in table.rows
    ]


def _source(folder: Path, config: Mapping[str, str]) -> tuple[About, dict[str, str]]:
    """The folder as a source; known from the day on which its links were last written, since nothing says better."""
    name = folder.resolve().name
    day = datetime.fromtimestamp((folder / "link.csv").stat().st_mtime, UTC).date()
    title = config.get("dataset_name") or name
    key = f"gmns-{re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('-') or 'network'}"
    about = About(key, day.isoformat())
    source = {
        "source": key,
        "title": f"GMNS network {title}",
        "publisher": "unknown",
        "address": f"folder {name}",
        "published": "n.d.",
        "accessed": about.known_on,
        "known_on": about.known_on,
    }
    return about, source


def _node(cells: Mapping[str, str], about: About) -> dict[str, str]:
    ours = {f.name: cells.get(f.name, "") for f in fields("nodes")}
    given = {o: cells[t] for t, o in columns.NODE.items() if o and t != "zone_id" and cells.get(t)}
    zone = cells.get("zone_id", "")
    given |= {"country": zone} if not ours["country"] and _COUNTRY.fullmatch(zone) else {}
    kinds = next(f.enum for f in fields("nodes") if f.name == "kind")
    kind = given.get("kind", "")
    if kind and kind not in kinds:
        given |= {"kind": "", "note": f"node_type {kind}"}
    row = {**ours, **given}
    assumed = {
        "name": row["node"],
        "country": UNKNOWN_COUNTRY,
        "timezone": "UTC",
        "kind": "waypoint",
    }
    missing = {c: v for c, v in assumed.items() if not row[c]}
    note = "Assumed, since the GMNS folder does not say: " if missing or not row["handles"] else ""
    said = [f"{c} {v}" for c, v in missing.items()] + ([] if row["handles"] else ["nothing is handled here"])
    return about.row({**row, **missing}, f"{note}{', '.join(said)}")


def _mode(mode: str, about: About) -> dict[str, str]:
    return about.row({"mode": mode, **KINDS[mode].row}, "Assumed from the facility types of the GMNS folder")


def _table(table: str, file: str, rows: list[dict[str, str]], lines: tuple[int, ...] = ()) -> RawTable:
    header, cells = _cells(table, rows)
    return RawTable(file, header, cells, lines)


def _cells(table: str, rows: list[dict[str, str]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    header = tuple(f.name for f in fields(table))
    return header, tuple(tuple(row.get(c, "") for c in header) for row in rows)
