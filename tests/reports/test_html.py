"""The page of a quote, without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from karvan.reports.html import render

HOSTILE = '</script><img src=x onerror="alert(1)">\'&\u2028\u202e'
VOID = {"meta", "input", "br", "img", "link", "hr"}


class Tags(HTMLParser):
    """Counts elements and checks that they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.count: dict[str, int] = {}
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "action", "data", "srcset")]
        self.handlers += [k for k, _ in attrs if k.startswith("on")]
        self.ids += [v or "" for k, v in attrs if k == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    tags.close()
    assert tags.open == []
    return tags


@pytest.fixture(scope="module")
def page(lanes: dict[str, Quote], atlas: Dataset) -> str:
    return render(lanes["xian-constanta"], atlas)


@pytest.mark.parametrize("lane", ["xian-constanta", "aksu-mersin", "shanghai-poti"])
def test_a_page_is_under_two_megabytes_and_its_elements_nest(
    lane: str, lanes: dict[str, Quote], atlas: Dataset
) -> None:
    """It is sent by mail; and a browser mends what does not nest in its own way."""
    text = render(lanes[lane], atlas)
    assert len(text.encode()) < 2_000_000
    tags = read(text)
    assert len(tags.ids) == len(set(tags.ids))


def test_nothing_on_the_page_is_loaded_from_elsewhere(page: str) -> None:
    """It opens without a network: links may lead out, but no image, script, style or font comes in."""
    tags = read(page)
    assert not {"img", "link", "iframe", "object", "embed", "base"} & set(tags.count)
    assert all(a.startswith(("#", "http://", "https://")) for a in tags.addresses)
    assert "@import" not in page
    assert "url(" not in page
    assert "src=" not in page
    assert tags.count["script"] == 1


def test_every_alternative_is_in_the_table_on_the_map_and_whole(page: str, lanes: dict[str, Quote]) -> None:
    """With scripts off nothing is missing: they only hide and sort."""
    ids = read(page).ids
    for a in lanes["xian-constanta"].alternatives:
        assert {f"pick-{a.number}", f"alt-{a.number}"} <= set(ids)
        assert len(re.findall(rf"data-alt={a.number}(?=[ >])", page)) == 6


def test_names_from_data_and_user_are_text_and_never_markup(lanes: dict[str, Quote], atlas: Dataset) -> None:
    """A data folder or a request may come from anybody; the page is opened by somebody else."""
    quote = lanes["xian-constanta"]
    changes = {
        "nodes": "name",
        "operators": "name",
        "services": "name",
        "corridors": "name",
        "commodities": "name",
        "sources": "title",
        "agreements": "remedy",
        "modes": "name",
    }
    hostile = replace(
        atlas,
        **{t: tuple(replace(r, **{c: HOSTILE}) for r in getattr(atlas, t)) for t, c in changes.items()},
    )
    hostile = replace(hostile, sources=tuple(replace(s, address="javascript:alert(1)") for s in hostile.sources))
    asked = replace(
        quote,
        cargo=HOSTILE,
        commodity=HOSTILE,
        digest=HOSTILE,
        advice=(HOSTILE,),
        alternatives=tuple(
            replace(
                a,
                findings=tuple(replace(f, name=HOSTILE, condition=HOSTILE, effect=HOSTILE) for f in a.findings),
                scope=tuple(replace(s, reason=HOSTILE, item=HOSTILE, status=HOSTILE) for s in a.scope),
                bill=replace(
                    a.bill,
                    charges=tuple(replace(c, what=HOSTILE, unit=HOSTILE, grade=HOSTILE) for c in a.bill.charges),
                ),
            )
            for a in quote.alternatives[:3]
        ),
        lost=tuple(replace(x, name=HOSTILE, reason=HOSTILE) for x in quote.lost),
    )
    text = render(asked, hostile)
    tags = read(text)
    assert "img" not in tags.count
    assert tags.handlers == []
    assert tags.count["script"] == 1
    assert not any(a.startswith("javascript:") for a in tags.addresses)
    assert "\u2028" not in text
    assert "\u202e" not in text
    assert any("<img src=x onerror=" in t for t in tags.texts)


def test_the_chart_ends_at_the_totals(page: str, lanes: dict[str, Quote]) -> None:
    """Its last point is the mean time, the price and the distance of the alternative, or it would mislead."""
    ends = re.findall(r"data-end-h=([\d.]+) data-end-usd=([\d.]+) data-end-km=([\d.]+)", page)
    alternatives = lanes["xian-constanta"].alternatives
    assert len(ends) == len(alternatives)
    for (hours, dollars, km), a in zip(ends, alternatives, strict=True):
        assert float(hours) == pytest.approx(a.time.mean_h, abs=1e-5)
        assert float(dollars) == pytest.approx(float(a.price_usd), abs=0.005)
        assert float(km) == pytest.approx(a.chain.length_km, abs=0.06)


def test_prices_and_sources_are_those_of_the_quote(page: str, lanes: dict[str, Quote], atlas: Dataset) -> None:
    """Every charge of the first alternative is there with its amount, and its sources by title."""
    text = "\n".join(read(page).texts)
    titles = {s.source: s.title for s in atlas.sources}
    for c in lanes["xian-constanta"].alternatives[0].bill.charges:
        assert f"{c.amount:,f}" in text
        assert all(titles[k] in text for k in c.source.split(";") if k in titles)


def test_a_price_with_a_missing_rate_is_marked_as_from(lanes: dict[str, Quote], atlas: Dataset) -> None:
    """A lower end must not look like a price."""
    from karvan.model.tariff import MissingRate

    quote = lanes["xian-constanta"]
    a = quote.alternatives[0]
    missing = MissingRate("haulage", "ktz", "kz-dostyk>kz-aktau", None, quote.priced_on)
    without = replace(
        quote, alternatives=(replace(a, bill=replace(a.bill, missing=(missing,))), *quote.alternatives[1:])
    )
    text = re.sub(r"<[^>]+>", "", render(without, atlas))
    assert f"from {a.price_usd:,.0f}" in text
    assert "1 unpriced" in text
    assert "Dostyk" in text
    assert "Total, from" in text


def test_the_same_quote_gives_the_same_page(page: str, lanes: dict[str, Quote], atlas: Dataset) -> None:
    """Nothing of the clock or of chance is on it, so that two can be compared."""
    assert render(lanes["xian-constanta"], atlas) == page
