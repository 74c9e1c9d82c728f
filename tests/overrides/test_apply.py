"""Overrides: cells of named rows change, nothing else does, and what meets nothing is a fault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from karvan.errors import DataError, InputError
from karvan.model.dataset import Dataset
from karvan.model.scenario import Override, Project, ProjectEffect
from karvan.overrides import apply, with_projects
from karvan.schema import tables
from world_rows import SOURCED
from worlds import drawn

# A hundred kilometres, then a road of fifty.
WORLD = drawn("kz-a --rail:kz_rail:1520:100-- kz-b --road:kz_road:50-- kz-c")
RAIL = "rail-kz-a-kz-b"


def projects(data: Dataset, **effects: list[tuple[str, str, str]]) -> Dataset:
    """The dataset with projects that change links: row, column, value."""
    given = {"programmes": ("national",), "countries": ("KZ",), "state": "planned", "effect": "It."}
    unknown = dict.fromkeys(("cost_low_musd", "cost_high_musd", "cost_year", "opens_from", "opens_to"))
    rows = [
        ProjectEffect(**SOURCED, project=key, sequence=i, table="links", row=row, column=column, value=value)
        for key, changes in effects.items()
        for i, (row, column, value) in enumerate(changes, 1)
    ]
    made = [Project(**SOURCED, **given, **unknown, project=key, name=key) for key in effects]
    return replace(data, projects=tuple(made), project_effects=tuple(rows))


def test_a_cell_is_set_and_all_else_is_the_same() -> None:
    """The new value has the column's type."""
    changed = apply(WORLD, [Override("links", RAIL, "tracks", "2")])
    assert [link.tracks for link in changed.links] == [2, None]
    assert all(getattr(changed, t) == getattr(WORLD, t) for t in tables() if t != "links")


def test_a_later_change_wins_and_a_glob_meets_many() -> None:
    """As a project changes a line, and another one link of it again."""
    changed = apply(WORLD, [Override("links", "*-kz-*", "speed_kmh", "40"), Override("links", RAIL, "speed_kmh", "60")])
    assert [link.speed_kmh for link in changed.links] == [60.0, 40.0]


def test_delete_removes_rows_and_an_empty_value_empties_a_cell() -> None:
    """`_delete` is the one column that no table has."""
    changed = apply(WORLD, [Override("links", RAIL, "_delete", ""), Override("links", "road-*", "tracks", "")])
    assert [link.link for link in changed.links] == ["road-kz-b-kz-c"]
    assert changed.links[0].tracks is None


def test_no_change_gives_the_same_object_and_a_change_another_digest() -> None:
    """What is compiled from a dataset is kept by identity; a result says what it was computed from."""
    assert apply(WORLD, []) is WORLD
    one, two = (apply(WORLD, [Override("links", RAIL, "tracks", n)]) for n in "12")
    assert len({WORLD.digest, one.digest, two.digest}) == 3


def test_projects_are_done_in_their_order_and_an_unknown_one_is_named() -> None:
    """A later project that changes the same cell wins."""
    done = projects(WORLD, a=[(RAIL, "tracks", "2"), (RAIL, "speed_kmh", "50")], b=[(RAIL, "tracks", "3")])
    assert [with_projects(done, keys).links[0].tracks for keys in (["a"], ["a", "b"], ["b", "a"])] == [2, 3, 2]
    assert with_projects(done, []) is done
    with pytest.raises(InputError, match="no project 'aa'"):
        with_projects(done, ["aa"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Override("lonks", RAIL, "tracks", "2"), "there is no table 'lonks'. Did you mean 'links'?"),
        (Override("links", "rail-kz-a-kz-d", "tracks", "2"), f"no row of links has that key. Did you mean '{RAIL}'?"),
        (Override("links", RAIL, "track", "2"), "links has no such column. Did you mean 'tracks'?"),
        (Override("links", RAIL, "tracks", "two"), "is not a whole number"),
        (Override("links", RAIL, "length_km", "-4"), "is below 0.1 km"),
        (Override("links", RAIL, "status", "opened"), "Did you mean 'open'?"),
    ],
    ids=lambda v: v.column if isinstance(v, Override) else "",
)
def test_a_change_that_meets_nothing_is_a_fault_that_names_the_nearest(change: Override, said: str) -> None:
    """All faults at once, each as a sentence."""
    with pytest.raises(DataError) as fault:
        apply(WORLD, [change, change])
    assert len(fault.value.problems) == 2
    assert said in fault.value.problems[0]
