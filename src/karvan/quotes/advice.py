"""Cheaper equipment that could carry the same cargo over the same ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from karvan.errors import BadCargo
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative
from karvan.quotes.cargo import load_of, may_carry
from karvan.quotes.compiled import Compiled
from karvan.tariffs import bill

_LOOKED_AT = 1  # the cheapest alternatives
_WORTH_SAYING = Decimal("0.97")  # of the price


def cheaper_equipment(dataset: Dataset, compiled: Compiled, shown: Sequence[Alternative]) -> tuple[str, ...]:
    """Sentences that name other equipment of the same form, if it would carry the cargo for less."""
    said = []
    for a in sorted((a for a in shown if a.bill.complete), key=lambda a: a.price_usd)[:_LOOKED_AT]:
        form = a.consignment.start_forms[0]
        used = a.consignment.load(form)
        for equipment in dataset.equipment:
            if (
                equipment.form != form
                or equipment == used.equipment
                or not may_carry(equipment, a.consignment.commodity)
            ):
                continue
            other = _with(dataset, a.consignment, equipment.equipment)
            if other is None:
                continue
            made = bill(a.chain, other, compiled.tariffs)
            if made.complete and made.total_usd < a.price_usd * _WORTH_SAYING:
                load = other.load(form)
                said.append(
                    (
                        made.total_usd / a.price_usd,
                        (
                            f"In {load.units} x {equipment.equipment} instead of {used.units} x "
                            f"{used.equipment.equipment}, no. {a.number} would cost {made.total_usd:,.0f} USD instead "
                            f"of {a.price_usd:,.0f} ({1 - made.total_usd / a.price_usd:.0%} less)."
                        ),
                    )
                )
        if said:
            break
    return tuple(text for _, text in sorted(said)[:2])


def _with(dataset: Dataset, consignment: Consignment, equipment: str) -> Consignment | None:
    """The same consignment in other equipment, or None if it does not fit."""
    row = next(e for e in dataset.equipment if e.equipment == equipment)
    try:
        load = load_of(dataset, row, None, consignment.tonnes, consignment.commodity,
                       (consignment.origin_country, consignment.destination_country))  # fmt: skip
    except BadCargo:
        return None
    return replace(consignment, loads=((row.form, load), *consignment.loads[1:]))
