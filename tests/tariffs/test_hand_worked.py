"""A whole bill worked by hand, and what the engine must say when it cannot price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from karvan.errors import DataError, NoRate
from karvan.model.chain import Chain
from karvan.model.consignment import Consignment, Load
from karvan.model.dataset import Dataset
from karvan.tariffs import Tariffs, bill, price
from world_rows import DAY, agreement, corridor, handling, movement, node, rate, service
from worlds import GONDOLA, RAIL, SEA, consignment, drawn

CHAIN = Chain(
    (
        handling("load", "kz-a", mode_to="rail", form_to="wagon"),
        movement("kz-a", "kz-m", "kz-b", km=1150.04, form="wagon"),
        handling("border", "az-b", operator="az_rail", form_from="wagon", form_to="wagon"),
        movement("az-b", "az-c", km=503.0, form="wagon"),
        movement("az-c", "ge-d", km=20.0, form="wagon", operator="line", carrier="line", mode="sea", country="XZ"),
        handling("unload", "ge-d", form_from="wagon"),
    )
)
CARGO = consignment(
    "kz-a", "ge-d", GONDOLA, 3, 130.0, loads=(("wagon", Load(GONDOLA, 3, 130.0)),), start_forms=("wagon",)
)
RATES = (
    rate(
        "kz-mass",
        "haulage",
        "0.02",
        "t_km",
        operator="kz_rail",
        rule="chargeable_mass",
        params=("min_t=40", "round_to_t=1", "coefficient=1.07"),
    ),
    rate(
        "az-bands",
        "haulage",
        "1.40",
        "wagon_km",
        operator="az_rail",
        currency="EUR",
        params=("bands=0:1.40|200:1.15",),
    ),
    rate(
        "az-floor",
        "surcharge",
        "700",
        "wagon",
        operator="az_rail",
        rule="minimum",
        currency="EUR",
        params=("of=haulage",),
    ),
    rate(
        "kz-season",
        "surcharge",
        "12.5",
        "percent",
        operator="kz_rail",
        rule="surcharge",
        currency="%",
        params=("of=haulage",),
    ),
    rate(
        "az-together",
        "discount",
        "-10",
        "percent",
        operator="az_rail",
        rule="corridor_discount",
        currency="%",
        params=("of=haulage", "corridor=middle"),
    ),
    rate(
        "line-metre",
        "freight",
        "31.33",
        "wagon_m",
        operator="line",
        rule="per_wagon_metre",
        params=("long_over_m=13.9", "long_coefficient=1.2"),
    ),
    rate("handling", "handling", "2.345", "t", currency="KZT"),
    rate("az-border", "border", "33.335", "wagon", operator="az_rail"),
)


def world(rates: tuple[object, ...] = RATES) -> Dataset:
    """All nodes of the chains of this file, and a corridor through two of them."""
    made = drawn(
        "kz-a --rail:kz_rail:1520:1-- kz-b --rail:az_rail:1520:1-- az-b",
        modes=(RAIL, SEA),
        rates=rates,
        corridors=[corridor("middle", "kz-m", "az-c"), corridor("other", "az-c", "az-x")],
    )
    return replace(made, nodes=(*made.nodes, *(node(n) for n in ("kz-m", "az-m", "az-c", "ge-d"))))


def named(cargo: Consignment = CARGO, rates: tuple[object, ...] = RATES, chain: Chain = CHAIN) -> dict[str, Decimal]:
    """US dollars by rate."""
    data = world(rates)
    found: dict[str, Decimal] = {}
    for c in bill(chain, cargo, Tariffs(data, DAY)).charges:
        found[c.rate] = found.get(c.rate, Decimal(0)) + c.usd
    return found


def test_a_bill_of_two_railways_and_a_ferry_is_as_worked_by_hand() -> None:
    """Three gondolas of 14 m with 130 t, 43.33 t each; 1 USD = 0.80 EUR = 500 KZT.

    Kazakhstan, 1150.0 km (measured to a tenth): each wagon is charged for 44 t (rounded up, over the 40 t
    minimum), so 132 t x 1150.0 km x 0.02 x 1.07 = 3,248.52 USD. Season, 12.5 % of it: 406.065 -> 406.07.
    Azerbaijan, 503.0 km, its bands begin anew: 200 x 1.40 + 303 x 1.15 = 280 + 348.45 = 628.45 EUR a wagon,
    1,885.35 EUR = 2,356.6875 -> 2,356.69 USD. The minimum of 700 EUR a wagon adds 2,100 - 1,885.35 = 214.65
    EUR = 268.3125 -> 268.31. The discount of 10 % is of the haulage: -188.535 -> -188.54 EUR = -235.675 ->
    -235.68 USD. Ferry: 3 x 14 m = 42 m at 31.33, by 1.2 as 14 m is over 13.9 m: 1,579.032 -> 1,579.03.
    Handling at both ends: 130 x 2.345 = 304.85 KZT = 0.6097 -> 0.61, twice 1.22. Border: 3 x 33.335 =
    100.005 -> 100.01.
    """
    assert named() == {
        "handling": Decimal("1.22"),
        "kz-mass": Decimal("3248.52"),
        "kz-season": Decimal("406.07"),
        "az-border": Decimal("100.01"),
        "az-bands": Decimal("2356.69"),
        "az-floor": Decimal("268.31"),
        "az-together": Decimal("-235.68"),
        "line-metre": Decimal("1579.03"),
    }


def test_the_bands_begin_anew_at_each_railway() -> None:
    """600 km over one railway at 0:1|500:0.5 cost 550; over two, 300 km each, 600."""
    bands = (rate("b", "haulage", "1", "wagon_km", params=("bands=0:1|500:0.5",)),)
    one = Chain((movement("kz-a", "kz-b", km=600.0, form="wagon"),))
    two = Chain((movement("kz-a", "kz-m", km=300.0, form="wagon"), movement("az-m", "az-b", km=300.0, form="wagon")))
    cargo = replace(CARGO, origin="kz-a", destination="az-b", destination_country="AZ",
                    loads=(("wagon", Load(GONDOLA, 1, 60.0)),))  # fmt: skip
    data = world(bands)
    tariffs = Tariffs(data, DAY)
    assert [bill(c, cargo, tariffs).total_usd for c in (one, two)] == [Decimal(550), Decimal(600)]


def test_a_through_rate_stands_in_place_of_what_it_replaces_and_shows_it() -> None:
    """From kz-a to az-c for 1,000 a wagon: haulage and border inside are shown and not counted."""
    through = rate("through", "through", "1000", "wagon", rule="through_rate", section="kz-a>az-c",
                   params=("replaces=haulage|border", "corridor=middle"))  # fmt: skip
    plain = tuple(r for r in RATES if r.rule not in ("minimum", "surcharge", "corridor_discount"))
    data = world((*plain, through))
    made = bill(CHAIN, CARGO, Tariffs(data, DAY))
    replaced = {c.rate for c in made.charges if c.replaced_by == "through"}
    assert replaced == {"kz-mass", "az-bands", "az-border"}
    assert made.total_usd == Decimal("3000") + Decimal("1.22") + Decimal("1579.03")


def test_a_discount_of_what_a_through_rate_replaces_goes_with_it() -> None:
    """Haulage of 100 less 20 %, replaced by a through rate of 90: the price is 90, not 70."""
    rates = (
        rate("h", "haulage", "100", "wagon"),
        rate(
            "less",
            "discount",
            "-20",
            "percent",
            rule="corridor_discount",
            currency="%",
            params=("of=haulage", "corridor=middle"),
        ),
        rate("more", "surcharge", "30", "percent", rule="surcharge", currency="%", params=("of=haulage",)),
        rate(
            "t",
            "through",
            "90",
            "wagon",
            rule="through_rate",
            section="kz-m>az-c",
            params=("replaces=haulage",),
        ),
    )
    cargo = replace(CARGO, origin="kz-m", destination="az-c", destination_country="AZ",
                    loads=(("wagon", Load(GONDOLA, 1, 60.0)),))  # fmt: skip
    data = world(rates)
    tariffs = Tariffs(data, DAY)
    made = bill(Chain((movement("kz-m", "az-c", form="wagon"),)), cargo, tariffs)
    assert made.total_usd == Decimal(90)


def test_of_two_through_rates_over_the_same_stretch_the_more_specific_wins() -> None:
    """As with every other rate; the names of the rows decide nothing."""
    plain = rate("a-any", "through", "90", "wagon", rule="through_rate", section="kz-m>az-c")
    narrow = rate("z-goods", "through", "60", "wagon", rule="through_rate", section="kz-m>az-c", cargo_class="goods")
    cargo = replace(CARGO, loads=(("wagon", Load(GONDOLA, 1, 60.0)),))
    data = world((rate("h", "haulage", "100", "wagon"), plain, narrow))
    tariffs = Tariffs(data, DAY)
    assert bill(Chain((movement("kz-m", "az-c", form="wagon"),)), cargo, tariffs).total_usd == Decimal(60)


def test_of_two_minima_the_more_specific_or_the_higher_holds_and_not_their_sum() -> None:
    """Haulage of 80 with floors of 100 and 120 comes to 120 at most, not to 80 + 20 + 40 = 140."""
    floors = [
        rate(f"floor-{v}", "surcharge", v, "wagon", rule="minimum", params=("of=haulage",)) for v in ("100", "120")
    ]
    cargo = replace(CARGO, loads=(("wagon", Load(GONDOLA, 1, 60.0)),))
    data = world((rate("h", "haulage", "80", "wagon"), *floors))
    tariffs = Tariffs(data, DAY)
    assert bill(Chain((movement("kz-m", "az-c", form="wagon"),)), cargo, tariffs).total_usd <= Decimal(120)


def test_the_order_of_rows_decides_nothing() -> None:
    """rates.csv is sorted by hand or by a spreadsheet; the price must be the same."""
    as_haulage = tuple(replace(r, charge="haulage") if r.rule == "minimum" else r for r in RATES)
    assert named(rates=as_haulage) == named(rates=as_haulage[::-1])


def test_a_missing_rate_names_operator_section_and_date_and_is_not_zero() -> None:
    """No rate in force is an error, never nothing to pay."""
    data = world(RATES[1:])
    tariffs = Tariffs(data, DAY)
    with pytest.raises(NoRate) as caught:
        price(CHAIN, CARGO, tariffs, DAY)
    for part in ("haulage", "kz_rail", "kz-a to kz-b", "2025-03-03", "rates.csv"):
        assert part in str(caught.value)
    assert "az_rail" not in str(caught.value)
    made = bill(CHAIN, CARGO, tariffs)
    assert not made.complete
    assert [m.element for m in made.missing] == [1]


def test_a_missing_exchange_rate_names_currency_and_date() -> None:
    """A rate in a currency that nobody converts cannot be added up."""
    data = replace(world(), exchange_rates=())
    tariffs = Tariffs(data, DAY)
    with pytest.raises(NoRate, match=r"KZT.*2025-03-03"):
        bill(CHAIN, CARGO, tariffs)


def test_two_equally_specific_rates_are_a_fault_of_the_data_that_names_both() -> None:
    """Which of them holds cannot be known."""
    twins = (rate("one", "haulage", "1", "wagon_km", cargo_class="general"),
             rate("two", "haulage", "2", "wagon_km", traffic="export"))  # fmt: skip
    with pytest.raises(DataError) as caught:
        named(rates=(*RATES[2:], *twins))
    for part in ("one", "two", "haulage", "kz_rail", "kz-a to kz-b", "2025-03-03", "Narrow"):
        assert part in str(caught.value)


def test_an_unused_tie_is_no_fault() -> None:
    """Two equal rates that a third, narrower one beats are never asked for."""
    twins = (rate("one", "haulage", "1", "wagon_km", cargo_class="general"),
             rate("two", "haulage", "2", "wagon_km", traffic="export"))  # fmt: skip
    narrow = rate("both", "haulage", "3", "wagon", cargo_class="general", traffic="export")
    assert named(rates=(*RATES[1:], *twins, narrow))["both"] == Decimal(9)


@pytest.mark.parametrize(("day", "usd"), [(date(2024, 12, 31), 1), (date(2025, 1, 1), 2), (date(2025, 3, 3), 2)])
def test_the_rate_of_the_day_holds_first_and_last_day_included(day: date, usd: int) -> None:
    """A rate to 31 December and one from 1 January meet without gap or overlap."""
    dated = (rate("old", "haulage", "1", "wagon", valid_to=date(2024, 12, 31)),
             rate("new", "haulage", "2", "wagon", valid_from=date(2025, 1, 1)))  # fmt: skip
    data = world(dated)
    tariffs = Tariffs(data, day)
    cargo = replace(CARGO, loads=(("wagon", Load(GONDOLA, 1, 60.0)),))
    assert bill(Chain((movement("kz-a", "kz-m", form="wagon"),)), cargo, tariffs).total_usd == usd


def test_an_ordinary_train_pays_no_rate_of_a_service() -> None:
    """A rate that names a service is that service's; a block train's rate is not a single wagon's."""
    rates = (
        rate("plain", "haulage", "100", "wagon"),
        rate("express", "haulage", "60", "wagon", service="express"),
        rate("block", "haulage", "70", "wagon", train_kind="block"),
    )
    data = world(rates)
    data = replace(
        data,
        nodes=(*data.nodes, node("kz-m")),
        services=(service("express", "kz_rail", "rail"), service("b", "kz_rail", "rail", kind="block_train")),
    )
    cargo = replace(CARGO, loads=(("wagon", Load(GONDOLA, 1, 60.0)),))
    runs = [Chain((movement("kz-a", "kz-m", form="wagon", service=s),)) for s in ("", "express", "b")]
    assert [bill(c, cargo, Tariffs(data, DAY)).total_usd for c in runs] == [100, 60, 70]


