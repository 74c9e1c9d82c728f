"""A row by its key, a place by any of its names, and what refers to a row."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from karvan.atlas.naming import NAMING, patterns
from karvan.atlas.places import find_place, folded, places_named
from karvan.errors import UnknownPlace
from karvan.keys import matches
from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.schema import fields, key, primary_key

# So many rows are shown at once, and so many named where there are more.
_SHOWN, _LISTED = 4, 12


def find(dataset: Dataset, name: str) -> list[tuple[str, Any]]:
    """(table, row) of every row that goes by a name.

    A key of any table as it is written; else whatever has that key, name or title but for case and accents, and places
    by any of their names; else what has it in its name. Raises UnknownPlace (an InputError) with the nearest names, or
    with those found if they are too many to show.
    """
    wanted = folded(name)
    exact = [(t, row) for t in ROW_CLASSES for row in getattr(dataset, t) if key(t, row) == name]
    if exact:
        return exact
    titled = list(_titled(dataset)) if wanted else []
    tables = [t for t in ROW_CLASSES if t != "nodes"]
    alike = [(t, row) for t in tables for row in getattr(dataset, t) if folded(key(t, row)) == wanted]
    alike += [("nodes", node) for node in places_named(dataset, name)]
    alike += [(t, row) for t, row, said in titled if said == wanted and (t, row) not in alike]
    if alike:
        return alike
    within = [(t, row) for t, row, said in titled if f" {wanted} " in f" {said} "]
    if 0 < len(within) <= _SHOWN:
        return within
    if within:
        named = [f"{t}: {key(t, row)}" for t, row in within]
        more = f" and {len(named) - _LISTED} more" if len(named) > _LISTED else ""
        listed = f"{', '.join(named[:_LISTED])}{more}"
        raise UnknownPlace(f"'{name}' is in {len(named)} names. Give one of these keys: {listed}.", named)
    keys = {folded(key(t, row)): key(t, row) for t in ROW_CLASSES if t != "demand" for row in getattr(dataset, t)}
    near = [keys[k] for k in get_close_matches(wanted, keys, 3)]
    try:
        find_place(dataset, name)
    except UnknownPlace as unknown:
        near += unknown.candidates
    hint = f"Near to it are: {', '.join(near[:6])}." if near else "Give a key, or a name of a place."
    raise UnknownPlace(f"No row and no place goes by '{name}'. {hint}", near)


def _titled(dataset: Dataset) -> Iterator[tuple[str, Any, str]]:
    """(table, row, folded name or title) of the rows that have one, places aside."""
    for table in ROW_CLASSES:
        title = next((f.name for f in fields(table) if f.name in ("name", "title")), "")
        if title and table not in ("nodes", "sources"):
            for row in getattr(dataset, table):
                yield table, row, folded(getattr(row, title))


def referring(dataset: Dataset, table: str, row: Any) -> Iterator[tuple[str, Any]]:
    """(table, row) of every row that names this one: by reference, by a pattern other than `*`, or as its source."""
    named = key(table, row)
    own = f"{table}.{primary_key(table)[0]}"
    for other in ROW_CLASSES:
        columns = [
            (f.name, bool(f.separator)) for f in fields(other) if f.references == own and len(primary_key(table)) == 1
        ]
        naming = [c for t, c, target in NAMING if (t, target) == (other, table)]
        for candidate in getattr(dataset, other):
            if (
                any(named in getattr(candidate, c) if many else named == getattr(candidate, c) for c, many in columns)
                or any(p != "*" and matches(p, named) for c in naming for p in patterns(candidate, c))
                or (table == "sources" and other != "sources" and named in candidate.source.split(";"))
                or (
                    table == "nodes"
                    and other == "corridors"
                    and any(r.rpartition(":")[2] == named for r in candidate.route)
                )
                or (
                    other in ("history", "project_effects")
                    and candidate.table == table
                    and matches(candidate.row, named)
                )
            ):
                yield other, candidate


def sources_of(dataset: Dataset, row: Any) -> list[Any]:
    """The sources that a row cites, in its order; keys that no row of sources has are left out."""
    known = {s.source: s for s in dataset.sources}
    return [known[s] for s in getattr(row, "source", "").split(";") if s in known]
