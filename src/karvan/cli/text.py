"""Text for a terminal: without control characters, numbers with separators, bars."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL, _DARK, _LIGHT = "█", "▓", "░"


def plain(text: str) -> str:
    """Text without control, formatting and surrogate characters: they could rewrite what is shown."""
    spaced = "".join(" " if c in "\t\n\r" else c for c in text)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))


def inside(name: str) -> str:
    """A name as it stands inside a sentence: 'household appliances', but 'PVC'."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def whole(value: float | Decimal) -> str:
    """A number without decimals, thousands separated."""
    return f"{value:,.0f}"


def tidy(value: Decimal) -> str:
    """A decimal as it is, without trailing zeros, thousands separated."""
    shown = f"{value:,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def days(hours: float) -> str:
    """Hours as days with one decimal."""
    return f"{hours / 24.0:.1f}"


def tonnes(kilograms: float) -> str:
    """Kilograms as tonnes with three figures or more."""
    t = kilograms / 1000.0
    return f"{t:,.0f}" if t >= 100 else f"{t:.1f}" if t >= 10 else f"{t:.2f}"


def bar(value: float, most: float, width: int) -> str:
    """A bar of at most `width` characters, to an eighth of a character."""
    eighths = round(8 * width * _share(value, most))
    full, rest = divmod(eighths, 8)
    return (_FULL * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def spread(p50: float, p80: float, p95: float, most: float, width: int) -> str:
    """A bar to P50, then lighter to P80 and lighter still to P95."""
    ends = [round(width * _share(p, most)) for p in (p50, p80, p95)]
    return (_FULL * ends[0] + _DARK * (ends[1] - ends[0]) + _LIGHT * (ends[2] - ends[1]))[:width].ljust(width)


def _share(value: float, most: float) -> float:
    return min(max(value / most, 0.0), 1.0) if most > 0 else 0.0
