"""The chains of a quote on a map, with the closed links near them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from karvan.model.dataset import Dataset
from karvan.model.network import Link, Node
from karvan.model.quote import Alternative, Quote
from karvan.reports.basemap import basemap, path
from karvan.reports.labels import Box, overlaps, text_width
from karvan.reports.markup import Html, day, el, in_days, joined, usd
from karvan.reports.palette import Palette
from karvan.reports.projection import Xy, suited
from karvan.reports.words import Stop, Words

_SHEET = 4000.0  # units across
_SHOWN_PX = 900.0  # width for which texts are laid out before a script knows better
_MARGIN = 0.06
_FONT_PX = 11.5
_NEAR_DEG = 2.0


class Sheet:
    """Where places lie on the map of a quote: fitted to all its chains."""

    def __init__(self, quote: Quote, dataset: Dataset) -> None:
        self.nodes = {n.node: n for n in dataset.nodes}
        passed = [self.nodes[k] for a in quote.alternatives for k in a.chain.nodes if k in self.nodes]
        if not passed:
            passed = [self.nodes[k] for k in (quote.origin, quote.destination)]
        lons, lats = [n.longitude for n in passed], [n.latitude for n in passed]
        self.west, self.east, self.south, self.north = min(lons), max(lons), min(lats), max(lats)
        self.projection, self._project = suited(lons, lats)
        flat = [self._project(n.longitude, n.latitude) for n in passed]
        left, right = min(p[0] for p in flat), max(p[0] for p in flat)
        top, bottom = min(p[1] for p in flat), max(p[1] for p in flat)
        span = max(right - left, bottom - top, 0.02)
        width = max(right - left, span * 0.5) + 2 * _MARGIN * span
        height = max(bottom - top, (right - left) * 0.35) + 2 * _MARGIN * span
        self._scale = _SHEET / width
        self._left = (left + right - width) / 2.0
        self._top = (top + bottom - height) / 2.0
        self.height = height * self._scale

    def place(self, longitude: float, latitude: float) -> Xy:
        x, y = self._project(longitude, latitude)
        return (x - self._left) * self._scale, (y - self._top) * self._scale

    def at(self, node: str) -> Xy | None:
        row = self.nodes.get(node)
        return self.place(row.longitude, row.latitude) if row else None

    def near(self, node: Node) -> bool:
        """Whether a node lies in or close to the extent of the chains."""
        return (
            self.west - _NEAR_DEG <= node.longitude <= self.east + _NEAR_DEG
            and self.south - _NEAR_DEG <= node.latitude <= self.north + _NEAR_DEG
        )


def chain_map(quote: Quote, dataset: Dataset, words: Words, palette: Palette) -> Html:
    """The map as SVG: basemap, closed links, all chains, the first one highlighted with its places."""
    sheet = Sheet(quote, dataset)
    seen: Box = (-_SHEET, -sheet.height, 2 * _SHEET, 2 * sheet.height)
    alternatives = quote.alternatives
    return el(
        "svg",
        el("title", f"Map of the ways, {sheet.projection} projection"),
        basemap(sheet.place, seen),
        el("g", *_closed(sheet, dataset, words, quote.ready), class_="shut"),
        el("g", *(_way(a, sheet, words, palette) for a in reversed(alternatives)), id="ways"),
        el("g", *(_stops(a, sheet, words) for a in alternatives), id="stops"),
        viewBox=f"0 0 {_SHEET:.0f} {sheet.height:.0f}",
        id="map",
        class_="map",
        role="img",
        tabindex="0",
        style=f"--u:{_SHEET / _SHOWN_PX:.3f}",
    )


def _way(a: Alternative, sheet: Sheet, words: Words, palette: Palette) -> Html:
    """The line of an alternative through the nodes of its movements, one path a mode."""
    lines: dict[str, str] = {}
    for mode, runs in groupby(a.chain.movements, key=lambda m: m.mode):
        nodes = [k for run in runs for k in run.nodes]
        points = [p for k, _ in groupby(nodes) if (p := sheet.at(k)) is not None]
        if len(points) > 1:
            lines[mode] = lines.get(mode, "") + path(points, 2.0)
    drawn = [el("path", d=d, class_=palette.dash(mode)) for mode, d in lines.items()]
    casing = el("path", d="".join(lines.values()), class_="casing")
    price = f"{'' if a.complete else 'from '}{usd(a.price_usd)} USD"
    said = f"No. {a.number}: {price}, P50 {in_days(a.time.p50_h)} d. {words.in_words(a.chain)}"
    return el(
        "g",
        el("title", said),
        casing,
        *drawn,
        class_=f"way pick {palette.colour(a)}{' on' if a.number == 1 else ''}",
        data_alt=a.number,
    )


def _stops(a: Alternative, sheet: Sheet, words: Words) -> Html:
    """Dots and names where an alternative's cargo is handled, the ends first, then what takes longest."""
    u = _SHEET / _SHOWN_PX
    stops = words.stops(a.chain)
    ends = (stops[0], stops[-1])
    order = sorted(stops, key=lambda s: (s not in ends, s.minor, -s.hours))
    boxes: list[Box] = []
    drawn = []
    written = set()
    for stop in order:
        node = _node_of(a, stop)
        at = sheet.at(node)
        if at is None or stop.name in written:
            continue
        written.add(stop.name)
        drawn.append(_label(stop.name, at, u, boxes, "end" if stop in ends else "minor" if stop.minor else ""))
    return el("g", *reversed(drawn), class_=f"stops{' on' if a.number == 1 else ''}", data_alt=a.number)


