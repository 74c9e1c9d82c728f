"""The table of alternatives: one row a way, to sort and to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from karvan.model.quote import Alternative, Quote
from karvan.reports.markup import Html, el, in_days, joined, number, usd
from karvan.reports.palette import Palette
from karvan.reports.words import Stop, Words, first_load, load_in_words

# Heading, what a script sorts by, and what it means.
_COLUMNS = (
    ("No.", "no", "Number of the alternative"),
    ("Way", "", "Places where something is done, and what carries the cargo between them"),
    ("USD", "price", "Sum of all charges; 'from' where a rate is missing"),
    ("P50 d", "p50", "Days that half of such consignments keep; the bar goes on paler to P95"),
    ("P80 d", "p80", "Days that eight in ten keep"),
    ("P95 d", "p95", "Days that nineteen in twenty keep"),
    ("Late d", "late", "P95 less P50: how much later than usual it may come"),
    ("CO₂e kg", "co2e", "Well-to-wheel"),
    ("km", "km", "Distance"),
    ("Marks", "", "Restrictions that bear on the way"),
)


def alternatives_table(quote: Quote, words: Words, palette: Palette) -> Html:
    """All alternatives; each has a radio button, so that the arrow keys choose."""
    heads = [_head(*column) for column in _COLUMNS]
    price = max((float(a.price_usd) for a in quote.alternatives), default=1.0) or 1.0
    hours = max((a.time.p95_h for a in quote.alternatives), default=1.0) or 1.0
    rows = [_row(a, words, palette, price, hours) for a in quote.alternatives]
    table = el(
        "table",
        el("caption", "Alternatives", class_="away"),
        el("thead", el("tr", *heads)),
        el("tbody", *rows),
        id="alternatives",
    )
    return el("div", table, class_="wide tall", tabindex="0", role="region", aria_label="Alternatives")


def _head(text: str, key: str, meaning: str) -> Html:
    content = el("button", text, type="button", data_sort=key, title=f"{meaning}. Sort.") if key else text
    return el("th", content, scope="col", title=None if key else meaning, class_="n" if key else None)


def _row(a: Alternative, words: Words, palette: Palette, price: float, hours: float) -> Html:
    low, high = 100.0 * a.time.p50_h / hours, 100.0 * a.time.p95_h / hours
    t = a.time
    return el(
        "tr",
        el("th", _radio(a.number), el("a", a.number, href=f"#alt-{a.number}"), scope="row", class_="no"),
        el("td", way_markup(a, words), _under(a, words), class_="way-cell"),
        _bar(
            joined(None if a.complete else el("small", "from "), usd(a.price_usd)),
            100.0 * float(a.price_usd) / price,
            0.0,
            "price",
        ),
        _bar(in_days(t.p50_h), low, high, "time"),
        el("td", in_days(t.p80_h), class_="n"),
        el("td", in_days(t.p95_h), class_="n"),
        el("td", in_days(t.lateness_h), class_="n"),
        el("td", number(a.co2e_kg), class_="n"),
        el("td", number(a.chain.length_km), class_="n"),
        el("td", marks(a)),
        class_=f"pick {palette.colour(a)}{' on' if a.number == 1 else ''}",
        data_alt=a.number,
        **_sorted_by(a),
    )


def _radio(number: int) -> Html:
    return el(
        "input",
        type="radio",
        name="alternative",
        value=number,
        checked=number == 1,
        id=f"pick-{number}",
        aria_label=f"Show no. {number}",
    )


def _sorted_by(a: Alternative) -> dict[str, str]:
    """What a script sorts the rows by."""
    values = {
        "no": a.number,
        "price": a.price_usd,
        "p50": a.time.p50_h,
        "p80": a.time.p80_h,
        "p95": a.time.p95_h,
        "late": a.time.lateness_h,
        "co2e": a.co2e_kg,
        "km": a.chain.length_km,
    }
    return {f"data_{k}": f"{v:.4f}" for k, v in values.items()}


def _bar(content: object, end: float, tail: float, kind: str) -> Html:
    """A cell over a bar in per cent of its width, which goes on paler to `tail`."""
    return el("td", content, class_=f"n bar {kind}", style=f"--a:{end:.1f}%;--b:{max(end, tail):.1f}%")


def way_markup(a: Alternative, words: Words) -> Html:
    """The way in words, its legs set apart from its places."""
    parts: list[object] = []
    for part in words.way(a.chain):
        if isinstance(part, Stop):
            gauge = el("abbr", "⇅", title="change of gauge") if "gauge_change" in part.kinds else None
            parts += [el("b", part.name, gauge), " "]
        else:
            parts += [el("i", part.word), " "]
    return el("span", *parts, class_="way-text")


def _under(a: Alternative, words: Words) -> Html:
    """What it is loaded in, the corridors it runs in and the services it takes."""
    corridors = ", ".join(words.corridors.get(c, c) for c in a.corridors) or "no named corridor"
    services = ", ".join(dict.fromkeys(words.service(s) for s in a.chain.services if s in words.services))
    said = [load_in_words(first_load(a.consignment, a.chain)), corridors, *([services] if services else [])]
    return el("div", el("i", class_="swatch"), " · ".join(said), class_="under", title=" · ".join(said))


def marks(a: Alternative) -> Html:
    """How many restrictions of each effect bear on an alternative, with their names."""
    drawn: list[Html] = []
    for effect in dict.fromkeys(f.effect for f in a.findings):
        names = [f.name for f in a.findings if f.effect == effect]
        drawn.append(el("span", f"{len(names)} {effect}", class_=f"mark {effect}", title="; ".join(names)))
    if not a.complete:
        missing = "; ".join([*a.unpriced, *(str(m) for m in a.bill.missing)])
        drawn.append(el("span", f"{len(a.unpriced)} unpriced", class_="mark unpriced", title=missing))
    return joined(*_spaced(drawn))


def _spaced(parts: Sequence[Html]) -> list[object]:
    return [x for part in parts for x in (part, " ")]
