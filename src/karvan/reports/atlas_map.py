"""The whole network on one page that stands by itself: every place and link with its values and sources on a click."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from karvan.model.dataset import Dataset
from karvan.reports.markup import Html, el
from karvan.reports.page import asset, page
from karvan.routing.ways import way
from karvan.schema import fields, key, text

# Tables whose rows are shown with the place that they are at, by the column that names it.
_AT_PLACES = {"operations": "node", "facilities": "node"}
_NOT_SHOWN = ("latitude", "longitude")


def render(dataset: Dataset) -> str:
    """The page of a dataset."""
    data = json.dumps(_data(dataset), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    body = el(
        "body",
        el("canvas", id="map", tabindex="0", role="img", aria_label="Map of the network; arrow keys and + - move it"),
        el("form", *_controls(), id="controls"),
        el("aside", el("div", id="panel"), id="aside", aria_live="polite"),
        el("p", _note(dataset), id="note"),
        el("noscript", "This map needs JavaScript, which your browser does not run."),
        Html(f'<script type="application/json" id="data">{data}</script>'),
        el("script", Html(asset("atlas_map.js"))),
    )
    return page("the atlas", body, "atlas_map.js", "atlas_map.css")


def _controls() -> list[Html]:
    """What can be chosen; the script fills the lists."""
    colours = (("mode", "mode"), ("status", "status"), ("confidence", "confidence"), ("operator", "operator"))
    return [
        el("label", "Find", el("input", id="find", type="search", list="names", placeholder="place, link, country")),
        el("datalist", id="names"),
        el("label", "Colour by", el("select", *(el("option", w, value=v) for v, w in colours), id="by")),
        el("label", "Corridor", el("select", el("option", "all", value=""), id="corridor")),
        el("label", "Country", el("select", el("option", "all", value=""), id="country")),
        el("fieldset", id="modes"),
        el("ul", id="legend"),
    ]


def _note(dataset: Dataset) -> str:
    counted = f"{len(dataset.nodes):,} places, {len(dataset.links):,} links; data {dataset.digest[:8]}."
    supposed = f" Supposed: {'; '.join(dataset.premises)}." if dataset.premises else ""
    return (
        f"{counted}{supposed} Borders as they are in force on the ground in Natural Earth (public domain), no view on "
        "who is right; disputed ones dashed, not all marked. Lines join the places named, they are not the track."
    )


def _data(dataset: Dataset) -> dict[str, Any]:
    cited = {s for table in ("nodes", "links", *_AT_PLACES, "corridors") for r in getattr(dataset, table)
             for s in r.source.split(";")}  # fmt: skip
    base = json.loads(asset("basemap.json"))
    return {
        "base": {k: base[k] if k != "water" else [ring for body in base["water"] for ring in body["rings"]]
                 for k in ("unit_deg", "land", "water", "borders", "disputed")},
        "modes": {m.mode: m.name for m in dataset.modes},
        "units": {f.name: f.unit for t in ("nodes", "links", *_AT_PLACES) for f in fields(t) if f.unit},
        "nodes": [_row("nodes", n, {"x": n.longitude, "y": n.latitude}) for n in dataset.nodes],
        "links": [_row("links", link, {}) for link in dataset.links],
        "at": _at_places(dataset),
        "corridors": [_corridor(dataset, c) for c in dataset.corridors if c.route],
        "sources": {
            s.source: [s.title, s.publisher, s.published, s.address] for s in dataset.sources if s.source in cited
        },
    }  # fmt: skip


def _row(table: str, row: Any, more: dict[str, Any]) -> dict[str, Any]:
    """The cells of a row that are not empty, as texts."""
    cells = {f.name: text(f, getattr(row, f.name)) for f in fields(table) if f.name not in _NOT_SHOWN}
    return {k: v for k, v in cells.items() if v} | more


def _at_places(dataset: Dataset) -> dict[str, dict[str, list[dict[str, Any]]]]:
    at: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for table, column in _AT_PLACES.items():
        for row in getattr(dataset, table):
            at[getattr(row, column)][table].append({k: v for k, v in _row(table, row, {}).items() if k != column})
    return at


def _corridor(dataset: Dataset, corridor: Any) -> dict[str, Any]:
    links = [link.link for mode, a, b in corridor.legs for link in way(dataset, mode, a, b) or ()]
    return {"key": key("corridors", corridor), "name": corridor.name, "family": corridor.family,
            "description": corridor.description, "links": links, "source": corridor.source,
            "confidence": corridor.confidence, "known_on": corridor.known_on.isoformat()}  # fmt: skip
