"""By chargeable mass, as the transit tariffs of the CIS and the OSJD do.

The mass of each unit is rounded up to `round_to_t` (1) and is at least `min_t`. The price per tonne is that of the
first of the `zones=100:5.2|200:8.1` whose end the run's distance does not pass (beyond the last zone its price grows
with the distance), or the row's value where there are no zones (times the kilometres if the unit is t_km).
`coefficient` multiplies it.
"""

from __future__ import annotations

from decimal import ROUND_CEILING

from karvan.model.tariff import Rate
from karvan.tariffs.billing import Amount, Billing, number, params, steps

NAME = "chargeable_mass"
PARAMS = ("min_t", "round_to_t", "coefficient", "zones")


def amount(rate: Rate, billing: Billing) -> Amount:
    """The chargeable mass times the price of its distance."""
    given = params(rate)
    step = number(rate, given, "round_to_t", "1")
    least = number(rate, given, "min_t", "0")
    mass = max((billing.unit_mass_t / step).to_integral_value(ROUND_CEILING) * step, least) * billing.units
    price = rate.value * (billing.km if rate.unit == "t_km" else 1)
    zones = steps(rate, given, "zones")
    if zones:
        last_km, last_price = zones[-1]
        price = next((p for end, p in zones if billing.km <= end), last_price * billing.km / last_km)
    return Amount(
        mass * (billing.km if rate.unit == "t_km" else 1), mass * price * number(rate, given, "coefficient", "1")
    )
