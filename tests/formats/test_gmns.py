"""GMNS: an export that the published specification accepts, and networks of other people."""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package, Resource, Schema

from karvan.errors import DataError
from karvan.formats import FORMATS, gmns
from karvan.formats._gmns_columns import HELD
from karvan.model.dataset import Dataset
from karvan.schema import tables
from worlds import drawn

REQUIRED = ("node", "link", "zone", "geometry")
NODES = "node_id,name,x_coord,y_coord,zone_id\n1,Alpha,50,43,KZ\n2,Beta,51,43,KZ\n3,,51,44,\n"
LINKS = (
    "link_id,from_node_id,to_node_id,directed,length,facility_type,free_speed,jurisdiction\n"
    "10,1,2,true,90,rail,40,National Railway\n"
    "11,2,1,true,90,rail,40,National Railway\n"
    "12,2,3,false,,Highway,,\n"
)


@pytest.fixture(scope="module")
def exported(atlas: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole atlas as a GMNS folder."""
    folder = tmp_path_factory.mktemp("gmns") / "atlas"
    gmns.write(folder, atlas)
    return folder


def specified(table: str) -> dict[str, Any]:
    """A table of the published specification, as the package gmnspy carries it; the package itself is not run."""
    found = importlib.util.find_spec("gmnspy")
    assert found is not None
    assert found.submodule_search_locations is not None
    path = Path(found.submodule_search_locations[0]) / "spec" / f"{table}.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    # As version 0.96 has it: keys to other tables in the words of Table Schema, and columns beyond the standard's.
    schema["$schema"] = "https://datapackage.org/profiles/2.0/tableschema.json"
    schema["fieldsMatch"] = "subset"
    schema["foreignKeys"] = []
    for field in schema["fields"]:
        resource, _, column = field.get("foreign_key", "").partition(".")
        if column:
            reference = {"resource": resource, "fields": [column]}
            schema["foreignKeys"].append({"fields": [field["name"]], "reference": reference})
    return schema


def specification(folder: Path) -> Package:
    """The four tables of a folder, described by the published specification alone."""
    base = str(folder)
    resources = [
        Resource(name=t, path=f"{t}.csv", schema=Schema.from_descriptor(specified(t)), basepath=base) for t in REQUIRED
    ]
    return Package(resources=resources, basepath=base)


def test_the_export_is_valid_by_the_published_specification(exported: Path) -> None:
    """Frictionless, the standard's own tool, checks types, ranges, choices, keys, and keys between the four tables."""
    report = specification(exported).validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "message"]) == []
    assert report.stats["tasks"] == len(REQUIRED)


def test_a_fault_in_the_export_would_be_found(exported: Path, tmp_path: Path) -> None:
    """The check checks: a length below zero, a direction that is no boolean, and an end that is no node."""
    for table in REQUIRED:
        shutil.copy(exported / f"{table}.csv", tmp_path)
    row = {**read_rows(tmp_path / "link.csv")[0], "to_node_id": "nowhere", "directed": "perhaps", "length": "-1"}
    with (tmp_path / "link.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    found = {tuple(e) for e in specification(tmp_path).validate().flatten(["fieldName", "type"])}
    assert {("directed", "type-error"), ("length", "constraint-error"), (None, "foreign-key")} <= found


def test_the_whole_package_is_valid_by_its_own_description(exported: Path) -> None:
    """All our other tables are resources of the package too, and their keys point at the standard's tables."""
    package = Package(str(exported / "datapackage.json"))
    report = package.validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "message"]) == []
    assert {r.name for r in package.resources} == {*REQUIRED, "use_group", "config", *tables()} - {"nodes", "links"}
    keys = {(k["fields"][0], k["reference"]["resource"]) for k in package.get_resource("link").schema.foreign_keys}
    assert {("from_node_id", "node"), ("geometry_id", "geometry"), ("facility_type", "modes")} <= keys


