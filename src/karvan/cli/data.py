"""Which data a command works on: the options --data, --as-of and --projects, given before the command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from karvan.cli.text import plain
from karvan.errors import InputError

if TYPE_CHECKING:
    from karvan.model.dataset import Dataset

# Outside these no atlas of ours has services or rates, and calendars end.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Chosen:
    """A data folder over the atlas, the day of which it is to be known, and projects taken as done, if any."""

    folder: Path | None = None
    as_of: date | None = None
    projects: tuple[str, ...] = ()

    def load(self) -> Dataset:
        """The dataset. Raises DataError with every fault of the folder, InputError for an unknown project."""
        from karvan import atlas, overrides

        dataset = atlas.load(self.folder)
        if self.as_of is not None:
            dataset = overrides.as_of(dataset, self.as_of)
        return overrides.with_projects(dataset, self.projects)

    def refuse(self, why: str) -> None:
        """Raises InputError if a day or projects were given to a command that works on rows as they are written."""
        given = [name for name, value in (("--as-of", self.as_of), ("--projects", self.projects)) if value]
        if given:
            raise InputError(f"{why} Leave {' and '.join(given)} out.")


def chosen(context: typer.Context, folder: Path | None = None) -> Chosen:
    """What was given before the command; a folder given to the command itself wins."""
    given = context.find_root().params
    at = given.get("data") if folder is None else folder
    as_of = given.get("as_of")
    done = tuple(key.strip() for key in (given.get("projects") or "").split(",") if key.strip())
    return Chosen(None if at is None else Path(at), None if as_of is None else day(as_of, "as-of"), done)


def day(text: str, option: str) -> date:
    """A day of a year that an atlas may cover. Raises InputError."""
    try:
        found = date.fromisoformat(text.strip())
        if found.isoformat() != text.strip():
            raise ValueError
    except ValueError:
        raise InputError(
            f"'{plain(text)}' is not a day for --{option}. Write it as YYYY-MM-DD, as in 2025-03-03."
        ) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise InputError(
            f"{found} for --{option} is not a day on which cargo can be quoted. "
            f"Name one from {_FIRST_YEAR} to {_LAST_YEAR}."
        )
    return found
