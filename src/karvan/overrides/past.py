"""The dataset of a day in the past.

What a row says is its state today; the table `history` keeps what its cells said before. `state_on` puts back what was
so. `as_of` is for predictions: it puts back what was known as well, and hides every row that nobody could have known,
and every trace of one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from karvan.keys import matches
from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.model.scenario import Change, Override
from karvan.model.tariff import Source
from karvan.overrides.apply import apply
from karvan.schema import ASSUMPTION, Field, fields, key

# Stands for the sources of a row that were published after the day.
LATER = "later"
# Tables whose rows name rows of any table, by key or glob.
_OF_ANY = ("history", "project_effects")
# Stands for a text that every row of a table must have and that was written with hindsight.
NOT_TOLD = "Written later."
# Columns of sentences, of which one may tell what came after; names are of the row itself.
_PROSE = (
    "note", "contested", "opens", "remedy", "definition", "description", "effect", "basis", "split", "scope",
    "condition",
)  # fmt: skip
_BETWEEN_SENTENCES = re.compile(r"(?<=[.;])\s+")
# Tables whose rows end when somebody sets a new one, so that an end after the day is hindsight; others are announced.
_REPLACED = ("rates", "services", "facilities", "subsidies")
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?!\d)")


@lru_cache(maxsize=16)
def state_on(dataset: Dataset, day: date) -> Dataset:
    """The dataset with every cell as it was on a day: the earliest value that held on or after it.

    The same object if nothing changed since. Rows that came later stay; their own dates say so. What a row that is not
    there once held is left out: a user's folder may have removed it.
    """
    held = _held(dataset, day, ("state",))
    past = apply(dataset, held)
    return replace(past, history=tuple(h for h in past.history if h.until < day)) if held else past


def _held(dataset: Dataset, day: date, what: tuple[str, ...]) -> list[Change]:
    """The changes that put back what cells held on a day. A status put back has held since that day at the latest."""
    keys = {t: frozenset(key(t, r) for r in getattr(dataset, t)) for t in {h.table for h in dataset.history}}
    first: dict[tuple[str, str, str], Change] = {}
    for row in sorted(dataset.history, key=lambda h: h.until):
        if row.until >= day and row.what in what and _is_there(row, keys[row.table]):
            first.setdefault((row.table, row.row, row.column), row)
    for table, row_key, column in list(first):
        if (table, column) == ("links", "status"):
            since = Override(table, row_key, "status_on", day.isoformat())
            first.setdefault((table, row_key, "status_on"), since)
    return list(first.values())


def _is_there(change: Change, keys: frozenset[str]) -> bool:
    """Whether a change meets one of the keys of its table."""
    return change.row in keys or any(matches(change.row, k) for k in keys)


@lru_cache(maxsize=16)
def as_of(dataset: Dataset, day: date) -> Dataset:
    """The dataset as a person could have known it on a day.

    - a row whose `known_on` is later is gone, and so is a row that needs it;
    - cells hold what they held or were known to hold, and `history` keeps no change that came later;
    - a rate or service that ended later has no end: nobody knew the next one;
    - a source published later is named `later`; the note of a row that cites one is empty, and so is every sentence
      that names a later year, since it was written with hindsight.
    """
    past = apply(dataset, _held(dataset, day, ("state", "known")))
    kept: dict[str, tuple[Any, ...]] = {t: tuple(r for r in getattr(past, t) if r.known_on <= day) for t in ROW_CLASSES}
    kept["history"] = tuple(h for h in kept["history"] if h.until < day)
    while True:
        keys = {t: frozenset(key(t, r) for r in rows) for t, rows in kept.items()}
        fewer = {t: tuple(r for r in rows if _has_all(t, r, keys)) for t, rows in kept.items()}
        if all(len(fewer[t]) == len(kept[t]) for t in kept):
            break
        kept = fewer
    hidden = {t: frozenset(key(t, r) for r in getattr(past, t)) - keys[t] for t in kept}
    told = {t: tuple(_without_hindsight(t, r, hidden, day) for r in rows) for t, rows in kept.items()}
    if any(LATER in r.source.split(";") for t, rows in told.items() if t != "sources" for r in rows):
        told["sources"] = (*told["sources"], _later(day))
    premises = (f"as known on {day}", *past.premises)
    return replace(past, **told, digest=f"{past.digest}@{day.isoformat()}", premises=premises)


def _has_all(table: str, row: Any, keys: dict[str, frozenset[str]]) -> bool:
    """Whether every row that this one names in a single cell is there, and any of those it names in a list."""
    if table in _OF_ANY and not _is_there(row, keys.get(row.table, frozenset())):
        return False
    for field in fields(table):
        if not field.references:
            continue
        target = field.references.partition(".")[0]
        value = getattr(row, field.name)
        if field.separator:
            if value and not any(v in keys[target] for v in value):
                return False
        elif value and value not in keys[target]:
            return False
    return True


def _without_hindsight(table: str, row: Any, hidden: dict[str, frozenset[str]], day: date) -> Any:
    """The row without what was written, ended or named after the day."""
    changes: dict[str, Any] = {}
    for field in fields(table):
        value = getattr(row, field.name)
        if field.separator and field.references:
            gone = hidden[field.references.partition(".")[0]]
            if gone.intersection(value):
                changes[field.name] = tuple(v for v in value if v not in gone)
        elif field.name in _PROSE and _tells_later(value, day):
            told = [s for s in _BETWEEN_SENTENCES.split(value) if not _tells_later(s, day)]
            changes[field.name] = " ".join(told) or _nothing(field, row)
    if table in _REPLACED and row.valid_to is not None and row.valid_to >= day:
        changes["valid_to"] = None
    if table != "sources":
        cited = row.source.split(";")
        open_ones = [s for s in cited if s not in hidden["sources"]]
        if len(open_ones) < len(cited):
            changes["source"] = ";".join([*open_ones, LATER])
            changes["note"] = ""
    return replace(row, **changes) if changes else row


def _nothing(field: Field, row: Any) -> str:
    """What stands for a sentence that is not told: nothing, where nothing is allowed."""
    return NOT_TOLD if field.required or row.source == ASSUMPTION else ""


def _tells_later(sentence: str, day: date) -> bool:
    return any(int(year) > day.year for year in _YEAR.findall(sentence))


def _later(day: date) -> Source:
    """The row of the sources that stand hidden, so that what cites them can be written and read again."""
    return Source(
        source=LATER,
        title="Not yet published on that day",
        publisher="unknown",
        address="hidden",
        published="n.d.",
        accessed=day,
        known_on=day,
    )
