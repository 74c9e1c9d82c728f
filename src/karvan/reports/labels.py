"""Where to write so that nothing overlaps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Width of a character in ems, a little on the safe side for a sans-serif.
_NARROW = frozenset("fijlrtI .,'|()/-")
_WIDE = frozenset("mwMW@%")
_ROWS = 9


def text_width(text: str, size: float) -> float:
    """Width of a text in a bold sans-serif of a size, near enough to keep texts apart."""
    ems = sum(
        0.42 if c in _NARROW else 1.02 if c in _WIDE else 1.05 if ord(c) > 0x2E80 else 0.71 if c.isupper() else 0.66
        for c in text
    )
    return ems * size


@dataclass(frozen=True, slots=True)
class Flag:
    """A text on a pole at x: its row above the ground, and where it begins."""

    x: float
    row: int
    left: float
    width: float


def flags(poles: Sequence[tuple[float, str]], size: float, left: float, right: float) -> list[Flag]:
    """A row for each text so that none overlaps another or is crossed by a pole, in few rows.

    poles: x and text. A text stands right of its pole, or left of it where there is no room. Where all
    rows are crowded, a pole may run behind a text.
    """
    placed: dict[int, Flag] = {}
    widths = [text_width(text, size) for _, text in poles]

    def sides(i: int) -> list[float]:
        x, width = poles[i][0], widths[i]
        fitting = [s for s in (x + 3.0, x - 3.0 - width) if left <= s and s + width <= right]
        return fitting or [max(left, right - width)]

    # Those that must stand left of their pole come last: they hang above the poles that they reach over.
    for i in sorted(range(len(poles)), key=lambda i: (sides(i)[0] < poles[i][0], -poles[i][0])):
        x, width = poles[i][0], widths[i]
        tried = ((row, s, strict) for strict in (True, False) for row in range(_ROWS) for s in sides(i))
        placed[i] = next(
            (Flag(x, row, s, width) for row, s, strict in tried if _free(x, s, width, row, placed.values(), strict)),
            Flag(x, _ROWS, sides(i)[0], width),
        )
    return [placed[i] for i in range(len(poles))]


def _free(x: float, start: float, width: float, row: int, placed: Iterable[Flag], strict: bool) -> bool:
    for other in placed:
        if other.row == row and start < other.left + other.width + 6.0 and other.left < start + width + 6.0:
            return False
        if strict and other.row >= row and start - 2.0 <= other.x <= start + width + 2.0:
            return False
        if strict and other.row < row and other.left - 2.0 <= x <= other.left + other.width + 2.0:
            return False
    return True


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights as near to those wanted as keeps them in order and a gap apart, between low and high."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    at = [0.0] * len(wanted)
    last = low - gap
    for i in order:
        last = at[i] = max(wanted[i], last + gap)
    ceiling = high
    for i in reversed(order):
        at[i] = min(at[i], ceiling)
        ceiling = at[i] - gap
    return at


Box = tuple[float, float, float, float]


def overlaps(box: Box, others: Sequence[Box]) -> bool:
    """Whether a box (left, top, right, bottom) meets any of the others."""
    return any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in others)


def ticks(top: float, wanted: int, low: float = 0.0) -> list[float]:
    """Round values between low and top, at most about as many as wanted."""
    if top <= low:
        return [low]
    power = 10.0 ** math.floor(math.log10((top - low) / wanted))
    step = next(power * f for f in (1.0, 2.0, 2.5, 5.0, 10.0) if (top - low) / (power * f) <= wanted)
    first = math.ceil(low / step - 1e-7)
    return [i * step for i in range(first, math.floor(top / step + 1e-7) + 1)]
