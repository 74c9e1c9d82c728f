"""Every charge of real quotes, recomputed by a pricer that shares no code with the first."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from conftest import LANES
from independent_pricer import Paid, Pricer
from karvan.model.quote import Quote
from karvan.model.tariff import Bill

ON = date(2025, 3, 3)


def lines(bill: Bill) -> Counter[Paid]:
    """A bill in the other pricer's form; the order of lines is free."""
    return Counter(
        Paid(c.charge, c.element, c.rate, Fraction(c.amount), c.currency, Fraction(c.usd), c.replaced_by)
        for c in bill.charges
    )


@pytest.fixture(scope="module")
def pricer(atlas_folder: Path) -> Pricer:
    return Pricer(atlas_folder, ON)


@pytest.mark.parametrize("lane", LANES)
def test_every_charge_of_every_alternative_is_recomputed_to_the_cent(
    lane: str, lanes: dict[str, Quote], pricer: Pricer
) -> None:
    """Rate, amount, currency and dollars of each line, and the charges that have no rate."""
    for a in lanes[lane].alternatives:
        again, missing = pricer.bill(a.chain, a.consignment)
        assert lines(a.bill) == Counter(again), a.chain.nodes
        assert sorted(map(str, missing)) == sorted(str((m.charge, m.operator, m.element)) for m in a.bill.missing)
        total = sum((p.usd for p in again if not p.replaced_by), Fraction(0))
        assert total == Fraction(a.price_usd)


def test_the_lanes_use_the_rules_that_the_atlas_has_in_force(lanes: dict[str, Quote], pricer: Pricer) -> None:
    """A recomputation proves nothing of a rule that no lane meets.

    The others have golden cases of their own.
    """
    rule = {r["rate"]: r["rule"] for r in pricer.rates}
    used: set[Any] = {
        rule[c.rate] for q in lanes.values() for a in q.alternatives for c in a.bill.charges if c.rate in rule
    }
    assert used >= {"per_unit", "per_unit_km", "flat_fee", "chargeable_mass"}
