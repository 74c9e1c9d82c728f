"""The field's own picture: cumulative time and cost against distance, with a jump wherever cargo stops.

After the time-cost-distance charts of CAREC's corridor performance measurement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from karvan.model.chain import Movement
from karvan.model.quote import Alternative
from karvan.reports.labels import Flag, apart, flags, ticks
from karvan.reports.markup import Html, duration, el, in_days, joined, number, usd
from karvan.reports.palette import Palette
from karvan.reports.profile import Point, profile
from karvan.reports.words import Stop, Words

_WIDTH, _LEFT, _RIGHT = 960.0, 74.0, 82.0
_TIME_H, _COST_H, _GAP, _STRIP_H, _AXIS_H = 190.0, 150.0, 22.0, 26.0, 34.0
_ROW_H, _FONT = 15.0, 11.5
_LABELLED = 0.035  # share of the axis from which a jump is written out


@dataclass(frozen=True, slots=True)
class _Panel:
    """One axis: where it lies, what it measures, and how a value is written."""

    name: str
    unit: str
    top: float
    height: float
    most: float
    values: tuple[float, ...]

    def y(self, value: float) -> float:
        return self.top + self.height * (1.0 - value / self.most)


class _Scale:
    def __init__(self, km: float) -> None:
        self.km = max(km, 1.0)

    def x(self, km: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * km / self.km


def time_cost_distance(a: Alternative, words: Words, palette: Palette) -> Html:
    """The chart of one alternative as SVG; its lines end at the mean time and the whole price."""
    points = profile(a)
    scale = _Scale(points[-1].km)
    stops = words.stops(a.chain)
    poles = [(scale.x((s.from_km + s.to_km) / 2.0), s.name) for s in stops]
    placed = flags(poles, _FONT, 4.0, _WIDTH - 4.0)
    top = _ROW_H * (1 + max((f.row for f in placed), default=0)) + 10.0
    time = _Panel(
        "Time",
        "days",
        top,
        _TIME_H,
        max(a.time.p95_h, points[-1].hours, 1.0) / 24.0 * 1.04,
        tuple(p.hours / 24.0 for p in points),
    )
    cost_top = top + _TIME_H + _GAP
    most = max(1.0, *(p.usd for p in points)) * 1.06
    cost = _Panel("Cost", "USD", cost_top, _COST_H, most, tuple(p.usd for p in points))
    bottom = cost_top + _COST_H
    height = bottom + _STRIP_H + _AXIS_H
    return el(
        "svg",
        el("title", _said(a, points)),
        _poles(placed, [p[1] for p in poles], top, bottom),
        _panel(time, scale, points, stops, [f"{v:g}" for v in ticks(time.most, 5)]),
        _percentiles(a, time),
        _panel(cost, scale, points, stops, [usd(v) for v in ticks(cost.most, 4)]),
        _total(cost, points[-1].usd, a.complete),
        _strip(a, scale, bottom + 12.0, words, palette),
        _distance(scale, bottom + _STRIP_H),
        viewBox=f"0 0 {_WIDTH:.0f} {height:.0f}",
        class_="tcd",
        role="img",
        data_end_h=f"{points[-1].hours:.6f}",
        data_end_usd=f"{points[-1].usd:.2f}",
        data_end_km=f"{points[-1].km:.1f}",
    )


def _said(a: Alternative, points: Sequence[Point]) -> str:
    end = points[-1]
    return (
        f"Time and cost against distance: {number(end.km)} km in {in_days(end.hours)} days on average, for "
        f"{'' if a.complete else 'at least '}{usd(end.usd)} USD"
    )


def _poles(placed: Sequence[Flag], names: Sequence[str], top: float, bottom: float) -> Html:
    """Place names above the panels, each on a thin line through both."""
    drawn = []
    for flag, name in zip(placed, names, strict=True):
        y = top - 8.0 - _ROW_H * flag.row
        drawn.append(el("path", d=f"M{flag.x:.1f} {y - 9:.1f}V{bottom:.1f}", class_="pole"))
        drawn.append(el("text", name, x=f"{flag.left:.1f}", y=f"{y:.1f}", class_="place"))
    return joined(*drawn)


def _panel(panel: _Panel, scale: _Scale, points: Sequence[Point], stops: Sequence[Stop], marks: Sequence[str]) -> Html:
    """Grid, line and jumps of one axis."""
    grid = []
    for value, text in zip(ticks(panel.most, 5 if panel.unit == "days" else 4), marks, strict=True):
        y = panel.y(value)
        grid.append(el("path", d=f"M{_LEFT:.0f} {y:.1f}H{_WIDTH - _RIGHT:.0f}", class_="grid"))
        grid.append(el("text", text, x=f"{_LEFT - 6:.0f}", y=f"{y + 4:.1f}", text_anchor="end", class_="tick"))
    middle = panel.top + panel.height / 2.0
    name = el(
        "text",
        el("tspan", panel.name, class_="strong"),
        f", {panel.unit}",
        transform=f"translate(13 {middle:.1f}) rotate(-90)",
        text_anchor="middle",
        class_="tick",
    )
    at = [(scale.x(p.km), panel.y(v)) for p, v in zip(points, panel.values, strict=True)]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
    rises = [f"M{x:.1f} {y:.1f}V{z:.1f}" for (x, y), (w, z) in pairwise(at) if abs(x - w) < 0.05 and y != z]
    jumps = el("path", d="".join(rises), class_="jump") if rises else None
    return joined(*grid, name, el("path", d=line, class_="line"), jumps, _jump_texts(panel, scale, points, stops))


def _jump_texts(panel: _Panel, scale: _Scale, points: Sequence[Point], stops: Sequence[Stop]) -> Html:
    """What is spent at each stop, written right of its jump: the space under a rising line is free."""
    after = dict(zip([p.element for p in points], zip(points, panel.values, strict=True), strict=True))
    before = {p.element: v for p, v in reversed(list(zip(points, panel.values, strict=True)))}
    drawn = []
    for stop in stops:
        first, last = stop.elements[0], stop.elements[-1] + 1
        rise = after[last][1] - before[first]
        if rise < _LABELLED * panel.most:
            continue
        middle = panel.y((after[last][1] + before[first]) / 2.0)
        x = scale.x(stop.to_km)
        text = duration(rise * 24.0) if panel.unit == "days" else usd(rise)
        at_end = x > _WIDTH - _RIGHT - 6.0
        drawn.append(
            el(
                "text",
                f"+{text}",
                x=f"{x - 5 if at_end else x + 5:.1f}",
                y=f"{middle + 4:.1f}",
                class_="rise",
                text_anchor="end" if at_end else None,
            )
        )
    return joined(*drawn)


def _percentiles(a: Alternative, panel: _Panel) -> Html:
    """P50, P80 and P95 at the end of the time axis."""
    x = _WIDTH - _RIGHT
    values = (a.time.p50_h, a.time.p80_h, a.time.p95_h)
    wanted = [panel.y(h / 24.0) for h in values]
    at = apart(wanted, 13.0, panel.top - 6.0, panel.top + panel.height)
    drawn = [el("path", d=f"M{x + 5:.0f} {wanted[0]:.1f}V{wanted[2]:.1f}", class_="spread")]
    for name, hours, y, text_y in zip(("P50", "P80", "P95"), values, wanted, at, strict=True):
        drawn.append(el("path", d=f"M{x + 1:.0f} {y:.1f}h8l4 {text_y - y:.1f}", class_="spread"))
        drawn.append(el("text", f"{name} {in_days(hours)} d", x=f"{x + 16:.0f}", y=f"{text_y + 4:.1f}", class_="tick"))
    return joined(*drawn)


def _total(panel: _Panel, total: float, complete: bool) -> Html:
    y = max(panel.y(total), panel.top + 4.0)
    text = f"{'' if complete else 'from '}{usd(total)}"
    return el("text", text, x=f"{_WIDTH - _RIGHT + 8:.0f}", y=f"{y + 4:.1f}", class_="tick strong")


def _strip(a: Alternative, scale: _Scale, y: float, words: Words, palette: Palette) -> Html:
    """What carries the cargo over which distance, below the panels, with the dashes of the map."""
    drawn = []
    km = 0.0
    runs: list[tuple[str, str, float, float]] = []
    for e in a.chain.elements:
        if isinstance(e, Movement):
            word = words.leg(e).word
            if runs and runs[-1][:2] == (e.mode, word):
                runs[-1] = (e.mode, word, runs[-1][2], km + e.length_km)
            else:
                runs.append((e.mode, word, km, km + e.length_km))
            km += e.length_km
    for mode, word, start, end in runs:
        left, right = scale.x(start), scale.x(end)
        drawn.append(el("path", d=f"M{left:.1f} {y:.1f}H{right:.1f}", class_=f"carried {palette.dash(mode)}"))
        if len(word) * 6.2 < right - left:
            middle = f"{(left + right) / 2:.1f}"
            drawn.append(el("text", word, x=middle, y=f"{y + 14:.1f}", text_anchor="middle", class_="tick"))
    return joined(*drawn)


def _distance(scale: _Scale, top: float) -> Html:
    drawn = []
    for km in ticks(scale.km, 8):
        x = scale.x(km)
        if scale.x(scale.km) - x < 46.0 and km != scale.km:
            continue
        drawn.append(el("text", number(km), x=f"{x:.1f}", y=f"{top + 20:.1f}", text_anchor="middle", class_="tick"))
    end = el(
        "text",
        f"{number(scale.km)} km",
        x=f"{scale.x(scale.km):.1f}",
        y=f"{top + 20:.1f}",
        text_anchor="middle",
        class_="tick strong",
    )
    return joined(*drawn, end)
