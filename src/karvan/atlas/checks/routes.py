"""Corridors: each route must be a way over links of the modes that it names."""

from __future__ import annotations

from collections.abc import Iterator

from karvan.model.dataset import Dataset
from karvan.model.network import Corridor
from karvan.routing.ways import way


def problems(dataset: Dataset) -> Iterator[str]:
    """Entries of a route that name no node or mode, and legs that no links join."""
    for corridor in dataset.corridors:
        said = f"corridors.csv, {corridor.corridor}, route"
        if not corridor.route and not corridor.via:
            yield f"{said} = '': the corridor has neither a route nor nodes that sort quotes into it. Give it one."
        strange = strangers(dataset, corridor)
        yield from strange
        for mode, a, b in () if strange else corridor.legs:
            if way(dataset, mode, a, b) is None:
                yield f"{said} = '{mode}:{b}': no links of {mode} join {a} and {b}. Add them, or take another mode."


def strangers(dataset: Dataset, corridor: Corridor) -> list[str]:
    """Faults that keep a route from being read: nodes or modes that no table has, or nowhere to go."""
    nodes = {n.node for n in dataset.nodes}
    modes = {m.mode for m in dataset.modes}
    said = f"corridors.csv, {corridor.corridor}, route"
    found = []
    if len(corridor.route) == 1:
        found.append(f"{said} = '{corridor.route[0]}': goes nowhere. Add MODE:NODE for the next places.")
    for mode, a, b in corridor.legs:
        unknown = [n for n in (a, b) if n not in nodes]
        if unknown or mode not in modes:
            what = f"node '{unknown[0]}'" if unknown else f"mode '{mode}'"
            found.append(f"{said} = '{mode}:{b}': there is no {what}. Write it as MODE:NODE, as in rail:kz-aktau.")
    return found
