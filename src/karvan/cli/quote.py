"""`karvan quote`: every way for a cargo, as a table, the detail of one way, JSON or a page."""

from __future__ import annotations

import gc
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karvan.cli import options as opt
from karvan.cli import output
from karvan.cli.text import plain
from karvan.errors import InputError

if TYPE_CHECKING:
    from karvan.model.dataset import Dataset
    from karvan.model.quote import Quote

# Outside these no atlas of ours has services or rates, and calendars end.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def command(
    origin: opt.Origin,
    destination: opt.Destination,
    ready: opt.Ready,
    cargo: opt.Cargo,
    commodity: opt.Commodity,
    tonnes: opt.Tonnes,
    booked: opt.Booked = None,
    wagon_owner: opt.WagonOwner = "railway",
    box_owner: opt.BoxOwner = "carrier",
    value: opt.Value = None,
    sort: opt.Sort = "price",
    epsilon: opt.Epsilon = "0.02",
    top: opt.Top = 10,
    detail: opt.Detail = None,
    json: opt.Json = None,
    html: opt.Html = None,
    data: opt.Data = None,
) -> None:
    """Every way for a cargo: what it costs, when it arrives, how late it may be and what it emits."""
    # The process ends with the answer: collecting garbage on the way costs a fifth of the time and frees nothing.
    gc.disable()
    if top < 1:
        raise InputError(f"{top} ways cannot be shown. Give --top one or more.")
    for path in (json, html):
        if path is not None:
            output.check_writable(path)
    asked: dict[str, Any] = {
        "ready": _day(ready, "ready"),
        "booked": None if booked is None else _day(booked, "booked"),
        "tonnes": _number(tonnes, "tonnes"),
        "value_usd": None if value is None else _number(value, "value"),
        "epsilon": _number(epsilon, "epsilon"),
    }
    words = {"cargo": cargo, "commodity": commodity, "wagon_owner": wagon_owner, "box_owner": box_owner, "sort": sort}
    asked |= {name: plain(text) for name, text in words.items()}
    answer, dataset = _quoted(plain(origin), plain(destination), asked, data)
    _answer(answer, dataset, top, detail, json, html)


def _quoted(origin: str, destination: str, asked: dict[str, Any], data: Path | None) -> tuple[Quote, Dataset]:
    with output.progress() as progress:
        from karvan import atlas
        from karvan.quotes import quote

        dataset = atlas.load(data)
        return quote(origin, destination, **asked, data=dataset, progress=progress), dataset


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
        if day.isoformat() != text.strip():
            raise ValueError
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
    if json is not None and html is not None and output.same(json, html):
        raise InputError(f"Both --json and --html name '{plain(html)}'. Name two different files.")
    if html is not None:
        from karvan.reports.html import render

        files.append((html, render(answer, dataset)))
    if json is not None:
        from json import dumps

        from karvan.reports import dcsa

        files.append((json, dumps(dcsa.render(answer, dataset), ensure_ascii=False, indent=2) + "\n"))
    for path, _ in files:
        output.check_writable(path)
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
