"""The built-in tables.

No fault, every reference resolves, no tie, and no link shorter than the earth allows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from karvan.formats import datapackage
from karvan.model.dataset import Dataset
from karvan.model.network import Node
from karvan.model.quote import Quote
from karvan.tariffs import Tariffs
from karvan.tariffs.rules import RULES
from karvan.times.waits import departure_hours

DAYS = (date(2022, 12, 31), date(2024, 6, 1), date(2025, 3, 3), date(2026, 6, 1))


def great_circle_km(a: Node, b: Node) -> float:
    """On a sphere of 6,371 km; the ellipsoid differs by half a percent at most."""
    p, q = math.radians(a.latitude), math.radians(b.latitude)
    half = math.sin((p - q) / 2) ** 2
    half += math.cos(p) * math.cos(q) * math.sin(math.radians(a.longitude - b.longitude) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))


def known(pattern: str, keys: frozenset[str]) -> bool:
    """Whether each alternative of a pattern meets a key."""
    return all(p in keys or any(fnmatchcase(k, p) for k in keys) for p in pattern.split("|"))


def test_the_atlas_has_no_fault(atlas_folder: Path) -> None:
    """Its own checks are those of any folder."""
    assert datapackage.problems(atlas_folder) == []


def test_nodes_named_in_lists_exist(atlas: Dataset) -> None:
    """Closures, corridors, restrictions, observations and the places of operations.

    Keys or globs that meet a node.
    """
    nodes = frozenset(n.node for n in atlas.nodes)
    named = [
        *((f"closures {c.shared_state} {c.month}", n) for c in atlas.closures for n in c.nodes),
        *((f"corridors {c.corridor}", n) for c in atlas.corridors for n in (*c.via, *c.avoids)),
        *((f"restrictions {r.restriction}", n) for r in atlas.restrictions for n in r.nodes),
        *((f"through_prices {t.observation}", n) for t in atlas.through_prices for n in t.via),
        *((f"cited_distances {d.observation}", n) for d in atlas.cited_distances for n in d.via),
        *((f"operations {o.operation}", o.node) for o in atlas.operations),
        *((f"rates {r.rate}", e) for r in atlas.rates for e in r.section.split(">")),
    ]
    assert [f"{row}: {n}" for row, n in named if not known(n, nodes)] == []


def test_operators_services_and_equipment_named_by_pattern_exist(atlas: Dataset) -> None:
    """A pattern that meets nothing is a slip of the pen."""
    operators = frozenset(o.operator for o in atlas.operators) | {
        f"customs_{c.lower()}" for c in {n.country for n in atlas.nodes}
    }
    services = frozenset(s.service for s in atlas.services)
    equipment = frozenset(e.equipment for e in atlas.equipment)
    modes = frozenset(m.mode for m in atlas.modes)
    named = [
        *((f"rates {r.rate}", r.operator, operators) for r in atlas.rates),
        *((f"rates {r.rate}", r.service, services) for r in atlas.rates),
        *((f"rates {r.rate}", e, equipment) for r in atlas.rates for e in r.equipment),
        *((f"operations {o.operation}", o.operator_from, operators) for o in atlas.operations),
        *((f"operations {o.operation}", o.operator_to, operators) for o in atlas.operations),
        *((f"restrictions {r.restriction}", o, operators) for r in atlas.restrictions for o in r.operators),
        *((f"restrictions {r.restriction}", m, modes) for r in atlas.restrictions for m in r.modes),
        *((f"commodities {c.commodity}", e, equipment) for c in atlas.commodities for e in c.equipment),
        *((f"payload_limits {p.country}", p.equipment, equipment) for p in atlas.payload_limits),
        *((f"emission_factors {f.factor}", f.mode, modes) for f in atlas.emission_factors),
    ]
    assert [f"{row}: {p}" for row, p, keys in named if not known(p, keys)] == []


@pytest.mark.parametrize("day", DAYS)
def test_rules_and_parameters_of_all_rates_are_known(day: date, atlas: Dataset) -> None:
    """Tariffs checks the rates in force on a day."""
    assert Tariffs(atlas, day).modifiers is not None
    rules = {r.NAME: r.PARAMS for r in RULES}
    for rate in atlas.rates:
        assert rate.rule in rules, rate.rate
        assert {p.partition("=")[0] for p in rate.params} <= set(rules[rate.rule]), rate.rate


def test_the_first_band_of_a_rate_is_its_value(atlas: Dataset) -> None:
    """Bands begin at 0 with the row's value, so that a reader of either sees the same price."""
    for rate in atlas.rates:
        for bands in [p.partition("=")[2] for p in rate.params if p.startswith("bands=")]:
            start, _, value = bands.split("|")[0].partition(":")
            assert (float(start), float(value)) == (0.0, float(rate.value)), rate.rate


