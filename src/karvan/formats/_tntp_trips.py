"""`_trips.tntp`: for each origin, items `destination : volume;` that may run over lines as they like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from karvan.formats._tntp_text import Faults, Text, load, numbers, shown
from karvan.formats.assignment import LARGEST_ID, Matrix
from karvan.model.problem import Floats, frozen

_ORIGIN = re.compile(rb"(?i)\borigin\b[ \t:]*([^\s:;]*)")
_ITEM = re.compile(rb"[^;]+")
_PLAIN = bytes.maketrans(b":;", b"  ")
# What a byte is: nothing, part of a word, or one of the two marks that an item must have in order.
_NOTHING, _WORD, _COLON, _END = 0, 1, 2, 3
_KINDS = np.full(256, _WORD, np.uint8)
_KINDS[:33] = _NOTHING
_KINDS[ord(":")], _KINDS[ord(";")] = _COLON, _END
_ITEM_KINDS = np.array([_WORD, _COLON, _WORD, _END], np.uint8)
# Totals are often rounded to a few figures, and a file that was cut short lacks more than this.
_TOTAL_OFF = 0.005


def read_trips(path: Path, name: str = "all") -> Matrix:
    """Demand of one class. Raises DataError with every fault."""
    text = load(path)
    faults = Faults(text.name)
    breaks = np.flatnonzero(np.frombuffer(text.body, np.uint8) == 10)
    parts: list[tuple[int, NDArray[np.int64], Floats, Floats]] = []
    for origin, begin, end in _origins(text, faults):
        block = text.body[begin:end]
        found = _items(block)
        at, destination, volume = found if found is not None else _one_by_one(text, block, begin, faults)
        kept = ~((volume == 0) & (destination >= 1) & (destination == np.floor(destination)))
        parts.append((origin, np.searchsorted(breaks, at[kept] + begin) + 1, destination[kept], volume[kept]))
    origins = np.repeat(np.array([p[0] for p in parts], np.int64), [p[1].shape[0] for p in parts])
    lines = np.concatenate([np.zeros(0, np.int64), *(p[1] for p in parts)])
    destinations, volumes = (np.concatenate([np.zeros(0), *(p[i] for p in parts)]) for i in (2, 3))
    _check(lines, origins, destinations, volumes, faults)
    if not faults:
        _check_total(text, float(volumes.sum()), faults)
    faults.stop()
    return Matrix(
        file=text.name,
        name=name,
        origin=frozen(origins, np.int64),
        destination=frozen(destinations, np.int64),
        volume=frozen(volumes, np.float64),
        lines=frozen(lines, np.int32),
    )


def _origins(text: Text, faults: Faults) -> Iterator[tuple[int, int, int]]:
    """Each origin, and where its items begin and end."""
    found = list(_ORIGIN.finditer(text.body))
    if not found or text.body[: found[0].start()].strip():
        line = text.body[: len(text.body) - len(text.body.lstrip())].count(b"\n") + 1
        faults.add(line, "'Origin' with a number should stand here. Is it a trip table?")
        return
    seen: dict[int, int] = {}
    line, last = 1, 0
    for i, head in enumerate(found):
        line, last = line + text.body.count(b"\n", last, head.start()), head.start()
        end = found[i + 1].start() if i + 1 < len(found) else len(text.body)
        word = head.group(1)
        if not re.fullmatch(rb"\d{1,16}", word) or not 1 <= int(word) < LARGEST_ID:
            faults.add(line, f"Origin: {shown(word)} is no number of a zone. Correct it.")
            continue
        if int(word) in seen:
            faults.add(line, f"Origin: {int(word)} stands in line {seen[int(word)]} too. Put its items together.")
        seen.setdefault(int(word), line)
        yield int(word), head.end(), end


def _items(block: bytes) -> tuple[NDArray[np.int64], Floats, Floats] | None:
    """Where items begin, destinations and volumes; None if anything is not as it should be."""
    kinds = _KINDS[np.frombuffer(block, np.uint8)]
    begins = kinds > _NOTHING
    begins[1:] &= (kinds[1:] != _WORD) | (kinds[:-1] != _WORD)
    at = np.flatnonzero(begins)
    order = kinds[at]
    count, rest = divmod(order.shape[0], 4)
    if rest not in (0, 3):
        return None
    count += rest == 3  # the last ; may be missing
    if not np.array_equal(order, np.tile(_ITEM_KINDS, count)[: order.shape[0]]):
        return None
    read = numbers(block.translate(_PLAIN))
    if read is None:
        return None
    return at[::4], read[::2], read[1::2]


def _one_by_one(text: Text, block: bytes, begin: int, faults: Faults) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Items read one at a time, to say what is wrong with each."""
    at, made = [], []
    for item in _ITEM.finditer(block):
        if not item[0].strip():
            continue
        start = item.start() + len(item[0]) - len(item[0].lstrip())
        line = text.body.count(b"\n", 0, begin + start) + 1
        destination, colon, volume = (word.strip() for word in item[0].partition(b":"))
        fault = ""
        if not colon or len(destination.split()) != 1 or len(volume.split()) != 1:
            fault = f"{shown(b' '.join(item[0].split()))} is no item. Write them as destination : volume;"
        for column, word in (("destination", destination), ("volume", volume)):
            if not fault and numbers(word) is None:
                fault = f"{column}: {shown(word)} is not a number. Write it with a point and no unit."
        if fault:
            faults.add(line, fault)
        else:
            at.append(start)
            made.append((float(destination), float(volume)))
    table = np.array(made).reshape(-1, 2)
    return np.array(at, np.int64), table[:, 0], table[:, 1]


def _check(
    lines: NDArray[np.int64], origin: NDArray[np.int64], destination: Floats, volume: Floats, faults: Faults
) -> None:
    """Destinations that can be no zone or come twice, volumes that are no quantities."""
    with np.errstate(invalid="ignore"):
        zone = (destination >= 1) & (destination == np.floor(destination)) & (destination < LARGEST_ID)
        quantity = (volume >= 0) & (volume < np.inf)
    faults.add_each(~zone, lines, "destination", destination, "is no number of a zone. Correct it.")
    faults.add_each(~quantity, lines, "volume", volume, "is not a number of zero or more. Correct it.")
    order = np.lexsort((destination, origin))
    twice = np.zeros(order.shape[0], bool)
    twice[order[1:]] = (np.diff(origin[order]) == 0) & (np.diff(destination[order]) == 0)
    faults.add_each(twice, lines, "destination", destination, "stands twice under its origin. Remove one of the two.")


def _check_total(text: Text, total: float, faults: Faults) -> None:
    """A total that is another than was announced, as in a file that was cut short."""
    line, said = text.metadata.get("TOTAL OD FLOW", (1, ""))
    announced = numbers(said.encode()) if said else None
    if announced is not None and announced.shape == (1,) and abs(announced[0] - total) > _TOTAL_OFF * abs(announced[0]):
        faults.add(line, f"TOTAL OD FLOW is {said}, but the items add up to {total:.10g}. Correct it, or add the rest.")
