"""Bytes to model and back, one file a format.

`FORMATS` names those of whole datasets. Each can write one and read it again without loss; the first that recognises
a file or folder reads it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from karvan.formats import datapackage, geojson, geopackage, gmns
from karvan.formats._tables import Found, dataset_of
from karvan.model.dataset import Dataset


class Format(Protocol):
    """What a module of a format has. `SUFFIX` is that of its file, or empty if it is a folder."""

    NAME: str
    SUFFIX: str

    def recognises(self, path: Path, /) -> bool:
        """Whether a path is of this format, by a look at it."""

    def write(self, path: Path, dataset: Dataset, /) -> None:
        """Write all tables. Raises OSError."""

    def read(self, path: Path, /) -> Dataset:
        """The dataset; rows equal those written. Raises DataError with every fault."""

    def found(self, path: Path, /) -> Found:
        """The tables as text, checked as far as they can be without another dataset."""


FORMATS: tuple[Format, ...] = (gmns, datapackage, geopackage, geojson)

__all__ = ["FORMATS", "Format", "Found", "dataset_of"]
