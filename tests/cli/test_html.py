"""`karvan quote --html`."""

from __future__ import annotations

from pathlib import Path

import pytest

from karvan.cli import main


def test_the_page_is_written_beside_the_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One run gives both, and says where the page is."""
    target = tmp_path / "quote.html"
    asked = ["quote", "Almaty", "Poti", "--ready", "2025-03-03", "--cargo", "1x40HC", "--commodity", "appliances"]
    assert main([*asked, "--tonnes", "14", "--html", str(target)]) == 0
    assert str(target) in capsys.readouterr().out.replace("\n", "")
    assert target.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
