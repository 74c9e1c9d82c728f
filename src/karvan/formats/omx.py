"""OMX 0.2 (Open Matrix): matrices between zones in an HDF5 file, read and written by h5py.

Attributes OMX_VERSION and SHAPE at the root, matrices in the group `data`, and in the group `lookup` mappings: for each
row and column the id of its zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from karvan.errors import DataError, InputError
from karvan.formats.assignment import Ids, Matrix
from karvan.model.problem import Floats, frozen

VERSION = b"0.2"
MAPPING = "zones"
_SHOWN = 5


def read(path: Path, names: Sequence[str] | None = None, mapping: str | None = None) -> tuple[Matrix, ...]:
    """Matrices of a file, all or those named, without their zeros, each as the demand of a class of its name.

    Zones have the ids of `mapping`, or of the only mapping that there is; without one they are 1, 2, 3 ... Raises
    DataError with every fault, and InputError if h5py is not installed.
    """
    h5py = required()
    if not path.is_file():
        raise DataError([f"{path}: there is no such file. Correct the name."])
    try:
        file = h5py.File(path, "r")
    except OSError as fault:
        raise DataError([f"{path.name}: is not an OMX file ({fault}). Name an HDF5 file with matrices."]) from None
    with file:
        faults: list[str] = []
        data = file.get("data")
        if not isinstance(data, h5py.Group) or not len(data):
            raise DataError([f"{path.name}: has no matrices in a group 'data'. Name an OMX file."])
        wanted = list(data) if names is None else list(names)
        lost = [n for n in wanted if n not in data]
        faults += [f"{path.name}: there is no matrix '{n}'. Choose one of {', '.join(data)}." for n in lost]
        found = {n: data[n] for n in wanted if n in data}
        size = _size(path.name, found, h5py, faults)
        zones = _zones(path.name, file.get("lookup"), mapping, size, faults)
        made = tuple(_matrix(path.name, n, data[n], zones, faults) for n in found) if zones is not None else ()
    if faults:
        raise DataError(faults)
    return made


def write(path: Path, matrices: Mapping[str, Floats], zones: Ids, mapping: str = MAPPING) -> None:
    """Square matrices with the ids of their zones. Raises InputError if h5py is not installed, and OSError."""
    h5py = required()
    n = zones.shape[0]
    with h5py.File(path, "w") as file:
        file.attrs["OMX_VERSION"] = np.bytes_(VERSION)
        file.attrs["SHAPE"] = np.array([n, n], np.int32)
        data, lookup = file.create_group("data"), file.create_group("lookup")
        lookup.create_dataset(mapping, data=zones.astype(np.int64))
        for name, values in matrices.items():
            if values.shape != (n, n):
                raise InputError(f"Matrix '{name}' is {values.shape} for {n} zones. Give it a row and column a zone.")
            data.create_dataset(
                name, data=values.astype(np.float64), chunks=True, compression="gzip", compression_opts=1
            )


def dense(matrix: Matrix, zones: Ids) -> Floats:
    """The volumes of a matrix by row and column in the order of zones."""
    order = np.argsort(zones)
    made = np.zeros((zones.shape[0], zones.shape[0]))
    rows, columns = (order[np.searchsorted(zones, ids, sorter=order)] for ids in (matrix.origin, matrix.destination))
    np.add.at(made, (rows, columns), matrix.volume)
    return made


def required() -> ModuleType:
    """The package h5py. Raises InputError if it is not installed."""
    try:
        import h5py
    except ImportError:
        raise InputError("OMX files need the package h5py. Install it: pip install 'karvan[omx]'.") from None
    module: ModuleType = h5py
    return module


def _size(file: str, found: Mapping[str, Any], h5py: ModuleType, faults: list[str]) -> int:
    """How many zones the matrices have; those that are none, not square or of another size are faults."""
    sizes = []
    for name, values in found.items():
        shape: tuple[int, ...] = values.shape if isinstance(values, h5py.Dataset) else ()
        if len(shape) != 2 or shape[0] != shape[1]:
            said = " x ".join(map(str, shape)) or "no array"
            faults.append(f"{file}, matrix {name}: is {said}, not square. Give it a row and a column a zone.")
        elif values.dtype.kind not in "fiu":
            faults.append(f"{file}, matrix {name}: holds no numbers ({values.dtype}). Write it as numbers.")
        else:
            sizes.append(int(shape[0]))
    if len(set(sizes)) > 1:
        faults.append(f"{file}: matrices have {', '.join(map(str, sorted(set(sizes))))} zones. Give all the same.")
    return sizes[0] if sizes else 0


def _zones(file: str, lookup: Any, mapping: str | None, size: int, faults: list[str]) -> Ids | None:
    """Ids of the zones; None if there are none to be had, which is a fault."""
    known = list(lookup) if lookup is not None else []
    if mapping is None and len(known) > 1:
        faults.append(f"{file}: has several mappings. Name one of {', '.join(known)}.")
    elif mapping is not None and mapping not in known:
        faults.append(f"{file}: there is no mapping '{mapping}'. Choose one of {', '.join(known) or 'none'}.")
    if faults:
        return None
    if not known:
        return np.arange(1, size + 1)
    name = mapping or known[0]
    values = np.asarray(lookup[name])
    if values.shape != (size,):
        faults.append(f"{file}, mapping {name}: has {values.size} ids for {size} zones. Give it one a zone.")
        return None
    try:
        ids = values.astype(np.int64)
        if values.dtype.kind == "f" and (ids != values).any():
            raise ValueError
    except ValueError:
        faults.append(f"{file}, mapping {name}: holds ids that are no whole numbers. Number the zones.")
        return None
    unique, counts = np.unique(ids, return_counts=True)
    twice = unique[counts > 1].tolist()
    if twice:
        shown = ", ".join(map(str, twice[:_SHOWN]))
        faults.append(f"{file}, mapping {name}: zone {shown} stands there more than once. Give each zone its own id.")
    return ids


def _matrix(file: str, name: str, values: Any, zones: Ids, faults: list[str]) -> Matrix:
    """The entries of a matrix that are not zero, row by row so that a large one is never there as a whole."""
    rows, columns, volumes = [], [], []
    for i in range(zones.shape[0]):
        row = np.asarray(values[i], np.float64)
        wrong = np.flatnonzero(~((row >= 0) & (row < np.inf)))
        faults += [
            f"{file}, matrix {name}: {zones[i]} to {zones[j]} is {row[j]:.10g}. Give a number of zero or more."
            for j in wrong.tolist()
        ]
        at = np.flatnonzero(row)
        rows.append(np.full(at.shape[0], zones[i]))
        columns.append(zones[at])
        volumes.append(row[at])
    nothing = np.zeros(0)
    return Matrix(
        file=file,
        name=name,
        origin=frozen(np.concatenate([nothing.astype(np.int64), *rows]), np.int64),
        destination=frozen(np.concatenate([nothing.astype(np.int64), *columns]), np.int64),
        volume=frozen(np.concatenate([nothing, *volumes]), np.float64),
    )
