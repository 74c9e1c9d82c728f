"""Sources: each must be cited, have an address, and have been published before it was read."""

from __future__ import annotations

from collections.abc import Iterator

from karvan.model.dataset import Dataset


def problems(dataset: Dataset) -> Iterator[str]:
    """Sources that no row cites, that have no address, or that were read before they could be known."""
    d = dataset
    cited = {
        source
        for table in d.__dataclass_fields__
        if table not in ("digest", "sources")
        for row in getattr(d, table)
        for source in row.source.split(";")
    }
    for row in d.sources:
        if row.source not in cited:
            yield f"sources.csv, {row.source}: is cited by no row. Remove it, or cite it where it was read for."
        if not row.address.startswith(("http://", "https://")) and "." not in row.address:
            yield f"sources.csv, {row.source}, address = '{row.address}': is no address. Write where it can be read."
    for source in d.sources:
        if source.known_on > source.accessed:
            yield (
                f"sources.csv, {source.source}, known_on = '{source.known_on}': is after it was read on "
                f"{source.accessed}. Correct one of them."
            )
