"""Every table of a data folder, described once as a Frictionless Table Schema (one JSON file a table).

`tables()` names them, `fields(table)` gives the columns, `problems(raw)` lists every fault of the rows read, and
`validate(raw)` raises once with all of them.
"""

from karvan.schema.checks import RawTable, is_day, problems, validate
from karvan.schema.tables import Field, describe, fields, primary_key, tables

__all__ = ["Field", "RawTable", "describe", "fields", "is_day", "primary_key", "problems", "tables", "validate"]
