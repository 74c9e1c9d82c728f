"""A row by its key, a place by any of its names, and what refers to a row."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from karvan.atlas.places import find_place
from karvan.errors import UnknownPlace
from karvan.keys import matches
from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.schema import fields, key, primary_key

# Columns that name rows of another table by key or pattern without a reference in the schema.
_PATTERNS = {
    "nodes": (("operations", "node"), ("corridors", "via"), ("restrictions", "nodes"), ("closures", "nodes"),
              ("screenlines", "nodes"), ("rates", "section")),
    "links": (("screenlines", "links"),),
    "services": (("rates", "service"), ("vessels", "services")),
    "operators": (("rates", "operator"), ("restrictions", "operators"), ("marginal_costs", "operator")),
    "commodities": (("segments", "commodities"), ("restrictions", "commodities"), ("rates", "cargo_class")),
    "equipment": (("rates", "equipment"),),
    "corridors": (("subsidies", "corridors"),),
    "profiles": (("segments", "profile"),),
}  # fmt: skip


def find(dataset: Dataset, name: str) -> list[tuple[str, Any]]:
    """(table, row) of every row that goes by a name: a key of any table, else a place by any of its names.

    Raises UnknownPlace (an InputError) with the nearest keys and names.
    """
    found = [(t, row) for t in ROW_CLASSES for row in getattr(dataset, t) if key(t, row) == name]
    if found:
        return found
    try:
        return [("nodes", find_place(dataset, name))]
    except UnknownPlace as unknown:
        keys = [key(t, row) for t in ROW_CLASSES if t != "demand" for row in getattr(dataset, t)]
        near = get_close_matches(name, keys, 3)
        hint = f"Near to it are: {', '.join([*near, *unknown.candidates][:6])}." if near or unknown.candidates else ""
        raise UnknownPlace(
            f"No row and no place goes by '{name}'. {hint or 'Give a key, or a name of a place.'}", unknown.candidates
        ) from None


def referring(dataset: Dataset, table: str, row: Any) -> Iterator[tuple[str, Any]]:
    """(table, row) of every row that names this one: by reference, by a pattern other than `*`, or as its source."""
    named = key(table, row)
    own = f"{table}.{primary_key(table)[0]}"
    for other in ROW_CLASSES:
        columns = [
            (f.name, bool(f.separator)) for f in fields(other) if f.references == own and len(primary_key(table)) == 1
        ]
        patterns = [c for t, c in _PATTERNS.get(table, ()) if t == other]
        for candidate in getattr(dataset, other):
            if (
                any(named in getattr(candidate, c) if many else named == getattr(candidate, c) for c, many in columns)
                or any(_matches(getattr(candidate, c), named) for c in patterns)
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


def _matches(value: Any, named: str) -> bool:
    patterns = value if isinstance(value, tuple) else value.split(">")
    return any(p != "*" and matches(p, named) for p in patterns)


def sources_of(dataset: Dataset, row: Any) -> list[Any]:
    """The sources that a row cites, in its order; keys that no row of sources has are left out."""
    known = {s.source: s for s in dataset.sources}
    return [known[s] for s in getattr(row, "source", "").split(";") if s in known]
