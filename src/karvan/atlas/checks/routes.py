"""Corridors: each route must be a way over links of the modes that it names."""

from __future__ import annotations

from collections.abc import Iterator

from karvan.model.dataset import Dataset
from karvan.routing.ways import way


def problems(dataset: Dataset) -> Iterator[str]:
    """Entries of a route that name no node or mode, and legs that no links join."""
    nodes = {n.node for n in dataset.nodes}
    modes = {m.mode for m in dataset.modes}
    for corridor in dataset.corridors:
        said = f"corridors.csv, {corridor.corridor}, route"
        if not corridor.route and not corridor.via:
            yield f"{said} = '': the corridor has neither a route nor nodes that sort quotes into it. Give it one."
        if len(corridor.route) == 1:
            yield f"{said} = '{corridor.route[0]}': goes nowhere. Add MODE:NODE for the next places."
        for mode, a, b in corridor.legs:
            strange = [n for n in (a, b) if n not in nodes]
            if strange or mode not in modes:
                what = f"node '{strange[0]}'" if strange else f"mode '{mode}'"
                yield f"{said} = '{mode}:{b}': there is no {what}. Write it as MODE:NODE, as in rail:kz-aktau."
            elif way(dataset, mode, a, b) is None:
                yield f"{said} = '{mode}:{b}': no links of {mode} join {a} and {b}. Add them, or take another mode."