def test_no_two_rates_of_one_key_hold_on_the_same_day(atlas: Dataset) -> None:
    """Rows alike in every column of the key must follow one another in time."""
    alike = defaultdict(list)
    for r in atlas.rates:
        key = (
            r.charge,
            r.rule,
            r.operator,
            r.section,
            r.direction,
            r.operation,
            r.service,
            r.form,
            r.traffic,
            r.cargo_class,
            r.equipment,
            r.weight_min_t,
            r.weight_max_t,
            r.wagon_owner,
            r.box_owner,
            r.load_state,
            r.train_kind,
        )
        alike[key].append((r.valid_from, r.valid_to or date.max, r.rate))
    clashes = [
        (a[2], b[2])
        for rows in alike.values()
        for a, b in zip(sorted(rows), sorted(rows)[1:], strict=False)
        if b[0] <= a[1]
    ]
    assert clashes == []


def test_the_six_lanes_are_priced_without_a_tie_or_a_cut_search(lanes: dict[str, Quote]) -> None:
    """A tie raises DataError; a search that is cut short says so."""
    assert all(q.alternatives and q.complete for q in lanes.values())


def test_no_link_is_shorter_than_the_great_circle(atlas: Dataset) -> None:
    """By more than two percent and two kilometres, which rounded coordinates may cost."""
    at = {n.node: n for n in atlas.nodes}
    short = [
        f"{link.link}: {link.length_km:g} < {direct:.1f}"
        for link in atlas.links
        if link.length_km < 0.98 * (direct := great_circle_km(at[link.from_node], at[link.to_node])) - 2
    ]
    assert short == []


def test_on_land_there_is_a_node_every_hundred_and_thirty_kilometres(atlas: Dataset) -> None:
    """So that the drawn line follows the railway or the road."""
    dry = {m.mode for m in atlas.modes if m.medium == "land"}
    at = {n.node: n for n in atlas.nodes}
    far = [
        f"{link.link}: {km:.0f} km"
        for link in atlas.links
        if link.mode in dry and (km := great_circle_km(at[link.from_node], at[link.to_node])) > 130
    ]
    assert far == []


def test_no_link_is_twice_as_long_as_it_looks(atlas: Dataset) -> None:
    """A detour of three on more than 30 km is a slip in a coordinate or a length."""
    at = {n.node: n for n in atlas.nodes}
    odd = [
        f"{link.link}: {link.length_km:g} against {direct:.0f}"
        for link in atlas.links
        if link.length_km > 3 * (direct := great_circle_km(at[link.from_node], at[link.to_node])) + 30
    ]
    assert odd == []


def test_time_zones_and_timetables_can_be_read(atlas: Dataset) -> None:
    """A zone by the name of IANA, a departure as in 'Tue 08:00'; a timetable where the rule says so."""
    assert {n.timezone for n in atlas.nodes} <= available_timezones()
    for s in atlas.services:
        assert bool(s.timetable) == (s.rule == "timetable"), s.service
        assert not s.timetable or departure_hours(s.timetable)


def test_what_a_node_handles_is_a_form_of_a_mode(atlas: Dataset) -> None:
    """As in rail:container."""
    modes = {m.mode: m for m in atlas.modes}
    for n in atlas.nodes:
        for pair in n.handles:
            mode, _, form = pair.partition(":")
            assert form in modes[mode].forms, f"{n.node}: {pair}"


def test_an_agreement_that_is_not_in_force_opens_nothing(atlas: Dataset) -> None:
    """Its state and its dates say the same on 3 March 2025."""
    day = date(2025, 3, 3)
    for a in atlas.agreements:
        dated = a.in_force_from is not None and a.in_force_from <= day and (a.in_force_to or date.max) >= day
        assert a.in_force(day) == dated or a.in_force_from is None, a.agreement
        if a.state in ("negotiating", "none", "suspended"):
            assert not a.in_force(day), a.agreement
