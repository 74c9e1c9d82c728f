"""What is made once from a dataset and a day and serves every quote: the graph, and the weights of its arcs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from karvan.emissions import Emissions
from karvan.model.chain import Handling, Movement
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.overrides import state_on
from karvan.routing.contract import Contracted, contract
from karvan.routing.expand import END, START, Arc, VirtualNetwork, expand
from karvan.routing.graph import Bools, Floats, Graph, Ints, compile_graph
from karvan.tariffs import Tariffs
from karvan.tariffs.bounds import Bounds

FORMS = ("container", "wagon", "truck", "bulk")
_ROLES = ("transit", "export", "import", "domestic")


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A dataset compiled for one day.

    Arrays over arcs are in the order of `graph.order`. `arc_leaves` and `arc_enters` are indices into `countries`, -1
    for none. Atoms are the priced parts of arcs (one element each): their arc, the group whose price a kilometre or
    piece they have, and their measure.
    """

    dataset: Dataset
    on: date
    graph: Graph
    contracted: Contracted
    tariffs: Tariffs
    emissions: Emissions
    bounds: Bounds
    mean_h: Floats
    variance_h2: Floats
    open: Bools
    arc_form: Ints
    arc_leaves: Ints
    arc_enters: Ints
    countries: tuple[str, ...]
    atom_arc: Ints
    atom_group: Ints
    atom_measure: Floats
    groups: tuple[Any, ...]
    group_country: Ints
    co2_t: Floats
    co2_box: Floats
    starts: dict[str, dict[str, int]]
    ends: dict[str, dict[str, int]]
    states_at: dict[str, tuple[int, ...]]
    weights: dict[object, Floats]
    touched: dict[str, tuple[Ints, Ints]]
    gateways: dict[str, tuple[int, ...]]
    positions: Ints
    service_arcs: dict[str, Ints]


@lru_cache(maxsize=8)
def compile_dataset(dataset: Dataset, on: date) -> Compiled:
    """Compile a dataset for a day, with its cells as they were then; kept for the last few."""
    dataset = state_on(dataset, on)
    network = expand(dataset, on)
    graph = compile_graph(network)
    emissions = Emissions(dataset)
    tariffs = Tariffs(dataset, on)
    arcs = [network.arcs[i] for i in graph.order]
    countries = tuple(sorted({e.country for a in arcs for e in a.elements}))
    country_at = {c: i for i, c in enumerate(countries)}
    groups, atoms = _atoms(arcs)
    co2 = [[emissions.intensity(e) for e in a.elements] for a in arcs]
    borders = _borders(arcs, {o.operator: country_at.get(o.country, -1) for o in dataset.operators})
    starts, ends, states_at = _places(network)
    form_at = {f: i for i, f in enumerate(FORMS)}
    return Compiled(
        dataset=dataset,
        on=on,
        graph=graph,
        contracted=contract(graph, [s for at in (*starts.values(), *ends.values()) for s in at.values()]),
        tariffs=tariffs,
        emissions=emissions,
        bounds=Bounds(tariffs, network_km(graph)),
        mean_h=np.array([a.mean_h for a in arcs]),
        variance_h2=np.array([a.variance_h2 for a in arcs]),
        open=np.array([not a.closed_by for a in arcs], bool),
        arc_form=np.array([form_at[network.states[a.head].form] for a in arcs], np.int64),
        arc_leaves=borders[:, 0],
        arc_enters=borders[:, 1],
        countries=countries,
        atom_arc=atoms[:, 0].astype(np.int64),
        atom_group=atoms[:, 1].astype(np.int64),
        atom_measure=np.ascontiguousarray(atoms[:, 2]),
        groups=groups,
        group_country=np.array([country_at[_country(g)] for g in groups], np.int64),
        co2_t=np.array([sum(i.wtw_g_t for i in parts) / 1000.0 for parts in co2]),
        co2_box=np.array([sum(i.wtw_g_box for i in parts) / 1000.0 for parts in co2]),
        starts=starts,
        ends=ends,
        states_at=states_at,
        weights={},
        touched={},
        gateways={},
        positions=np.argsort(graph.order),
        service_arcs=_service_arcs(arcs, {s.service for s in dataset.services if s.commodities != ("*",)}),
    )


def _atoms(arcs: Sequence[Arc]) -> tuple[tuple[Any, ...], Floats]:
    """Groups of priced parts, and the atoms: arc, group and measure of each."""
    group_at: dict[Any, int] = {}
    atoms: list[tuple[int, int, float]] = []
    for i, arc in enumerate(arcs):
        for e in arc.elements:
            if isinstance(e, Movement):
                group: Any = (e.operator, e.carrier, e.service, e.form, e.mode, e.country)
                atoms.append((i, group_at.setdefault(group, len(group_at)), e.length_km))
            elif isinstance(e, Handling):
                atoms.append((i, group_at.setdefault(e, len(group_at)), 1.0))
    return tuple(group_at), np.array(atoms, float).reshape(-1, 3)


