"""A quote as one page that stands by itself: no network, no third-party code, readable without scripts."""

from __future__ import annotations

from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from karvan.reports.alternatives import alternatives_table
from karvan.reports.detail import Details
from karvan.reports.grades import by_grade, grade_bar
from karvan.reports.map import chain_map, map_note
from karvan.reports.markup import Html, day, el, in_days, number, usd
from karvan.reports.page import asset, page
from karvan.reports.palette import Palette
from karvan.reports.scatter import corridor_key, scatter
from karvan.reports.words import Words, first_load, load_in_words

_DIGEST_SHOWN = 12


def render(quote: Quote, dataset: Dataset) -> str:
    """The page of a quote. Names, coordinates and sources are those of the dataset it was computed from."""
    words, palette = Words(dataset), Palette(quote, dataset)
    details = Details(dataset, words, palette)
    title = f"{words.place(quote.origin)} to {words.place(quote.destination)}"
    body = el(
        "body",
        _header(quote, words),
        el(
            "main",
            _advice(quote),
            _pictures(quote, dataset, words, palette),
            alternatives_table(quote, words, palette),
            *(details.section(a) for a in quote.alternatives),
            _lost(quote, words),
            _closed(quote, words),
        ),
        _footer(quote),
        el("script", Html(asset("page.js"))),
    )
    return page(title, body, "page.js", "page.css")


def _header(quote: Quote, words: Words) -> Html:
    """The request, what the answer rests on, and how well its dollars are known."""
    a = quote.alternatives[0] if quote.alternatives else None
    goods = words.commodities.get(quote.commodity, quote.commodity)
    loads = dict.fromkeys(load_in_words(first_load(x.consignment, x.chain)) for x in quote.alternatives)
    wanted = " or ".join(part.strip() for part in quote.cargo.split(","))
    digits = 0 if quote.tonnes == int(quote.tonnes) else 1
    facts: list[tuple[str, object]] = [
        (
            "Cargo",
            f"{number(quote.tonnes, digits)} t {goods} in {wanted}",
        ),
        ("Loaded in", ", ".join(loads)),
        ("Ready", day(quote.ready)),
    ]
    if a is not None:
        facts += [
            ("Booked", day(a.consignment.booked)),
            ("Owners", f"boxes: {a.consignment.box_owner}, wagons: {a.consignment.wagon_owner}"),
            ("Value", f"{usd(a.consignment.value_usd)} USD"),
        ]
    facts += [
        ("Priced on", day(quote.priced_on)),
        ("Valid until", day(quote.valid_until)),
        ("Dataset", el("code", quote.digest[:_DIGEST_SHOWN] or "none", title=quote.digest)),
        *((("Supposed", "; ".join(quote.premises)),) if quote.premises else ()),
        ("Ways", f"{len(quote.alternatives)}, at least {100 * quote.epsilon:g} % apart"),
    ]
    cut = None if quote.complete else el("p", "The search was cut short: there may be better ways.", class_="warn")
    return el(
        "header",
        el("p", "Karvan quote", class_="brand"),
        el("h1", words.place(quote.origin), " ", el("i", "to"), " ", words.place(quote.destination)),
        el("dl", *(el("div", el("dt", name), el("dd", value)) for name, value in facts)),
        cut,
        el("div", el("h3", "Dollars by grade of their rate, all alternatives"), grade_bar(by_grade(quote))),
    )


def _advice(quote: Quote) -> Html | None:
    if not quote.advice:
        return None
    return el("aside", el("h3", "Advice"), *(el("p", text) for text in quote.advice), class_="advice")


def _pictures(quote: Quote, dataset: Dataset, words: Words, palette: Palette) -> Html:
    """Price against time, and the map, side by side where there is room."""
    used = dict.fromkeys(m.mode for a in quote.alternatives for m in a.chain.movements)
    trade = el(
        "figure",
        el(
            "figcaption",
            el("h3", "Price against time"),
            el("small", "area: CO₂e; colour: corridor; choose one"),
        ),
        el("div", scatter(quote, words, palette), class_="plot"),
        corridor_key(quote, words, palette),
    )
    buttons = [
        el("button", text, type="button", data_map=what, aria_label=said)
        for text, what, said in (
            ("This way", "fit", "Show the chosen way"),
            ("All", "all", "Show all ways"),
            ("+", "in", "Zoom in"),
            ("−", "out", "Zoom out"),
        )
    ]
    chart = el(
        "figure",
        el("figcaption", el("h3", "Map"), el("span", *buttons, class_="tools")),
        el("div", chain_map(quote, dataset, words, palette), class_="mapbox"),
        map_note(palette, list(used)),
    )
    return el("div", trade, chart, class_="pictures")


def _lost(quote: Quote, words: Words) -> Html | None:
    """Corridors a forwarder would weigh that are not among the alternatives."""
    if not quote.lost:
        return None
    rows = [
        el(
            "tr",
            el("th", lost.name, scope="row"),
            el("td", words.text(lost.reason)),
            el("td", usd(lost.price_usd) if lost.price_usd is not None else "", class_="n"),
            el("td", in_days(lost.p50_h) if lost.p50_h is not None else "", class_="n"),
            el("td", number(lost.co2e_kg) if lost.co2e_kg is not None else "", class_="n"),
        )
        for lost in quote.lost
    ]
    heads = [
        el("th", h, scope="col", class_="n" if i > 1 else None)
        for i, h in enumerate(("Corridor", "Why", "USD", "P50 d", "CO₂e kg"))
    ]
    table = el(
        "table",
        el("caption", "Corridors that lost", class_="away"),
        el("thead", el("tr", *heads)),
        el("tbody", *rows),
    )
    frame = el("div", table, class_="wide", tabindex="0", role="region", aria_label="Corridors that lost")
    return el("section", el("h2", "Why the others lost"), frame)


def _closed(quote: Quote, words: Words) -> Html | None:
    """What is closed and would have won."""
    if not quote.closed:
        return None
    items = [
        el(
            "li",
            el("b", "; ".join(words.closed(key) for key in winner.closed)),
            f" would win on {winner.wins_on}, by {winner.saving:.0%}. ",
            winner.opens,
        )
        for winner in quote.closed
    ]
    return el("section", el("h2", "Closed, and would have won"), el("ul", *items, class_="findings"))


def _footer(quote: Quote) -> Html:
    said = (
        f"Made with Karvan from dataset {quote.digest[:_DIGEST_SHOWN] or 'unnamed'}. "
        f"Prices are those in force on {day(quote.priced_on)}, valid until {day(quote.valid_until)}. "
        "Grades: published tariff; quoted by a carrier; inferred from a through price; by analogy with a "
        "like service; placeholder."
    )
    return el("footer", el("p", said))
