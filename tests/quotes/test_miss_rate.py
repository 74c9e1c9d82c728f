"""The benchmark of the miss rate, on one lane with a narrow band."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from karvan.model.dataset import Dataset

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """benchmarks/miss_rate.py as a module."""
    spec = importlib.util.spec_from_file_location("miss_rate", ROOT / "benchmarks" / "miss_rate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["miss_rate"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_one_lane_is_enumerated_and_nearly_all_of_its_front_is_in_the_answer(bench: ModuleType, atlas: Dataset) -> None:
    """Yerevan to Almaty within a tenth: every way listed is above the bounds by which others were left out."""
    report = bench.measure(atlas, "yerevan-almaty", most=5_000, steps=1_000_000, bands=(0.1,))
    assert report.ways >= report.chains > len(report.ours)
    assert report.below == 0
    assert report.shown <= report.matched <= len(report.front)
    assert report.worst < 0.2
    assert max(report.regrets[:2]) < 0.02
    assert "missed" in str(report)


def test_a_wider_band_lists_all_that_a_narrower_one_does(bench: ModuleType, atlas: Dataset) -> None:
    """More ways, and a front that is nowhere worse."""
    narrow, wide = (
        bench.measure(atlas, "yerevan-almaty", most=5_000, steps=1_000_000, bands=(band,)) for band in (0.0, 0.2)
    )
    assert narrow.ways <= wide.ways
    for row in narrow.front:
        assert any(all(b <= a for a, b in zip(row, other, strict=True)) for other in wide.front)