@pytest.mark.parametrize("table", REQUIRED)
def test_every_column_of_the_standard_is_there_and_comes_first(table: str, exported: Path) -> None:
    """Readers that know the standard by position or by name both find it."""
    with (exported / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    standard = {f["name"] for f in specified(table)["fields"]}
    assert set(header[: len(standard)]) == standard
    assert len(set(header)) == len(header)


def test_a_link_is_one_undirected_row_with_a_line_and_a_use(tmp_path: Path) -> None:
    """It serves both ways: two directed rows would need two keys. A use must be defined beside it."""
    gmns.write(tmp_path, drawn("kz-a --rail:kz_rail:1520:100-- kz-b", nodes={"kz-b": {"longitude": 1.5}}))
    row = read_rows(tmp_path / "link.csv")[0]
    assert (row["link_id"], row["from_node_id"], row["to_node_id"]) == ("rail-kz-a-kz-b", "kz-a", "kz-b")
    assert (row["directed"], row["dir_flag"]) == ("false", "0")
    assert (row["length"], row["free_speed"], row["facility_type"], row["jurisdiction"]) == (
        "100", "25", "rail", "kz_rail",
    )  # fmt: skip
    assert (row["gauge_mm"], row["status"], row["confidence"]) == ("1520", "open", "assumption")
    drawn_line = {g["geometry_id"]: g["geometry"] for g in read_rows(tmp_path / "geometry.csv")}
    assert drawn_line[row["geometry_id"]] == "LINESTRING (0.0 0.0, 1.5 0.0)"
    uses = {u["use_group"]: u["uses"] for u in read_rows(tmp_path / "use_group.csv")}
    assert uses[row["allowed_uses"]] == "container,wagon"


def test_a_fault_of_an_edited_export_is_told_with_the_columns_of_the_file(tmp_path: Path) -> None:
    """Somebody who reads node.csv looks for x_coord, not for longitude."""
    gmns.write(tmp_path, drawn("kz-a --rail:kz_rail:1520:100-- kz-b"))
    replace_in(tmp_path / "node.csv", "kz-b,B,0,", "kz-b,B,east,")
    assert gmns.found(tmp_path).problems == (
        "node.csv, line 3, x_coord = 'east': is not a number. Write it with a point, no unit.",
    )
    replace_in(tmp_path / "node.csv", "x_coord", "x")
    (tmp_path / "rates.csv").unlink()
    found = gmns.found(tmp_path).problems
    assert found == ("rates.csv: the file is missing. Add it, if only with its header line.",)


def test_the_page_on_formats_tells_every_column_that_is_mapped() -> None:
    """And names every format."""
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    for name, columns in HELD.values():
        for theirs, ours in columns.items():
            line = next((line for line in page.splitlines() if f"`{name}.{theirs}`" in line), "")
            assert not ours or f".{ours}`" in line, theirs
    assert [f.NAME for f in FORMATS if f"| `{f.NAME}` |" not in page] == []


# --- Networks of other people ----------------------------------------------------------------------------------------


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def foreign(folder: Path, nodes: str = NODES, links: str = LINKS, config: str = "") -> Path:
    (folder / "node.csv").write_text(nodes, encoding="utf-8")
    (folder / "link.csv").write_text(links, encoding="utf-8")
    if config:
        (folder / "config.csv").write_text(config, encoding="utf-8")
    return folder


def test_a_foreign_network_becomes_rows_that_say_what_was_assumed(tmp_path: Path) -> None:
    """Nodes and links alone: no country, no gauge, no date. What is made up must not look like knowledge."""
    data = gmns.read(foreign(tmp_path))
    alpha, _, unnamed = data.nodes
    assert (alpha.node, alpha.name, alpha.country, alpha.longitude, alpha.latitude) == ("1", "Alpha", "KZ", 50.0, 43.0)
    assert (unnamed.name, unnamed.country, unnamed.timezone, unnamed.kind) == ("3", "ZZ", "UTC", "waypoint")
    assert "country ZZ" in unnamed.note
    assert "country" not in alpha.note
    rail, road = data.links
    assert (rail.link, rail.mode, rail.length_km, rail.speed_kmh, rail.gauge_mm) == ("10", "rail", 90.0, 40.0, None)
    assert rail.operator == "National_Railway"
    assert "11 is the way back" in rail.note
    assert (road.mode, road.operator, road.speed_kmh) == ("road", "unknown_road", 50.0)
    assert road.length_km == pytest.approx(111.19, abs=0.01)
    assert "length_km 111.19" in road.note
    assert {row.confidence for t in ("nodes", "links", "modes", "operators") for row in getattr(data, t)} == {
        "assumption"
    }
    assert {row.source for row in data.links} == {data.sources[0].source}
    assert not gmns.found(tmp_path).whole


def test_columns_by_our_names_are_taken_over(tmp_path: Path) -> None:
    """A network can carry what the standard has no column for."""
    links = (
        "link_id,from_node_id,to_node_id,directed,length,facility_type,gauge_mm,country,status\n"
        "10,1,2,0,90,rail,1520,KZ,planned\n"
    )
    (link,) = gmns.read(foreign(tmp_path, links=links)).links
    assert (link.gauge_mm, link.country, link.status) == (1520, "KZ", "planned")


def test_units_are_those_that_the_config_names(tmp_path: Path) -> None:
    """Sixty miles and thirty miles an hour are about 97 km and 48 km/h."""
    links = "link_id,from_node_id,to_node_id,directed,length,free_speed\n10,1,2,0,60,30\n"
    (link,) = gmns.read(foreign(tmp_path, links=links, config="long_length,speed\nmile,mph\n")).links
    assert (link.length_km, link.speed_kmh) == pytest.approx((96.56, 48.28), abs=0.01)


@pytest.mark.parametrize(
    ("nodes", "links", "config", "says"),
    [
        (NODES, LINKS.replace("Highway", "sidewalk"), "", "facility_type = 'sidewalk': 1 link(s)"),
        (NODES, LINKS.replace("11,2,1", "11,1,2"), "", "2 directed link(s) have no link the other way (10, 11)"),
        (NODES, LINKS.replace(",90,", ",90000,"), "", "long_length in config.csv"),
        (NODES, LINKS, "crs\n3735\n", "crs = '3735': coordinates are read as longitude and latitude only"),
        (NODES, LINKS, "long_length\nverst\n", "long_length = 'verst': is no unit"),
        (NODES, LINKS, "speed\nknots\n", "speed = 'knots': is no unit"),
        (NODES.replace("x_coord", "lon"), LINKS, "", "node.csv, line 1: column 'x_coord' is missing"),
        (NODES, LINKS.replace("from_node_id", "from"), "", "link.csv, line 1: column 'from_node_id' is missing"),
        (NODES.replace("name", "node_id"), LINKS, "", "column 'node_id' stands there 2 times"),
        (NODES.replace("50,43", "1523373,1003235"), LINKS, "", "x_coord = '1523373': is above 180 deg"),
        (NODES, LINKS.replace("12,2,3", "12,2,4"), "", "link.csv, line 4, to_node_id = '4': '4' is not in table nodes"),
        (NODES, LINKS.replace("90,rail", "far,rail"), "", "link.csv, line 2, length = 'far': is not a number"),
        (NODES + "4,Long,50\n", LINKS, "", "node.csv, line 5: 3 cells where the header has 5"),
        (NODES, "", "", "link.csv: is empty"),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(
    nodes: str, links: str, config: str, says: str, tmp_path: Path
) -> None:
    """Guessing a unit, a projection or a one-way street would be a wrong number."""
    with pytest.raises(DataError) as caught:
        gmns.read(foreign(tmp_path, nodes, links, config))
    assert any(says in p for p in caught.value.problems), caught.value.problems
    assert all(p[-1] in ".?" for p in caught.value.problems)


def test_all_faults_of_a_foreign_network_are_told_at_once(tmp_path: Path) -> None:
    """It is mended in one go."""
    links = LINKS.replace("Highway", "sidewalk").replace("11,2,1", "11,1,2").replace("90,rail", "far,rail", 1)
    assert len(gmns.found(foreign(tmp_path, links=links)).problems) == 3
