"""What several tests share: the atlas, and the six lanes quoted once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from karvan import atlas as built_in
from karvan.formats import datapackage
from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from karvan.quotes.lanes import REFERENCE

settings.register_profile("karvan", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("karvan")

# The first six of the reference lanes, which most tests of whole quotes look at.
LANES = {lane.name: lane for lane in REFERENCE[:6]}


@pytest.fixture(scope="session")
def atlas_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in tables, copied, so that an edit during the tests changes nothing."""
    folder = tmp_path_factory.mktemp("atlas")
    for table in built_in.folder().glob("*.csv"):
        shutil.copy(table, folder)
    return folder


@pytest.fixture(scope="session")
def atlas(atlas_folder: Path) -> Dataset:
    """The built-in dataset."""
    return datapackage.read_trusted(atlas_folder)


@pytest.fixture(scope="session")
def lanes(atlas: Dataset) -> dict[str, Quote]:
    """The six lanes on 3 March 2025."""
    return {name: lane.quote(atlas) for name, lane in LANES.items()}
