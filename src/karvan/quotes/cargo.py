"""From what a shipper writes to consignments: '1x40HC', '2x20DC', 'wagons', '3xtilt_truck', 'any'."""

from __future__ import annotations

import math
import re
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from karvan.atlas.places import folded
from karvan.errors import BadCargo
from karvan.keys import matches
from karvan.model.commodity import Commodity, Equipment
from karvan.model.consignment import Consignment, Load
from karvan.model.dataset import Dataset
from karvan.model.network import Node

_COUNTED = re.compile(r"^\s*(\d+)\s*[xх×*]\s*(.+?)\s*$", re.IGNORECASE)
_PLURALS = {
    "containers": "container",
    "boxes": "container",
    "wagons": "wagon",
    "trucks": "truck",
    "lots": "bulk",
}
# What a form may be transhipped into on the way: what is sealed in a box or a truck stays in it.
_ON_THE_WAY = {"container": (), "truck": (), "wagon": ("bulk", "container"), "bulk": ("wagon",)}
MOST_TONNES = 100_000.0
LEAST_TONNES = 0.001
MOST_UNITS = 5_000
MOST_USD = 1e12


def find_commodity(dataset: Dataset, name: str) -> Commodity:
    """The commodity that goes by a name. Raises BadCargo with the nearest names."""
    wanted = folded(name)
    names = _commodity_names(dataset)
    if wanted in names:
        return names[wanted]
    near = get_close_matches(wanted, names, 5, 0.5) or [n for n in names if wanted and wanted in n][:5]
    hint = f"Did you mean {', '.join(dict.fromkeys(names[n].name for n in near))}?" if near else "See commodities.csv."
    raise BadCargo(f"No commodity goes by '{name}'. {hint}")


@lru_cache(maxsize=8)
def _commodity_names(dataset: Dataset) -> dict[str, Commodity]:
    return {folded(n): c for c in dataset.commodities for n in (*c.also_known_as, c.name, c.commodity)}


def consignments(
    dataset: Dataset,
    origin: Node,
    destination: Node,
    cargo: str,
    commodity: Commodity,
    tonnes: float,
    ready: date,
    booked: date,
    wagon_owner: str,
    box_owner: str,
    value_usd: float | None,
) -> tuple[Consignment, ...]:
    """One consignment for each form that the cargo may be loaded in; several for 'any' or 'wagons,containers'.

    Raises BadCargo for a cargo that cannot exist or travel as described.
    """
    if not math.isfinite(tonnes) or tonnes < LEAST_TONNES:
        raise BadCargo(
            f"The cargo weighs {tonnes} t. Give a mass above zero ({LEAST_TONNES} t at least), as in --tonnes 14."
        )
    if tonnes > MOST_TONNES:
        raise BadCargo(
            f"{tonnes:g} t is more than {MOST_TONNES:,.0f} t. Give the mass in tonnes, not in kilograms, "
            "or split the cargo."
        )
    if value_usd is not None and not 0 <= value_usd <= MOST_USD:
        raise BadCargo(
            f"The goods are worth {value_usd} USD. Give a value of zero or more, and under {MOST_USD:.0e} USD."
        )
    if value_usd is None:
        value_usd = commodity.value_usd_t * tonnes
    made = []
    for count, equipment in _wanted(dataset, cargo, commodity, tonnes):
        load = load_of(dataset, equipment, count, tonnes, commodity, (origin.country, destination.country))
        loads = {equipment.form: load}
        for form in _ON_THE_WAY[equipment.form]:
            if form in commodity.forms:
                best = _default_equipment(dataset, form, commodity, tonnes)
                if best is not None:
                    loads[form] = load_of(dataset, best, None, tonnes, commodity, ())
        made.append(
            Consignment(
                origin=origin.node,
                destination=destination.node,
                origin_country=origin.country,
                destination_country=destination.country,
                ready=ready,
                booked=booked,
                commodity=commodity,
                tonnes=tonnes,
                start_forms=(equipment.form,),
                loads=tuple(loads.items()),
                wagon_owner=wagon_owner,
                box_owner=box_owner,
                value_usd=value_usd,
            )
        )
    return tuple(made)


def may_carry(equipment: Equipment, commodity: Commodity) -> bool:
    """Whether a commodity may go in an equipment."""
    return any(matches(p, equipment.equipment) for p in commodity.equipment)


def fit(equipment: Equipment, commodity: Commodity, limit_t: float) -> float:
    """Tonnes of a commodity that one unit takes: by mass, and by volume where it has one."""
    by_volume = equipment.volume_m3 * commodity.density_t_m3 if equipment.volume_m3 else math.inf
    return min(limit_t, by_volume)


