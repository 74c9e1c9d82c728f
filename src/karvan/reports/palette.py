"""One colour a corridor (those of Okabe and Ito, told apart by the colour-blind), and one dash a mode."""

from __future__ import annotations

from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, Quote

COLOURS = 7  # --c0 to --c6 in page.css
OTHER = COLOURS


class Palette:
    """Colours of the corridors of a quote, in the order in which they come, and dashes of the modes."""

    def __init__(self, quote: Quote, dataset: Dataset) -> None:
        found = dict.fromkeys(self.corridor(a) for a in quote.alternatives)
        self.corridors = {c: min(i, OTHER) for i, c in enumerate(k for k in found if k)}
        self._dashes = {m.mode: _dash(m.medium, m.has_gauge) for m in dataset.modes}
        self.modes = {m.mode: m.name for m in dataset.modes}

    @staticmethod
    def corridor(a: Alternative) -> str:
        """Corridor by which an alternative is coloured; empty if it runs in none."""
        return a.corridors[0] if a.corridors else ""

    def colour(self, a: Alternative) -> str:
        """Class that sets an alternative's colour."""
        return f"c{self.corridors.get(self.corridor(a), OTHER)}"

    def dash(self, mode: str) -> str:
        """Class of a line of a mode: solid, dashed or dotted."""
        return self._dashes.get(mode, "dotted")


def _dash(medium: str, has_gauge: bool) -> str:
    if medium == "water":
        return "dashed"
    return "solid" if has_gauge else "dotted"
