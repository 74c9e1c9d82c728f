"""Where the numbers of a report come from: numbered notes with titles and links in place of keys."""

from __future__ import annotations

from karvan.model.dataset import Dataset
from karvan.model.tariff import Source
from karvan.reports.markup import Html, el, joined, link

_ASSUMPTION = "assumption"


class Sources:
    """The sources that one part of a report cites, numbered in the order in which they come.

    rows: by key, as made once by `by_key`. prefix: sets the notes of this part apart from those of others.
    """

    def __init__(self, rows: dict[str, Source], prefix: str) -> None:
        self._rows = rows
        self._prefix = prefix
        self._numbers: dict[str, int] = {}

    @staticmethod
    def by_key(dataset: Dataset) -> dict[str, Source]:
        return {s.source: s for s in dataset.sources}

    def cited(self, keys: str) -> Html:
        """The numbers of a row's sources, from keys with ';' between them; an assumption is called one."""
        parts: list[object] = []
        for key in (k.strip() for k in keys.split(";")):
            if not key:
                continue
            parts.append(", " if parts else None)
            if key == _ASSUMPTION:
                parts.append("assumed")
            else:
                number = self._numbers.setdefault(key, len(self._numbers) + 1)
                parts.append(el("a", number, href=f"#{self._prefix}-{number}"))
        return joined(*parts)

    def listed(self) -> Html | None:
        """All cited so far: title with link, publisher and date."""
        items = []
        for key, number in self._numbers.items():
            row = self._rows.get(key)
            said: object = key
            if row is not None:
                said = joined(
                    link(row.address, row.title),
                    ". ",
                    ", ".join(t for t in (row.publisher, row.published) if t),
                )
            items.append(el("li", said, id=f"{self._prefix}-{number}"))
        return joined(el("h3", "Sources"), el("ol", *items, class_="sources")) if items else None
