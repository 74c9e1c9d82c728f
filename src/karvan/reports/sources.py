"""Where the numbers of a report come from: titles with links in place of keys."""

from __future__ import annotations

from karvan.model.dataset import Dataset
from karvan.reports.markup import Html, el, joined, link

_ASSUMPTION = "assumption"


class Sources:
    """The sources of a dataset, written out."""

    def __init__(self, dataset: Dataset) -> None:
        self._rows = {s.source: s for s in dataset.sources}

    def cited(self, keys: str) -> Html:
        """The sources of a row, given as keys with ';' between them, as titles with links."""
        parts: list[object] = []
        for key in (k.strip() for k in keys.split(";")):
            if not key:
                continue
            parts.append("; " if parts else None)
            row = self._rows.get(key)
            if row is not None:
                parts.append(link(row.address, row.title))
            else:
                parts.append(el("em", key) if key == _ASSUMPTION else key)
        return joined(*parts)
