"""Which restrictions bear on a consignment, and on which elements and arcs."""

from __future__ import annotations

from datetime import date

import numpy as np

from karvan.keys import matches
from karvan.model.chain import Element, Handling, Movement
from karvan.model.consignment import Consignment
from karvan.model.network import Restriction
from karvan.quotes.compiled import Compiled
from karvan.routing.graph import Bools, Ints

SEVERITY = {"forbidden": 0, "conditional": 1, "flagged": 2}


def bearing(restrictions: tuple[Restriction, ...], consignment: Consignment, on: date) -> tuple[Restriction, ...]:
    """Restrictions in force whose commodity, origin and destination are those of a consignment."""
    goods = consignment.commodity
    names = (goods.commodity, goods.cargo_class, *goods.tags)
    return tuple(
        r
        for r in restrictions
        if r.valid_from <= on
        and (r.valid_to is None or on <= r.valid_to)
        and any(matches(p, n) for p in r.commodities for n in names)
        and any(p in ("*", consignment.origin_country) for p in r.origins)
        and any(p in ("*", consignment.destination_country) for p in r.destinations)
    )


def touches(r: Restriction, element: Element, consignment: Consignment) -> bool:
    """Whether an element is of the kind that a restriction speaks of."""
    return ("*" in r.roles or consignment.traffic(element.country) in r.roles) and _of_kind(r, element)


def _of_kind(r: Restriction, element: Element) -> bool:
    """The same whatever the role of the element's country."""
    if not any(p in ("*", element.country) for p in r.countries):
        return False
    if isinstance(element, Movement):
        modes, nodes, operators = [element.mode], element.nodes, [element.operator, element.carrier]
    elif isinstance(element, Handling):
        modes, nodes = [element.mode_from or element.mode_to, element.mode_to], (element.node,)
        operators = [element.operator, element.operator_from]
    else:
        return False
    return (
        any(matches(p, m) for p in r.modes for m in modes if m)
        and any(matches(p, o) for p in r.operators for o in operators)
        and any(matches(p, n) for p in r.nodes for n in nodes)
    )


def forbidden_arcs(compiled: Compiled, consignment: Consignment) -> dict[str, Bools]:
    """Arcs that each forbidding restriction bars for a consignment, by its key."""
    found: dict[str, Bools] = {}
    for r in bearing(compiled.dataset.restrictions, consignment, compiled.on):
        if r.effect != "forbidden":
            continue
        if r.restriction not in compiled.touched:
            compiled.touched[r.restriction] = _touched(compiled, r)
        arcs, countries = compiled.touched[r.restriction]
        if "*" not in r.roles:
            in_role = np.array([consignment.traffic(c) in r.roles for c in compiled.countries])
            arcs = arcs[in_role[countries]]
        if len(arcs):
            barred = np.zeros(len(compiled.mean_h), np.bool_)
            barred[arcs] = True
            found[r.restriction] = barred
    return found


def _touched(compiled: Compiled, r: Restriction) -> tuple[Ints, Ints]:
    """Positions of the arcs with an element of a restriction's kind, and the country of each such element."""
    arcs = compiled.graph.network.arcs
    country_at = {c: i for i, c in enumerate(compiled.countries)}
    pairs = [
        (position, country_at[element.country])
        for position, arc in enumerate(compiled.graph.order.tolist())
        for element in arcs[arc].elements
        if _of_kind(r, element)
    ]
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