def _borders(arcs: Sequence[Arc], seats: dict[str, int]) -> Ints:
    """Countries that each arc leaves and enters over a border, -1 for none, (arcs, 2)."""
    borders = np.full((len(arcs), 2), -1, np.int64)
    for i, arc in enumerate(arcs):
        for e in arc.elements:
            if isinstance(e, Handling) and e.kind == "border":
                borders[i] = seats.get(e.operator_from, -1), seats.get(e.operator_to, -1)
    return borders


def _places(
    network: VirtualNetwork,
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]], dict[str, tuple[int, ...]]]:
    """States in which cargo starts and ends, by node and form, and all states by node.

    A node that a service passes without a call is passed by whoever is aboard after it.
    """
    starts: dict[str, dict[str, int]] = defaultdict(dict)
    ends: dict[str, dict[str, int]] = defaultdict(dict)
    at: dict[str, dict[int, None]] = defaultdict(dict)
    for i, state in enumerate(network.states):
        if state.service == START:
            starts[state.node][state.form] = i
        elif state.service == END:
            ends[state.node][state.form] = i
        else:
            at[state.node][i] = None
    for arc in network.arcs:
        for element in arc.elements:
            if isinstance(element, Movement):
                for node in element.nodes[1:-1]:
                    at[node][arc.head] = None
    return dict(starts), dict(ends), {node: tuple(states) for node, states in at.items()}


def _service_arcs(arcs: Sequence[Arc], chosen: set[str]) -> dict[str, Ints]:
    """Positions of the arcs that wait for or run on each chosen service."""
    found: dict[str, list[int]] = {s: [] for s in chosen}
    for i, arc in enumerate(arcs):
        for e in arc.elements:
            if not isinstance(e, Handling) and e.service in found:
                found[e.service].append(i)
    return {s: np.array(sorted(set(at)), np.int64) for s, at in found.items()}


def _country(group: Any) -> str:
    return str(group.country if isinstance(group, Handling) else group[5])


def network_km(graph: Graph) -> dict[tuple[str, str], list[tuple[str, str, float]]]:
    """Movements of each (operator, service): from, to and kilometres, for distances along them."""
    found: dict[tuple[str, str], list[tuple[str, str, float]]] = defaultdict(list)
    seen = set()
    for arc in graph.network.arcs:
        for e in arc.elements:
            if isinstance(e, Movement) and (e.operator, e.service, e.nodes, e.links) not in seen:
                seen.add((e.operator, e.service, e.nodes, e.links))
                found[e.operator, e.service].append((e.from_node, e.to_node, e.length_km))
    return found


def arc_costs(compiled: Compiled, consignment: Consignment) -> Floats:
    """Lower-bound price, mean time, variance and CO2e of every arc for a consignment, (arcs, 4)."""
    c = compiled
    lowest = _least_prices(c, consignment)[c.atom_group] * c.atom_measure
    loads = dict(consignment.loads)
    tonnes = np.array([loads[f].payload_t if f in loads else 0.0 for f in FORMS])
    boxes = np.array([float(loads[f].units) if f in loads else 0.0 for f in FORMS])
    costs = np.empty((len(c.mean_h), 4))
    costs[:, 0] = np.bincount(c.atom_arc, lowest, len(c.mean_h))
    costs[:, 1] = c.mean_h
    costs[:, 2] = c.variance_h2
    costs[:, 3] = c.co2_t * tonnes[c.arc_form] + c.co2_box * boxes[c.arc_form]
    return costs


def _least_prices(c: Compiled, consignment: Consignment) -> Floats:
    """Lower bounds of the price of each group of atoms for a consignment; kept by kind of cargo and role."""
    key = (
        consignment.commodity.commodity,
        tuple((f, load.equipment.equipment, load.units, load.payload_t) for f, load in consignment.loads),
        consignment.wagon_owner,
        consignment.box_owner,
    )
    table = c.weights.setdefault(key, np.full((len(c.groups), len(_ROLES)), np.nan))
    role = np.array([_ROLES.index(consignment.traffic(country)) for country in c.countries])[c.group_country]
    rows = np.arange(len(c.groups))
    for i in rows[np.isnan(table[rows, role])]:
        group = c.groups[i]
        form = group.form if isinstance(group, Handling) else group[3]
        least = c.bounds.least_usd(group, consignment) if form in consignment.forms else 0.0
        table[i, role[i]] = least
    least_prices: Floats = table[rows, role]
    return least_prices
