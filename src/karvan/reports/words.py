"""A quote in a forwarder's words: names in place of keys, and a way as the places where something happens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from karvan.model.chain import Chain, Element, Handling, Movement, Wait
from karvan.model.consignment import Consignment, Load
from karvan.model.dataset import Dataset

# Two halves of one border or port, as in Alashankou/Dostyk.
_SAME_PLACE_KM = 30.0
# A border or a hand-over that takes less is not worth naming in short.
_NAMED_FROM_H = 6.0
_MINOR_KINDS = frozenset({"border", "handover", "wait"})
# A sailing that does nothing but carry cargo on: the mode says it all.
_KIND_WORDS = {
    "container_feeder": "feeder",
    "ro_ro": "ro-ro",
    "dry_bulk_ship": "bulk ship",
    "container_ship": "ship",
}
_ASIDE = re.compile(r"\s*\([^)]*\)")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9]|\*")


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where something is done with the cargo; `elements` are positions in the chain, waits too."""

    places: tuple[str, ...]
    kinds: tuple[str, ...]
    elements: tuple[int, ...]
    from_km: float
    to_km: float
    hours: float

    @property
    def name(self) -> str:
        return "/".join(self.places)

    @property
    def minor(self) -> bool:
        """Whether nothing but papers is handled here, and quickly."""
        return self.hours < _NAMED_FROM_H and _MINOR_KINDS.issuperset(self.kinds)


@dataclass(frozen=True, slots=True)
class Leg:
    """How the cargo gets from one stop to the next; `word` as in rail, block train, feeder."""

    mode: str
    symbol: str
    word: str


class Words:
    """The names that a dataset gives to its keys. An unknown key is its own name."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.nodes = _place_names(dataset)
        self.operators = {o.operator: o.name for o in dataset.operators}
        self.services = {s.service: s for s in dataset.services}
        self.corridors = {c.corridor: c.name for c in dataset.corridors}
        self.commodities = {c.commodity: c.name for c in dataset.commodities}
        self.modes = {m.mode: m for m in dataset.modes}

    def place(self, node: str) -> str:
        """Name of a node without its aside in brackets, with its country if another has that name."""
        return self.nodes.get(node, node)

    def payee(self, operator: str) -> str:
        """Name of who is paid; a rate that holds for anybody names nobody."""
        return "not named" if operator == "*" else self.operators.get(operator, operator)

    def service(self, key: str) -> str:
        """Name of a service; empty for ordinary traffic."""
        row = self.services.get(key)
        return row.name if row else key

    def text(self, said: str) -> str:
        """A sentence with the keys of nodes and corridors in it turned into names."""
        return _KEY.sub(lambda m: self._named(m.group()), said)

    def _named(self, word: str) -> str:
        if word in self.nodes:
            return self.place(word)
        return self.corridors.get(word, word) if "-" in word else word

    def closed(self, key: str) -> str:
        """A link or operation by its places, mode and status, as in 'Akhurik - Kars, rail (closed)'."""
        for link in self.dataset.links:
            if link.link == key:
                where = f"{self.place(link.from_node)} - {self.place(link.to_node)}"
                return f"{where}, {link.mode} ({link.status.replace('_', ' ')})"
        for row in self.dataset.operations:
            if row.operation == key:
                what = row.kind.replace("_", " ")
                mode, status = row.mode_from or row.mode_to, row.status.replace("_", " ")
                return f"{self.place(row.node)}, {what}, {mode} ({status})"
        return key

    def element(self, e: Element) -> str:
        """What happens in an element, as in 'rail to Aktau' or 'gauge change'."""
        if isinstance(e, Movement):
            return f"{self.leg(e).word} to {self.place(e.to_node)}"
        if isinstance(e, Wait):
            return f"wait for {self.service(e.service) or e.mode}"
        what = e.kind.replace("_", " ")
        if e.kind == "tranship" and e.mode_from != e.mode_to:
            return f"{what} {e.mode_from} to {e.mode_to}"
        return f"{what} by {e.method.replace('_', ' ')}" if e.kind == "gauge_change" else what

    def leg(self, m: Movement) -> Leg:
        """A movement's mode, the symbol of the mode, and the word for what carries it."""
        kind = self.services[m.service].kind if m.service in self.services else m.mode
        row = self.modes.get(m.mode)
        return Leg(m.mode, row.symbol if row else "-", _KIND_WORDS.get(kind, kind.replace("_", " ")))

    def stops(self, chain: Chain) -> tuple[Stop, ...]:
        """All places where something is done, in order, those of one border or port taken together."""
        found: list[Stop] = []
        km = 0.0
        for i, e in enumerate(chain.elements):
            if isinstance(e, Movement):
                km += e.length_km
                continue
            kind = e.kind if isinstance(e, Handling) else "wait"
            found.append(Stop((self.place(e.node),), (kind,), (i,), km, km, e.mean_h))
        return _joined(found)

    def way(self, chain: Chain, every_stop: bool = False) -> tuple[Stop | Leg, ...]:
        """Stops and the legs between them; without the minor stops unless every one is asked for."""
        stops = self.stops(chain)
        kept = [s for i, s in enumerate(stops) if every_stop or i in (0, len(stops) - 1) or not s.minor]
        said: list[Stop | Leg] = list(kept[:1])
        for a, b in pairwise(kept):
            between = chain.elements[a.elements[-1] + 1 : b.elements[0]]
            legs = dict.fromkeys(self.leg(e) for e in between if isinstance(e, Movement))
            words = " + ".join(dict.fromkeys(leg.word for leg in legs))
            said += [*(replace(leg, word=words) for leg in list(legs)[:1]), b]
        return tuple(said)

    def in_words(self, chain: Chain) -> str:
        """As in "Xi'an - rail - Horgos/Altynkol - rail - Aktau - feeder - Alat"."""
        return " - ".join(part.name if isinstance(part, Stop) else part.word for part in self.way(chain))


def _place_names(dataset: Dataset) -> dict[str, str]:
    short = {n.node: _ASIDE.sub("", n.name).strip() or n.name for n in dataset.nodes}
    countries: dict[str, set[str]] = {}
    for n in dataset.nodes:
        countries.setdefault(short[n.node], set()).add(n.country)
    return {
        n.node: f"{short[n.node]} ({n.country})" if len(countries[short[n.node]]) > 1 else short[n.node]
        for n in dataset.nodes
    }


def _joined(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """Stops at one place, or at the two halves of one border, as one."""
    joined: list[Stop] = []
    for stop in stops:
        last = joined[-1] if joined else None
        if last is not None and stop.to_km - last.from_km <= _SAME_PLACE_KM:
            joined[-1] = Stop(
                tuple(dict.fromkeys(last.places + stop.places)),
                last.kinds + stop.kinds,
                last.elements + stop.elements,
                last.from_km,
                stop.to_km,
                last.hours + stop.hours,
            )
        else:
            joined.append(stop)
    return tuple(joined)


def first_load(consignment: Consignment, chain: Chain) -> Load:
    """The units in which a consignment sets out on a chain."""
    return consignment.load(chain.elements[0].form)


def load_in_words(load: Load) -> str:
    """As in '1 x 40HC' or '18 x gondola wagon'."""
    return f"{load.units} x {load.equipment.equipment}"
