"""GeoPackage: what GDAL reads of it, and what comes back after GDAL has written it."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pyogrio
import pyogrio.raw
import pytest

from karvan.formats import geopackage
from karvan.model.dataset import Dataset
from karvan.schema import tables
from worlds import drawn


@pytest.fixture(scope="module")
def exported(atlas: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole atlas in one file."""
    path = tmp_path_factory.mktemp("gpkg") / "atlas.gpkg"
    geopackage.write(path, atlas)
    return path


def test_gdal_sees_two_layers_and_every_other_table(exported: Path, atlas: Dataset) -> None:
    """With as many rows as there are, in the right reference system and extent."""
    layers = dict(pyogrio.list_layers(exported).tolist())
    assert layers == {t: {"nodes": "Point", "links": "LineString"}.get(t) for t in tables()}
    for table in tables():
        assert pyogrio.read_info(exported, layer=table)["features"] == len(getattr(atlas, table)), table
    about = pyogrio.read_info(exported, layer="nodes")
    assert (about["driver"], about["crs"]) == ("GPKG", "EPSG:4326")
    longitudes = [n.longitude for n in atlas.nodes]
    assert about["total_bounds"][::2] == (min(longitudes), max(longitudes))


def test_gdal_reads_the_geometry_and_the_attributes_of_a_node(exported: Path, atlas: Dataset) -> None:
    """WKB: byte order, type 1, longitude, latitude."""
    aktau = next(n for n in atlas.nodes if n.node == "kz-aktau")
    about, _, shapes, columns = pyogrio.raw.read(exported, layer="nodes", where="node = 'kz-aktau'")
    row = dict(zip(about["fields"], (c[0] for c in columns), strict=True))
    assert struct.unpack("<BIdd", shapes[0]) == (1, 1, aktau.longitude, aktau.latitude)
    assert (row["name"], row["kind"], row["handles"]) == (aktau.name, aktau.kind, ";".join(aktau.handles))
    assert row["known_on"] == np.datetime64(aktau.known_on)


def test_gdal_reads_the_line_and_the_attributes_of_a_link(exported: Path, atlas: Dataset) -> None:
    """From the first node to the second; numbers are numbers, dates are dates, empty is null."""
    link = next(k for k in atlas.links if k.tracks == 1 and k.agreement)
    ends = {n.node: n for n in atlas.nodes}
    a, b = ends[link.from_node], ends[link.to_node]
    about, _, shapes, columns = pyogrio.raw.read(exported, layer="links", where=f"link = '{link.link}'")
    row = dict(zip(about["fields"], (c[0] for c in columns), strict=True))
    line = struct.unpack("<BII4d", shapes[0])
    assert line == (1, 2, 2, a.longitude, a.latitude, b.longitude, b.latitude)
    assert (row["length_km"], row["tracks"], row["agreement"]) == (link.length_km, 1, link.agreement)
    assert row["status_on"] == np.datetime64(link.status_on)
    assert np.isnan(row["draught_m"])


def test_a_number_that_must_be_exact_is_text(exported: Path, atlas: Dataset) -> None:
    """A rate of 0.1 is not the binary 0.1000000000000000055."""
    _, _, _, columns = pyogrio.raw.read(exported, layer="rates", columns=["value"], read_geometry=False)
    assert columns[0].tolist() == [str(r.value) for r in atlas.rates]


def test_the_file_is_sound_and_says_what_it_is(exported: Path) -> None:
    """OGC 12-128r17, requirements 2 and 6: application id GPKG, user version 10300, integrity and foreign keys."""
    with closing(sqlite3.connect(exported)) as store:
        assert store.execute("PRAGMA application_id").fetchone()[0].to_bytes(4, "big") == b"GPKG"
        assert store.execute("PRAGMA user_version").fetchone() == (10300,)
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
        systems = store.execute("SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1").fetchall()
        assert systems == [(-1,), (0,), (4326,)]


def test_a_point_moved_in_a_map_is_moved(tmp_path: Path) -> None:
    """The coordinate stands in the geometry alone, in either byte order, with or without a box before it."""
    path = tmp_path / "one.gpkg"
    geopackage.write(path, drawn("kz-a --rail:kz_rail:1520:100-- kz-b"))
    moved = struct.pack(">2sBBi4dBIdd", b"GP", 0, 0x02, 4326, 51.5, 51.5, 43.5, 43.5, 0, 1, 51.5, 43.5)
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE nodes SET geom = ? WHERE node = 'kz-b'", (moved,))
    assert [(n.longitude, n.latitude) for n in geopackage.read(path).nodes] == [(0.0, 0.0), (51.5, 43.5)]


@pytest.mark.parametrize(
    "shape", [None, b"", b"GP\x00", b"GP\x00\x01\xe6\x10\x00\x00", geopackage.blob(((0, 0), (1, 1)))]
)
def test_a_node_without_a_point_is_a_fault(shape: bytes | None, tmp_path: Path) -> None:
    """A place in the sea off Ghana would be believed."""
    path = tmp_path / "one.gpkg"
    geopackage.write(path, drawn("kz-a --rail:kz_rail:1520:100-- kz-b"))
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE nodes SET geom = ? WHERE node = 'kz-b'", (shape,))
    (said,) = geopackage.found(path).problems
    assert said == "one.gpkg, nodes row 2: a node needs a point with longitude and latitude in column geom."


def test_a_layer_that_gdal_has_written_is_read(tmp_path: Path) -> None:
    """As a GIS saves it: fewer columns, its own types; rows to put over the atlas, not a whole dataset."""
    path = tmp_path / "gis.gpkg"
    pyogrio.raw.write(
        path,
        geometry=np.array([struct.pack("<BIdd", 1, 1, 51.2, 43.6)], dtype=object),
        field_data=[
            np.array(["kz-aktau"], dtype=object),
            np.array(["2020-02-03"], dtype="datetime64[D]"),
        ],
        fields=["node", "known_on"],
        layer="nodes",
        geometry_type="Point",
        crs="EPSG:4326",
        driver="GPKG",
    )
    found = geopackage.found(path)
    assert found.problems == ()
    assert not found.whole
    table = found.tables["nodes"]
    assert dict(zip(table.header, table.rows[0], strict=True)) == {
        "node": "kz-aktau",
        "longitude": "51.2",
        "latitude": "43.6",
        "known_on": date(2020, 2, 3).isoformat(),
    }


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """A half-old database would be worse than none."""
    path = tmp_path / "one.gpkg"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        geopackage.write(path, drawn("kz-a --rail:kz_rail:1520:100-- kz-b"))
    assert path.read_bytes() == b"mine"
