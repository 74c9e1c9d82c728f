"""What several tests share: the atlas, and the six lanes quoted once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import karvan
from karvan import atlas as built_in
from karvan.formats import datapackage
from karvan.model.dataset import Dataset
from karvan.model.quote import Quote

settings.register_profile("karvan", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("karvan")

LANES = {
    "xian-constanta": ("Xi'an", "Constanța", "1x40HC", "household appliances", 14.0),
    "aksu-mersin": ("Aksu", "Mersin", "wagons,containers", "ferroalloys", 1200.0),
    "tashkent-istanbul": ("Tashkent", "Istanbul", "any", "cotton yarn", 20.0),
    "yerevan-almaty": ("Yerevan", "Almaty", "any", "household appliances", 14.0),
    "almaty-duisburg": ("Almaty", "Duisburg", "1x40HC", "household appliances", 14.0),
    "shanghai-poti": ("Shanghai", "Poti", "1x40HC", "household appliances", 14.0),
}


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
    return {
        name: karvan.quote(a, b, ready="2025-03-03", cargo=cargo, commodity=commodity, tonnes=tonnes, data=atlas)
        for name, (a, b, cargo, commodity, tonnes) in LANES.items()
    }
