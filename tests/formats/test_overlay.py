"""A user's folder over the atlas: rows added, cells replaced, rows removed, by key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from karvan.errors import DataError
from karvan.formats import datapackage
from karvan.model.dataset import Dataset
from karvan.model.scenario import Earlier
from karvan.schema import tables
from world_rows import SOURCED
from worlds import drawn, write

BASE = drawn("kz-a --rail:kz_rail:1520:100-- kz-b --rail:kz_rail:1520:80-- kz-c")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder that stands alone: a line of two links."""
    return write(tmp_path / "base", BASE)


def over(base: Path, **files: str) -> Dataset:
    """The dataset of a folder with these files over the base."""
    folder = base.parent / "mine"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return datapackage.read(folder, base)


def test_a_row_with_a_known_key_replaces_only_the_cells_given(base: Path) -> None:
    """A corrected length is one line with two columns."""
    data = over(base, links="link,length_km\nrail-kz-a-kz-b,123\n")
    assert [(k.length_km, k.speed_kmh, k.operator) for k in data.links] == [(123, 25, "kz_rail"), (80, 25, "kz_rail")]
    assert all(getattr(data, t) == getattr(BASE, t) for t in tables() if t != "links")


def test_a_row_with_a_new_key_is_added_and_needs_what_every_row_needs(base: Path) -> None:
    """All that is missing is named at once."""
    with pytest.raises(DataError) as fault:
        over(base, operators="operator,name\nme,My railway\n")
    assert [p for p in fault.value.problems if "operators.csv, line 2, kind = ''" in p]
    head = "operator,name,country,kind,source,confidence,known_on,note"
    row = f"{head}\nme,My railway,KZ,railway,assumption,assumption,2026-01-01,mine\n"
    assert [o.operator for o in over(base, operators=row).operators][-1] == "me"


def test_a_row_marked_delete_is_removed(base: Path) -> None:
    """And what refers to it is a fault, since it meets nothing."""
    data = over(base, links="link,_delete\nrail-kz-b-kz-c,true\n")
    assert [k.link for k in data.links] == ["rail-kz-a-kz-b"]
    with pytest.raises(DataError, match="'kz-c' is not in table nodes"):
        over(base, links="link\n", nodes="node,_delete\nkz-c,true\n")


def test_what_is_removed_has_no_past_any_more(base: Path) -> None:
    """Rows of the base about a removed row go with it, and are no fault of the folder."""
    told = {"table": "links", "row": "rail-kz-b-kz-c", "column": "tracks", "value": "1", "until": date(2020, 1, 1)}
    row = Earlier(**SOURCED, **told, what="state")
    datapackage.write(base, replace(BASE, history=(row,)))
    assert over(base, links="link,note\nrail-kz-b-kz-c,here\n").history == (row,)
    assert over(base, links="link,_delete\nrail-kz-b-kz-c,true\n").history == ()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("links", "link,lenght_km\nx,1\n", "there is no column 'lenght_km' in table links. Rename it to 'length_km'"),
        ("links", "length_km\n1\n", "column 'link' is missing"),
        ("links", "link,_delete\nnone,true\n", "there is no such row to remove"),
        ("links", "link,_delete\nrail-kz-a-kz-b,yes\n", "is neither true nor false"),
        ("links", "link,note\nrail-kz-a-kz-b,a\nrail-kz-a-kz-b,b\n", "stands in links.csv, line 2 too"),
        ("links", "link,note\nrail-kz-a-kz-b\n", "1 cell where the header has 2"),
        ("links", "link,note,note\nrail-kz-a-kz-b,a,b\n", "column 'note' stands there 2 times"),
        ("linkz", "link\n", "there is no table 'linkz'. Rename it to links.csv"),
    ],
    ids=lambda v: v[:24].replace("\n", "/"),
)
def test_a_slip_is_one_sentence_with_its_remedy(base: Path, name: str, text: str, said: str) -> None:
    """With file and line, before anything is computed from it."""
    with pytest.raises(DataError) as fault:
        over(base, **{name: text})
    assert any(said in p for p in fault.value.problems), fault.value.problems


def test_an_empty_folder_says_what_could_be_in_it(base: Path) -> None:
    """A mistyped path is more likely than a wish to change nothing."""
    with pytest.raises(DataError, match="holds no table"):
        over(base)


def test_the_digest_tells_the_base_and_the_folder_apart(base: Path) -> None:
    """A result names what it was computed from."""
    a = over(base, links="link,length_km\nrail-kz-a-kz-b,123\n")
    b = over(base, links="link,length_km\nrail-kz-a-kz-b,124\n")
    assert len({a.digest, b.digest, datapackage.read(base).digest}) == 3
