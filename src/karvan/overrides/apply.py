"""Overrides: cells of named rows set to new values, in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from karvan.errors import DataError, InputError
from karvan.keys import matches
from karvan.model.dataset import Dataset
from karvan.model.scenario import Change
from karvan.schema import cell_problem, fields, key, parser, tables

DELETE = "_delete"


def apply(dataset: Dataset, changes: Iterable[Change]) -> Dataset:
    """The dataset with cells changed; a later change of a cell wins.

    A change names a table, a row by its key or a glob (parts of a compound key joined with '+'), a column and the new
    value as text; the column `_delete` removes the rows. Without changes it is the same object. Raises DataError with
    every change that meets no row, names no column, or whose value is not one.
    """
    listed = tuple(changes)
    if not listed:
        return dataset
    rows: dict[str, dict[str, Any]] = {}
    found: list[str] = []
    digest = hashlib.sha256(dataset.digest.encode())
    for change in listed:
        digest.update("\0".join((change.table, change.row, change.column, change.value)).encode() + b"\n")
        if change.table not in tables():
            found.append(f"{said(change)}: there is no table '{change.table}'.{_near(change.table, tables())}")
            continue
        table = rows.setdefault(change.table, {key(change.table, r): r for r in getattr(dataset, change.table)})
        found += _changed(table, change)
    if found:
        raise DataError(found)
    return replace(dataset, **{t: tuple(r.values()) for t, r in rows.items()}, digest=digest.hexdigest())


def with_projects(dataset: Dataset, projects: Iterable[str]) -> Dataset:
    """The dataset as if projects were done, in their order: of two that set one cell the last counts.

    Raises InputError for a project that is not in it.
    """
    known = {p.project: p.name for p in dataset.projects}
    changes: list[Change] = []
    premises = dataset.premises
    for project in projects:
        if project not in known:
            keys = f"Give one of {', '.join(known)}." if known else "No project is in the data."
            whole = f" {dataset.premises[0]}" if dataset.premises else ""
            raise InputError(f"There is no project '{project}'{whole}.{_near(project, tuple(known), keys)}")
        effects = [e for e in dataset.project_effects if e.project == project]
        effects.sort(key=lambda e: e.sequence)
        changes += effects
        premises = (*premises, f"{known[project]} done")
    return replace(apply(dataset, changes), premises=premises) if changes else dataset


def said(change: Change) -> str:
    """A change as it is named in a fault."""
    return f"change of {change.table}, {change.row}, {change.column} = '{change.value}'"


def _changed(table: dict[str, Any], change: Change) -> list[str]:
    """Change the rows in place; the faults."""
    met = [change.row] if change.row in table else [k for k in table if matches(change.row, k)]
    if not met:
        return [f"{said(change)}: no row of {change.table} has that key.{_near(change.row, tuple(table))}"]
    if change.column == DELETE:
        for k in met:
            del table[k]
        return []
    columns = {f.name: f for f in fields(change.table)}
    field = columns.get(change.column)
    if field is None:
        return [f"{said(change)}: {change.table} has no such column.{_near(change.column, tuple(columns))}"]
    fault = cell_problem(field, change.value)
    if fault:
        return [f"{said(change)}: {fault}"]
    value = parser(field)(change.value)
    for k in met:
        table[k] = replace(table[k], **{change.column: value})
    return []


def _near(word: str, known: tuple[str, ...], otherwise: str = "Correct it.") -> str:
    near = get_close_matches(word, known, 1)
    return f" Did you mean '{near[0]}'?" if near else f" {otherwise}"
