"""`karvan atlas show`: a row with all its values and sources, and what refers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from karvan.cli import output
from karvan.cli.data import chosen
from karvan.cli.text import plain

if TYPE_CHECKING:
    from rich.console import Console

    from karvan.model.dataset import Dataset

_MOST = 12  # rows named of one table
_SHOWN_APART = ("source", "confidence", "known_on", "note")


def command(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="A place by any name, or the key of a row: a link, a service, a source ...")
    ],
) -> None:
    """Show a place, link, service, source or any other row: its values, where they come from, and what refers to it."""
    from karvan.atlas.lookup import find

    dataset = chosen(context).load()
    found = find(dataset, plain(name))
    with output.console() as console:
        for i, (table, row) in enumerate(found):
            if i:
                console.print()
            _show(console, dataset, table, row)


def _show(console: Console, dataset: Dataset, table: str, row: Any) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from karvan.atlas.lookup import sources_of
    from karvan.schema import fields, key, text

    console.print(Text(getattr(row, "name", "") or getattr(row, "title", "") or key(table, row), "bold"))
    console.print(Text(f"{table}.csv, {key(table, row)}", "dim"))
    values = Table.grid(padding=(0, 2))
    for field in fields(table):
        shown = text(field, getattr(row, field.name))
        if shown and (field.name not in _SHOWN_APART or table == "sources"):
            values.add_row(
                Text(field.name, "cyan"),
                Text(
                    plain(shown.replace(";", "; ") if field.separator else shown)
                    + (f" {field.unit}" if field.unit else "")
                ),
            )
    console.print(Padding(values, (0, 0, 0, 2)))
    if table != "sources":
        console.print(Text(f"Confidence: {row.confidence}; known since {row.known_on}."))
        if row.note:
            console.print(Text(f"Note: {plain(row.note)}"))
        for source in sources_of(dataset, row):
            when = f"{source.publisher}, {source.published.rstrip('.')}. {source.address}"
            said = plain(f"Source {source.source}: {source.title}. {when}")
            console.print(Padding(Text(said, overflow="fold"), (0, 0, 0, 2)))
        if row.source == "assumption":
            console.print(Padding(Text("No source: an assumption."), (0, 0, 0, 2)))
    _show_referring(console, dataset, table, row)


def _show_referring(console: Console, dataset: Dataset, table: str, row: Any) -> None:
    from collections import defaultdict

    from rich.padding import Padding
    from rich.text import Text

    from karvan.atlas.lookup import referring
    from karvan.schema import key

    named: dict[str, list[str]] = defaultdict(list)
    for other, candidate in referring(dataset, table, row):
        named[other].append(key(other, candidate))
    if named:
        console.print(Text("Named by", "bold"))
    for other, keys in named.items():
        more = f" and {len(keys) - _MOST} more" if len(keys) > _MOST else ""
        console.print(
            Padding(Text(f"{other} ({len(keys)}): {', '.join(keys[:_MOST])}{more}", overflow="fold"), (0, 0, 0, 2))
        )
