"""Rows by key and places by name, and what names them."""

from __future__ import annotations

import pytest

from karvan.atlas.lookup import find, referring, sources_of
from karvan.atlas.naming import NAMING
from karvan.errors import UnknownPlace
from karvan.model.dataset import Dataset
from karvan.schema import fields, key, tables
from world_rows import calls, corridor, service
from worlds import drawn

TEXT = "kz-a --rail:kz_rail:1520:90-- kz-b --sea:xz_sea:90-- az-c"
WORLD = drawn(
    TEXT,
    services=[service("ferry", "line", "sea")],
    service_calls=calls("ferry", "kz-b", "az-c"),
    corridors=(corridor("c", "kz-*", "az-c"),),
)


def named(table: str, row_key: str, data: Dataset = WORLD) -> set[str]:
    row = next(r for r in getattr(data, table) if key(table, r) == row_key)
    return {f"{t} {key(t, r)}" for t, r in referring(data, table, row)}


def test_a_row_is_found_by_its_key_in_any_table_and_a_place_by_its_names(atlas: Dataset) -> None:
    """One command for all of them."""
    assert [t for t, _ in find(WORLD, "ferry")] == ["services"]
    assert [(t, r.node) for t, r in find(atlas, "Поти")] == [("nodes", "ge-poti")]
    assert [t for t, _ in find(atlas, atlas.sources[0].source)] == ["sources"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("KTZ", "operators ktz"),
        ("Хоргос", "nodes kz-khorgos"),
        ("TRIPP", "agreements tripp"),
        ("Upper Lars", "nodes ge-larsi"),
        ("Lapis Lazuli", "corridors lapis-lazuli"),
    ],
)
def test_whatever_its_case_and_whether_or_not_it_is_alone(name: str, expected: str, atlas: Dataset) -> None:
    """Several rows that go by one name are all shown."""
    assert expected in [f"{t} {key(t, r)}" for t, r in find(atlas, name)]


def test_a_word_of_very_many_names_gets_a_list_of_keys(atlas: Dataset) -> None:
    """A hundred rows are no answer."""
    with pytest.raises(UnknownPlace, match=r"is in \d+ names. Give one of these keys"):
        find(atlas, "TITR")


def test_what_is_not_there_gets_the_nearest_keys_and_names() -> None:
    """A slip in a key of thirty letters is easily made."""
    with pytest.raises(UnknownPlace, match="rail-kz-a-kz-b"):
        find(WORLD, "rail-kz-a-kz-bb")


def test_a_row_is_named_by_references_patterns_and_routes() -> None:
    """The place by its links, the call and the corridor; the service by its calls."""
    assert named("nodes", "kz-b") >= {
        "links rail-kz-a-kz-b",
        "links sea-kz-b-az-c",
        "service_calls ferry+1",
        "corridors c",
    }
    assert named("services", "ferry") == {"service_calls ferry+1", "service_calls ferry+2"}


def test_a_source_is_named_by_every_row_that_cites_it(atlas: Dataset) -> None:
    """Counted here by hand over one table."""
    source = atlas.links[0].source.split(";")[0]
    if source == "assumption":
        source = next(k.source.split(";")[0] for k in atlas.links if k.source != "assumption")
    citing = {f"links {k.link}" for k in atlas.links if source in k.source.split(";")}
    assert {n for n in named("sources", source, atlas) if n.startswith("links ")} == citing
    assert source in [
        s.source for s in sources_of(atlas, next(k for k in atlas.links if source in k.source.split(";")))
    ]


def test_every_column_of_names_is_known_to_the_schema() -> None:
    """And no reference of the schema says it a second time."""
    for table, column, named in NAMING:
        field = next(f for f in fields(table) if f.name == column)
        assert not field.references, (table, column)
        assert named in tables()


def test_a_series_shows_the_claims_that_are_held_against_it(atlas: Dataset) -> None:
    """They name it by a pattern."""
    assert "claims titr-2023-level" in named("series", "titr-ktz-t", atlas)
