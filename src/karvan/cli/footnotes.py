"""Restrictions as footnotes: a letter each, and what they ask."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from karvan.model.quote import Alternative, Finding

EFFECTS = ("forbidden", "conditional", "flagged")
STYLES = {"forbidden": "red", "conditional": "yellow", "flagged": ""}


class Footnotes:
    """Letters for the restrictions that bear on some alternatives."""

    def __init__(self, shown: Sequence[Alternative]) -> None:
        found: dict[str, Finding] = {f.restriction: f for a in shown for f in a.findings}
        order = sorted(found.values(), key=lambda f: EFFECTS.index(f.effect))
        self._findings = tuple(order)
        self._letters = {f.restriction: letter(i) for i, f in enumerate(order)}
        every = [{f.restriction for f in a.findings} for a in shown]
        self._common = set.intersection(*every) if len(every) > 1 else set()

    def marks(self, a: Alternative) -> str:
        """The letters of one alternative by effect, without those that all have."""
        said = []
        for effect in EFFECTS:
            letters = [
                self._letters[f.restriction]
                for f in a.findings
                if f.effect == effect and f.restriction not in self._common
            ]
            if letters:
                said.append(f"{effect} {' '.join(sorted(letters, key=lambda s: (len(s), s)))}")
        return ", ".join(said)

    def show(self, console: Console) -> None:
        """Print what each letter stands for: a condition in full, a flag by its name."""
        if not self._findings:
            return
        console.print()
        console.print(Text("Restrictions", "bold"))
        flagged = []
        for f in self._findings:
            where = " (all ways)" if f.restriction in self._common else ""
            if f.effect == "flagged":
                flagged.append(f"{self._letters[f.restriction]} {f.name}{where}")
                continue
            said = Text(f"{self._letters[f.restriction]} {f.effect}{where}: ", STYLES[f.effect])
            said.append(f"{f.name}. {f.condition}", "default")
            console.print(Padding(said, (0, 0, 0, 2)))
        if flagged:
            console.print(Padding(Text(f"flagged: {'; '.join(flagged)}"), (0, 0, 0, 2)))


def letter(position: int) -> str:
    """Letters from a to z, then aa, ab and so on."""
    first, last = divmod(position, 26)
    return (letter(first - 1) if first else "") + "abcdefghijklmnopqrstuvwxyz"[last]
