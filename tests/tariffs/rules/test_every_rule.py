"""A rule that nobody has worked through by hand is not done; the docs have a test of their own."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from karvan.tariffs.billing import Amount
from karvan.tariffs.rules import RULES
from rule_cases import measures, rate_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.NAME)
def test_a_rule_has_a_case_file(rule: ModuleType) -> None:
    """Golden cases stand beside this file."""
    assert Path(__file__).with_name(f"test_{rule.NAME}.py").exists()


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.NAME)
def test_a_rule_is_named_like_its_file_and_gives_an_amount(rule: ModuleType) -> None:
    """Rows of rates.csv name the rule; a reader finds it by that name."""
    assert rule.__name__.rpartition(".")[2] == rule.NAME
    unit = "t" if rule.NAME == "chargeable_mass" else "container"
    found = rule.amount(rate_of(rule.NAME, "2", unit), measures())
    assert isinstance(found, Amount)
    assert [type(getattr(found, f.name)).__name__ for f in fields(found)] == ["Decimal", "Decimal"]


def test_every_file_of_a_rule_is_registered() -> None:
    """A rule that stands in no registry is never used."""
    folder = ROOT / "src" / "karvan" / "tariffs" / "rules"
    assert {p.stem for p in folder.glob("*.py")} - {"__init__"} == {r.NAME for r in RULES}
