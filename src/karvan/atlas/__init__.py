"""The built-in dataset: CSV tables in this folder, and places found by any name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from karvan.atlas.places import find_place
from karvan.errors import DataError
from karvan.formats import datapackage
from karvan.model.dataset import Dataset

__all__ = ["find_place", "folder", "load", "problems"]


def folder() -> Path:
    """Where the built-in tables are."""
    return Path(__file__).parent


def load(data: Path | None = None) -> Dataset:
    """The dataset in a folder, checked; without one, the built-in atlas, whose checks are run by its tests.

    A folder extends and replaces rows of the atlas by key, unless it stands alone (see `karvan.formats.datapackage`).

    The same object as long as no file of the folder changes. Raises DataError with every fault of the folder.
    """
    if data is None:
        return _built_in()
    place = Path(data).resolve()
    files = sorted(place.glob("*.csv"))
    return _checked(place, tuple((f.name, f.stat().st_mtime_ns, f.stat().st_size) for f in files))


def problems(data: Path) -> list[str]:
    """Every fault of a data folder: of its tables; without these, what the engines would refuse; then the whole."""
    from karvan.atlas import checks

    try:
        dataset = datapackage.read(data, folder())
    except DataError as fault:
        return list(fault.problems)
    whole = data.resolve() == folder() or not datapackage.extends(data)
    return _refused(dataset) or checks.problems(dataset, whole)


@lru_cache(maxsize=1)
def _built_in() -> Dataset:
    return datapackage.read_trusted(folder())


@lru_cache(maxsize=4)
def _checked(place: Path, files: tuple[tuple[str, int, int], ...]) -> Dataset:  # noqa: ARG001 - files are the key
    dataset = datapackage.read(place, folder())
    found = _refused(dataset)
    if found:
        raise DataError(found)
    return dataset


def _refused(dataset: Dataset) -> list[str]:
    """Faults that no single cell shows and that the engines would refuse."""
    from karvan.emissions import Emissions
    from karvan.tariffs.lookup import check
    from karvan.times.waits import departure_hours

    found = Emissions(dataset).missing(dataset.links, {m.mode: m.forms for m in dataset.modes})
    for rate in dataset.rates:
        try:
            check(rate)
        except DataError as fault:
            found += fault.problems
    for service in dataset.services:
        try:
            if service.rule == "timetable":
                departure_hours(service.timetable)
        except DataError as fault:
            found += fault.problems
    return found
