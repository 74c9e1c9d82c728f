"""Price against time, one circle an alternative: to see what a day costs, and to choose."""

from __future__ import annotations

import math
from collections.abc import Sequence

from karvan.model.quote import Alternative, Quote
from karvan.reports.labels import Box, overlaps, text_width, ticks
from karvan.reports.markup import Html, el, in_days, joined, number, usd
from karvan.reports.palette import OTHER, Palette
from karvan.reports.words import Words

_WIDTH, _HEIGHT = 560.0, 400.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 16.0, 14.0, 44.0
_LARGEST = 17.0  # radius of the most CO2e; areas are in proportion
_SMALLEST = 4.5
_FONT = 11.0
_BESIDE = (
    (13.0, -11.0),
    (13.0, 11.0),
    (-13.0, -11.0),
    (-13.0, 11.0),
    (0.0, -19.0),
    (0.0, 19.0),
    (22.0, 0.0),
    (-22.0, 0.0),
    (24.0, -20.0),
    (24.0, 20.0),
)


class _Axes:
    def __init__(self, alternatives: Sequence[Alternative]) -> None:
        early = min((a.time.p50_h for a in alternatives), default=0.0) / 24.0
        late = max((a.time.p95_h for a in alternatives), default=24.0) / 24.0
        prices = [float(a.price_usd) for a in alternatives] or [0.0]
        self.days = _room(early, late, 0.06)
        self.usd = _room(min(prices), max(prices), 0.14)

    def x(self, hours: float) -> float:
        low, high = self.days
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (hours / 24.0 - low) / (high - low)

    def y(self, price: float) -> float:
        low, high = self.usd
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (price - low) / (high - low)


def _room(low: float, high: float, share: float) -> tuple[float, float]:
    """An axis with some room on both sides, from nothing where nothing is near."""
    room = share * max(high - low, 0.1 * high, 1.0)
    return (low - room if low - room > 0.3 * high else 0.0), high + room


def scatter(quote: Quote, words: Words, palette: Palette) -> Html:
    """Circles at P50 and price with a line to P95; area by CO2e, colour by corridor."""
    alternatives = quote.alternatives
    axes = _Axes(alternatives)
    most = max((a.co2e_kg for a in alternatives), default=1.0) or 1.0
    boxes: list[Box] = []
    drawn = []
    for a in sorted(alternatives, key=lambda a: -a.co2e_kg):
        radius = max(_SMALLEST, _LARGEST * math.sqrt(a.co2e_kg / most))
        drawn.append(_circle(a, axes, radius, words, palette))
    numbers = [_number(a, axes, boxes) for a in alternatives]
    return el(
        "svg",
        el("title", "Price against the time that half of all consignments keep"),
        _grid(axes),
        *drawn,
        *numbers,
        viewBox=f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
        class_="scatter",
        role="img",
    )


def _circle(a: Alternative, axes: _Axes, radius: float, words: Words, palette: Palette) -> Html:
    x, y, late = axes.x(a.time.p50_h), axes.y(float(a.price_usd)), axes.x(a.time.p95_h)
    said = (
        f"No. {a.number}: {'' if a.complete else 'from '}{usd(a.price_usd)} USD, "
        f"P50 {in_days(a.time.p50_h)} d, P95 {in_days(a.time.p95_h)} d, {number(a.co2e_kg)} kg CO2e. "
        f"{words.in_words(a.chain)}"
    )
    return el(
        "g",
        el("title", said),
        el("path", d=f"M{x:.1f} {y:.1f}H{late:.1f}m0 -3v6", class_="late"),
        el("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:.1f}"),
        class_=f"dot pick {palette.colour(a)}{' on' if a.number == 1 else ''}",
        data_alt=a.number,
    )


def _number(a: Alternative, axes: _Axes, boxes: list[Box]) -> Html:
    """The number of an alternative on its circle, or beside it where another number stands already."""
    x, y, text = axes.x(a.time.p50_h), axes.y(float(a.price_usd)), str(a.number)
    width = text_width(text, _FONT)
    far = tuple((1.8 * dx, 1.8 * dy) for dx, dy in _BESIDE)
    for dx, dy in ((0.0, 0.0), *_BESIDE, *far):
        cx, cy = x + dx, y + dy
        box = (cx - width / 2 - 1, cy - _FONT / 2 - 1, cx + width / 2 + 1, cy + _FONT / 2 + 1)
        if not overlaps(box, boxes):
            break
    boxes.append(box)
    leader = el("path", d=f"M{x:.1f} {y:.1f}L{cx:.1f} {cy:.1f}", class_="leader") if dx or dy else None
    return el(
        "g",
        leader,
        el("text", text, x=f"{cx:.1f}", y=f"{cy + 4:.1f}", text_anchor="middle"),
        class_=f"no pick{' on' if a.number == 1 else ''}",
        data_alt=a.number,
    )


def _grid(axes: _Axes) -> Html:
    drawn = []
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    for price in ticks(axes.usd[1], 5, axes.usd[0]):
        y = axes.y(price)
        drawn.append(el("path", d=f"M{_LEFT:.0f} {y:.1f}H{right:.0f}", class_="grid"))
        drawn.append(el("text", usd(price), x=f"{_LEFT - 6:.0f}", y=f"{y + 4:.1f}", text_anchor="end", class_="tick"))
    for days in ticks(axes.days[1], 8, axes.days[0]):
        x = axes.x(days * 24.0)
        drawn.append(el("path", d=f"M{x:.1f} {bottom:.0f}v4", class_="grid"))
        drawn.append(el("text", f"{days:g}", x=f"{x:.1f}", y=f"{bottom + 17:.0f}", text_anchor="middle", class_="tick"))
    middle = (_LEFT + right) / 2
    drawn.append(
        el(
            "text",
            "days to delivery: P50, line to P95",
            x=f"{middle:.0f}",
            y=f"{_HEIGHT - 8:.0f}",
            text_anchor="middle",
            class_="tick",
        )
    )
    drawn.append(
        el(
            "text",
            "USD",
            transform=f"translate(12 {bottom / 2:.0f}) rotate(-90)",
            text_anchor="middle",
            class_="tick",
        )
    )
    return joined(*drawn)


def corridor_key(quote: Quote, words: Words, palette: Palette) -> Html:
    """Which colour is which corridor."""
    items = [(f"c{i}", words.corridors.get(c, c)) for c, i in palette.corridors.items() if i < OTHER]
    classes = {palette.colour(a) for a in quote.alternatives}
    if f"c{OTHER}" in classes:
        items.append((f"c{OTHER}", "other ways"))
    return el("ul", *(el("li", el("i", class_=f"swatch {c}"), name) for c, name in items), class_="key")
