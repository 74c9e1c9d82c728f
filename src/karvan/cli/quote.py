"""`karvan quote`: every way for a cargo, as a table, the detail of one way, JSON or a page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karvan.cli import output
from karvan.cli.text import plain
from karvan.errors import InputError

if TYPE_CHECKING:
    from karvan.model.dataset import Dataset
    from karvan.model.quote import Quote

# Outside these no atlas of ours has services or rates, and calendars end.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def command(
    origin: Annotated[str, typer.Argument(help="Any name of a place: Xi'an, 西安, CNSIA.")],
    destination: Annotated[str, typer.Argument(help="Any name of a place: Constanța, Констанца, ROCND.")],
    ready: Annotated[str, typer.Option(help="Day the cargo is ready, YYYY-MM-DD; rates are those of that day.")],
    cargo: Annotated[str, typer.Option(help="1x40HC, 3x20DC, wagons, 2xtilt_truck, 'wagons,containers' or any.")],
    commodity: Annotated[str, typer.Option(help="Household appliances, ferroalloys, wheat ...")],
    tonnes: Annotated[str, typer.Option(help="Mass of the goods in tonnes.", metavar="NUMBER")],
    booked: Annotated[
        str | None, typer.Option(help="Day the monthly plan is applied for.", show_default="30 days before")
    ] = None,
    wagon_owner: Annotated[str, typer.Option(help="own, leased or railway.")] = "railway",
    box_owner: Annotated[str, typer.Option(help="shipper or carrier.")] = "carrier",
    value: Annotated[
        str | None,
        typer.Option(help="Value of the goods in USD.", metavar="NUMBER", show_default="typical of the goods"),
    ] = None,
    sort: Annotated[str, typer.Option(help="price, time, lateness or co2e.")] = "price",
    epsilon: Annotated[
        str, typer.Option(help="A way matched within this share by another is left out.", metavar="NUMBER")
    ] = "0.02",
    top: Annotated[int, typer.Option(help="Ways to show in the terminal.")] = 10,
    detail: Annotated[
        int | None, typer.Option(help="Show way N element by element.", metavar="N", show_default=False)
    ] = None,
    json: Annotated[
        str | None,
        typer.Option(
            help="Write JSON, aligned with DCSA Commercial Schedules, to a file or to - (the default).",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    html: Annotated[
        str | None, typer.Option(help="Write a self-contained page.", metavar="FILE", show_default=False)
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A data folder in place of the built-in atlas.", show_default=False)
    ] = None,
) -> None:
    """Every way for a cargo: what it costs, when it arrives, how late it may be and what it emits."""
    if top < 1:
        raise InputError(f"{top} ways cannot be shown. Give --top one or more.")
    for path in (json, html):
        if path is not None:
            output.check_writable(path)
    with output.progress() as progress:
        from karvan import atlas
        from karvan.quotes import quote

        dataset = atlas.load(data)
        answer = quote(
            plain(origin),
            plain(destination),
            ready=_day(ready, "ready"),
            cargo=plain(cargo),
            commodity=plain(commodity),
            tonnes=_number(tonnes, "tonnes"),
            booked=None if booked is None else _day(booked, "booked"),
            wagon_owner=plain(wagon_owner),
            box_owner=plain(box_owner),
            value_usd=None if value is None else _number(value, "value"),
            sort=plain(sort),
            epsilon=_number(epsilon, "epsilon"),
            data=dataset,
            progress=progress,
        )
    _answer(answer, dataset, top, detail, json, html)


def _number(text: str, option: str) -> float:
    """A number, which may be out of range; the question is asked with it to say so."""
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"'{plain(text)}' is not a number for --{option}. Write it with a point and no unit, as in 14.5."
        ) from None


def _day(text: str, option: str) -> date:
    """A day of a year in which cargo may be quoted."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            f"'{plain(text)}' is not a day for --{option}. Write it as YYYY-MM-DD, as in 2025-03-03."
        ) from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InputError(
            f"{day} for --{option} is not a day on which cargo can be quoted. "
            f"Name one from {_FIRST_YEAR} to {_LAST_YEAR}."
        )
    return day


def _answer(answer: Quote, dataset: Dataset, top: int, detail: int | None, json: str | None, html: str | None) -> None:
    """Compute all that was asked for, then write it, then print."""
    if detail is not None and not 1 <= detail <= len(answer.alternatives):
        most = len(answer.alternatives)
        raise InputError(f"There is no way number {detail}. Give --detail a number from 1 to {most}.")
    files: list[tuple[str, str]] = []
    if html is not None:
        from karvan.reports.html import render

        files.append((html, render(answer, dataset)))
    if json is not None:
        from json import dumps

        from karvan.reports import dcsa

        files.append((json, dumps(dcsa.render(answer, dataset), ensure_ascii=False, indent=2) + "\n"))
    for path, text in files:
        output.write(path, text)
    if json == output.STDOUT or html == output.STDOUT:
        return
    with output.console() as console:
        if detail is None:
            from karvan.cli.answer import show

            show(console, answer, dataset, top)
        else:
            from karvan.cli.detail import show_detail

            show_detail(console, answer, dataset, answer.alternatives[detail - 1])
        for path, _ in files:
            console.print(f"Written: {plain(path)}", style="dim")
