"""How well the dollars of a quote are known: shares by the grade of their rates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from karvan.model.quote import Quote
from karvan.reports.markup import Html, el

GRADES = ("published", "quoted", "inferred", "analogy", "placeholder")


def by_grade(quote: Quote) -> dict[str, Decimal]:
    """US dollars of all alternatives by grade."""
    sums: dict[str, Decimal] = {}
    for a in quote.alternatives:
        for grade, dollars in a.bill.by_grade().items():
            sums[grade] = sums.get(grade, Decimal(0)) + dollars
    return sums


def shares(dollars: Mapping[str, Decimal]) -> dict[str, float]:
    """Share of each grade, the best first; a grade that discounts make negative counts as nothing."""
    order = (*GRADES, *(g for g in dollars if g not in GRADES))
    kept = {g: max(float(dollars[g]), 0.0) for g in order if g in dollars}
    total = sum(kept.values())
    return {g: v / total for g, v in kept.items()} if total > 0 else {}


def grade_bar(dollars: Mapping[str, Decimal]) -> Html:
    """The shares as one bar, with words under it."""
    found = shares(dollars)
    parts = [
        el("i", class_=f"g-{g}", style=f"width:{share:.2%}", title=f"{g} {share:.0%}") for g, share in found.items()
    ]
    words = [el("li", el("i", class_=f"swatch g-{g}"), f"{g} {share:.0%}") for g, share in found.items()]
    return el(
        "div",
        el("div", *parts, class_="stack", aria_hidden="true"),
        el("ul", *words, class_="key"),
        class_="grades",
    )
