"""Trade statistics as published: BACI (CEPII) and UN Comtrade, streamed row by row.

- BACI: `t,i,j,k,v,q`: year, exporter, importer, HS6 product, value in thousand USD, quantity in tonnes.
- Comtrade, the layout of its API since 2023 (`refYear`, `reporterCode`, ...), and that of its older bulk files
  (`Year`, `Reporter Code`, ...): net weight in kg.
"""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from karvan.errors import DataError

BACI, COMTRADE = "baci", "comtrade"
_BACI = {"t", "i", "j", "k", "v", "q"}
# Column of each thing we read, by layout of Comtrade: year, reporter, partner, flow, commodity, kg, USD.
_COMTRADE = {
    "refYear": ("refYear", "reporterCode", "partnerCode", "flowCode", "cmdCode", "netWgt", "primaryValue"),
    "Year": (
        "Year",
        "Reporter Code",
        "Partner Code",
        "Trade Flow Code",
        "Commodity Code",
        "Netweight (kg)",
        "Trade Value (US$)",
    ),
}
# Columns that split a total of Comtrade further, and the values of the total.
_TOTALS = {"motCode": ("0", ""), "customsCode": ("C00", ""), "partner2Code": ("0", "")}
_IMPORTS = {"M", "1"}


@dataclass(frozen=True, slots=True)
class Trade:
    """One flow of goods: numeric codes of the countries, tonnes (None if not reported) and USD."""

    year: int
    exporter: int
    importer: int
    hs: str
    tonnes: float | None
    usd: float


def layout(path: Path) -> str:
    """BACI or COMTRADE, by the header. Raises DataError."""
    with _opened(path) as file:
        try:
            header = next(csv.reader(file), [])
        except csv.Error:
            header = []
    names = {h.strip().strip('"') for h in header}
    if names >= _BACI:
        return BACI
    if any(set(columns) <= names for columns in _COMTRADE.values()):
        return COMTRADE
    expected = "neither BACI (t,i,j,k,v,q) nor Comtrade (refYear,reporterCode,... or Year,Reporter Code,...)"
    raise DataError([f"{path.name}, line 1: is {expected}. Download one of these as CSV."])


def read(path: Path) -> Iterator[Trade]:
    """The flows of a file, in its order; a `.gz` is unpacked on the way.

    Of Comtrade: imports as reported by the importer, totals over means of transport and customs procedures, and only
    the deepest level of the commodities that a pair has in a year. Raises DataError at the first line that cannot be
    read.
    """
    if layout(path) == BACI:
        yield from _rows(path, _baci)
    else:
        depths = _depths(path)
        for trade in _rows(path, _comtrade):
            if len(trade.hs) == depths[_pair(trade)]:
                yield trade


def _rows(path: Path, make: Callable[[Mapping[str, str]], Trade | None]) -> Iterator[Trade]:
    with _opened(path) as file:
        reader = csv.DictReader(file)
        while True:
            try:
                row = next(reader, None)
                if row is not None and None in row.values():
                    raise ValueError("it has fewer cells than the header")
                trade = None if row is None else make(row)
            except (csv.Error, KeyError, ValueError) as fault:
                raise DataError(
                    [f"{path.name}, line {reader.line_num}: cannot be read ({fault}). Download the file anew."]
                ) from None
            if row is None:
                return
            if trade is not None:
                yield trade


def _baci(row: Mapping[str, str]) -> Trade:
    return Trade(
        year=_year(row["t"]),
        exporter=int(row["i"]),
        importer=int(row["j"]),
        hs=row["k"].strip().zfill(6),
        tonnes=_number(row["q"]),
        usd=1000.0 * (_number(row["v"]) or 0.0),
    )


def _comtrade(row: Mapping[str, str]) -> Trade | None:
    year, reporter, partner, flow, commodity, kg, usd = next(c for k, c in _COMTRADE.items() if k in row)
    if any(row.get(c, "") not in totals for c, totals in _TOTALS.items()):
        return None
    if row[flow].strip() not in _IMPORTS or row[partner].strip() in ("0", "") or not row[commodity].strip().isdigit():
        return None
    weight = _number(row[kg])
    return Trade(
        year=_year(row[year]),
        exporter=int(row[partner]),
        importer=int(row[reporter]),
        hs=row[commodity].strip(),
        tonnes=weight / 1000.0 if weight else None,
        usd=_number(row[usd]) or 0.0,
    )


def _depths(path: Path) -> dict[tuple[int, int, int], int]:
    """Digits of the deepest level of the commodities by year and pair: reporters do not all give the same."""
    depths: dict[tuple[int, int, int], int] = {}
    for trade in _rows(path, _comtrade):
        depths[_pair(trade)] = max(len(trade.hs), depths.get(_pair(trade), 0))
    return depths


def _pair(trade: Trade) -> tuple[int, int, int]:
    return trade.year, trade.exporter, trade.importer


def _year(text: str) -> int:
    """A year of trade statistics. Raises ValueError."""
    year = int(text)
    if not 1900 <= year <= 2100:
        raise ValueError(f"'{text}' is no year")
    return year


def _number(text: str) -> float | None:
    """A number, or None where statistics write nothing or NA. Raises ValueError."""
    stripped = text.strip()
    if stripped.upper() in ("", "NA", "NAN", "N/A"):
        return None
    value = float(stripped)
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"'{stripped}' is no quantity")
    return value


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield file
    except FileNotFoundError:
        raise DataError([f"{path}: there is no such file. Name a CSV file of BACI or Comtrade."]) from None
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as fault:
        raise DataError([f"{path.name}: cannot be read ({fault}). Save it as CSV in UTF-8."]) from None
