"""Names in lists, patterns and free columns must meet something: a pattern that meets nothing is a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase

from karvan.model.dataset import Dataset
from karvan.schema import key

_Named = tuple[str, object, str, Iterable[str]]


def problems(dataset: Dataset) -> Iterator[str]:
    """Each key or pattern that meets no row."""
    keys = _keys(dataset)
    for kind, named in _named(dataset).items():
        for table, row, column, words in named:
            for word in words:
                if not _meets(word, keys[kind]):
                    near = get_close_matches(word, keys[kind], 1)
                    hint = f"Did you mean '{near[0]}'?" if near else f"Correct it, or add the row to {kind}.csv."
                    yield f"{table}.csv, {key(table, row)}, {column} = '{word}': meets nothing in table {kind}. {hint}"


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


def _named(d: Dataset) -> dict[str, list[_Named]]:
    """What each table names without a reference in its schema, by the table that should know it."""
    return {
        "nodes": [
            *(("closures", c, "nodes", c.nodes) for c in d.closures),
            *(("corridors", c, "via", c.via) for c in d.corridors),
            *(("corridors", c, "avoids", c.avoids) for c in d.corridors),
            *(("restrictions", r, "nodes", r.nodes) for r in d.restrictions),
            *(("through_prices", t, "via", t.via) for t in d.through_prices),
            *(("cited_distances", c, "via", c.via) for c in d.cited_distances),
            *(("operations", o, "node", (o.node,)) for o in d.operations),
            *(("rates", r, "section", r.section.split(">")) for r in d.rates),
            *(("screenlines", s, "nodes", s.nodes) for s in d.screenlines),
        ],
        "links": [("screenlines", s, "links", s.links) for s in d.screenlines],
        "operators": [
            *(("rates", r, "operator", (r.operator,)) for r in d.rates),
            *(("operations", o, "operator_from", (o.operator_from,)) for o in d.operations),
            *(("operations", o, "operator_to", (o.operator_to,)) for o in d.operations),
            *(("restrictions", r, "operators", r.operators) for r in d.restrictions),
            *(("marginal_costs", m, "operator", (m.operator,)) for m in d.marginal_costs),
        ],
        "services": [
            *(("rates", r, "service", (r.service,)) for r in d.rates),
            *(("vessels", v, "services", v.services) for v in d.vessels),
        ],
        "equipment": [
            *(("rates", r, "equipment", r.equipment) for r in d.rates),
            *(("commodities", c, "equipment", c.equipment) for c in d.commodities),
            *(("payload_limits", p, "equipment", (p.equipment,)) for p in d.payload_limits),
        ],
        "modes": [
            *(("restrictions", r, "modes", r.modes) for r in d.restrictions),
            *(("emission_factors", f, "mode", (f.mode,)) for f in d.emission_factors),
            *(("payload_limits", p, "mode", (p.mode,)) for p in d.payload_limits),
        ],
        "commodities": [
            *(("rates", r, "cargo_class", (r.cargo_class,)) for r in d.rates),
            *(("segments", s, "commodities", s.commodities) for s in d.segments),
        ],
        "corridors": [("subsidies", s, "corridors", s.corridors) for s in d.subsidies],
        "series": [("claims", c, "series", c.series) for c in d.claims],
        "profiles": [("segments", s, "profile", (s.profile,)) for s in d.segments],
    }


def _meets(pattern: str, keys: frozenset[str]) -> bool:
    """Whether each alternative of a pattern meets a key."""
    return all(p in keys or p == "*" or any(fnmatchcase(k, p) for k in keys) for p in pattern.split("|"))
