"""Sources by number, in the order in which they are first named."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from karvan.model.dataset import Dataset

ASSUMPTION = "assumption"


class Sources:
    """Numbers given to the sources of a dataset as they are named; an assumption is said to be one."""

    def __init__(self, dataset: Dataset) -> None:
        self._rows = {s.source: s for s in dataset.sources}
        self._numbers: dict[str, int] = {}

    def numbers(self, keys: str) -> str:
        """As in '1, 4' for the keys 'adb-2021;cpmm-2023'."""
        named = [key for key in keys.split(";") if key]
        return ", ".join("assumed" if key == ASSUMPTION else str(self._number(key)) for key in named)

    def _number(self, key: str) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def show(self, console: Console) -> None:
        """Print all sources named so far."""
        if not self._numbers:
            return
        console.print()
        console.print(Text("Sources", "bold"))
        for key, number in self._numbers.items():
            row = self._rows.get(key)
            said = f"{row.title}. {row.publisher}, {row.published.rstrip('.')}. {row.address}" if row else key
            console.print(Padding(Text(f"{number:>2} {said}", overflow="fold"), (0, 0, 0, 2)))
