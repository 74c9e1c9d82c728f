"""What a tariff rule is given and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from karvan.errors import DataError
from karvan.model.tariff import Rate


@dataclass(frozen=True, slots=True)
class Billing:
    """The measures of a consignment that a rule may charge by, for one line of the bill.

    units: boxes, wagons, trucks or lots; teu; mass_t of the whole and unit_mass_t of one unit; length_m of one unit;
    km of the run and the days it takes; value_usd of the goods; base: the amount that a percentage is taken of.
    """

    units: Decimal
    teu: Decimal
    mass_t: Decimal
    unit_mass_t: Decimal
    length_m: Decimal
    km: Decimal
    days: Decimal
    value_usd: Decimal
    base: Decimal = Decimal(0)

    def quantity(self, unit: str) -> Decimal:
        """How many of a unit are charged; units in _km or _day count the run's kilometres or days too."""
        if unit.endswith("_km"):
            return self.quantity(unit[:-3]) * self.km
        if unit.endswith("_day"):
            return self.quantity(unit[:-4]) * self.days
        match unit:
            case "consignment":
                return Decimal(1)
            case "container" | "wagon" | "truck":
                return self.units
            case "teu":
                return self.teu
            case "t":
                return self.mass_t
            case "wagon_m" | "truck_m":
                return self.units * self.length_m
            case _:
                raise DataError([f"rates.csv: unit '{unit}' cannot be charged by this rule. Use another unit or rule."])


@dataclass(frozen=True, slots=True)
class Amount:
    """What a rule charges: the quantity it counted, and the amount before rounding, in the rate's currency."""

    quantity: Decimal
    amount: Decimal


def params(rate: Rate) -> dict[str, str]:
    """Parameters of a rate as a dictionary. Raises DataError for one without '='."""
    found: dict[str, str] = {}
    for pair in rate.params:
        name, equals, value = pair.partition("=")
        if not equals:
            raise DataError([f"rates.csv, rate {rate.rate}, params '{pair}': write it as name=value."])
        found[name.strip()] = value.strip()
    return found


def number(rate: Rate, given: dict[str, str], name: str, default: str) -> Decimal:
    """A numeric parameter. Raises DataError if it is not a number."""
    text = given.get(name, default)
    try:
        return Decimal(text)
    except ArithmeticError:
        raise DataError([f"rates.csv, rate {rate.rate}, params {name} = '{text}': is not a number."]) from None


def steps(rate: Rate, given: dict[str, str], name: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """A parameter of the form 0:0.30|500:0.27 as pairs in rising order; empty if it is not given."""
    text = given.get(name, "")
    if not text:
        return ()
    try:
        pairs = tuple((Decimal(a), Decimal(b)) for a, b in (step.split(":") for step in text.split("|")))
    except (ArithmeticError, ValueError):
        raise DataError(
            [f"rates.csv, rate {rate.rate}, params {name} = '{text}': write it as from:value|from:value."]
        ) from None
    if list(pairs) != sorted(pairs):
        raise DataError([f"rates.csv, rate {rate.rate}, params {name} = '{text}': put the steps in rising order."])
    return pairs
