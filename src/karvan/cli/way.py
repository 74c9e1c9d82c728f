"""A way as a forwarder says it: places where something happens, modes between them, services."""

from __future__ import annotations

from functools import lru_cache

from rich.text import Text

from karvan.atlas.places import folded
from karvan.model.chain import Chain, Handling
from karvan.model.dataset import Dataset
from karvan.reports.words import Stop, Words

# A mode's colour by its place in the table of modes.
_COLOURS = ("green", "yellow", "blue", "magenta", "cyan")


def way(chain: Chain, words: Words) -> Text:
    """As in "Xi'an == Altynkol (border, gauge) == Aktau ~~ Alat", each symbol twice to read as a line."""
    colours = dict(zip(words.modes, _COLOURS, strict=False))
    said = Text()
    for part in words.way(chain):
        if isinstance(part, Stop):
            said.append(part.name, "bold")
            events = _events(chain, part)
            said.append(f" ({', '.join(events)})" if events else "", "dim")
        else:
            said.append(f" {2 * part.symbol} ", colours.get(part.mode, ""))
    return said


def services(chain: Chain, words: Words) -> tuple[str, ...]:
    """Named services in order; empty if ordinary traffic carries the cargo all the way."""
    return tuple(dict.fromkeys(_short(key, words) for key in chain.services))


def legend(words: Words) -> str:
    """What the symbols of modes mean."""
    return ", ".join(f"{2 * m.symbol} {m.name.lower()}" for m in words.modes.values())


def _events(chain: Chain, stop: Stop) -> tuple[str, ...]:
    """What happens at a stop and cannot be seen from the modes on either side of it."""
    said = []
    for i in stop.elements:
        element = chain.elements[i]
        if not isinstance(element, Handling):
            continue
        if element.kind == "tranship" and element.form_from != element.form_to:
            said.append(f"{element.form_from} to {element.form_to}")
        elif element.kind == "tranship" and element.mode_from == element.mode_to:
            said.append("transhipment")
        elif element.kind == "gauge_change":
            said.append("gauge")
        elif element.kind == "border":
            said.append("border")
    return tuple(dict.fromkeys(said))


def _short(service: str, words: Words) -> str:
    """A service's name up to the first place that it calls at, since the way names the places."""
    name = words.service(service)
    called = _called(service, words.dataset)
    kept: list[str] = []
    for word in name.split():
        if folded(word.strip("(,:").split("-")[0].split("/")[0]) in called:
            break
        kept.append(word)
    return " ".join(kept).rstrip(" -:,(") or name


@lru_cache(maxsize=256)
def _called(service: str, dataset: Dataset) -> frozenset[str]:
    """First words of the names of the places, not mere waypoints, that a service calls at."""
    at = {c.node for c in dataset.service_calls if c.service == service}
    return frozenset(
        folded(name).split()[0]
        for n in dataset.nodes
        if n.node in at and n.kind != "waypoint"
        for name in (n.name, *n.also_known_as)
        if folded(name)
    )
