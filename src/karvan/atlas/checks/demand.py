"""Demand, observations and projects: sums, periods and changes that apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from karvan.errors import DataError
from karvan.model.dataset import Dataset
from karvan.overrides import with_projects

_SUM_TOLERANCE = 1e-6


def problems(dataset: Dataset) -> Iterator[str]:
    """Faults of profiles, of cells of demand, of periods, of claims, and changes of projects that meet nothing."""
    months: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for p in dataset.profiles:
        months[p.profile].append((p.month, p.share))
    for profile, shares in months.items():
        total = sum(share for _, share in shares)
        if len(shares) != 12 or abs(total - 1.0) > _SUM_TOLERANCE:
            yield f"profiles.csv, {profile}: has {len(shares)} months that sum to {total:g}. Give twelve that sum to 1."
    for cell in dataset.demand:
        if cell.origin == cell.destination:
            yield f"demand.csv, {cell.segment}, origin = '{cell.origin}': is the destination too. Name two places."
    yield from _periods(dataset)
    for project in dataset.projects:
        try:
            with_projects(dataset, [project.project])
        except DataError as fault:
            yield from (f"project_effects.csv, {project.project}: {p}" for p in fault.problems)


def _periods(d: Dataset) -> Iterator[str]:
    for o in d.observations:
        said = f"observations.csv, {o.observation}"
        if o.period_to < o.period_from:
            yield f"{said}, period_to = '{o.period_to}': is before {o.period_from}. Exchange or correct them."
        if o.value_high is not None and o.value_high < o.value:
            yield f"{said}, value_high = '{o.value_high:g}': is below the value {o.value:g}. Exchange them."
        if o.state == "actual" and o.known_on <= o.period_from:
            yield f"{said}, known_on = '{o.known_on}': is before the period counted. Write the day it was published."
    for c in d.claims:
        if (c.measure == "growth") != (c.base_from is not None and c.base_to is not None):
            yield f"claims.csv, {c.claim}: growth needs a base period, and a level has none. Correct measure or base."