@pytest.mark.parametrize(("mode", "usd"), [("rail", 90), ("road", 100)])
def test_a_through_rate_for_some_modes_covers_no_stretch_by_another(mode: str, usd: int) -> None:
    """The joint venture of three railways does not sell a lorry's last leg."""
    through = rate("t", "through", "90", "wagon", rule="through_rate", section="kz-m>az-c",
                   params=("replaces=haulage", "modes=rail|sea"))  # fmt: skip
    data = world((rate("h", "haulage", "100", "wagon"), through))
    cargo = replace(CARGO, loads=(("wagon", Load(GONDOLA, 1, 60.0)),))
    chain = Chain((movement("kz-m", "az-c", form="wagon", mode=mode),))
    assert bill(chain, cargo, Tariffs(data, DAY)).total_usd == usd


def test_a_rate_that_waits_for_an_agreement_holds_when_it_is_in_force() -> None:
    """The named tariff of a joint venture is in the table before it is in the world."""
    waiting = rate("w", "haulage", "60", "wagon", operator="kz_rail", agreement="joint")
    signed = agreement("joint", state="in_force", in_force_from=date(2025, 6, 1))
    data = replace(world((rate("h", "haulage", "100", "wagon"), waiting)), agreements=(signed,))
    cargo = replace(CARGO, loads=(("wagon", Load(GONDOLA, 1, 60.0)),))
    chain = Chain((movement("kz-a", "kz-m", form="wagon"),))
    paid = [bill(chain, cargo, Tariffs(data, day)).total_usd for day in (DAY, date(2025, 6, 1))]
    assert paid == [100, 60]
