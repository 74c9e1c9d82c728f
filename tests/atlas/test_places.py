"""Places by any of their names."""

from __future__ import annotations

import pytest

from karvan.atlas import find_place
from karvan.atlas.places import folded
from karvan.errors import UnknownPlace
from karvan.model.dataset import Dataset
from world_rows import node
from worlds import dataset


@pytest.mark.parametrize(
    ("names", "country"),
    [
        (("Urumqi", "Ürümqi", "乌鲁木齐", "Урумчи", "CNURC", "cnurc", "  URUMQI "), "CN"),
        (("Aktau", "Ақтау", "Актау", "KZAAU"), "KZ"),
        (("Xi'an", "Xian", "XI’AN", "西安"), "CN"),
        (("Constanța", "Constanta", "ROCND"), "RO"),
        (("Baku", "Bakı", "Баку"), "AZ"),
        (("Tbilisi", "თბილისი"), "GE"),
        (("Yerevan", "Երևան", "Ереван"), "AM"),
        (("Almaty", "Алматы"), "KZ"),
        (("Duisburg", "DEDUI"), "DE"),
        (("Tashkent", "Toshkent", "Ташкент"), "UZ"),
        (("Tehran", "تهران"), "IR"),
        (("Małaszewicze", "Malaszewicze"), "PL"),
        (("Istanbul", "İstanbul"), "TR"),
    ],
)
def test_a_place_is_found_by_any_of_its_names(names: tuple[str, ...], country: str, atlas: Dataset) -> None:
    """English, local, Latin without accents, other scripts, UN/LOCODE; in any case."""
    found = {find_place(atlas, name).node for name in names}
    assert len(found) == 1
    assert {n.country for n in atlas.nodes if n.node in found} == {country}


def test_every_node_is_found_by_its_key(atlas: Dataset) -> None:
    """Keys are never ambiguous; waypoints are not places."""
    places = [n for n in atlas.nodes if n.kind != "waypoint"]
    assert [n.node for n in places if find_place(atlas, n.node) is not n] == []


def test_an_unknown_name_lists_the_nearest() -> None:
    """A slip of the pen is not the end."""
    with pytest.raises(UnknownPlace) as caught:
        find_place(dataset(nodes=[node("kz-aktau"), node("kz-aktobe")]), "Aktua")
    assert "kz-aktau" in str(caught.value)
    assert any("kz-aktau" in c for c in caught.value.candidates)


def test_a_name_of_two_places_lists_both() -> None:
    """And the keys to tell them apart."""
    two = [node("kz-a", name="Twin"), node("uz-b", name="Twin")]
    with pytest.raises(UnknownPlace, match=r"kz-a.*uz-b"):
        find_place(dataset(nodes=two), "twin")


def test_a_first_name_comes_before_a_second_name() -> None:
    """A town of this name before a town that once had it."""
    nodes = [node("kz-new", also_known_as=("Old",)), node("kz-old", name="Old")]
    assert find_place(dataset(nodes=nodes), "old").node == "kz-old"


@pytest.mark.parametrize("name", ["", "   ", "'", "???", "\x00", "x" * 10_000])
def test_a_name_that_is_none_is_refused_with_a_sentence(name: str, atlas: Dataset) -> None:
    """Nothing, blanks, noise."""
    with pytest.raises(UnknownPlace):
        find_place(atlas, name)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Xi'an", "xian"),
        ("Ürümqi", "urumqi"),
        ("Kapıkule", "kapikule"),
        ("Ust-Kut", "ust kut"),
        ("Małaszewicze", "malaszewicze"),
        ("Gəncə", "ganca"),
        ("  Two   words ", "two words"),
    ],
)
def test_a_name_is_folded_to_plain_letters(name: str, plain: str) -> None:
    """Case, accents, apostrophes and hyphens do not matter."""
    assert folded(name) == plain
