"""Bad input: one clear sentence on standard error, an exit code, and nothing half-written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest

from karvan import atlas as built_in
from karvan.atlas import find_place
from karvan.cli import main, options
from karvan.model.dataset import Dataset

GIVEN = {
    "origin": "Xi'an",
    "destination": "Poti",
    "--ready": "2025-03-03",
    "--cargo": "1x40HC",
    "--commodity": "household appliances",
    "--tonnes": "14",
}
MISUSED = [
    ({"origin": "Atlantis"}, "No place goes by 'Atlantis'"),
    ({"origin": ""}, "No place was named"),
    ({"destination": "Xi'an"}, "Origin and destination are both"),
    ({"--tonnes": "0"}, "above zero"),
    ({"--tonnes": "-3"}, "above zero"),
    ({"--tonnes": "nan"}, "above zero"),
    ({"--tonnes": "inf"}, "above zero"),
    ({"--tonnes": "14,5"}, "'14,5' is not a number for --tonnes"),
    ({"--tonnes": "14000000"}, "not in kilograms"),
    ({"--tonnes": "40"}, "takes at most"),
    ({"--cargo": "0x40HC"}, "zero units"),
    ({"--cargo": "spaceship"}, "No equipment goes by 'spaceship'"),
    ({"--cargo": ""}, "No equipment goes by"),
    ({"--commodity": "wheat"}, "cannot go in"),
    ({"--commodity": "unobtainium"}, "No commodity goes by 'unobtainium'"),
    ({"--ready": "tomorrow"}, "'tomorrow' is not a day for --ready"),
    ({"--ready": "2025-02-30"}, "'2025-02-30' is not a day"),
    ({"--ready": "0001-01-01"}, "is not a day on which cargo can be quoted"),
    ({"--ready": "9999-12-31"}, "is not a day on which cargo can be quoted"),
    ({"--booked": "2025-03-09"}, "after it is ready"),
    ({"--value": "-4"}, "Give a value of zero or more"),
    ({"--value": "nan"}, "Give a value of zero or more"),
    ({"--sort": "beauty"}, "Choose one of price, time, lateness, co2e"),
    ({"--epsilon": "nan"}, "out of range"),
    ({"--wagon-owner": "me"}, "Choose one of own, leased, railway"),
    ({"--box-owner": "me"}, "Choose one of shipper, carrier"),
    ({"--top": "0"}, "Give --top one or more"),
    ({"--top": "many"}, "--top"),
    ({"--detail": "0"}, "There is no way number 0"),
    ({"--detail": "9999"}, "There is no way number 9999"),
]


def arguments(changes: dict[str, str]) -> list[str]:
    given = {**GIVEN, **changes}
    options = [text for name, value in given.items() if name.startswith("--") for text in (name, value)]
    return ["quote", *options, "--", given["origin"], given["destination"]]


def said(capsys: pytest.CaptureFixture[str], args: list[str]) -> tuple[int, str]:
    code = main(args)
    out, err = capsys.readouterr()
    assert out == ""
    return code, err


@pytest.mark.parametrize(("changes", "sentence"), MISUSED, ids=lambda v: str(v)[:40])
def test_a_question_that_cannot_be_asked_gets_one_line_and_code_2(
    changes: dict[str, str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A wrong number is worse than none, a traceback says nothing, and no file may claim an answer."""
    target = tmp_path / "quote.json"
    code, err = said(capsys, arguments({**changes, "--json": str(target)}))
    assert code == 2
    assert sentence in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert not target.exists()


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["quotes"], "No such command 'quotes'"),
        (["--verbose"], "No such option: --verbose"),
        (["quote", "Xi'an"], "Missing"),
        (["quote", "Xi'an", "Poti", "--fast"], "No such option: --fast"),
        (["quote", "Xi'an", "Poti", "--ready"], "--ready"),
    ],
    ids=str,
)
def test_arguments_that_cannot_be_read_get_one_line_that_points_to_help(
    args: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The parser's own errors look like all others."""
    code, err = said(capsys, args)
    assert code == 2
    assert sentence in err
    assert "--help" in err
    assert err.count("\n") == 1


def test_no_arguments_at_all_show_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The first thing anybody types."""
    assert main([]) == 0
    assert "quote" in capsys.readouterr().out


def test_what_the_user_typed_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """An escape sequence pasted with a name must not hide or rewrite the answer; markup is text."""
    code, err = said(capsys, arguments({"origin": "\x1b[2J[bold]Xi\u202ean[/bold]\x07"}))
    assert code == 2
    assert "[bold]Xian[/bold]" in err
    assert not any(c in err for c in "\x1b\x07\u202e")


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_an_output_that_cannot_be_written_gets_code_1(
    option: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is no fault of the question."""
    code, err = said(capsys, arguments({option: str(tmp_path / "missing" / "quote")}))
    assert code == 1
    assert "there is no folder" in err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_data_folder_is_refused_with_its_faults(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A quote from faulty tables would be a wrong number."""
    shutil.copytree(built_in.folder(), tmp_path / "data", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    nodes = tmp_path / "data" / "nodes.csv"
    nodes.write_text(nodes.read_text(encoding="utf-8") + "x\n", encoding="utf-8")
    code, err = said(capsys, arguments({"--data": str(tmp_path / "data")}))
    assert code == 1
    assert "nodes.csv, line" in err
    assert "Traceback" not in err


def test_a_data_folder_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A typing error in a path is the usual cause."""
    code, err = said(capsys, arguments({"--data": str(tmp_path / "nowhere")}))
    assert code == 1
    assert "there is no such folder" in err


def test_the_places_that_help_names_are_found(atlas: Dataset) -> None:
    """An example that fails is worse than none."""
    for argument in (options.Origin, options.Destination):
        shown = get_args(argument)[1].help.removeprefix("Any name of a place: ").removesuffix(" ...")
        assert len({find_place(atlas, name).node for name in shown.split(", ")}) == 1
