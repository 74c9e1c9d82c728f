"""So much a unit and kilometre, with distance bands that restart at each railway.

`bands=0:0.30|500:0.27` charges the kilometres of the run after 0 and after 500 at each band's rate, the first band's
rate being the row's value; `coefficient` multiplies the whole.
"""

from __future__ import annotations

from decimal import Decimal

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing, number, params, steps

NAME = "per_unit_km"
PARAMS = ("bands", "coefficient")


def amount(rate: Rate, billing: Billing) -> Amount:
    """The units times what their kilometres cost band by band."""
    given = params(rate)
    coefficient = number(rate, given, "coefficient", "1")
    units = billing.quantity(rate.unit.removesuffix("_km"))
    bands = steps(rate, given, "bands") or ((Decimal(0), rate.value),)
    total = Decimal(0)
    for i, (start, value) in enumerate(bands):
        end = bands[i + 1][0] if i + 1 < len(bands) else billing.km
        total += max(min(billing.km, end) - start, Decimal(0)) * value
    return Amount(units * billing.km, units * total * coefficient)
