"""`karvan atlas map`: the whole network on one page."""

from __future__ import annotations

from typing import Annotated

import typer

from karvan.cli import output
from karvan.cli.data import chosen
from karvan.cli.text import plain


def command(
    context: typer.Context,
    html: Annotated[str, typer.Option(help="File to write, or - for standard output.", metavar="FILE")] = "atlas.html",
) -> None:
    """Write one self-contained page: every link and place by mode, status, corridor or confidence, with its sources."""
    output.check_writable(html)
    with output.progress() as progress:
        dataset = chosen(context).load()
        progress("drawing the map")
        from karvan.reports.atlas_map import render

        page = render(dataset)
    output.write(html, page)
    if html != output.STDOUT:
        print(f"Written: {plain(html)} ({len(page.encode()) / 1e6:.1f} MB). Open it in a browser.")
