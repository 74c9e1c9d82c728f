"""The built-in tables: no fault, and what the issue of the atlas promises of them."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from karvan.model.dataset import ROW_CLASSES, Dataset
from karvan.model.quote import Quote
from karvan.overrides import apply, state_on
from karvan.schema import ASSUMPTION
from karvan.tariffs import Tariffs

DAYS = (date(2020, 1, 1), date(2022, 12, 31), date(2024, 6, 1), date(2025, 3, 3), date(2026, 6, 1))


def test_every_table_holds_something(atlas: Dataset) -> None:
    """A table without a row is a promise."""
    assert [t for t in ROW_CLASSES if not getattr(atlas, t)] == []


@pytest.mark.parametrize("day", DAYS)
def test_rules_and_parameters_of_all_rates_in_force_are_known(day: date, atlas: Dataset) -> None:
    """Tariffs checks the rates in force on a day."""
    assert Tariffs(atlas, day).modifiers is not None


def test_the_six_lanes_are_priced_without_a_tie_or_a_cut_search(lanes: dict[str, Quote]) -> None:
    """A tie raises DataError; a search that is cut short says so."""
    assert all(q.alternatives and q.complete for q in lanes.values())


def test_fewer_than_a_quarter_of_the_links_are_assumptions(atlas: Dataset) -> None:
    """The rest names where the length comes from."""
    assert sum(k.confidence == ASSUMPTION for k in atlas.links) < 0.25 * len(atlas.links)


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
    for a in state_on(atlas, day).agreements:
        dated = a.in_force_from is not None and a.in_force_from <= day and (a.in_force_to or date.max) >= day
        assert a.in_force(day) == dated or a.in_force_from is None, a.agreement
        if a.state in ("negotiating", "none", "suspended"):
            assert not a.in_force(day), a.agreement


def test_every_project_applies_alone_and_all_together(atlas: Dataset) -> None:
    """Its rows are named rows, and it changes something."""
    for project in atlas.projects:
        effects = [e for e in atlas.project_effects if e.project == project.project]
        assert not effects or apply(atlas, effects).digest != atlas.digest, project.project
    assert apply(atlas, atlas.project_effects) is not atlas


def test_demand_is_made_from_totals_of_the_years_it_is_for(atlas: Dataset) -> None:
    """2019 to 2022; each sourced cell names its totals, and none of them counts a period after 2022."""
    observed = {o.observation: o for o in atlas.observations}
    assert {c.year for c in atlas.demand} == {2019, 2020, 2021, 2022}
    for cell in atlas.demand:
        assert cell.totals or cell.source == ASSUMPTION, cell
        assert all(observed[t].period_to <= date(2022, 12, 31) for t in cell.totals), cell
        assert cell.split


def test_background_and_choosing_segments_both_have_demand(atlas: Dataset) -> None:
    """Without background traffic capacity would never bind."""
    with_demand = {c.segment for c in atlas.demand}
    kinds = Counter(s.background for s in atlas.segments if s.segment in with_demand)
    assert kinds[True] >= 5
    assert kinds[False] >= 15
    assert {s.segment for s in atlas.segments if s.background} <= with_demand  # some others only take imports
