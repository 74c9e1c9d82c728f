"""The tables of GMNS 0.96 that we write, and which column of ours stands in which column of theirs.

General Modeling Network Specification, Zephyr Foundation, version 0.96 (2024). Every column of the standard's node,
link, zone and geometry tables is written, in its order, also where we know nothing to put there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from karvan.schema import describe, fields, tables

VERSION = "0.96"
# What a table of the standard calls a missing value. Older versions of its node table know only this one.
MISSING = "NaN"

# Column of theirs -> column of ours, or "" where we have none.
NODE: Mapping[str, str] = {
    "node_id": "node",
    "name": "name",
    "x_coord": "longitude",
    "y_coord": "latitude",
    "z_coord": "",
    "node_type": "kind",
    "ctrl_type": "",
    "zone_id": "country",
    "parent_node_id": "",
}
LINK: Mapping[str, str] = {
    "link_id": "link",
    "name": "",
    "from_node_id": "from_node",
    "to_node_id": "to_node",
    "directed": "",
    "geometry_id": "",
    "geometry": "",
    "parent_link_id": "",
    "dir_flag": "",
    "length": "length_km",
    "grade": "",
    "facility_type": "mode",
    "capacity": "",
    "free_speed": "speed_kmh",
    "lanes": "",
    "bike_facility": "",
    "ped_facility": "",
    "parking": "",
    "allowed_uses": "",
    "toll": "",
    "jurisdiction": "operator",
    "row_width": "",
}
ZONE = ("zone_id", "name", "boundary", "super_zone")
GEOMETRY = ("geometry_id", "geometry")
USE_GROUP = ("use_group", "uses", "description")
CONFIG: Mapping[str, str] = {
    "dataset_name": "karvan",
    "short_length": "m",
    "long_length": "km",
    "speed": "km/h",
    "crs": "EPSG:4326",
    "geometry_field_format": "WKT",
    "currency": "USD",
    "version_number": VERSION,
    "id_type": "string",
}
# Table of ours -> the table of theirs that holds it, with its columns.
HELD: Mapping[str, tuple[str, Mapping[str, str]]] = {"nodes": ("node", NODE), "links": ("link", LINK)}

_TYPES = {
    **dict.fromkeys(("x_coord", "y_coord", "z_coord", "length", "grade", "capacity", "free_speed"), "number"),
    **dict.fromkeys(("toll", "row_width", "version_number"), "number"),
    **dict.fromkeys(("dir_flag", "lanes"), "integer"),
    "directed": "boolean",
}
_KEYS = {
    "link": {"from_node_id": ("node", "node_id"), "to_node_id": ("node", "node_id"),
             "geometry_id": ("geometry", "geometry_id"), "parent_link_id": ("", "link_id")},
    "node": {"zone_id": ("zone", "zone_id"), "parent_node_id": ("", "node_id")},
    "zone": {"super_zone": ("", "zone_id")},
}  # fmt: skip
_PRIMARY = {
    "node": "node_id",
    "link": "link_id",
    "zone": "zone_id",
    "geometry": "geometry_id",
    "use_group": "use_group",
}
_REQUIRED = {"node_id", "x_coord", "y_coord", "link_id", "from_node_id", "to_node_id", "directed", "zone_id",
             "geometry_id", "use_group", "uses"}  # fmt: skip


def extras(table: str) -> tuple[str, ...]:
    """Columns of a table of ours that have no column in the standard; they stand behind the standard's."""
    held = set(HELD[table][1].values())
    return tuple(f.name for f in fields(table) if f.name not in held)


def in_their_words(problem: str) -> str:
    """A fault of our check with the name of the column as it stands in the file."""
    match = re.match(r"(node|link)\.csv, line \d+, (\w+) = ", problem)
    if match is None:
        return problem
    columns = {ours: theirs for theirs, ours in (NODE if match[1] == "node" else LINK).items() if ours}
    start, end = match.span(2)
    return f"{problem[:start]}{columns.get(match[2], match[2])}{problem[end:]}"


def descriptor() -> dict[str, Any]:
    """The `datapackage.json` of an export: the standard's tables, then ours, keys between them declared."""
    made = {
        "node": _held("nodes"),
        "link": _held("links"),
        "zone": _plain("zone", ZONE),
        "geometry": _plain("geometry", GEOMETRY),
        "use_group": _plain("use_group", USE_GROUP),
        "config": _plain("config", tuple(CONFIG)),
    }
    made |= {table: _ours(table) for table in tables() if table not in HELD}
    resources = [
        {"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "encoding": "utf-8", "schema": schema}
        for name, schema in made.items()
    ]
    return {"name": "karvan", "gmns_version": VERSION, "karvan": {"gmns": True}, "resources": resources}


def _held(table: str) -> dict[str, Any]:
    """The description of a standard's table that holds one of ours: its columns as we describe them, where we do."""
    name, theirs = HELD[table]
    described = _ours(table)
    own = {f["name"]: f for f in described["fields"]}
    plain = _plain(name, tuple(theirs))
    columns = [{**own[o], "name": f["name"]} if (o := theirs[f["name"]]) else f for f in plain["fields"]]
    columns += [own[o] for o in extras(table)]
    as_theirs = {o: t for t, o in theirs.items() if o}
    keys = [{**k, "fields": [as_theirs.get(c, c) for c in k["fields"]]} for k in described["foreignKeys"]]
    declared = [k["fields"] for k in keys]
    keys += [k for k in _foreign(name) if k["fields"] not in declared]
    return {**plain, "fields": columns, "foreignKeys": keys}


def _plain(name: str, columns: tuple[str, ...]) -> dict[str, Any]:
    described = [
        {"name": c, "type": _TYPES.get(c, "string"), **({"constraints": {"required": True}} if c in _REQUIRED else {})}
        for c in columns
    ]
    schema: dict[str, Any] = {"name": name, "fields": described, "missingValues": ["", MISSING]}
    if name in _PRIMARY:
        schema["primaryKey"] = [_PRIMARY[name]]
    if _foreign(name):
        schema["foreignKeys"] = _foreign(name)
    return schema


def _foreign(name: str) -> list[dict[str, Any]]:
    return [
        {"fields": [column], "reference": {"resource": resource, "fields": [field]}}
        for column, (resource, field) in _KEYS.get(name, {}).items()
    ]


def _ours(table: str) -> dict[str, Any]:
    """The description of a table of ours, its keys pointing to where nodes and links are in this package."""
    described = dict(describe(table))
    described["fields"] = [_one(f) for f in described["fields"]]
    described["foreignKeys"] = [_pointed(k) for k in described.get("foreignKeys", [])]
    return described


def _one(field: dict[str, Any]) -> dict[str, Any]:
    """A column of a list is bound by no pattern or choice here: the standard would hold the whole cell to it."""
    if not field.get("separator"):
        return field
    limits = {k: v for k, v in field.get("constraints", {}).items() if k not in ("pattern", "enum")}
    return {**field, "constraints": limits}


def _pointed(key: dict[str, Any]) -> dict[str, Any]:
    resource, column = key["reference"]["resource"], key["reference"]["fields"][0]
    if resource not in HELD:
        return key
    name, columns = HELD[resource]
    theirs = {ours: t for t, ours in columns.items() if ours}
    return {**key, "reference": {"resource": name, "fields": [theirs[column]]}}
