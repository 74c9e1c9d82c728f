"""docs/lanes.md is what the code and the atlas say today."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

from karvan import atlas

ROOT = Path(__file__).parents[2]


def _make_lanes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_lanes", ROOT / "docs" / "make_lanes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_lanes"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _without_digests(text: str) -> str:
    """A digest changes with every byte of the atlas and says nothing to a reader."""
    return re.sub(r"\bdata [0-9a-f]{8}\b", "data #", text)


def test_the_lanes_are_printed_as_they_are() -> None:
    """If this fails after a change of code or data: python docs/make_lanes.py, and read what it changed."""
    lanes = _make_lanes()
    printed = _without_digests(lanes.PAGE.read_text(encoding="utf-8")).splitlines()
    made = _without_digests(lanes.page(atlas.load())).splitlines()
    changed = [f"{a} -> {b}" for a, b in zip(printed, made, strict=False) if a != b]
    assert not changed, f"run: python docs/make_lanes.py; {len(changed)} lines changed, the first: {changed[0]}"
    assert len(printed) == len(made), "run: python docs/make_lanes.py"
