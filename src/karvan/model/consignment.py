"""What somebody wants carried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from karvan.model.commodity import Commodity, Equipment


@dataclass(frozen=True, slots=True)
class Load:
    """The consignment in one form: so many units of one equipment."""

    equipment: Equipment
    units: int
    payload_t: float

    @property
    def teu(self) -> float:
        return self.units * self.equipment.teu

    @property
    def unit_t(self) -> float:
        """Payload of one unit."""
        return self.payload_t / self.units


@dataclass(frozen=True, slots=True)
class Consignment:
    """A cargo from one place to another, ready on a day.

    `start_forms` are the forms it may be loaded in; `loads` gives units for these and for every form it may be
    transhipped into on the way. `wagon_owner` is own, leased or railway; `box_owner` is shipper or carrier.
    """

    origin: str
    destination: str
    origin_country: str
    destination_country: str
    ready: date
    booked: date
    commodity: Commodity
    tonnes: float
    start_forms: tuple[str, ...]
    loads: tuple[tuple[str, Load], ...]
    wagon_owner: str
    box_owner: str
    value_usd: float

    def load(self, form: str) -> Load:
        """Units of the consignment in a form; KeyError if it may not take that form."""
        for name, load in self.loads:
            if name == form:
                return load
        raise KeyError(form)

    @property
    def forms(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.loads)

    def traffic(self, country: str) -> str:
        """Role of a country in the chain: transit, export, import or domestic."""
        if country == self.origin_country:
            return "domestic" if country == self.destination_country else "export"
        return "import" if country == self.destination_country else "transit"
