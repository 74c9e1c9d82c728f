"""Land, waters and borders behind the map, from basemap.json (see basemap.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from karvan.reports.labels import Box
from karvan.reports.markup import Html, el, joined
from karvan.reports.projection import Xy

Place = Callable[[float, float], Xy]
_STEP = 3.0  # units of the sheet below which a bend is not drawn


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("karvan.reports").joinpath("basemap.json").read_text("utf-8"))
    return data


def basemap(place: Place, sheet: Box) -> Html:
    """What of the basemap may come into sight, as paths: land, waters, borders, disputed borders."""
    data = _read()
    unit = float(data["unit_deg"])

    def lines(rows: Iterable[Sequence[int]], close: bool) -> str:
        return "".join(_path(row, unit, place, sheet, close) for row in rows)

    land = lines((ring for polygon in data["land"] for ring in polygon), True)
    water = lines((ring for body in data["water"] for ring in body["rings"]), True)
    return joined(
        el("path", d=land, class_="land"),
        el("path", d=water, class_="water"),
        el("path", d=lines(data["borders"], False), class_="frontier"),
        el("path", d=lines(data["disputed"], False), class_="frontier disputed"),
    )


def _path(row: Sequence[int], unit: float, place: Place, sheet: Box, close: bool) -> str:
    """A line or ring of differences as an SVG path in whole units; empty if it lies off the sheet."""
    x, y = 0, 0
    points: list[Xy] = []
    for dx, dy in zip(row[::2], row[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append(place(x * unit, y * unit))
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    if max(xs) < sheet[0] or min(xs) > sheet[2] or max(ys) < sheet[1] or min(ys) > sheet[3]:
        return ""
    return path(points, _STEP) + ("z" if close else "")


def path(points: Sequence[Xy], step: float = 0.0) -> str:
    """An SVG path in whole units by differences; bends closer than a step to the last are left out."""
    last = (round(points[0][0]), round(points[0][1]))
    written = [f"M{last[0]} {last[1]}l"]
    for i, p in enumerate(points[1:], 1):
        here = (round(p[0]), round(p[1]))
        dx, dy = here[0] - last[0], here[1] - last[1]
        if (dx, dy) == (0, 0) or (abs(dx) + abs(dy) < step and i + 1 < len(points)):
            continue
        written.append(f"{dx} {dy} ")
        last = here
    return "".join(written).rstrip().replace(" -", "-") if len(written) > 1 else f"{written[0]}0 0"