def _label(name: str, at: Xy, u: float, boxes: list[Box], kind: str) -> Html:
    """A dot and its name, right or left of it; the name is hidden (until zoomed in) where neither is free."""
    x, y = at
    width, half = text_width(name, _FONT_PX) * u, _FONT_PX * 0.6 * u
    right: Box = (x + 5 * u, y - half, x + 7 * u + width, y + half)
    left: Box = (x - 7 * u - width, y - half, x - 5 * u, y + half)
    free = next((b for b in (right, left) if not overlaps(b, boxes) and b[0] >= 0 and b[2] <= _SHEET), None)
    if free is not None:
        boxes.append(free)
    return el(
        "g",
        el("circle", cx=f"{x:.0f}", cy=f"{y:.0f}", r=f"{3 * u:.0f}"),
        el(
            "text",
            name,
            x=f"{x:.0f}",
            y=f"{y:.0f}",
            dx="-.6em" if free == left else ".6em",
            dy=".33em",
            text_anchor="end" if free == left else None,
            class_=None if free else "hid",
        ),
        class_=kind or None,
    )


def _node_of(a: Alternative, stop: Stop) -> str:
    element = a.chain.elements[stop.elements[0]]
    return element.from_node if hasattr(element, "from_node") else element.node


def _closed(sheet: Sheet, dataset: Dataset, words: Words, on: date) -> Iterable[Html]:
    """Links near the chains that are not open or wait for an agreement, with what opens them."""
    agreements = {a.agreement: a for a in dataset.agreements}
    for row in dataset.links:
        ends = [sheet.nodes.get(row.from_node), sheet.nodes.get(row.to_node)]
        agreement = agreements.get(row.agreement)
        waits = agreement is not None and not agreement.in_force(on)
        if (row.status == "open" and not waits) or not any(n is not None and sheet.near(n) for n in ends):
            continue
        points = [p for n in (row.from_node, row.to_node) if (p := sheet.at(n)) is not None]
        if len(points) == 2:
            remedy = f" {agreement.remedy}" if agreement and waits else ""
            yield el("path", el("title", _said(row, words) + remedy), d=path(points))


def _said(row: Link, words: Words) -> str:
    since = "" if row.status == "open" else f", {row.status.replace('_', ' ')} (as of {day(row.status_on)})"
    return f"{words.place(row.from_node)} - {words.place(row.to_node)}, {row.mode}{since}."


def map_note(palette: Palette, modes: Sequence[str]) -> Html:
    """What the lines of the map mean."""
    drawn: list[Html] = []
    for mode in modes:
        sample = el("svg", el("path", d="M1 4H33", class_=palette.dash(mode)), viewBox="0 0 34 8", class_="sample")
        drawn.append(el("li", sample, palette.modes.get(mode, mode).lower()))
    shut = el("svg", el("path", d="M1 4H33", class_="shut"), viewBox="0 0 34 8", class_="sample")
    drawn.append(el("li", shut, "closed, not yet built or waiting for an agreement"))
    frontier = el("svg", el("path", d="M1 4H33", class_="disputed"), viewBox="0 0 34 8", class_="sample")
    drawn.append(el("li", frontier, "disputed border"))
    note = (
        "Borders as they are in force on the ground in Natural Earth (public domain), no view on who is "
        "right; not every dispute is marked. Lines join the stations passed."
    )
    return joined(el("ul", *drawn, class_="key"), el("p", note, class_="note"))
