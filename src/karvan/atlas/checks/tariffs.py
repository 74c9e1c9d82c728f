"""Rates: no two for the same thing on the same day, and one for each operator, charge and year in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from karvan.keys import matches
from karvan.model.dataset import Dataset
from karvan.model.tariff import Rate

# From the first year that quotes are for; before it the atlas makes no promise.
FIRST_YEAR = 2020
# Parts of the key in which alike rows must follow one another in time.
_KEY = (
    "charge", "rule", "operator", "section", "direction", "operation", "service", "form", "traffic", "cargo_class",
    "equipment", "weight_min_t", "weight_max_t", "wagon_owner", "box_owner", "load_state", "train_kind", "agreement",
)  # fmt: skip
_OF_OPERATION = {"load": "handling", "unload": "handling", "gauge_change": "gauge_change", "border": "border"}


def problems(dataset: Dataset) -> Iterator[str]:
    """Overlapping rows, bands that do not begin at the row's value, and operators without a rate in some year."""
    yield from _overlaps(dataset)
    yield from _ranges(dataset)
    yield from _uncovered(dataset)


def _overlaps(d: Dataset) -> Iterator[str]:
    alike: dict[tuple[object, ...], list[Rate]] = defaultdict(list)
    for r in d.rates:
        alike[tuple(getattr(r, k) for k in _KEY)].append(r)
    for rows in alike.values():
        rows.sort(key=lambda r: r.valid_from)
        a = rows[0]  # of the rows so far the one that holds longest
        for b in rows[1:]:
            if b.valid_from <= (a.valid_to or date.max):
                yield (
                    f"rates.csv, {b.rate}, valid_from = '{b.valid_from}': {a.rate} has the same key and holds until "
                    f"{a.valid_to or 'further notice'}. End that one the day before."
                )
            a = max(a, b, key=lambda r: r.valid_to or date.max)


def _ranges(d: Dataset) -> Iterator[str]:
    for r in d.rates:
        low, high = r.value_low, r.value_high
        if (low is not None and low > r.value) or (high is not None and high < r.value):
            yield f"rates.csv, {r.rate}, value = '{r.value}': is outside its range {low} to {high}. Mend one of them."
        for bands in [p.partition("=")[2] for p in r.params if p.startswith("bands=")]:
            start, _, value = bands.split("|")[0].partition(":")
            if (float(start), float(value)) != (0.0, float(r.value)):
                yield f"rates.csv, {r.rate}, params = '{bands}': the first band is not 0:{r.value}. Begin with that."


def years(dataset: Dataset) -> range:
    """Years for which rates are asked: from 2020 to the last in which a row of rates was known."""
    return range(FIRST_YEAR, max([FIRST_YEAR, *(r.known_on.year for r in dataset.rates)]) + 1)


def uses(d: Dataset) -> Iterator[tuple[str, str, str, str, int]]:
    """(charge, operator, form, table, year): what is paid for in a year, by open links, services and operations."""
    modes = {m.mode: m for m in d.modes}
    for year in years(d):
        day = date(year, 7, 1)
        for link in d.links:
            mode = modes[link.mode]
            if link.status == "open" and link.status_on <= day and not mode.needs_service:
                for form in mode.forms:
                    yield "haulage", link.operator, form, "links", year
        for s in d.services:
            if s.runs(day) and modes[s.mode].needs_service:
                for form in s.forms:
                    yield "freight", s.operator, form, "services", year
        for o in d.operations:
            if o.status == "open" and o.kind in _OF_OPERATION:
                yield _OF_OPERATION[o.kind], o.operator, o.form_from or o.form_to, "operations", year


def _uncovered(d: Dataset) -> Iterator[str]:
    have: dict[str, list[Rate]] = defaultdict(list)
    for r in d.rates:
        have[r.charge].append(r)
    missing: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for charge, operator, form, table, year in dict.fromkeys(uses(d)):
        first, last = date(year, 1, 1), date(year, 12, 31)
        if not any(
            matches(r.operator, operator)
            and r.form in ("*", form)
            and r.valid_from <= last
            and (r.valid_to or last) >= first
            for r in have[charge]
        ):
            missing[charge, operator, form, table].append(year)
    for (charge, operator, form, table), without in sorted(missing.items()):
        yield (
            f"rates.csv: {operator} is used in {table}.csv for {form} and has no rate of charge {charge} in "
            f"{', '.join(map(str, without))}. Add one, if only a placeholder."
        )
