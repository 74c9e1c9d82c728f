"""One alternative whole: price, scope, restrictions, schedule and emissions."""

from __future__ import annotations

from datetime import datetime

from karvan.model.chain import Element, Handling, Movement
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, ElementEmission
from karvan.model.tariff import Charge
from karvan.reports.alternatives import way_markup
from karvan.reports.chart import time_cost_distance
from karvan.reports.grades import grade_bar
from karvan.reports.markup import (
    Html,
    day,
    duration,
    el,
    in_days,
    joined,
    moment,
    money,
    number,
    plain,
    usd,
    zone,
)
from karvan.reports.palette import Palette
from karvan.reports.sources import Sources
from karvan.reports.words import Words


class Details:
    """Sections about alternatives, with the names, sources and colours that they share."""

    def __init__(self, dataset: Dataset, words: Words, palette: Palette) -> None:
        self.words = words
        self.rows = Sources.by_key(dataset)
        self.palette = palette
        self.zones = {n.node: n.timezone for n in dataset.nodes}

    def section(self, a: Alternative) -> Html:
        """Everything about one alternative; a script shows one at a time, without it all are there."""
        sources = Sources(self.rows, f"s{a.number}")
        facts = (
            f"{'' if a.complete else 'from '}{usd(a.price_usd)} USD · P50 {in_days(a.time.p50_h)} d, "
            f"P95 {in_days(a.time.p95_h)} d · {number(a.co2e_kg)} kg CO₂e · {number(a.chain.length_km)} km"
        )
        return el(
            "section",
            el("h2", f"No. {a.number}: ", el("span", facts)),
            el("p", way_markup(a, self.words)),
            el(
                "div",
                time_cost_distance(a, self.words, self.palette),
                class_="wide chart",
                tabindex="0",
                role="region",
                aria_label="Time and cost against distance",
            ),
            el(
                "p",
                "Mean times and all charges; a jump at each border, port and gauge change.",
                class_="note",
            ),
            self.price(a, sources),
            el("div", self.restrictions(a, sources), self.scope(a), class_="pair"),
            self.schedule(a),
            sources.listed(),
            id=f"alt-{a.number}",
            class_=f"alt{' on' if a.number == 1 else ''}",
            data_alt=a.number,
        )

    def price(self, a: Alternative, sources: Sources) -> Html:
        """The itemised price, and what is missing from it."""
        rows = [self._charge(c, sources) for c in a.bill.charges]
        for m in a.bill.missing:
            said = self.words.text(f"{m.charge.replace('_', ' ')} {m.section}")
            rows.append(
                el(
                    "tr",
                    el("td", self.words.payee(m.operator)),
                    el("td", said),
                    el(
                        "td",
                        f"No rate is in force on {day(m.on)}: the price is a lower end.",
                        colspan=6,
                        class_="said",
                    ),
                    class_="unpriced",
                )
            )
        total = el(
            "tr",
            el("th", "Total" if a.complete else "Total, from", colspan=5, scope="row"),
            el("td", money(a.price_usd), class_="n strong"),
            el("td", colspan=2),
        )
        heads = ("Payee", "What for", "Quantity", "Rate", "Amount", "USD", "Grade", "Source")
        return joined(
            el("h3", "Price"),
            grade_bar(a.bill.by_grade()),
            _table("Price", heads, rows, numbers=(2, 3, 4, 5), foot=total, kind="bill"),
        )

    def _charge(self, c: Charge, sources: Sources) -> Html:
        by_value = c.unit == "percent_of_value"
        replaced = el("small", " in the through rate") if c.replaced_by else None
        return el(
            "tr",
            el("td", self.words.payee(c.payee)),
            el("td", self.words.text(c.what), replaced),
            el("td", plain(c.quantity), " ", el("small", "USD" if by_value else c.unit.replace("_", " "))),
            el("td", plain(c.value), " %" if by_value else None, title=c.rate),
            el("td", money(c.amount), " ", el("small", c.currency)),
            el("td", money(c.usd)),
            el("td", el("i", class_=f"swatch g-{c.grade}"), c.grade),
            el("td", sources.cited(c.source)),
            class_="replaced" if c.replaced_by else None,
        )

    def restrictions(self, a: Alternative, sources: Sources) -> Html:
        """Restrictions that bear on the way, the gravest first."""
        items = [
            el(
                "li",
                el("span", f.effect, class_=f"mark {f.effect}"),
                " ",
                el("b", f.name),
                ". ",
                f.condition,
                " ",
                el("small", "[", sources.cited(f.source), "]"),
            )
            for f in a.findings
        ]
        body = el("ul", *items, class_="findings") if items else el("p", "None known bears on this way.", class_="note")
        return el("div", el("h3", "Restrictions"), body)

    def scope(self, a: Alternative) -> Html:
        """What the price contains and what it does not."""
        rows = [
            el(
                "tr",
                el("th", s.item, scope="row"),
                el("td", el("span", s.status, class_=f"mark {s.status}")),
                el("td", money(s.usd) if s.usd else "", class_="n"),
                el("td", s.reason),
            )
            for s in a.scope
        ]
        return el("div", el("h3", "Scope"), _table("Scope", ("Item", "", "USD", "Reason"), rows, numbers=(2,)))

    def schedule(self, a: Alternative) -> Html:
        """Element by element: when in local time, where, what, how long, how far, and its emissions."""
        emissions = {e.element: e for e in a.emissions}
        begins = {line.element: line.begins for line in a.schedule}
        ends = (*a.time.starts_h[1:], a.time.mean_h)
        rows = [
            self._element(e, begins.get(i), ends[i] - a.time.starts_h[i], emissions.get(i))
            for i, e in enumerate(a.chain.elements)
        ]
        heads = ("Local time", "Zone", "Place", "What", "By", "Takes", "km", "WTW kg", "TTW kg", "Data")
        note = (
            "Times are means; delivery is the time that half of such consignments keep. WTW: kg CO₂e "
            "well-to-wheel, TTW: tank-to-wheel, by transport chain element (ISO 14083), with the data's kind."
        )
        return joined(
            el("h3", "Schedule and emissions"),
            _table(
                "Schedule and emissions",
                heads,
                rows,
                numbers=(0, 5, 6, 7, 8),
                foot=self._delivered(a),
                kind="when",
            ),
            el("p", note, class_="note"),
        )

    def _element(self, e: Element, begins: datetime | None, hours: float, co2e: ElementEmission | None) -> Html:
        node = e.from_node if isinstance(e, Movement) else e.node
        who = e.carrier if isinstance(e, Movement) else e.operator if isinstance(e, Handling) else ""
        named = e.service if isinstance(e, Movement) and e.service in self.words.services else ""
        service = el("small", f" {self.words.service(named)}") if named else None
        return el(
            "tr",
            el("td", moment(begins) if begins else ""),
            el("td", zone(begins) if begins else "", title=self.zones.get(node)),
            el("td", self.words.place(node)),
            el("td", self.words.element(e), service),
            el("td", self.words.payee(who) if who else ""),
            el("td", duration(hours)),
            el("td", number(e.length_km) if isinstance(e, Movement) else ""),
            el("td", number(co2e.wtw_kg, 1) if co2e else ""),
            el("td", number(co2e.ttw_kg, 1) if co2e else ""),
            el("td", co2e.kind if co2e else "", title=", ".join(co2e.factors) if co2e else None),
        )

    def _delivered(self, a: Alternative) -> Html:
        ttw = sum(e.ttw_kg for e in a.emissions)
        return el(
            "tr",
            el("td", moment(a.delivered), class_="n strong"),
            el("td", zone(a.delivered), title=self.zones.get(a.chain.destination)),
            el("th", self.words.place(a.chain.destination), scope="row"),
            el("td", f"delivered (P50), {day(a.delivered)}", colspan=3),
            el("td", number(a.chain.length_km), class_="n"),
            el("td", number(a.co2e_kg, 1), class_="n"),
            el("td", number(ttw, 1), class_="n"),
            el("td"),
        )


def _table(
    name: str,
    heads: tuple[str, ...],
    rows: list[Html],
    numbers: tuple[int, ...],
    foot: Html | None = None,
    kind: str = "",
) -> Html:
    """A table in a frame that scrolls by itself where the page is narrow."""
    cells = [el("th", h, scope="col", class_="n" if i in numbers else None) for i, h in enumerate(heads)]
    table = el(
        "table",
        el("caption", name, class_="away"),
        el("thead", el("tr", *cells)),
        el("tbody", *rows),
        el("tfoot", foot) if foot else None,
        class_=kind or None,
    )
    return el("div", table, class_="wide", tabindex="0", role="region", aria_label=name)