def payload_limit(dataset: Dataset, equipment: Equipment, countries: tuple[str, ...]) -> float:
    """Payload of one unit by construction, and by what each country permits in the mode that permits most there."""
    modes = [m.mode for m in dataset.modes if equipment.form in m.forms and m.medium == "land"]
    by_country = [max((mode_limit(dataset, equipment, c, m) for m in modes), default=math.inf) for c in countries]
    return min([equipment.payload_t, *by_country])


def mode_limit(dataset: Dataset, equipment: Equipment, country: str, mode: str) -> float:
    """Payload of one unit that a country permits in a mode; infinity where no row limits it."""
    limits = [
        p.payload_t
        for p in dataset.payload_limits
        if p.mode in ("*", mode) and p.country in ("*", country) and matches(p.equipment, equipment.equipment)
    ]
    return min(limits, default=math.inf)


def _wanted(dataset: Dataset, cargo: str, commodity: Commodity, tonnes: float) -> list[tuple[int | None, Equipment]]:
    """Counts (None: as many as needed) and equipment that a cargo text asks for."""
    if folded(cargo) in ("any", "all"):
        forms = [f for f in ("container", "wagon", "truck") if f in commodity.forms]
        found: list[tuple[int | None, Equipment]] = [
            (None, e) for f in forms if (e := _default_equipment(dataset, f, commodity, tonnes))
        ]
        if not found:
            raise BadCargo(f"No equipment in equipment.csv carries {commodity.name}. Add it to the commodity's row.")
        return found
    wanted: list[tuple[int | None, Equipment]] = []
    for part in re.split(r"[,;]| or ", cargo):
        counted = _COUNTED.match(part)
        name = counted.group(2) if counted else part.strip()
        count = int(counted.group(1)) if counted else None
        form = _PLURALS.get(folded(name), folded(name))
        if form in ("container", "wagon", "truck", "bulk"):
            default = _default_equipment(dataset, form, commodity, tonnes)
            if default is None or form not in commodity.forms:
                raise BadCargo(
                    f"{commodity.name} does not travel in {form} form. It travels as: {', '.join(commodity.forms)}."
                )
            wanted.append((count, default))
        else:
            wanted.append((count, _find_equipment(dataset, name)))
    if any(count is not None and not 1 <= count <= MOST_UNITS for count, _ in wanted):
        raise BadCargo(
            f"'{cargo}' asks for zero units, or for over {MOST_UNITS:,}. Ask for a number between, as in 1x40HC."
        )
    return wanted


def _find_equipment(dataset: Dataset, name: str) -> Equipment:
    names = {folded(n): e for e in dataset.equipment for n in (*e.also_known_as, e.name, e.equipment)}
    wanted = folded(name)
    if wanted in names:
        return names[wanted]
    near = get_close_matches(wanted, names, 3, 0.5)
    hint = f"Did you mean {', '.join(dict.fromkeys(names[n].equipment for n in near))}?" if near else ""
    known = ", ".join(e.equipment for e in dataset.equipment)
    raise BadCargo(f"No equipment goes by '{name}'. {hint} Known: {known}, wagons, trucks, containers, any.")


def _default_equipment(dataset: Dataset, form: str, commodity: Commodity, tonnes: float) -> Equipment | None:
    """The equipment of a form that takes the cargo in the least length of train or deck, of those that may carry it."""
    fitting = [e for e in dataset.equipment if e.form == form and may_carry(e, commodity)]
    return min(
        fitting,
        key=lambda e: (
            math.ceil(tonnes / max(fit(e, commodity, e.payload_t), 1e-9)) * max(e.length_m, 1.0),
            e.equipment,
        ),
        default=None,
    )


def load_of(
    dataset: Dataset,
    equipment: Equipment,
    count: int | None,
    tonnes: float,
    commodity: Commodity,
    countries: tuple[str, ...],
) -> Load:
    """Units of an equipment for a cargo. Raises BadCargo if the commodity may not go in it, or not in so few."""
    if not may_carry(equipment, commodity):
        raise BadCargo(
            f"{commodity.name} cannot go in a {equipment.name} ({equipment.equipment}). "
            f"It can go in: {', '.join(commodity.equipment)}."
        )
    limit = payload_limit(dataset, equipment, countries)
    most = fit(equipment, commodity, limit)
    needed = max(math.ceil(tonnes / most - 1e-9), 1)
    if count is None:
        return Load(equipment, needed, tonnes)
    if tonnes / count > limit + 1e-9:
        raise BadCargo(
            f"{tonnes:g} t in {count} x {equipment.equipment} is {tonnes / count:.1f} t each, and one takes at most "
            f"{limit:.1f} t. Use {max(math.ceil(tonnes / limit - 1e-9), 1)} x {equipment.equipment} or less cargo."
        )
    return Load(equipment, count, tonnes)
