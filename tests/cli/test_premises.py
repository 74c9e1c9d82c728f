"""An answer of data that are not as they are written says so, wherever it is read."""

from __future__ import annotations

import pytest

from karvan.cli import main

SUPPOSED = ["--as-of", "2024-06-30", "--projects", "gyumri-kars"]
ASKED = ["quote", "Yerevan", "Mersin", "--ready", "2024-06-24", "--cargo", "1x40HC", "--commodity", "furniture"]
SAID = ("as known on 2024-06-30", "Restoration of Gyumri-Kars done")


@pytest.mark.parametrize(
    "command",
    [
        [*ASKED, "--tonnes", "14"],
        [*ASKED, "--tonnes", "14", "--json", "-"],
        [*ASKED, "--tonnes", "14", "--html", "-"],
        ["atlas", "map", "--html", "-"],
        ["atlas", "corridor", "cop-gyumri-kars"],
        ["atlas", "demand", "totals"],
    ],
    ids=["terminal", "json", "html", "map", "corridor", "demand"],
)
def test_what_is_supposed_is_said(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SUPPOSED, *command]) == 0
    answer = " ".join(capsys.readouterr().out.split())
    for said in SAID:
        assert said in answer
    assert main(command) == 0
    assert "Supposed" not in capsys.readouterr().out


def test_an_unknown_project_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """A project that came later does not exist on the day."""
    assert main(["--as-of", "2022-12-31", "--projects", "cku", "atlas", "corridor"]) == 2
    said = capsys.readouterr().err
    assert "There is no project 'cku' as known on 2022-12-31" in said
    assert "gyumri-kars" in said


def test_a_year_without_a_flow_is_not_zero(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for a pair, whatever made its years; no cell is no number."""
    assert main(["--as-of", "2022-12-31", "atlas", "demand", "totals", "general"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["from", "to", "2019"]
    pairs = [tuple(line.split()[:2]) for line in lines if line.split()[2:3] and line.split()[0][2:3] == "-"]
    assert len(pairs) == len(set(pairs)) > 0
    assert main(["--as-of", "2022-12-31", "atlas", "demand", "totals"]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("general "))
    assert row.split()[-4:] == ["3,254", "-", "-", "-"]


@pytest.mark.parametrize("columns", ["60", "80", "100"])
def test_every_count_keeps_its_citation(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bars give way; the numbers of the sources do not."""
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["atlas", "observations", "baku-teu"]) == 0
    answer = capsys.readouterr().out.partition("\nSources\n")
    assert "…" not in answer[0]
    rows = [line for line in answer[0].splitlines() if line.startswith("  20")]
    assert sum("[" in line for line in rows) == answer[0].count("[") > 15


def test_claims_of_one_series_are_not_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["atlas", "observations", "baku-teu", "--claims"]) == 2
    assert "Leave the series or --claims out" in capsys.readouterr().err
