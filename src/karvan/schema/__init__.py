"""Every table of a data folder, described once as a Frictionless Table Schema (one JSON file a table).

`tables()` names them, `fields(table)` gives the columns, `problems(raw)` lists every fault of the rows read, and
`validate(raw)` raises once with all of them.
"""

from karvan.schema.checks import (
    ASSUMPTION,
    RawTable,
    cell_problem,
    is_day,
    problems,
    ragged,
    twice_named,
    unknown_column,
    validate,
)
from karvan.schema.tables import Field, describe, fields, primary_key, tables
from karvan.schema.values import KEY_JOIN, key, parser, text

__all__ = [
    "ASSUMPTION",
    "KEY_JOIN",
    "Field",
    "RawTable",
    "cell_problem",
    "describe",
    "fields",
    "is_day",
    "key",
    "parser",
    "primary_key",
    "problems",
    "ragged",
    "tables",
    "text",
    "twice_named",
    "unknown_column",
    "validate",
]
