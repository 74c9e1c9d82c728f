"""`karvan atlas corridor`: routes that cannot be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from karvan.cli import main

HEADER = "corridor,name,family,via,avoids,route,description,source,confidence,known_on,note\n"


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("kz-aktau;az-alat", "there is no mode ''"),
        ("rail:kz-aktau;rail:kz-beyneu", "there is no node 'rail:kz-aktau'"),
        ("nowhere;rail:kz-aktau", "there is no node 'nowhere'"),
        ("kz-aktau", "goes nowhere"),
    ],
)
def test_a_route_that_names_nothing_is_a_fault_and_no_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], route: str, fault: str
) -> None:
    """A folder is read without the checks of the whole, so the command must look at the route itself."""
    row = f"mine,Mine,other,,,{route},d,assumption,assumption,2000-01-01,n\n"
    (tmp_path / "corridors.csv").write_text(HEADER + row, encoding="utf-8")
    assert main(["--data", str(tmp_path), "atlas", "corridor", "mine"]) == 1
    assert fault in capsys.readouterr().err


def test_a_corridor_with_a_link_not_yet_known_is_longer_than_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """A stage of no kilometres would be taken for a short one."""
    assert main(["--as-of", "2015-01-01", "atlas", "corridor", "north-south-west"]) == 0
    said = capsys.readouterr().out
    assert "no links known" in said
    assert any(line.split()[:2] == ["Length", "over"] for line in said.splitlines())
