"""`karvan atlas export` and `karvan atlas import`: whole or not at all, and never over somebody's files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from karvan import atlas as built_in
from karvan.cli import main
from karvan.cli.atlas.export import export
from karvan.cli.atlas.import_ import import_
from karvan.errors import DataError, InputError, OutputError
from karvan.formats import FORMATS, datapackage, gmns
from karvan.model.dataset import Dataset
from karvan.schema import tables
from worlds import drawn

NAMES = [f.NAME for f in FORMATS]
NODES = "node_id,name,x_coord,y_coord,zone_id\nkz-x,New,50,43,KZ\nkz-y,,51,43,KZ\n"
LINKS = "link_id,from_node_id,to_node_id,directed,length,facility_type\nrail-kz-x-kz-y,kz-x,kz-y,false,90,rail\n"


@pytest.fixture
def world() -> Dataset:
    return drawn("kz-a --rail:kz_rail:1520:100-- kz-b --road:kz_road:9-- kz-c")


def network(folder: Path, links: str = LINKS) -> Path:
    folder.mkdir()
    (folder / "node.csv").write_text(NODES, encoding="utf-8")
    (folder / "link.csv").write_text(links, encoding="utf-8")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_what_was_exported_is_imported_as_a_folder_that_stands_alone(name: str, world: Dataset, tmp_path: Path) -> None:
    """The whole way: dataset, file, data folder, dataset."""
    export(world, name, str(tmp_path / f"out.{name}" if name != "geopackage" else tmp_path / "out.gpkg"))
    (source,) = tmp_path.iterdir()
    done = import_(str(source), str(tmp_path / "data"), format=name)
    assert done.whole
    assert (done.format, done.rows["nodes"], done.rows["links"]) == (name, 3, 2)
    again = datapackage.read(tmp_path / "data", built_in.folder())
    assert [t for t in tables() if getattr(again, t) != getattr(world, t)] == []


def test_the_commands_say_what_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With counts, so that an empty export is seen."""
    target = tmp_path / "atlas.geojson"
    assert main(["atlas", "export", "geojson", str(target)]) == 0
    said = capsys.readouterr().out.splitlines()
    count = len(built_in.load().nodes)
    assert said[0] == f"Written: {target} (geojson)"
    assert f"  {'nodes':<18}{count:>9,}" in said
    assert main(["atlas", "import", str(target), "--to", str(tmp_path / "data")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"Written: {tmp_path / 'data'} (from geojson)"
    assert f"  {'nodes':<18}{count:>9,}" in said
    assert said[-1] == "It stands alone."
    assert names(tmp_path) == ["atlas.geojson", "data"]


def test_the_data_and_the_day_given_before_the_command_are_exported(tmp_path: Path) -> None:
    """The past of the atlas can be taken out as well: what was not known then is not in it."""
    export_of_2010 = tmp_path / "past.geojson"
    assert main(["--as-of", "2010-12-31", "atlas", "export", "geojson", str(export_of_2010)]) == 0
    content = json.loads(export_of_2010.read_text(encoding="utf-8"))
    days = [f["properties"]["known_on"] for f in content["features"]]
    assert days
    assert max(days) <= "2010-12-31"


@pytest.mark.parametrize("name", ["gmns", "csv"])
def test_a_folder_is_replaced_only_if_asked_and_only_if_it_is_an_export(
    name: str, world: Dataset, tmp_path: Path
) -> None:
    """A mistyped path must not cost anybody a folder."""
    target = tmp_path / "out"
    target.mkdir()
    export(world, name, str(target))  # an empty folder is nobody's
    with pytest.raises(OutputError, match="--force to replace it"):
        export(world, name, str(target))
    before = names(target)
    (target / "extra.csv").write_text("x\n", encoding="utf-8")
    export(world, name, str(target), force=True)
    assert names(target) == before
    (target / "thesis.docx").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="holds files that no export wrote"):
        export(world, name, str(target), force=True)
    assert (target / "thesis.docx").exists()
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("name", ["geopackage", "geojson"])
def test_a_file_is_replaced_only_if_asked(name: str, world: Dataset, tmp_path: Path) -> None:
    """And then whole."""
    target = tmp_path / "out.x"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="--force to replace it"):
        export(world, name, str(target))
    assert target.read_text(encoding="utf-8") == "mine"
    export(world, name, str(target), force=True)
    assert names(tmp_path) == ["out.x"]
    assert target.stat().st_size > 1000


