"""Names in lists, patterns and free columns must meet something: a pattern that meets nothing is a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase

from karvan.atlas.naming import NAMING, patterns
from karvan.model.dataset import Dataset
from karvan.schema import key


def problems(dataset: Dataset) -> Iterator[str]:
    """Each key or pattern that meets no row."""
    keys = _keys(dataset)
    for table, column, named in NAMING:
        for row in getattr(dataset, table):
            for word in patterns(row, column):
                if not _meets(word, keys[named]):
                    near = get_close_matches(word, keys[named], 1)
                    hint = f"Did you mean '{near[0]}'?" if near else f"Correct it, or add the row to {named}.csv."
                    yield f"{table}.csv, {key(table, row)}, {column} = '{word}': meets nothing in table {named}. {hint}"


def _keys(dataset: Dataset) -> dict[str, frozenset[str]]:
    countries = {n.country for n in dataset.nodes}
    return {
        "nodes": frozenset(n.node for n in dataset.nodes),
        "links": frozenset(link.link for link in dataset.links),
        "operators": frozenset(o.operator for o in dataset.operators)
        | {f"customs_{c.lower()}" for c in countries}
        | {"terminal"},
        "services": frozenset(s.service for s in dataset.services),
        "equipment": frozenset(e.equipment for e in dataset.equipment),
        "modes": frozenset(m.mode for m in dataset.modes),
        "commodities": frozenset(w for c in dataset.commodities for w in (c.commodity, c.cargo_class, *c.tags)),
        "corridors": frozenset(c.corridor for c in dataset.corridors),
        "series": frozenset(s.series for s in dataset.series),
        "profiles": frozenset(p.profile for p in dataset.profiles),
    }


def _meets(pattern: str, keys: frozenset[str]) -> bool:
    """Whether each alternative of a pattern meets a key."""
    return all(p in keys or p == "*" or any(fnmatchcase(k, p) for k in keys) for p in pattern.split("|"))
