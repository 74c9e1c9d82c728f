"""The page of a quote, as a browser shows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from karvan.reports.html import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's or Ubuntu's chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def file(lanes: dict[str, Quote], atlas: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "quote.html"
    path.write_text(render(lanes["xian-constanta"], atlas), "utf-8")
    return path


class Opened:
    """A page that keeps what went wrong on it and what it asked for."""

    def __init__(self, browser: Any, file: Path, scripts: bool = True, **options: Any) -> None:
        self.context = browser.new_context(java_script_enabled=scripts, **options)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())
        if scripts:
            self.page.wait_for_function("document.documentElement.dataset.chosen")

    def shown(self) -> list[str]:
        return [s.get_attribute("id") for s in self.page.query_selector_all("section.alt") if s.is_visible()]

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1000, 1600])
def test_it_opens_without_error_request_or_sideways_scroll(browser: Any, file: Path, scheme: str, width: int) -> None:
    """On a telephone and a wide screen, by day and by night, from a disk without a network."""
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "offline": True}
    with Opened(browser, file, **options) as opened:
        assert opened.said == []
        assert opened.requests == [file.as_uri()]
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        assert opened.shown() == ["alt-1"]


def test_a_click_on_row_dot_or_line_and_a_key_choose_an_alternative(browser: Any, file: Path) -> None:
    """Whoever looks at the table, the trade-off or the map chooses there; the arrow keys do it too."""
    with Opened(browser, file, viewport={"width": 1400, "height": 900}) as opened:
        page = opened.page
        page.click("#alternatives tr[data-alt='3'] td:nth-child(3)")
        assert opened.shown() == ["alt-3"]
        assert page.is_checked("#pick-3")
        page.dispatch_event(".dot[data-alt='2']", "click")
        assert opened.shown() == ["alt-2"]
        page.dispatch_event("#ways [data-alt='4'] path", "click")
        assert opened.shown() == ["alt-4"]
        assert page.locator("#ways .on").get_attribute("data-alt") == "4"
        page.focus("#pick-4")
        page.keyboard.press("ArrowDown")
        assert opened.shown() == ["alt-5"]
        assert opened.said == []


def test_a_heading_sorts_and_sorts_back(browser: Any, file: Path, lanes: dict[str, Quote]) -> None:
    """By number, not by text: 9,000 comes before 10,000."""
    with Opened(browser, file) as opened:
        for ascending in (True, False):
            opened.page.click("[data-sort=co2e]")
            rows = opened.page.query_selector_all("#alternatives tbody tr")
            found = [int(row.get_attribute("data-alt")) for row in rows]
            alternatives = lanes["xian-constanta"].alternatives
            values = [round(alternatives[n - 1].co2e_kg, 3) for n in found]  # two may differ in the last bit
            assert values == sorted(values, reverse=not ascending)


def test_the_map_zooms_by_wheel_and_moves_by_drag(browser: Any, file: Path) -> None:
    """A line hides its stations at the scale of a continent."""
    with Opened(browser, file, viewport={"width": 1400, "height": 1200}) as opened:
        page = opened.page
        page.click("[data-map=all]")
        box = page.locator("#map").bounding_box()
        views = [page.get_attribute("#map", "viewBox")]
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.wheel(0, -240)
        page.wait_for_function("old => document.getElementById('map').getAttribute('viewBox') !== old", arg=views[0])
        views.append(page.get_attribute("#map", "viewBox"))
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3, steps=4)
        page.mouse.up()
        views.append(page.get_attribute("#map", "viewBox"))
        widths = [float(v.split()[2]) for v in views]
        assert widths[1] < widths[0]
        assert widths[2] == widths[1]
        assert views[2] != views[1]


_OVERLAPS = """css => {
  const boxes = [...document.querySelectorAll(css)].map(t => [t.textContent, t.getBoundingClientRect()])
    .filter(([, b]) => b.width > 0);
  const found = [];
  for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) {
    const [s, a] = boxes[i], [t, b] = boxes[j];
    const level = a.top < b.bottom - 3 && b.top < a.bottom - 3;
    if (level && a.left < b.right - 1 && b.left < a.right - 1) found.push([s, t]);
  }
  return found;
}"""


def test_no_two_names_overlap_on_chart_or_map(browser: Any, file: Path, lanes: dict[str, Quote]) -> None:
    """A name that cannot be read is worse than none."""
    with Opened(browser, file, viewport={"width": 1400, "height": 1200}) as opened:
        for a in lanes["xian-constanta"].alternatives:
            opened.page.evaluate("n => document.getElementById('pick-' + n).click()", a.number)
            assert opened.page.evaluate(_OVERLAPS, ".alt.on .place") == []
            assert opened.page.evaluate(_OVERLAPS, ".stops.on text") == []


def test_without_scripts_all_alternatives_are_readable(browser: Any, file: Path, lanes: dict[str, Quote]) -> None:
    """Some mail programs and offices allow none."""
    with Opened(browser, file, scripts=False) as opened:
        assert len(opened.shown()) == len(lanes["xian-constanta"].alternatives)


def test_a_hostile_name_runs_nothing(browser: Any, lanes: dict[str, Quote], atlas: Dataset, tmp_path: Path) -> None:
    """The browser is the judge of what is markup."""
    bad = '</script></style></title><img src=x onerror="document.title=1">'
    hostile = replace(
        atlas,
        nodes=tuple(replace(n, name=bad) for n in atlas.nodes),
        commodities=tuple(replace(c, name=bad) for c in atlas.commodities),
    )
    path = tmp_path / "hostile.html"
    path.write_text(render(replace(lanes["xian-constanta"], cargo=bad), hostile), "utf-8")
    with Opened(browser, path) as opened:
        assert opened.said == []
        assert opened.requests == [path.as_uri()]
        assert opened.page.locator("img").count() == 0
        assert bad in opened.page.inner_text("h1")