@pytest.mark.parametrize("name", NAMES)
def test_a_write_that_fails_leaves_what_was_there(
    name: str, world: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk in the middle: no half export, no litter."""
    of = {f.NAME: f for f in FORMATS}[name]
    target = tmp_path / f"out{of.SUFFIX}"
    export(world, name, str(target))
    before = target.read_bytes() if target.is_file() else names(target)

    def full(path: Path, data: Dataset) -> None:
        path.mkdir() if not of.SUFFIX else path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(of, "write", full)
    with pytest.raises(OutputError, match="No space left on device"):
        export(world, name, str(target), force=True)
    assert (target.read_bytes() if target.is_file() else names(target)) == before
    assert names(tmp_path) == [target.name]


@pytest.mark.parametrize(
    ("name", "path", "says"),
    [
        ("csv", "file.txt", "is a file. Name a folder"),
        ("geojson", "folder", "is a folder. Name a file in it"),
        ("geojson", "no/where.geojson", "there is no folder"),
        ("gmns", "no/where", "there is no folder"),
        ("geopackage", "-", "not written to standard output"),
        ("gmns", "", "No place was named"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_sentence(
    name: str, path: str, says: str, world: Dataset, tmp_path: Path
) -> None:
    """Before anything is computed."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match=says) as caught:
        export(world, name, str(tmp_path / path) if path not in ("", "-") else path)
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == ["file.txt", "folder"]


def test_an_unknown_format_names_the_nearest(world: Dataset, tmp_path: Path) -> None:
    """And none is written."""
    with pytest.raises(InputError, match="Did you mean 'geopackage'"):
        export(world, "geopackge", str(tmp_path / "x"))
    with pytest.raises(InputError, match="Choose one of"):
        export(world, "shp", str(tmp_path / "x"))
    with pytest.raises(InputError, match="none of the formats"):
        import_(str(tmp_path), str(tmp_path / "x"))
    with pytest.raises(InputError, match="there is no such file or folder"):
        import_(str(tmp_path / "nowhere"), str(tmp_path / "x"))
    assert names(tmp_path) == []


def test_a_foreign_network_is_imported_over_the_atlas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only its own rows are written; the atlas's definition of a mode is better than one that was assumed."""
    source = network(tmp_path / "theirs")
    assert main(["atlas", "import", str(source), "--to", str(tmp_path / "data")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "It extends the atlas."
    assert names(tmp_path / "data") == ["datapackage.json", "links.csv", "nodes.csv", "operators.csv", "sources.csv"]
    joined, atlas = built_in.load(tmp_path / "data"), built_in.load()
    assert len(joined.nodes) == len(atlas.nodes) + 2
    assert joined.modes == atlas.modes
    link = next(k for k in joined.links if k.link == "rail-kz-x-kz-y")
    assert (link.length_km, link.confidence) == (90.0, "assumption")


def test_a_foreign_network_with_faults_lists_them_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script sees the exit code, a person all of the faults."""
    source = network(tmp_path / "theirs", LINKS.replace(",rail\n", ",footpath\n").replace("kz-y,false", "kz-z,false"))
    (source / "node.csv").write_text(NODES.replace("50,43", "east,43"), encoding="utf-8")
    assert main(["atlas", "import", str(source), "--to", str(tmp_path / "data")]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[:-1] == list(gmns.found(source).problems)
    assert said[-1] == f"{len(said) - 1} fault(s). Nothing was written."
    assert names(tmp_path) == ["theirs"]


def test_a_data_folder_of_some_tables_is_checked_against_the_atlas(tmp_path: Path) -> None:
    """A copy that is known to be sound, with its columns as they were."""
    source = tmp_path / "mine"
    source.mkdir()
    (source / "links.csv").write_text("link,speed_kmh\nrail-kz-nowhere,50\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        import_(str(source), str(tmp_path / "data"))
    assert all(p.startswith("links.csv, line 2") for p in caught.value.problems)
    assert not (tmp_path / "data").exists()
    link = built_in.load().links[0]
    (source / "links.csv").write_text(f"link,speed_kmh\n{link.link},51\n", encoding="utf-8")
    assert not import_(str(source), str(tmp_path / "data")).whole
    changed = next(k for k in built_in.load(tmp_path / "data").links if k.link == link.link)
    assert (changed.speed_kmh, changed.length_km) == (51.0, link.length_km)
