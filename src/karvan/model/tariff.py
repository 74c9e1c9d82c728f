"""Rates with their long key, exchange rates, and known through prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from karvan.model.network import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Record):
    rate: str
    charge: str
    rule: str
    operator: str
    section: str
    direction: str
    operation: str
    service: str
    form: str
    traffic: str
    cargo_class: str
    equipment: tuple[str, ...]
    weight_min_t: float | None
    weight_max_t: float | None
    wagon_owner: str
    box_owner: str
    load_state: str
    train_kind: str
    valid_from: date
    valid_to: date | None
    value: Decimal
    currency: str
    unit: str
    params: tuple[str, ...]
    value_low: Decimal | None = None
    value_high: Decimal | None = None
    agreement: str = ""
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate(Record):
    currency: str
    on: date
    per_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughPrice(Record):
    observation: str
    from_node: str
    to_node: str
    corridor: str
    via: tuple[str, ...]
    equipment: str
    box_owner: str
    commodity: str
    load_t: float
    price_low: float
    price_high: float
    currency: str
    per: str
    on: date
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    source: str
    title: str
    publisher: str
    address: str
    published: str
    accessed: date
    known_on: date


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of a bill: who is paid for what, how much of it, at which rate, and how the rate is known.

    `amount` is in `currency`, rounded to its minor unit; `usd` is that amount converted once and rounded again.
    `element` is the position in the chain of what is paid for, or None for the whole chain. A charge that is
    `replaced_by` a through rate is shown and not counted.
    """

    charge: str
    payee: str
    what: str
    element: int | None
    quantity: Decimal
    unit: str
    rate: str
    value: Decimal
    amount: Decimal
    currency: str
    per_usd: Decimal
    usd: Decimal
    grade: str
    source: str
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class MissingRate:
    """A charge that must be paid and for which no rate is in force."""

    charge: str
    operator: str
    section: str
    element: int | None
    on: date

    def __str__(self) -> str:
        return (
            f"No {self.charge.replace('_', ' ')} rate of {self.operator} for {self.section} is in force on "
            f"{self.on.isoformat()}."
        )


@dataclass(frozen=True, slots=True)
class Bill:
    """The charges of a chain, and the charges for which no rate is in force."""

    charges: tuple[Charge, ...]
    missing: tuple[MissingRate, ...]

    @property
    def total_usd(self) -> Decimal:
        """Sum of what is counted; a lower bound if a rate is missing."""
        return sum((c.usd for c in self.charges if not c.replaced_by), Decimal("0.00"))

    @property
    def complete(self) -> bool:
        return not self.missing

    def by_grade(self) -> dict[str, Decimal]:
        """US dollars by grade of the rate; discounts reduce the grade they are known with."""
        sums: dict[str, Decimal] = {}
        for c in self.charges:
            if not c.replaced_by:
                sums[c.grade] = sums.get(c.grade, Decimal("0.00")) + c.usd
        return sums
