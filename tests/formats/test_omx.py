"""OMX: what the specification asks of a file, what is read, and every fault."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_networks import pairs
from karvan.errors import DataError, InputError
from karvan.formats import omx
from karvan.formats.assignment import Matrix

h5py = pytest.importorskip("h5py", reason="h5py is not installed: pip install 'karvan[omx]'")

ZONES = np.array([4_000_000_002, 17, 9_000_000_000_000])
CARS = np.array([[0.0, 1.5, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 3.25]])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two matrices of three zones whose ids are in the billions."""
    omx.write(tmp_path / "demand.omx", {"cars": CARS, "lorries": 2 * CARS}, ZONES)
    return tmp_path / "demand.omx"


def test_a_file_is_as_the_specification_asks(path: Path) -> None:
    """Version, shape, the two groups, chunked and zipped matrices of floats, a mapping of whole numbers."""
    with h5py.File(path) as file:
        assert file.attrs["OMX_VERSION"] == b"0.2"
        assert file.attrs["SHAPE"].tolist() == [3, 3]
        assert file.attrs["SHAPE"].dtype.kind == "i"
        assert set(file) == {"data", "lookup"}
        for matrix in file["data"].values():
            assert (matrix.shape, matrix.dtype, matrix.compression) == ((3, 3), np.float64, "gzip")
            assert matrix.chunks
        assert (file["lookup/zones"].shape, file["lookup/zones"].dtype) == ((3,), np.int64)


def test_matrices_are_read_without_their_zeros_by_the_ids_of_the_mapping(path: Path) -> None:
    """All, or those that are named, in that order."""
    a, b, c = ZONES.tolist()
    cars, lorries = omx.read(path)
    assert (cars.name, lorries.name, cars.file) == ("cars", "lorries", "demand.omx")
    assert pairs(cars) == [(a, b, 1.5), (b, a, 2.0), (c, c, 3.25)]
    assert [m.name for m in omx.read(path, ["lorries"])] == ["lorries"]
    assert [m.name for m in omx.read(path, ["lorries", "cars"])] == ["lorries", "cars"]
    assert cars.place(0) == "demand.omx, matrix cars"
    assert omx.dense(cars, ZONES).tolist() == CARS.tolist()


def test_without_a_mapping_zones_are_counted_from_1(path: Path) -> None:
    """As the matrices of many programs are."""
    with h5py.File(path, "a") as file:
        del file["lookup"]
    assert pairs(omx.read(path, ["cars"])[0])[0] == (1, 2, 1.5)


def test_one_of_several_mappings_must_be_named(path: Path) -> None:
    """It says which there are."""
    with h5py.File(path, "a") as file:
        file["lookup/districts"] = np.array([1.0, 2.0, 3.0])
    with pytest.raises(DataError, match=r"several mappings\. Name one of districts, zones"):
        omx.read(path)
    assert pairs(omx.read(path, ["cars"], "districts")[0])[0] == (1, 2, 1.5)


def nested(file: Any) -> None:
    del file["data/cars"]
    file.create_group("data/cars")


def replaced(name: str, values: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file[name]
        file[name] = values

    return change


FAULTS = [
    (replaced("data/cars", -CARS), ["matrix cars: 4000000002 to 17 is -1.5. Give", "17 to 4000000002", "is -3.25"]),
    (replaced("data/cars", np.full((3, 3), np.nan)), ["matrix cars: 4000000002 to 4000000002 is nan"] + ["is nan"] * 8),
    (replaced("data/cars", np.diag([np.inf, 0, 0])), ["is inf. Give a number of zero or more"]),
    (replaced("data/cars", np.ones((3, 2))), ["matrix cars: is 3 x 2, not square"]),
    (replaced("data/cars", np.ones(3)), ["matrix cars: is 3, not square"]),
    (replaced("data/cars", np.ones((2, 2))), ["matrices have 2, 3 zones"]),
    (replaced("data/cars", np.full((3, 3), b"x")), ["matrix cars: holds no numbers"]),
    (nested, ["matrix cars: is no array, not square"]),
    (replaced("lookup/zones", [1, 2, 2]), ["mapping zones: zone 2 stands there more than once"]),
    (replaced("lookup/zones", [1, 2]), ["mapping zones: has 2 ids for 3 zones"]),
    (replaced("lookup/zones", [b"a", b"b", b"c"]), ["mapping zones: holds ids that are no whole numbers"]),
    (replaced("lookup/zones", [1.5, 2, 3]), ["mapping zones: holds ids that are no whole numbers"]),
]


@pytest.mark.parametrize(("change", "faults"), FAULTS, ids=[f[0] for _, f in FAULTS])
def test_every_fault_is_named(change: Callable[[Any], None], faults: list[str], path: Path) -> None:
    """With the matrix or mapping, and the zones by their ids."""
    with h5py.File(path, "a") as file:
        change(file)
    with pytest.raises(DataError) as caught:
        omx.read(path)
    assert len(caught.value.problems) == len(faults)
    for problem, fault in zip(caught.value.problems, faults, strict=True):
        assert problem.startswith("demand.omx")
        assert fault in problem


def test_names_that_are_not_there_are_told_with_those_that_are(path: Path) -> None:
    """Matrices and mappings, at once."""
    with pytest.raises(DataError) as caught:
        omx.read(path, ["bikes"], "towns")
    assert caught.value.problems == (
        "demand.omx: there is no matrix 'bikes'. Choose one of cars, lorries.",
        "demand.omx: there is no mapping 'towns'. Choose one of zones.",
    )


@pytest.mark.parametrize("content", [None, b"", b"not HDF5"], ids=["missing", "empty", "text"])
def test_what_is_no_omx_file_is_said_to_be_none(content: bytes | None, tmp_path: Path) -> None:
    """In one sentence with the name of the file."""
    if content is not None:
        (tmp_path / "odd.omx").write_bytes(content)
    with pytest.raises(DataError, match=r"odd\.omx: (there is no such file|is not an OMX file)"):
        omx.read(tmp_path / "odd.omx")


def test_an_hdf5_file_without_matrices_is_said_to_have_none(tmp_path: Path) -> None:
    """A group data that is missing, or empty."""
    with h5py.File(tmp_path / "odd.omx", "w") as file:
        file["lookup/zones"] = [1]
    with pytest.raises(DataError, match="has no matrices in a group 'data'"):
        omx.read(tmp_path / "odd.omx")


def test_matrices_must_fit_the_zones_they_are_written_with(tmp_path: Path) -> None:
    """A row and a column a zone."""
    with pytest.raises(InputError, match="Give it a row and column a zone"):
        omx.write(tmp_path / "x.omx", {"cars": CARS}, ZONES[:2])


def test_without_h5py_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(InputError, match=r"Install it: pip install 'karvan\[omx\]'"):
        omx.read(path)


@given(st.data())
def test_a_matrix_that_was_written_reads_equal(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Every volume to its last bit, ids of any size."""
    zones = sorted(data.draw(st.sets(st.integers(1, 2**52), min_size=1, max_size=5)))
    n = len(zones)
    values = st.lists(st.floats(0, 1e12), min_size=n * n, max_size=n * n)
    drawn = {name: np.array(data.draw(values)).reshape(n, n) for name in ("a", "b")}
    path = tmp_path_factory.getbasetemp() / "drawn.omx"
    omx.write(path, drawn, np.array(zones))
    for matrix in omx.read(path):
        assert isinstance(matrix, Matrix)
        assert (omx.dense(matrix, np.array(zones)) == drawn[matrix.name]).all()
