"""Emissions worked by hand, and what holds for all."""

from __future__ import annotations

import pytest

from conftest import LANES
from karvan.emissions import Emissions
from karvan.model.chain import Chain
from karvan.model.network import Grid
from karvan.model.quote import Quote
from world_rows import SOURCED, factor, handling, movement, service, wait
from worlds import consignment, dataset

FACTORS = (
    factor("fuel", traction="fuel", mode="rail", wtt_g=7.0, ttw_g=28.0),
    factor("wire", traction="electric", mode="rail", wtt_g=0.0, ttw_g=0.0, energy_wh=25.0),
    factor("ship", mode="sea", wtt_g=3.0, ttw_g=14.0, distance_factor=1.15),
    factor("ferry", mode="sea", service_kind="rail_ferry", wtt_g=12.0, ttw_g=52.0),
    factor("crane", applies_to="hub", per="container", form="container", wtt_g=1400.0, ttw_g=10_000.0),
    factor("shed", applies_to="hub", per="t", form="wagon", wtt_g=0.0, ttw_g=1200.0),
)
DATA = dataset(
    emission_factors=FACTORS,
    grids=[Grid(**SOURCED, country="KZ", g_kwh=800.0, loss_share=0.2)],
    services=[service("ferry", "line", "sea", kind="rail_ferry"), service("ship", "line", "sea")],
)
CARGO = consignment("kz-a", "az-c", units=2, tonnes=28.0)


def test_a_chain_is_worked_by_hand() -> None:
    """Two boxes with 28 t: 1,000 km by rail, 600 of them electric, two cranes, 300 km by feeder.

    Fuel: 400 km x (7 + 28) g = 14,000 g/t, of which 11,200 at the wheel. Wire: 600 km x 25 Wh x 800 / (1 -
    0.2) g/kWh / 1000 = 15,000 g/t. So 28 t x 29 kg/t = 812 kg well-to-wheel, 313.6 kg tank-to-wheel.
    Cranes: 2 boxes x 11.4 kg = 22.8 kg each. Feeder: 300 km x 1.15 x 17 g x 28 t = 164.22 kg, 135.24 at the
    funnel.
    """
    chain = Chain((
        handling("load", "kz-a"),
        movement("kz-a", "kz-b", km=1000.0, electric_km=600.0),
        handling("border", "kz-b"),
        handling("tranship", "kz-b"),
        wait("kz-b", "ship"),
        movement("kz-b", "az-c", km=300.0, mode="sea", service="ship", country="XZ"),
    ))  # fmt: skip
    found = Emissions(DATA).chain(chain, CARGO)
    assert [(e.element, round(e.wtw_kg, 6), round(e.ttw_kg, 6), e.kind) for e in found] == [
        (0, 22.8, 20.0, "default"), (1, 812.0, 313.6, "modelled"), (3, 22.8, 20.0, "default"),
        (5, 164.22, 135.24, "default"),
    ]  # fmt: skip
    assert found[1].factors == ("wire", "fuel")


def test_the_kind_of_ship_decides_its_factor() -> None:
    """A rail ferry carries wagons' steel besides: 64 g a tonne-kilometre, not 17."""
    by_ferry = movement("kz-b", "az-c", km=100.0, mode="sea", service="ferry", country="XZ")
    (found,) = Emissions(DATA).chain(Chain((by_ferry,)), CARGO)
    assert (found.wtw_kg, found.ttw_kg) == pytest.approx((28 * 6.4, 28 * 5.2))


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_electric_share_moves_emissions_from_the_chimney_to_the_grid(share: float) -> None:
    """Tank-to-wheel falls to nothing under the wire.

    35 g of diesel stand against 25 g of Kazakhstan's coal.
    """
    run = movement("kz-a", "kz-b", km=100.0, electric_km=100.0 * share)
    (found,) = Emissions(DATA).chain(Chain((run,)), CARGO)
    assert found.ttw_kg == pytest.approx(28 * 2.8 * (1 - share))
    assert found.wtw_kg == pytest.approx(28 * (3.5 * (1 - share) + 2.5 * share))


def test_twice_the_tonnes_emit_twice_as_much_on_the_way() -> None:
    """Intensities are a tonne's; a crane's is a box's."""
    run, crane = Chain((movement("kz-a", "kz-b"),)), Chain((handling("load", "kz-a"),))
    heavy = consignment("kz-a", "az-c", units=2, tonnes=56.0)
    of = Emissions(DATA)
    assert of.chain(run, heavy)[0].wtw_kg == pytest.approx(2 * of.chain(run, CARGO)[0].wtw_kg)
    assert of.chain(crane, heavy) == of.chain(crane, CARGO)


@pytest.mark.parametrize("lane", LANES)
def test_every_movement_emits_and_well_to_wheel_is_not_below_tank_to_wheel(lane: str, lanes: dict[str, Quote]) -> None:
    """On every alternative of the six lanes; nothing is missing and nothing is negative."""
    for a in lanes[lane].alternatives:
        elements = {e.element for e in a.emissions}
        moves = {i for i, e in enumerate(a.chain.elements) if e in a.chain.movements}
        assert moves <= elements, [a.chain.elements[i] for i in moves - elements]
        assert all(e.wtw_kg >= e.ttw_kg >= 0 for e in a.emissions)
        assert a.co2e_kg > 0
