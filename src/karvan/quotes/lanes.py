"""The ten reference lanes: what the atlas is measured on, by its gaps and by how its dollars are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from karvan.quotes.quote import quote

READY = date(2025, 3, 3)


@dataclass(frozen=True, slots=True)
class Lane:
    """One question, asked the same way each time."""

    name: str
    origin: str
    destination: str
    cargo: str
    commodity: str
    tonnes: float

    def quote(self, dataset: Dataset, on: date = READY, progress: Callable[[str], None] = lambda _: None) -> Quote:
        """Its answer from a dataset. Raises what `quote` raises."""
        return quote(
            self.origin,
            self.destination,
            ready=on,
            cargo=self.cargo,
            commodity=self.commodity,
            tonnes=self.tonnes,
            data=dataset,
            progress=progress,
        )


# Both ways over the Caspian, each of its rivals, boxes, wagons and trucks, and the lanes of Armenia.
REFERENCE = (
    Lane("xian-constanta", "Xi'an", "Constanța", "1x40HC", "household appliances", 14.0),
    Lane("aksu-mersin", "Aksu", "Mersin", "wagons,containers", "ferroalloys", 1200.0),
    Lane("tashkent-istanbul", "Tashkent", "Istanbul", "any", "cotton yarn", 20.0),
    Lane("yerevan-almaty", "Yerevan", "Almaty", "any", "household appliances", 14.0),
    Lane("almaty-duisburg", "Almaty", "Duisburg", "1x40HC", "household appliances", 14.0),
    Lane("shanghai-poti", "Shanghai", "Poti", "1x40HC", "household appliances", 14.0),
    Lane("kostanay-baku", "Kostanay", "Baku", "wagons", "wheat", 3000.0),
    Lane("moscow-bandar-abbas", "Moscow", "Bandar Abbas", "1x40HC", "household appliances", 14.0),
    Lane("chengdu-lodz", "Chengdu", "Łódź", "1x40HC", "electronics", 10.0),
    Lane("yerevan-moscow", "Yerevan", "Moscow", "trucks", "fresh fruit", 20.0),
)
