"""GeoJSON: RFC 7946."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karvan.formats import geojson
from karvan.model.dataset import Dataset
from worlds import drawn

WORLD = "kz-a --rail:kz_rail:1520:100-- kz-b"
LONGITUDES = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 179.0, -179.0])
POSITIONS = st.tuples(LONGITUDES, st.floats(-90, 90))


def written(path: Path, data: Dataset) -> Any:
    geojson.write(path, data)
    return json.loads(path.read_text(encoding="utf-8"))


def test_nodes_are_points_and_links_are_lines_with_all_their_columns(tmp_path: Path) -> None:
    """Longitude first; a list is a list, an empty number null; a coordinate stands once."""
    data = drawn(WORLD, nodes={"kz-b": {"longitude": 51.0, "latitude": 43.5, "also_known_as": ("B", "Б")}})
    content = written(tmp_path / "w.geojson", data)
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content
    _, node, link = content["features"]
    assert (node["type"], node["id"]) == ("Feature", "kz-b")
    assert node["geometry"] == {"type": "Point", "coordinates": [51.0, 43.5]}
    assert (node["properties"]["table"], node["properties"]["also_known_as"]) == ("nodes", ["B", "Б"])
    assert "longitude" not in node["properties"]
    assert link["geometry"] == {"type": "LineString", "coordinates": [[0.0, 0.0], [51.0, 43.5]]}
    assert (link["properties"]["gauge_mm"], link["properties"]["draught_m"]) == (1520, None)
    assert content["karvan"]["tables"]["rates"]["rows"]


def test_gdal_reads_every_feature(tmp_path: Path, atlas: Dataset) -> None:
    """A second reader."""
    geojson.write(tmp_path / "atlas.geojson", atlas)
    about = pyogrio.read_info(tmp_path / "atlas.geojson")
    assert (about["driver"], about["features"]) == ("GeoJSON", len(atlas.nodes) + len(atlas.links))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((170.0, 45.0), (-170.0, 45.0), [[(170.0, 45.0), (180.0, 45.0)], [(-180.0, 45.0), (-170.0, 45.0)]]),
        ((-170.0, 0.0), (160.0, 30.0), [[(-170.0, 0.0), (-180.0, 10.0)], [(180.0, 10.0), (160.0, 30.0)]]),
        ((180.0, 1.0), (-170.0, 2.0), [[(-180.0, 1.0), (-170.0, 2.0)]]),
        ((170.0, 1.0), (-180.0, 2.0), [[(170.0, 1.0), (180.0, 2.0)]]),
        ((-90.0, 1.0), (90.0, 2.0), [[(-90.0, 1.0), (90.0, 2.0)]]),
    ],
)
def test_a_line_over_the_antimeridian_is_cut(
    a: tuple[float, float], b: tuple[float, float], expected: list[list[tuple[float, float]]]
) -> None:
    """RFC 7946, 3.1.9, whose own example is the first: uncut, the line would be drawn around the world."""
    made = geojson.line(a, b)
    parts = made["coordinates"] if made["type"] == "MultiLineString" else [made["coordinates"]]
    assert [[pytest.approx(p) for p in part] for part in expected] == [list(map(tuple, part)) for part in parts]


@given(a=POSITIONS, b=POSITIONS)
def test_no_part_of_a_line_goes_more_than_half_around_the_world(a: Any, b: Any) -> None:
    """Wherever its ends are; parts meet on the antimeridian and stay on the map."""
    made = geojson.line(a, b)
    parts = made["coordinates"] if made["type"] == "MultiLineString" else [made["coordinates"]]
    for (x, y), (u, v) in parts:
        assert abs(x - u) <= 180.0
        assert max(abs(x), abs(u)) <= 180.0
        assert max(abs(y), abs(v)) <= 90.0
    if len(parts) == 2:
        assert parts[0][1][0] == -parts[1][0][0]
        assert parts[0][1][1] == parts[1][0][1]


def test_a_link_over_the_antimeridian_comes_back_whole(tmp_path: Path) -> None:
    """Its ends are its nodes; the cut is only drawn."""
    data = drawn(WORLD, nodes={"kz-a": {"longitude": 170.0}, "kz-b": {"longitude": -170.0}})
    content = written(tmp_path / "w.geojson", data)
    assert content["features"][2]["geometry"]["type"] == "MultiLineString"
    assert geojson.read(tmp_path / "w.geojson").links == data.links


Change = Callable[[Any], object]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: c.update(type="Feature"), "is no FeatureCollection"),
        (lambda c: c["features"][0]["properties"].pop("table"), "feature 1, table = 'None': is neither"),
        (lambda c: c["features"][1].update(geometry=None), "feature 2: a node needs a Point"),
        (lambda c: c["features"][2]["properties"].update(length_km="far"), "feature 3, length_km = 'far'"),
        (lambda c: c["features"][2]["properties"].update(colour="red"), "no column 'colour'"),
        (lambda c: c["features"].append(7), "feature 4, table = 'None'"),
        (lambda c: c["karvan"]["tables"].pop("rates"), "table rates is missing"),
        (lambda c: c["karvan"]["tables"].update(rate={}), "there is no table 'rate'"),
        (lambda c: c["karvan"]["tables"]["modes"]["rows"][0].pop(), "karvan.tables.modes: needs columns"),
        (lambda c: c["karvan"]["tables"]["modes"]["rows"][0].__setitem__(0, "tram"), "'rail' is not in table modes"),
    ],
)
def test_a_fault_of_an_edited_file_names_its_place(change: Change, says: str, tmp_path: Path) -> None:
    """By feature or by row, since JSON has no lines that a person would count."""
    path = tmp_path / "w.geojson"
    content = written(path, drawn(WORLD))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    found = geojson.found(path).problems
    assert any(says in p for p in found), found
    assert all(p.startswith("w.geojson") for p in found)


def test_features_alone_are_rows_to_put_over_another_dataset(tmp_path: Path) -> None:
    """What a web map exports: no foreign member, only the columns that were edited."""
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [51.2, 43.6, -28]},
        "properties": {"table": "nodes", "node": "kz-aktau", "also_known_as": ["Шевченко", "Shevchenko"]},
    }
    path = tmp_path / "edit.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    found = geojson.found(path)
    assert (found.problems, found.whole) == ((), False)
    table = found.tables["nodes"]
    assert dict(zip(table.header, table.rows[0], strict=True)) == {
        "node": "kz-aktau",
        "also_known_as": "Шевченко;Shevchenko",
        "latitude": "43.6",
        "longitude": "51.2",
    }


def test_a_file_of_brackets_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    """A hundred thousand lists in one another are more than a parser can hold."""
    path = tmp_path / "deep.geojson"
    path.write_text("[" * 100_000, encoding="utf-8")
    assert "cannot be read as JSON" in geojson.found(path).problems[0]
