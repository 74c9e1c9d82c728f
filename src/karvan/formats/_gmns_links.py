"""Links of a foreign GMNS network: modes, units, the two directions of a link, and what is assumed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from karvan.formats import _gmns_columns as columns
from karvan.formats._gmns_modes import KINDS, mode_of
from karvan.model.geometry import great_circle_km
from karvan.schema import fields

# Kilometres in a unit of length, by every name that files give it.
_KM = {
    **dict.fromkeys(("", "km", "kilometer", "kilometers", "kilometre", "kilometres"), 1.0),
    **dict.fromkeys(("mi", "mile", "miles"), 1.609344),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 0.001),
    **dict.fromkeys(("ft", "foot", "feet"), 0.0003048),
}
_KMH = {**dict.fromkeys(("km/h", "kmh", "kph", "kmph"), 1.0), **dict.fromkeys(("mph", "mi/h"), 1.609344)}
# A length is not shorter than the great circle and seldom this many times as long.
_SHORTEST, _LONGEST = 0.9, 5.0
_SPEED_CV = "0.4"
# The atlas writes this day where a thing has been so for as long as it looks back.
_ALWAYS = "2000-01-01"
_SHOWN = 5


def units(config: Mapping[str, str], faults: list[str]) -> tuple[float, float]:
    """Kilometres in the unit of length that `config.csv` names, kilometres an hour in that of speed."""
    length, speed = (config.get(c, "").strip().lower() for c in ("long_length", "speed"))
    if length not in _KM:
        faults.append(
            f"config.csv, long_length = '{config['long_length']}': is no unit that is known. Write km, mi, m or ft."
        )
    if speed and speed not in _KMH:
        faults.append(f"config.csv, speed = '{config['speed']}': is no unit that is known. Write km/h or mph.")
    km = _KM.get(length, 1.0)
    # The standard: a speed without a unit of its own is in units of length an hour.
    return km, _KMH.get(speed, km if km >= 1 else 1.0)


class About(Protocol):
    """Whatever gives a row its source."""

    def row(self, values: Mapping[str, str], note: str) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class _At:
    latitude: float
    longitude: float


class LinkReader:
    """Makes rows of links; afterwards `modes`, `operators` and `faults` hold what the links need and what is wrong."""

    def __init__(self, about: About, nodes: Mapping[str, Mapping[str, str]], config: Mapping[str, str]) -> None:
        self.modes: set[str] = set()
        self.operators: dict[str, dict[str, str]] = {}
        self.faults: list[str] = []
        self._about = about
        self._nodes = nodes
        self._at = {key: at for key, node in nodes.items() if (at := _place(node))}
        self._km, self._kmh = units(config, self.faults)

    def read(self, records: Sequence[Mapping[str, str]], places: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
        """Rows of links with the place of each; a pair of directed links is one row."""
        unknown: Counter[str] = Counter()
        kept = []
        for place, cells in zip(places, records, strict=True):
            mode = mode_of(cells.get("facility_type", ""))
            if mode:
                kept.append((place, cells, mode))
            else:
                unknown[cells["facility_type"]] += 1
        self.faults += [
            f"link.csv, facility_type = '{word}': {n} link(s) of a kind that is not known as rail, road or sea. "
            "Write one of these three, or remove the links."
            for word, n in sorted(unknown.items())
        ]
        rows = [(place, self._row(cells, mode, note)) for place, cells, mode, note in self._both_ways(kept)]
        self._check_lengths([row for _, row in rows])
        return rows

    def _both_ways(
        self, links: Sequence[tuple[str, Mapping[str, str], str]]
    ) -> list[tuple[str, Mapping[str, str], str, str]]:
        """Links that serve both ways: undirected ones, and of each directed pair the first, with what to say of it."""
        waiting: dict[tuple[str, str, str], list[int]] = {}
        made: list[tuple[str, Mapping[str, str], str, str] | None] = []
        for place, cells, mode in links:
            ends = cells["from_node_id"], cells["to_node_id"]
            if cells.get("directed", "").lower() in ("false", "0", "no", "f"):
                made.append((place, cells, mode, ""))
            elif waiting.get((ends[1], ends[0], mode)):
                at = waiting[ends[1], ends[0], mode].pop()
                first = made[at]
                assert first is not None
                made[at] = (*first[:3], _other_way(first[1], cells))
            else:
                waiting.setdefault((*ends, mode), []).append(len(made))
                made.append((place, cells, mode, ""))
        alone = [i for found in waiting.values() for i in found]
        if alone:
            shown = ", ".join(m[1]["link_id"] for i in alone[:_SHOWN] if (m := made[i]))
            self.faults.append(
                f"link.csv: {len(alone)} directed link(s) have no link the other way ({shown}"
                f"{' ...' if len(alone) > _SHOWN else ''}), and a link here serves both ways. "
                "Set directed to false where traffic may go both ways, and remove the others."
            )
        return [m for m in made if m is not None]

    def _row(self, cells: Mapping[str, str], mode: str, said: str) -> dict[str, str]:
        self.modes.add(mode)
        ours = {f.name: cells.get(f.name, "") for f in fields("links")}
        given = {o: cells[t] for t, o in columns.LINK.items() if o and cells.get(t)}
        row = {**ours, **given, "mode": mode}
        row["length_km"] = _scaled(row["length_km"], self._km)
        row["speed_kmh"] = _scaled(row["speed_kmh"], self._kmh)
        if not row["tracks"] and cells.get("lanes", "") in tuple("12345678"):
            row["tracks"] = cells["lanes"]
        row["operator"] = self._operator(row["operator"], mode)
        assumed = self._assumed(row, mode)
        missing = {c: v for c, v in assumed.items() if not row[c] and v}
        kind = "" if cells.get("facility_type") else "facility type road"
        note = ", ".join([*([kind] if kind else []), *(f"{c} {v}" for c, v in missing.items())])
        known = f"Assumed, since the GMNS folder does not say: {note}" if note else ""
        return self._about.row({**row, **missing}, "; ".join(n for n in (said, known) if n))

    def _assumed(self, row: Mapping[str, str], mode: str) -> dict[str, str]:
        return {
            "country": self._nodes.get(row["from_node"], {}).get("country", ""),
            "length_km": self._straight(row),
            "speed_kmh": KINDS[mode].speed_kmh,
            "speed_cv": _SPEED_CV,
            "electric_share": "0",
            "status": "open",
            "status_on": _ALWAYS,
        }

    def _straight(self, row: Mapping[str, str]) -> str:
        """The great circle between the ends in km with two decimals; empty if an end is unknown."""
        ends = [self._at.get(row[c]) for c in ("from_node", "to_node")]
        return f"{max(great_circle_km(ends[0], ends[1]), 0.1):.2f}" if ends[0] and ends[1] else ""

    def _operator(self, name: str, mode: str) -> str:
        key = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_.-") or f"unknown_{mode}"
        if key not in self.operators:
            said = "" if name else "Nobody is named in the GMNS folder; "
            values = {"operator": key, "name": name or f"Unknown ({mode})", "kind": KINDS[mode].operator_kind}
            self.operators[key] = self._about.row(values, f"{said}kind assumed from the mode")
        return key

    def _check_lengths(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Lengths in another unit than was said show against the great circle."""
        ratios = []
        for row in rows:
            straight = self._straight(row)
            if straight and float(straight) > 0.1 and re.fullmatch(r"[0-9.]+(e-?[0-9]+)?", row["length_km"]):
                ratios.append(float(row["length_km"]) / float(straight))
        usual = sorted(ratios)[len(ratios) // 2] if ratios else 1.0
        if not _SHORTEST <= usual <= _LONGEST:
            self.faults.append(
                f"link.csv, length: the usual link is {usual:.3g} times as long as the straight line "
                "between its nodes. Name the unit of length as long_length in config.csv: km, mi, m or ft."
            )


def _place(node: Mapping[str, str]) -> _At | None:
    try:
        return _At(float(node["latitude"]), float(node["longitude"]))
    except ValueError:
        return None


def _scaled(cell: str, factor: float) -> str:
    """A number in another unit, with six figures; text that is none is left for the check to find, zero is unknown."""
    try:
        value = float(cell)
    except ValueError:
        return cell
    return "" if value == 0 else cell if factor == 1 else f"{value * factor:.6g}"


def _other_way(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    differ = [c for c in ("length", "free_speed", "jurisdiction") if one.get(c, "") != other.get(c, "")]
    said = f"both ways; {other['link_id']} is the way back"
    return f"{said}, of which the GMNS folder says {', '.join(f'{c} {other[c]}' for c in differ)}" if differ else said
