"""The built-in dataset: CSV tables in this folder, and places found by any name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from karvan.atlas.places import find_place
from karvan.formats import datapackage
from karvan.model.dataset import Dataset

__all__ = ["find_place", "folder", "load"]


def folder() -> Path:
    """Where the built-in tables are."""
    return Path(__file__).parent


@lru_cache(maxsize=4)
def load(data: Path | None = None) -> Dataset:
    """The dataset in a folder, checked; without one, the built-in atlas, whose checks are run by its tests.

    Raises DataError with every fault of the folder.
    """
    return datapackage.read_trusted(folder()) if data is None else datapackage.read(data)
