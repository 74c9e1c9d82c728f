"""Greenhouse gas of each transport chain element, after ISO 14083: well-to-wheel and tank-to-wheel.

Movements: mass x distance x intensity, with the electric share of each line and the grid of each country. Hubs: an
intensity a tonne or a container. Intensities are those of `emission_factors.csv` (defaults; GLEC Framework v3 and UK
DESNZ), electric traction is energy x grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from karvan.model.chain import Chain, Element, Handling, Movement
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.model.network import EmissionFactor, Link
from karvan.model.quote import ElementEmission


@dataclass(frozen=True, slots=True)
class Intensity:
    """Grams of CO2e a tonne of cargo and a container, for one element."""

    wtw_g_t: float = 0.0
    ttw_g_t: float = 0.0
    wtw_g_box: float = 0.0
    ttw_g_box: float = 0.0
    kind: str = "default"
    factors: tuple[str, ...] = ()


class Emissions:
    """Intensities of elements by the factors and grids of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._factors = dataset.emission_factors
        self._kinds = {s.service: s.kind for s in dataset.services}
        self._grids = {g.country: g.g_kwh / (1.0 - g.loss_share) for g in dataset.grids}
        self._known: dict[object, EmissionFactor | None] = {}

    def missing(self, links: Iterable[Link], forms: Mapping[str, Sequence[str]]) -> list[str]:
        """What no factor or grid covers of links whose modes carry these forms, as sentences."""
        found: dict[str, None] = {}
        for link in links:
            for traction, share in (("electric", link.electric_share), ("fuel", 1.0 - link.electric_share)):
                for form in forms[link.mode] if share > 0 else ():
                    factor = self._factor("movement", link.mode, traction, "", form)
                    if factor is None:
                        what = f"{form} by {link.mode} with {traction} traction"
                        found[f"emission_factors.csv: no factor fits {what}. Add one."] = None
                    elif factor.energy_wh and link.country not in self._grids:
                        found[f"grids.csv: no grid for {link.country}, which has electric lines. Add it."] = None
        return list(found)

    def chain(self, chain: Chain, consignment: Consignment) -> tuple[ElementEmission, ...]:
        """CO2e of each element of a chain that emits."""
        found = []
        for position, element in enumerate(chain.elements):
            of = self.intensity(element)
            if of.factors:
                wtw, ttw = self.element_kg(element, consignment)
                found.append(ElementEmission(position, wtw, ttw, of.kind, of.factors))
        return tuple(found)

    def element_kg(self, element: Element, consignment: Consignment) -> tuple[float, float]:
        """Well-to-wheel and tank-to-wheel kg CO2e of a consignment in one element."""
        of = self.intensity(element)
        load = consignment.load(element.form)
        return (
            (of.wtw_g_t * load.payload_t + of.wtw_g_box * load.units) / 1000.0,
            (of.ttw_g_t * load.payload_t + of.ttw_g_box * load.units) / 1000.0,
        )

    def intensity(self, element: Element) -> Intensity:
        """Intensity of an element; nothing for a wait."""
        if isinstance(element, Movement):
            return self._movement(element)
        if isinstance(element, Handling) and element.kind in ("load", "unload", "tranship", "gauge_change"):
            return self._hub(element)
        return Intensity()

    def _movement(self, m: Movement) -> Intensity:
        kind = self._kinds.get(m.service, "")
        wtw = ttw = 0.0
        used: list[str] = []
        modelled = False
        for traction, run_km in (("electric", m.electric_km), ("fuel", m.length_km - m.electric_km)):
            factor = self._factor("movement", m.mode, traction, kind, m.form)
            if run_km <= 0 or factor is None:
                continue
            km = run_km * factor.distance_factor
            grid = self._grids.get(m.country, 0.0)
            modelled |= factor.energy_wh > 0
            wtw += km * (factor.wtt_g + factor.ttw_g + factor.energy_wh * grid / 1000.0)
            ttw += km * factor.ttw_g
            used.append(factor.factor)
        return Intensity(wtw, ttw, kind="modelled" if modelled else "default", factors=tuple(used))

    def _hub(self, h: Handling) -> Intensity:
        factor = self._factor("hub", h.mode_from or h.mode_to, "*", "", h.form)
        if factor is None:
            return Intensity()
        grid = self._grids.get(h.country, 0.0)
        wtw = factor.wtt_g + factor.ttw_g + factor.energy_wh * grid / 1000.0
        if factor.per == "container":
            return Intensity(wtw_g_box=wtw, ttw_g_box=factor.ttw_g, factors=(factor.factor,))
        return Intensity(wtw, factor.ttw_g, factors=(factor.factor,))

    def _factor(self, applies_to: str, mode: str, traction: str, kind: str, form: str) -> EmissionFactor | None:
        """The most specific factor: most columns bound, the first of equals."""
        key = (applies_to, mode, traction, kind, form)
        if key not in self._known:
            fitting = [
                f
                for f in self._factors
                if f.applies_to == applies_to
                and f.mode in ("*", mode)
                and f.traction in ("*", traction)
                and f.service_kind in ("*", kind)
                and f.form in ("*", form)
            ]
            self._known[key] = max(fitting, key=_bound, default=None)
        return self._known[key]


def _bound(f: EmissionFactor) -> int:
    return sum(v != "*" for v in (f.mode, f.traction, f.service_kind, f.form))
