"""Claims held against what was counted: which series agree, which do not, and which mixtures of two would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from karvan.keys import matches
from karvan.model.dataset import Dataset
from karvan.model.observation import Claim, Observation

# A count may leave out the first or last days of a period and still be of it.
_SAME_PERIOD_DAYS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim against one series, or against two where `base` is of another series than `counted`.

    `value` is tonnes for a level and a share for growth; `stated` tells that the source states the growth itself.
    """

    claim: Claim
    counted: Observation
    base: Observation | None
    value: float
    stated: bool

    @property
    def agrees(self) -> bool:
        """Whether the difference is within what rounding explains."""
        return abs(self.value - self.claim.value) <= self.claim.tolerance + 1e-12

    @property
    def mixed(self) -> bool:
        """Whether two series are compared, which no sound growth rate does."""
        return self.base is not None and self.base.series != self.counted.series


def findings(dataset: Dataset, claim: Claim) -> tuple[Finding, ...]:
    """Every way in which the observations bear on a claim: of one series first, mixtures only if they agree."""
    asked = [
        o for o in dataset.observations if o.state != "planned" and any(matches(s, o.series) for s in claim.series)
    ]
    counted = [o for o in asked if _same(o, claim.period_from, claim.period_to)]
    if claim.measure == "level":
        return tuple(Finding(claim, o, None, o.value, stated=False) for o in counted)
    assert claim.base_from is not None
    assert claim.base_to is not None
    bases = [o for o in asked if _same(o, claim.base_from, claim.base_to) and o.value]
    stated = [Finding(claim, o, None, o.growth, stated=True) for o in counted if o.growth is not None]
    pairs = [Finding(claim, o, b, o.value / b.value - 1.0, stated=False) for o in counted for b in bases]
    single = [f for f in pairs if not f.mixed]
    return (*single, *stated, *(f for f in pairs if f.mixed and f.agrees))


def all_findings(dataset: Dataset) -> Iterator[tuple[Claim, tuple[Finding, ...]]]:
    """Every claim with its findings, in the order of the table."""
    for claim in dataset.claims:
        yield claim, findings(dataset, claim)


def _same(o: Observation, first: date, last: date) -> bool:
    return (
        abs((o.period_from - first).days) <= _SAME_PERIOD_DAYS and abs((o.period_to - last).days) <= _SAME_PERIOD_DAYS
    )
