"""The answer in the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from karvan.cli.answer import show
from karvan.cli.detail import show_detail
from karvan.cli.footnotes import Footnotes, letter
from karvan.cli.text import days, whole
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, ClosedWinner, Quote
from karvan.model.tariff import MissingRate
from karvan.reports.words import Words

WIDTHS = (80, 100, 160)


def printed(quote: Quote, atlas: Dataset, width: int, top: int = 10) -> str:
    held = io.StringIO()
    show(Console(file=held, width=width, highlight=False, markup=False, emoji=False), quote, atlas, top)
    return held.getvalue()


def detailed(quote: Quote, atlas: Dataset, a: Alternative, width: int = 100) -> str:
    held = io.StringIO()
    show_detail(Console(file=held, width=width, highlight=False, markup=False, emoji=False), quote, atlas, a)
    return held.getvalue()


@pytest.fixture
def quote(lanes: dict[str, Quote]) -> Quote:
    return lanes["xian-constanta"]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_number_is_cut_and_no_line_is_too_long(width: int, lanes: dict[str, Quote], atlas: Dataset) -> None:
    """A price without its last digit is a wrong price, and a wrapped table is not one."""
    for quote in lanes.values():
        text = printed(quote, atlas, width)
        assert max(map(len, text.splitlines())) <= width
        assert "…" not in text
        for a in quote.alternatives[:10]:
            numbers = next(line for line in text.splitlines() if line.startswith(f"{a.number:>3}  "))
            for number in (
                whole(a.price_usd),
                days(a.time.p50_h),
                days(a.time.p95_h),
                whole(a.chain.length_km),
            ):
                assert f" {number} " in f"{numbers} "


def test_a_way_names_its_ends_and_not_its_stations(quote: Quote, atlas: Dataset) -> None:
    """A forwarder says Altynkol, Aktau, Alat, Poti, and not the two hundred stations between."""
    words = Words(atlas)
    text = " ".join(printed(quote, atlas, 160).split())
    for a in quote.alternatives[:10]:
        assert words.place(a.chain.destination) in text
    passed = quote.alternatives[0].chain.movements[0].nodes[1]
    assert f"== {words.place(passed)} ==" not in text


def test_a_price_that_lacks_a_rate_says_from(quote: Quote, atlas: Dataset) -> None:
    """It is a lower end; listed as it stands it would win unfairly."""
    a = quote.alternatives[0]
    lacking = replace(a, bill=replace(a.bill, missing=(MissingRate("border", "gr", "ge-poti", 1, quote.ready),)))
    text = printed(replace(quote, alternatives=(lacking, *quote.alternatives[1:])), atlas, 100)
    assert f"from {whole(a.price_usd)}" in text
    assert "1 rate(s) missing" in text
    assert "from" in detailed(quote, atlas, lacking)
    assert "No border rate of gr" in " ".join(detailed(quote, atlas, lacking).split())


def test_a_way_without_any_rate_is_unpriced_and_never_zero(quote: Quote, atlas: Dataset) -> None:
    """Nothing travels for nothing."""
    a = quote.alternatives[0]
    missing = MissingRate("border", "gr", "ge-poti", 1, quote.ready)
    empty = replace(a, bill=replace(a.bill, charges=(), missing=(missing,)))
    line = next(
        row for row in printed(replace(quote, alternatives=(empty,)), atlas, 100).splitlines() if "  1  " in row
    )
    assert "unpriced" in line


def test_more_ways_than_shown_are_counted(quote: Quote, atlas: Dataset) -> None:
    """Nobody should take the first ten for all."""
    more = len(quote.alternatives) - 2
    assert f"and {more} more: --top {len(quote.alternatives)}" in printed(quote, atlas, 100, top=2)


def test_what_is_closed_says_by_how_much_it_would_win_and_what_opens_it(quote: Quote, atlas: Dataset) -> None:
    """It is the question a ministry asks."""
    link = atlas.links[0]
    closed = ClosedWinner((link.link,), "price", 0.125, "The two sides open it.")
    text = " ".join(printed(replace(quote, closed=(closed,)), atlas, 100).split())
    assert "would be about 12% cheaper" in text
    assert "What opens it: The two sides open it." in text


def test_markup_in_a_name_is_shown_and_not_obeyed(quote: Quote, atlas: Dataset) -> None:
    """A data folder may call a commodity [red]."""
    a = quote.alternatives[0]
    named = replace(a.consignment.commodity, name="[red]Appliances[/red]")
    odd = replace(a, consignment=replace(a.consignment, commodity=named))
    assert "[red]Appliances[/red]" in printed(replace(quote, alternatives=(odd,)), atlas, 100)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_detail_shows_every_charge_and_they_add_up(width: int, lanes: dict[str, Quote], atlas: Dataset) -> None:
    """An itemised price can be checked with a pocket calculator."""
    for quote in lanes.values():
        a = quote.alternatives[0]
        text = detailed(quote, atlas, a, width)
        charges = text.split("\nCharges\n")[1].split("\nScope\n")[0]
        for charge in a.bill.charges:
            assert f"{charge.usd:,.2f}" in charges
            assert charge.grade in charges
        shown = [Decimal(n.replace(",", "")) for n in re.findall(r" (-?[\d,]+\.\d\d)  [a-z]", charges)]
        assert sum(shown) == sum(c.usd for c in a.bill.charges if not c.replaced_by) == a.price_usd
        assert max(map(len, text.splitlines())) <= width


def test_the_detail_has_every_element_scope_line_and_restriction(quote: Quote, atlas: Dataset) -> None:
    """What is left out of a quote is what is argued over later."""
    for a in quote.alternatives[:3]:
        text = detailed(quote, atlas, a, 200)
        for line in a.schedule:
            assert f"{line.begins:%d %b %H:%M} {line.begins.isoformat()[-6:]}" in text
        for item in a.scope:
            assert re.search(rf"{re.escape(item.item)} +{item.status}", text)
        for finding in a.findings:
            assert f"{finding.effect}: {finding.name}" in text
        for emission in a.emissions:
            assert f"{emission.wtw_kg:,.1f}" in text


def test_a_restriction_on_all_ways_is_marked_once(quote: Quote) -> None:
    """The same mark on every line says nothing."""
    notes = Footnotes(quote.alternatives)
    common = set.intersection(*({f.restriction for f in a.findings} for a in quote.alternatives))
    for a in quote.alternatives:
        own = [f for f in a.findings if f.restriction not in common]
        assert len(re.findall(r"\b[a-z]{1,2}\b", re.sub(r"forbidden|conditional|flagged", "", notes.marks(a)))) == len(
            own
        )


def test_letters_go_on_after_z() -> None:
    """A long list of sanctions has more than twenty-six."""
    assert [letter(i) for i in (0, 25, 26, 27, 52)] == ["a", "z", "aa", "ab", "ba"]
