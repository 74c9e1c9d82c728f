"""`karvan atlas check`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from karvan import atlas as built_in
from karvan.cli import main
from karvan.formats.datapackage import problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in tables."""
    made = tmp_path / "data"
    shutil.copytree(built_in.folder(), made, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return made


def test_every_fault_is_listed_and_the_code_is_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A script that builds an atlas must see that it is broken, and a person all of it at once."""
    (folder / "grids.csv").write_text("country,g_kwh\nKZ,much\nXX,-1\n", encoding="utf-8")
    (folder / "modem.csv").write_text("mode\n", encoding="utf-8")
    assert main(["atlas", "check", str(folder)]) == 1
    listed = capsys.readouterr().out.splitlines()
    assert listed[:-1] == problems(folder, built_in.folder())
    assert {line.split(",")[0].split(":")[0] for line in listed[:-1]} == {"grids.csv", "modem.csv"}
    assert listed[-1] == f"{len(listed) - 1} fault(s)."


def test_the_built_in_atlas_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor a warning."""
    assert main(["atlas", "check"]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out == "No faults.\n"


def test_a_fault_cannot_drive_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A data folder comes from somebody else."""
    (folder / "grids.csv").write_text("country,\x1b[2J\nKZ,1\n", encoding="utf-8")
    main(["atlas", "check", str(folder)])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("given", [["--as-of", "2022-12-31"], ["--projects", "tripp-rail"]])
@pytest.mark.parametrize("command", [["check"], ["import", "network", "--to", "data"]])
def test_what_would_be_ignored_is_refused(
    given: list[str], command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It would be an answer to something else than was asked for."""
    assert main([*given, "atlas", *command]) == 2
    assert f"Leave {given[0]} out" in capsys.readouterr().err
