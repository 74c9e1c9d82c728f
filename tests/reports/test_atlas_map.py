"""The page of the whole atlas: everything in it, and what a click shows, as a browser shows it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from karvan.model.dataset import Dataset
from karvan.reports.atlas_map import render
from world_rows import SOURCED
from worlds import drawn

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's or Ubuntu's chromium")


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    read: dict[str, Any] = json.loads(found[1])
    return read


def test_every_place_and_link_is_in_it_with_its_source(atlas: Dataset) -> None:
    """And every source that one of them names."""
    data = data_of(render(atlas))
    assert {n["node"] for n in data["nodes"]} == {n.node for n in atlas.nodes}
    assert {k["link"] for k in data["links"]} == {k.link for k in atlas.links}
    cited = {s for row in (*data["nodes"], *data["links"]) for s in row["source"].split(";")} - {"assumption"}
    assert cited <= set(data["sources"])
    assert {c["key"] for c in data["corridors"]} == {c.corridor for c in atlas.corridors if c.route}


def test_it_loads_nothing_and_what_comes_from_data_cannot_run() -> None:
    """A name in somebody's folder is text, whatever it says."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    page = render(drawn("kz-a --rail:kz_rail:1520:9-- kz-b", nodes={"kz-a": {"name": evil}}))
    assert "alert(1)</script>" not in page
    assert page.count("<script") == 2
    assert data_of(page)["nodes"][0]["name"] == evil
    assert not re.search(r'(?:src|href)="?https?:', page)
    assert "default-src 'none'" in page


@pytest.fixture(scope="module")
def page(atlas: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The page in a browser, which must say nothing on its console."""
    from playwright.sync_api import sync_playwright

    file = tmp_path_factory.mktemp("map") / "atlas.html"
    file.write_text(render(atlas), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1400, "height": 850})
        said: list[str] = []
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.goto(file.as_uri())
        opened.wait_for_selector("html[data-ready=yes]")
        yield opened
        assert said == []
        browser.close()


def painted(page: Any) -> int:
    """How many colours the canvas shows; a blank one has a single."""
    script = """() => { const c = document.getElementById('map'); const d = c.getContext('2d')
        .getImageData(0, 0, c.width, c.height).data; const s = new Set();
        for (let i = 0; i < d.length; i += 4) s.add(d[i] * 65536 + d[i + 1] * 256 + d[i + 2]); return s.size; }"""
    return int(page.evaluate(script))


@in_browser
def test_it_paints_land_sea_and_lines(page: Any) -> None:
    """A canvas that failed is one colour."""
    assert painted(page) > 20


@in_browser
def test_finding_a_place_shows_its_values_links_and_sources(page: Any, atlas: Dataset) -> None:
    """By any of its names, in any script."""
    page.fill("#find", "Актау")
    page.keyboard.press("Enter")
    shown = page.inner_text("#panel")
    port = next(n for n in atlas.nodes if n.node == "kz-aktau")
    assert port.name in shown
    assert f"known since {port.known_on}" in shown
    met = [k.link for k in atlas.links if "kz-aktau" in (k.from_node, k.to_node)]
    assert all(k in shown for k in met)
    page.get_by_role("button", name=met[0], exact=True).click()
    link = next(k for k in atlas.links if k.link == met[0])
    shown = page.inner_text("#panel")
    assert f"{link.length_km:g} km" in shown
    assert f"Confidence: {link.confidence}" in shown
    assert page.evaluate("location.hash") == f"#{met[0]}"


@in_browser
@pytest.mark.parametrize("by", ["mode", "status", "confidence", "operator"])
def test_it_is_coloured_by_what_is_chosen_and_the_legend_counts(page: Any, atlas: Dataset, by: str) -> None:
    """Each value of the column with the number of its links."""
    page.select_option("#by", by)
    legend = page.inner_text("#legend")
    counts = {str(getattr(k, by)): 0 for k in atlas.links}
    for k in atlas.links:
        counts[str(getattr(k, by))] += 1
    shown = [f"{value.replace('_', ' ')} ({n})" in legend for value, n in counts.items()]
    assert all(shown) or (by == "operator" and sum(shown) >= 10)


@in_browser
def test_a_click_on_the_map_picks_what_is_under_it(page: Any) -> None:
    """The place that was searched for is in the middle."""
    page.fill("#find", "Tbilisi")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.click(".shut")
    assert page.inner_text("#panel") == ""
    page.mouse.click(700, 425)
    assert "Tbilisi" in page.inner_text("#panel")


def test_a_corridor_is_drawn_by_the_links_of_its_route() -> None:
    """The shortest of the modes that it names."""
    from karvan.model.network import Corridor

    text = "kz-a --rail:kz_rail:1520:90-- kz-b --rail:kz_rail:1520:90-- kz-c\nkz-a --road:kz_road:9-- kz-c"
    row = Corridor(**SOURCED, corridor="c", name="C", via=(), avoids=(), description="", route=("kz-a", "rail:kz-c"))
    (found,) = data_of(render(drawn(text, corridors=(row,))))["corridors"]
    assert found["links"] == ["rail-kz-a-kz-b", "rail-kz-b-kz-c"]
