"""Files are whole or not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from karvan.cli import output
from karvan.errors import OutputError


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up must not cost yesterday's quote."""
    target = tmp_path / "quote.json"
    target.write_text("yesterday")

    def full(self: Path, to: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        output.write(str(target), "today")
    assert target.read_text() == "yesterday"
    assert [p.name for p in tmp_path.iterdir()] == ["quote.json"]


def test_a_file_is_written_whole_with_the_usual_permissions(tmp_path: Path) -> None:
    """A page that only its writer can read cannot be shown to a colleague."""
    target = tmp_path / "page.html"
    output.write(str(target), "Constanța\n")
    assert target.read_bytes() == "Constanța\n".encode()
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask


def test_a_symbolic_link_stays_a_link(tmp_path: Path) -> None:
    """Renaming over a link would break what it is for."""
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    output.write(str(tmp_path / "link.json"), "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


@pytest.mark.parametrize(
    ("name", "said"), [("", "No file was named"), (".", "is a folder"), ("no/x.json", "no folder")]
)
def test_a_file_that_cannot_be_is_refused_before_the_work(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody should wait for a quote and then lose it."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match=said):
        output.check_writable(name)
