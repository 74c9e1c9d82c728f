"""HTML and SVG written by hand, where everything not known to be markup is escaped."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from decimal import Decimal

# Control characters are not allowed in HTML; those that turn the direction of text could make a page lie.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
# An attribute's value of these needs no quotes, which saves a twentieth of a page.
_BARE = re.compile(r"[A-Za-z0-9_#.-]+", re.ASCII)
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Html(str):
    """Text that is markup already. All other text is escaped when it is put into an element."""

    __slots__ = ()


def escaped(text: object) -> Html:
    """Text made fit to stand in an element or an attribute; Html is left as it is."""
    if isinstance(text, Html):
        return text
    return Html(html.escape(_UNWANTED.sub("", str(text)), quote=True))


def el(tag: str, *content: object, **attributes: object) -> Html:
    """An element. `class_` is class, `data_x` is data-x; None and False leave one out, True is bare."""
    written = []
    for given, value in attributes.items():
        if value is None or value is False:
            continue
        name = given.rstrip("_").replace("_", "-")
        if value is True:
            written.append(f" {name}")
        else:
            text = html.escape(_UNWANTED.sub("", str(value)), quote=True)
            written.append(f" {name}={text}" if _BARE.fullmatch(text) else f' {name}="{text}"')
    opened = f"<{tag}{''.join(written)}>"
    if tag in _VOID:
        return Html(opened)
    return Html(f"{opened}{joined(*content)}</{tag}>")


def joined(*parts: object) -> Html:
    """Parts in a row, those that are no markup escaped."""
    return Html("".join(escaped(p) for p in parts if p is not None))


def link(address: str, text: object) -> Html:
    """A link to a web page; the text alone if the address is of another kind."""
    if not address.startswith(("https://", "http://")):
        return escaped(text)
    return el("a", text, href=address)


def usd(amount: Decimal | float) -> str:
    """Whole dollars, as in 12,345."""
    return f"{amount:,.0f}".replace("-", "−")


def money(amount: Decimal) -> str:
    """An amount to its minor unit, as in 1,234.50."""
    return f"{amount:,f}".replace("-", "−")


def number(value: Decimal | float, digits: int = 0) -> str:
    """A number with thousands apart."""
    return f"{value:,.{digits}f}".replace("-", "−")


def plain(value: Decimal) -> str:
    """A decimal without zeros at its end."""
    text = f"{value:,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def in_days(hours: float) -> str:
    """Hours as days with one decimal."""
    return f"{hours / 24.0:.1f}"


def duration(hours: float) -> str:
    """As in '45 min', '7.5 h' or '3.1 d'."""
    if hours < 1.0:
        return f"{hours * 60.0:.0f} min"
    return f"{hours:.1f} h" if hours < 48.0 else f"{hours / 24.0:.1f} d"


def day(on: date) -> str:
    """As in 3 Mar 2025."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def moment(at: datetime) -> str:
    """Day and local time, as in 3 Mar 05:59."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at:%H:%M}"


def zone(at: datetime) -> str:
    """Offset from UTC, as in UTC+05:00."""
    written = f"{at:%z}"
    return f"UTC{written[:3]}:{written[3:5]}".replace("-", "−") if written else ""
