"""`karvan quote`: every way for a cargo, as a table, the detail of one way, JSON or a page."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import typer

from karvan.cli import options as opt
from karvan.cli import output
from karvan.cli.data import Chosen, chosen, day
from karvan.cli.text import plain
from karvan.errors import InputError

if TYPE_CHECKING:
    from karvan.model.dataset import Dataset
    from karvan.model.quote import Quote


def command(
    context: typer.Context,
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
        "ready": day(ready, "ready"),
        "booked": None if booked is None else day(booked, "booked"),
        "tonnes": _number(tonnes, "tonnes"),
        "value_usd": None if value is None else _number(value, "value"),
        "epsilon": _number(epsilon, "epsilon"),
    }
    words = {"cargo": cargo, "commodity": commodity, "wagon_owner": wagon_owner, "box_owner": box_owner, "sort": sort}
    asked |= {name: plain(text) for name, text in words.items()}
    answer, dataset = _quoted(plain(origin), plain(destination), asked, chosen(context, data))
    _answer(answer, dataset, top, detail, json, html)


def _quoted(origin: str, destination: str, asked: dict[str, Any], data: Chosen) -> tuple[Quote, Dataset]:
    with output.progress() as progress:
        from karvan.overrides import state_on
        from karvan.quotes import quote

        dataset = data.load()
        answer = quote(origin, destination, **asked, data=dataset, progress=progress)
        return answer, state_on(dataset, answer.ready)


def _number(text: str, option: str) -> float:
    """A number, which may be out of range; the question is asked with it to say so."""
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"'{plain(text)}' is not a number for --{option}. Write it with a point and no unit, as in 14.5."
        ) from None


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
