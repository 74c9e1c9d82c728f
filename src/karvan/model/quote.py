"""The answer to a quote: alternatives with price, time and emissions, and why other ways lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape

from karvan.model.chain import Chain
from karvan.model.consignment import Consignment
from karvan.model.tariff import Bill


@dataclass(frozen=True, slots=True)
class ChainTime:
    """Hours from the cargo's readiness to its delivery, and the mean hour at which each element begins."""

    mean_h: float
    p50_h: float
    p80_h: float
    p95_h: float
    starts_h: tuple[float, ...]

    @property
    def lateness_h(self) -> float:
        """P95 - P50: how much later than usual it may come."""
        return self.p95_h - self.p50_h


@dataclass(frozen=True, slots=True)
class ElementEmission:
    """CO2e of one element in kg. `kind` is default, modelled or primary data, as ISO 14083 tells them apart."""

    element: int
    wtw_kg: float
    ttw_kg: float
    kind: str
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A restriction that bears on a chain: forbidden, conditional or flagged, with what it asks."""

    effect: str
    restriction: str
    name: str
    condition: str
    source: str


@dataclass(frozen=True, slots=True)
class ScopeItem:
    """One item of the scope of a quote: included, excluded or unpriced, and the reason."""

    item: str
    status: str
    usd: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """When and where one element begins, by mean times, in local time."""

    element: int
    node: str
    begins: datetime


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way for the cargo to go, priced, timed and with its emissions."""

    number: int
    consignment: Consignment
    chain: Chain
    bill: Bill
    time: ChainTime
    emissions: tuple[ElementEmission, ...]
    corridors: tuple[str, ...]
    findings: tuple[Finding, ...]
    scope: tuple[ScopeItem, ...]
    schedule: tuple[ScheduleLine, ...]
    delivered: datetime

    @property
    def price_usd(self) -> Decimal:
        """Sum of all charges; a lower end if something that must be paid has no rate (`complete` is false)."""
        return self.bill.total_usd

    @property
    def complete(self) -> bool:
        """Whether everything that the chain asks for is priced; if not, the price is listed as "from"."""
        return self.bill.complete and not self.unpriced

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Items of the scope that the chain asks for and that have no rate, in whole or in part."""
        return tuple(item.item for item in self.scope if item.status == "unpriced")

    @property
    def co2e_kg(self) -> float:
        """Well-to-wheel."""
        return sum(e.wtw_kg for e in self.emissions)

    @property
    def criteria(self) -> tuple[float, float, float, float]:
        """Price in USD, P50 in hours, lateness in hours, CO2e in kg: less is better in all."""
        return float(self.price_usd), self.time.p50_h, self.time.lateness_h, self.co2e_kg

    def _repr_html_(self) -> str:
        """The itemised price, as a table in a notebook."""
        rows = [(c.payee, c.what, c.quantity, c.unit, c.value, c.amount, c.currency, c.usd, c.grade)
                for c in self.bill.charges if not c.replaced_by]  # fmt: skip
        head = ("payee", "for", "quantity", "unit", "rate", "amount", "currency", "USD", "grade")
        return _table(head, [*rows, ("", "in all", "", "", "", "", "", self.price_usd, "")])


@dataclass(frozen=True, slots=True)
class Lost:
    """A corridor that a forwarder would weigh and that is not among the alternatives, and why."""

    corridor: str
    name: str
    reason: str
    price_usd: Decimal | None
    p50_h: float | None
    co2e_kg: float | None


@dataclass(frozen=True, slots=True)
class ClosedWinner:
    """A way over something closed that would have won, and what opens it."""

    closed: tuple[str, ...]
    wins_on: str
    saving: float
    opens: str


@dataclass(frozen=True, slots=True)
class Quote:
    """All that Karvan answers to one request. `digest` and `premises` are those of the dataset it was computed from."""

    origin: str
    destination: str
    ready: date
    commodity: str
    tonnes: float
    cargo: str
    alternatives: tuple[Alternative, ...]
    lost: tuple[Lost, ...]
    closed: tuple[ClosedWinner, ...]
    advice: tuple[str, ...]
    priced_on: date
    valid_until: date
    epsilon: float
    complete: bool
    digest: str
    premises: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """The alternatives, as a table in a notebook."""
        head = ("no.", "price USD", "P50 d", "P80 d", "P95 d", "CO2e kg", "km", "corridors", "services")
        rows = []
        for a in self.alternatives:
            days = (f"{h / 24:.1f}" for h in (a.time.p50_h, a.time.p80_h, a.time.p95_h))
            price = f"{'' if a.complete else 'from '}{a.price_usd:,.0f}"
            names = (", ".join(a.corridors), ", ".join(a.chain.services))
            rows.append((a.number, price, *days, f"{a.co2e_kg:,.0f}", f"{a.chain.length_km:,.0f}", *names))
        return _table(head, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """An HTML table of escaped cells."""
    heads = "".join(f"<th>{escape(h)}</th>" for h in head)
    lines = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in rows)
    return f"<table><tr>{heads}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
