"""What must be true of every price, and of the bounds that the search uses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import LANES
from karvan.model.chain import Chain, Handling, Movement
from karvan.model.consignment import Consignment, Load
from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from karvan.quotes.compiled import arc_costs, compile_dataset
from karvan.tariffs import Tariffs, bill
from world_rows import DAY, corridor, handling, movement, rate
from worlds import GONDOLA, HC40, consignment, drawn

RATES = (
    rate("mass", "haulage", "0.03", "t_km", rule="chargeable_mass", params=("min_t=20",), form="wagon"),
    rate("bands", "haulage", "0.9", "container_km", params=("bands=0:0.9|500:0.7",), form="container"),
    rate("tonne", "handling", "7.77", "t"),
    rate("border", "border", "20"),
    rate("insured", "insurance", "0.3", "percent_of_value", rule="ad_valorem"),
    rate("season", "surcharge", "7.5", "percent", rule="surcharge", currency="%", params=("of=haulage",)),
)
WORLD = drawn("kz-a --rail:kz_rail:1520:700-- kz-b", rates=RATES)
TARIFFS = Tariffs(WORLD, DAY)


def chain(form: str, km: float) -> Chain:
    return Chain(
        (
            handling("load", "kz-a", form_to=form, form_from=""),
            movement("kz-a", "kz-b", km=km, form=form),
            handling("unload", "kz-b", form_from=form, form_to=""),
        )
    )


def price_of(form: str, units: int, tonnes: float, km: float) -> Decimal:
    unit = GONDOLA if form == "wagon" else HC40
    cargo = consignment("kz-a", "kz-b", unit, units, tonnes, loads=((form, Load(unit, units, tonnes)),))
    return bill(chain(form, km), cargo, TARIFFS).total_usd


forms = st.sampled_from(["wagon", "container"])
units = st.integers(1, 40)
tonnes = st.floats(0.1, 2500).map(lambda t: round(t, 1))
kilometres = st.floats(0.1, 4000)


@given(forms, units, tonnes, st.floats(0, 500), kilometres)
def test_more_tonnes_in_the_same_units_are_never_cheaper(form: str, n: int, t: float, more: float, km: float) -> None:
    """True of rates without weight bands; a tariff with bands may grant a heavier unit less."""
    assert price_of(form, n, t, km) <= price_of(form, n, t + more, km)


@given(forms, units, tonnes, kilometres, st.floats(0, 500))
def test_more_kilometres_are_never_cheaper(form: str, n: int, t: float, km: float, more: float) -> None:
    """True of every rule but zones that a tariff prices falsely."""
    assert price_of(form, n, t, km) <= price_of(form, n, t, km + more)


@given(units, tonnes, kilometres)
def test_one_box_more_is_never_cheaper(n: int, t: float, km: float) -> None:
    """The same tonnes in more boxes. Not true of wagons charged by mass.

    205 t pay for 4 x 52 t but for 5 x 41 t.
    """
    assert price_of("container", n, t, km) <= price_of("container", n + 1, t, km)


@given(forms, units, tonnes, kilometres)
def test_a_total_is_the_sum_of_rounded_charges_and_of_grades(form: str, n: int, t: float, km: float) -> None:
    """Each amount is a whole number of cents, so that a customer can add them up."""
    unit = GONDOLA if form == "wagon" else HC40
    made = bill(chain(form, km), consignment("kz-a", "kz-b", unit, n, t, loads=((form, Load(unit, n, t)),)), TARIFFS)
    assert made.total_usd == sum(c.usd for c in made.charges) == sum(made.by_grade().values())
    assert all(c.usd == c.usd.quantize(Decimal("0.01")) for c in made.charges)


@pytest.mark.parametrize("lane", LANES)
def test_the_bounds_of_the_search_are_not_above_the_prices(lane: str, lanes: dict[str, Quote], atlas: Dataset) -> None:
    """Element by element: the sum of lower bounds of what a search counts is at most what is paid for it."""
    compiled = compile_dataset(atlas, lanes[lane].ready)
    for a in lanes[lane].alternatives:
        least = 0.0
        for e in a.chain.elements:
            if isinstance(e, Movement):
                group = (e.operator, e.carrier, e.service, e.form, e.mode, e.country)
                least += compiled.bounds.least_usd(group, a.consignment) * e.length_km
            elif isinstance(e, Handling):
                least += compiled.bounds.least_usd(e, a.consignment)
        assert least <= float(a.price_usd) + 0.01 * len(a.bill.charges), a.chain.nodes


def modifier(key: str, value: str, rule: str, *params: str, **changes: object) -> object:
    charge = "through" if rule == "through_rate" else "discount"
    unit, currency = ("container", "USD") if rule == "through_rate" else ("percent", "%")
    return rate(key, charge, value, unit, rule=rule, currency=currency, params=params, **changes)


@pytest.mark.parametrize(
    "more",
    [
        (),
        (modifier("d", "-40", "corridor_discount", "of=haulage", "corridor=all"),),
        (
            modifier("d", "-40", "corridor_discount", "of=haulage", "corridor=all"),
            modifier("e", "-50", "corridor_discount", "of=haulage", "corridor=all"),
        ),
        (modifier("h", "-50", "corridor_discount", "of=handling", "corridor=all"),),
        (modifier("s", "-30", "surcharge", "of=haulage"),),
        (modifier("t", "10", "through_rate", "replaces=haulage", section="kz-a>kz-b"),),
        (
            rate(
                "z",
                "haulage",
                "0",
                "t",
                rule="chargeable_mass",
                params=("zones=100:0.2|900:0.5",),
                operator="kz_rail",
            ),
        ),
        (rate("flat", "haulage", "30", section="kz-a>kz-b", operator="kz_rail"),),
    ],
    ids=["plain", "discount", "two-discounts", "handling-discount", "rebate", "through", "zones", "flat"],
)
def test_whatever_lowers_a_price_lowers_its_bound(more: tuple[object, ...]) -> None:
    """A bound above the price would make the search drop the best way."""
    rates = (rate("h", "haulage", "0.1", "container_km"), rate("x", "handling", "50"))
    data_rates = (*rates, *more)
    data = drawn("kz-a --rail:kz_rail:1520:700-- kz-b", rates=data_rates)
    data = replace(data, corridors=(corridor("all", "kz-a"),))
    compiled = compile_dataset(data, DAY)
    cargo = consignment("kz-a", "kz-b")
    least, elements = _least(compiled, cargo)
    assert least <= float(bill(Chain(elements), cargo, compiled.tariffs).total_usd) + 0.01


def _least(compiled: object, cargo: Consignment) -> tuple[float, tuple[object, ...]]:
    costs: np.ndarray = arc_costs(compiled, cargo)  # type: ignore[arg-type]
    found = {}
    for i, position in enumerate(compiled.graph.order):  # type: ignore[attr-defined]
        elements = compiled.graph.network.arcs[position].elements  # type: ignore[attr-defined]
        e = elements[0] if elements else None
        if isinstance(e, Movement) and e.form == "container" and e.nodes[0] == "kz-a":
            found[1] = (costs[i, 0], e)
        elif isinstance(e, Handling) and (e.kind, e.node) in (("load", "kz-a"), ("unload", "kz-b")):
            found[0 if e.kind == "load" else 2] = (costs[i, 0], e)
    return sum(c for c, _ in found.values()), tuple(found[k][1] for k in sorted(found))
