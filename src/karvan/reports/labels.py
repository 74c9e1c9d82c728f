"""Where to write so that nothing overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Width of a character in ems, a little on the safe side for a sans-serif.
_NARROW = frozenset("fijlrtI .,'|()/-")
_WIDE = frozenset("mwMW@%")


def text_width(text: str, size: float) -> float:
    """Width of a text in a sans-serif of a size, near enough to keep texts apart."""
    ems = sum(0.36 if c in _NARROW else 0.9 if c in _WIDE else 1.0 if ord(c) > 0x2E80 else 0.59 for c in text)
    return ems * size


@dataclass(frozen=True, slots=True)
class Flag:
    """A text on a pole at x: its row above the ground, and where it begins."""

    x: float
    row: int
    left: float
    width: float


def flags(poles: Sequence[tuple[float, str]], size: float, left: float, right: float) -> list[Flag]:
    """A row for each text so that none overlaps another or is crossed by a pole, in as few rows as come easily.

    poles: x and text, in order of x. A text stands right of its pole, or left of it where there is no room.
    """
    placed: list[Flag] = []
    for x, text in reversed(poles):
        width = text_width(text, size)
        sides = (x + 3.0, x - 3.0 - width)
        fitting = [s for s in sides if left <= s and s + width <= right] or [max(left, right - width)]
        row = 0
        while True:
            free = next((s for s in fitting if _free(x, s, width, row, placed)), None)
            if free is not None:
                placed.append(Flag(x, row, free, width))
                break
            row += 1
    return placed[::-1]


def _free(x: float, start: float, width: float, row: int, placed: Sequence[Flag]) -> bool:
    for other in placed:
        if other.row == row and start < other.left + other.width + 6.0 and other.left < start + width + 6.0:
            return False
        if other.row >= row and start - 2.0 <= other.x <= start + width + 2.0:
            return False
        if other.row < row and other.left - 2.0 <= x <= other.left + other.width + 2.0:
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


def ticks(top: float, wanted: int) -> list[float]:
    """Round values from 0 to not more than top, about as many as wanted."""
    if top <= 0:
        return [0.0]
    power = 1.0
    while power * 10.0 <= top / wanted:
        power *= 10.0
    while power > top / wanted:
        power /= 10.0
    step = next((power * f for f in (1.0, 2.0, 2.5, 5.0) if top / (power * f) <= wanted), power * 10.0)
    found = [0.0]
    while found[-1] + step <= top * 1.0000001:
        found.append(found[-1] + step)
    return found
