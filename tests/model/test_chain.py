"""Chains, runs and consignments: the nouns that all engines share."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from karvan.model.chain import Chain, merged
from world_rows import handling, movement, wait
from worlds import HC40, consignment

A_TO_C = (movement("kz-a", "kz-b", km=100.0, mean_h=4.0, sd_h=1.0, electric_km=50.0),
          movement("kz-b", "kz-c", km=200.0, mean_h=8.0, sd_h=2.0))  # fmt: skip


def test_ordinary_movements_of_one_railway_are_one_run() -> None:
    """One train: lengths, times and standard deviations add up."""
    (run,) = merged(A_TO_C)
    assert run == movement("kz-a", "kz-b", "kz-c", km=300.0, mean_h=12.0, sd_h=3.0, electric_km=50.0)


@pytest.mark.parametrize(
    "change",
    [{"operator": "other"}, {"service": "express"}, {"country": "UZ"}, {"gauge_mm": 1435}, {"form": "wagon"},
     {"mode": "road"}, {"nodes": ("kz-x", "kz-c")}],
    ids=str,
)  # fmt: skip
def test_movements_that_differ_stay_apart(change: dict[str, object]) -> None:
    """A tariff begins anew where the operator, country, service, gauge, form or mode changes."""
    assert len(merged((A_TO_C[0], replace(A_TO_C[1], **change)))) == 2  # type: ignore[arg-type]


def test_what_happens_between_parts_two_runs() -> None:
    """A crane or a wait ends a run."""
    for between in (handling("border", "kz-b"), wait("kz-b", "s")):
        assert len(merged((A_TO_C[0], between, A_TO_C[1]))) == 3


def test_a_chain_knows_its_nodes_services_and_length() -> None:
    """Neighbours that are the same node are told once, a service that goes on once."""
    by_ship = [movement(a, b, mode="sea", service="ferry", km=10.0) for a, b in (("kz-c", "xz-m"), ("xz-m", "az-d"))]
    chain = Chain((handling("load", "kz-a"), *A_TO_C, wait("kz-c", "ferry"), *by_ship, handling("unload", "az-d")))
    assert chain.nodes == ("kz-a", "kz-b", "kz-c", "xz-m", "az-d")
    assert (chain.origin, chain.destination) == ("kz-a", "az-d")
    assert chain.services == ("ferry",)
    assert chain.length_km == 320.0


@pytest.mark.parametrize(
    ("country", "role"), [("KZ", "export"), ("GE", "import"), ("AZ", "transit"), ("XZ", "transit")]
)
def test_the_role_of_a_country_depends_on_both_ends(country: str, role: str) -> None:
    """And is domestic where both ends lie in it."""
    assert consignment("kz-a", "ge-d").traffic(country) == role
    assert consignment("kz-a", "kz-b").traffic("KZ") == "domestic"


def test_a_form_that_a_consignment_may_not_take_is_a_key_error() -> None:
    """Boxes are not opened on the way."""
    cargo = consignment("kz-a", "ge-d")
    assert cargo.load("container").equipment is HC40
    with pytest.raises(KeyError):
        cargo.load("wagon")


def test_records_are_frozen() -> None:
    """A variant is made by replace()."""
    with pytest.raises(FrozenInstanceError):
        consignment("kz-a", "ge-d").tonnes = 1.0  # type: ignore[misc]
