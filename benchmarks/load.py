"""Loading the whole atlas, warm: seconds, and ratios to reading the same files as rows of dictionaries.

python benchmarks/load.py
"""

from __future__ import annotations

import argparse
import csv
import statistics
import time
from collections.abc import Callable

from karvan import atlas
from karvan.formats import datapackage
from karvan.model.dataset import ROW_CLASSES


def dictionaries() -> int:
    """Every table as dictionaries of texts: no types, no rows of classes."""
    rows = 0
    for table in ROW_CLASSES:
        with (atlas.folder() / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows += sum(1 for _ in csv.DictReader(file))
    return rows


def ours() -> int:
    """Every table as typed rows, as `atlas.load()` does it the first time."""
    data = datapackage.read_trusted(atlas.folder())
    return sum(len(getattr(data, t)) for t in ROW_CLASSES)


def seconds(run: Callable[[], int], times: int) -> tuple[float, float]:
    """Median and slowest of so many runs after one that is not counted."""
    run()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), max(taken)


def main() -> None:
    """Print both, and their ratio."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--times", type=int, default=15)
    times = options.parse_args().times
    rows = ours()
    (us, worst), (peer, _) = seconds(ours, times), seconds(dictionaries, times)
    print(f"{rows:,} rows of {len(ROW_CLASSES)} tables, {times} runs")
    print(f"Karvan, typed rows       median {1000 * us:6.1f} ms, slowest {1000 * worst:6.1f} ms")
    print(f"csv.DictReader, texts    median {1000 * peer:6.1f} ms; Karvan takes {us / peer:.2f} of it")


if __name__ == "__main__":
    main()
