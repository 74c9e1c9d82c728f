"""The scope of a quote: fourteen things that a price may or may not contain, each said to be in, out or unpriced."""

from __future__ import annotations

from decimal import Decimal

from karvan.model.chain import Chain, Handling
from karvan.model.consignment import Consignment
from karvan.model.quote import ScopeItem
from karvan.model.tariff import Bill

INCLUDED, EXCLUDED, UNPRICED = "included", "excluded", "unpriced"
# Item, the charge that prices it, and why it is out when nothing of the chain asks for it.
_PRICED = (
    ("first mile", "first_mile", "collection from the shipper's door is not asked for or has no rate"),
    ("last mile", "last_mile", "delivery to the receiver's door is not asked for or has no rate"),
    ("terminal handling", "handling", "no terminal handles the cargo"),
    ("gauge change", "gauge_change", "the chain has no break of gauge"),
    ("border fees", "border", "the chain crosses no land border"),
    (
        "platform and wagon hire",
        "hire",
        "no hire is charged apart: haulage rates contain it or it has no rate",
    ),
    (
        "empty and box return",
        "empty_return",
        "the box or wagon is the shipper's or the carrier's rate contains its return",
    ),
    ("transit guarantee", "guarantee", "no country is passed in transit"),
    ("permits", "permit", "no truck passes a country that asks for one"),
    ("re-issue of the note (SMGS, CIM, bill of lading)", "document", "one note covers the chain"),
    ("insurance", "insurance", "cargo insurance is not asked for"),
)
_NEVER = (
    ("storage and demurrage", "free periods only; demurrage depends on the delay"),
    ("VAT and import duty", "international transport is zero-rated; duty and import VAT are the importer's"),
    ("forwarder's margin", "prices are those of the carriers; a forwarder adds 3-10 %"),
)


def scope(chain: Chain, bill: Bill, consignment: Consignment, by_service_only: frozenset[str]) -> tuple[ScopeItem, ...]:
    """Each item of the scope with its status, its dollars and the reason."""
    replaced = {c.charge for c in bill.charges if c.replaced_by}
    wanted = _wanted(chain, consignment, by_service_only)
    items = []
    for item, charge, reason in _PRICED:
        usd = sum((c.usd for c in bill.charges if c.charge == charge and not c.replaced_by), Decimal("0.00"))
        if any(m.charge == charge for m in bill.missing):
            items.append(ScopeItem(item, UNPRICED, usd, "no rate is in force for a part of it"))
        elif usd:
            items.append(ScopeItem(item, INCLUDED, usd, ""))
        elif charge in replaced:
            items.append(ScopeItem(item, INCLUDED, usd, "inside a through rate"))
        elif any(c.charge == charge for c in bill.charges):
            items.append(ScopeItem(item, INCLUDED, usd, "the rate in force is zero"))
        elif charge in wanted:
            items.append(ScopeItem(item, UNPRICED, usd, "the chain needs it and no rate is known"))
        else:
            items.append(ScopeItem(item, EXCLUDED, usd, reason))
    return (*items, *(ScopeItem(item, EXCLUDED, Decimal("0.00"), reason) for item, reason in _NEVER))


def _wanted(chain: Chain, consignment: Consignment, by_service_only: frozenset[str]) -> set[str]:
    """Charges that the chain calls for although the tariffs need not have a rate for them."""
    wanted = set()
    abroad = [m for m in chain.movements if consignment.traffic(m.country) == "transit"]
    if any(m.mode not in by_service_only for m in abroad):
        wanted.add("guarantee")
    for m in chain.movements:
        if m.form == "truck" and m in abroad and m.mode not in by_service_only:
            wanted.add("permit")
        if m.form == "wagon" and consignment.wagon_owner != "own":
            wanted.add("hire")
        if m.form == "container" and consignment.box_owner == "carrier":
            wanted.add("empty_return")
    kinds = [e.kind for e in chain.elements if isinstance(e, Handling)]
    modes = {m.mode for m in chain.movements}
    if len(modes) > 1 and "tranship" in kinds:
        wanted.add("document")
    return wanted
