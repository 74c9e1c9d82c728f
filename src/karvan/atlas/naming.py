"""Columns that name rows of another table by key or pattern, which no reference of the schema can say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# (table, column, table whose rows are named). A rate's section may be a pair, FROM>TO.
NAMING = (
    ("corridors", "via", "nodes"),
    ("corridors", "avoids", "nodes"),
    ("restrictions", "nodes", "nodes"),
    ("through_prices", "via", "nodes"),
    ("cited_distances", "via", "nodes"),
    ("operations", "node", "nodes"),
    ("rates", "section", "nodes"),
    ("screenlines", "nodes", "nodes"),
    ("screenlines", "links", "links"),
    ("rates", "operator", "operators"),
    ("operations", "operator_from", "operators"),
    ("operations", "operator_to", "operators"),
    ("restrictions", "operators", "operators"),
    ("marginal_costs", "operator", "operators"),
    ("rates", "service", "services"),
    ("vessels", "services", "services"),
    ("rates", "equipment", "equipment"),
    ("commodities", "equipment", "equipment"),
    ("payload_limits", "equipment", "equipment"),
    ("restrictions", "modes", "modes"),
    ("emission_factors", "mode", "modes"),
    ("payload_limits", "mode", "modes"),
    ("rates", "cargo_class", "commodities"),
    ("segments", "commodities", "commodities"),
    ("subsidies", "corridors", "corridors"),
    ("claims", "series", "series"),
    ("segments", "profile", "profiles"),
)


def patterns(row: Any, column: str) -> Iterable[str]:
    """The keys and patterns in a column of NAMING."""
    value = getattr(row, column)
    return value if isinstance(value, tuple) else value.split(">")
