"""The problem of assignment as arrays: links with their delays, classes of users, the demand of each.

Units are the caller's: loads and capacities in one unit of load (vehicles, wagons, tonnes, TEU) for one period, times
in one unit of time, costs in one unit of cost. A class makes costs of times by its `time_cost` and loads of flows by
its `load`, so that lorries and cars, or ore and containers, may share a link.

Arrays are positions, not ids: `tail[a]` is the place of a link's first node in `Links.ids`, so ids may be as large as
they like.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

CONSTANT, BPR, QUEUE = 0, 1, 2


def frozen(values: ArrayLike, dtype: Any, length: int | None = None) -> NDArray[Any]:
    """A read-only array of its own; a single value serves for `length` entries."""
    made = np.array(values, dtype=dtype)
    if made.ndim == 0 and length is not None:
        made = np.full(length, made, dtype=dtype)
    made.setflags(write=False)
    return made


@dataclass(frozen=True, kw_only=True, eq=False)
class Delays:
    """Time on each link as a function of its load v, one entry a link.

    - CONSTANT: free_time
    - BPR: free_time * (1 + b * (v / capacity) ** power) (Bureau of Public Roads 1964)
    - QUEUE: free_time + the mean wait for a departure that takes up to `capacity` of those waiting, where departures
      come at random, `departures` a unit of time, and so do arrivals: the bulk-service queue M/M[1,C]/1 (Bailey 1954;
      Chaudhry and Templeton 1983, ch. 4). Loads are a unit of time here. A load of nothing waits 1 / departures; a
      load of departures * capacity would wait for ever.

    Entries that a kind does not read are ignored.
    """

    kind: NDArray[np.uint8]
    free_time: Floats
    capacity: Floats
    b: Floats
    power: Floats
    departures: Floats

    @classmethod
    def of(
        cls,
        kind: ArrayLike,
        free_time: ArrayLike,
        *,
        capacity: ArrayLike = 1.0,
        b: ArrayLike = 0.0,
        power: ArrayLike = 1.0,
        departures: ArrayLike = 1.0,
    ) -> Delays:
        """Delays of as many links as free_time has entries; single values serve for all links."""
        times = frozen(np.atleast_1d(np.asarray(free_time, dtype=np.float64)), np.float64)
        n = times.shape[0]
        return cls(
            kind=frozen(kind, np.uint8, n),
            free_time=times,
            capacity=frozen(capacity, np.float64, n),
            b=frozen(b, np.float64, n),
            power=frozen(power, np.float64, n),
            departures=frozen(departures, np.float64, n),
        )

    @classmethod
    def constant(cls, time: ArrayLike) -> Delays:
        """The same time at every load."""
        return cls.of(CONSTANT, time)

    @classmethod
    def bpr(cls, free_time: ArrayLike, capacity: ArrayLike, b: ArrayLike = 0.15, power: ArrayLike = 4.0) -> Delays:
        """The curve of the Bureau of Public Roads."""
        return cls.of(BPR, free_time, capacity=capacity, b=b, power=power)

    @classmethod
    def queue(cls, free_time: ArrayLike, departures: ArrayLike, capacity: ArrayLike) -> Delays:
        """A ferry or border: free_time under way after the wait for one of `departures` that takes `capacity`."""
        return cls.of(QUEUE, free_time, capacity=capacity, departures=departures)


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """A network: nodes by the user's ids, links by positions among these. See `Links.of`."""

    ids: NDArray[np.int64]
    through: NDArray[np.bool_]
    tail: Ints
    head: Ints
    delays: Delays
    most: Floats

    @classmethod
    def of(
        cls,
        ids: ArrayLike,
        tail: ArrayLike,
        head: ArrayLike,
        delays: Delays,
        *,
        through: ArrayLike = True,
        most: ArrayLike = np.inf,
    ) -> Links:
        """A network.

        ids (nodes), tail and head (links; positions in ids); through (nodes) is false where a path may only begin or
        end, as at a zone's centroid; most (links) is the largest load that a link can carry at all, inf if there is no
        such limit (the capacity of `delays` only slows).
        """
        nodes = frozen(ids, np.int64)
        tails = frozen(tail, np.int32)
        return cls(
            ids=nodes,
            through=frozen(through, np.bool_, nodes.shape[0]),
            tail=tails,
            head=frozen(head, np.int32),
            delays=delays,
            most=frozen(most, np.float64, tails.shape[0]),
        )

    @property
    def count(self) -> int:
        """How many links."""
        return int(self.tail.shape[0])


@dataclass(frozen=True, kw_only=True, eq=False)
class Demand:
    """Volumes by origin and destination (positions in `Links.ids`), one entry a pair; a pair may come twice."""

    origin: Ints
    destination: Ints
    volume: Floats

    @classmethod
    def of(cls, origin: ArrayLike, destination: ArrayLike, volume: ArrayLike) -> Demand:
        """Demand from three arrays of one length."""
        return cls(
            origin=frozen(origin, np.int32),
            destination=frozen(destination, np.int32),
            volume=frozen(volume, np.float64),
        )

    def scaled(self, factor: float) -> Demand:
        """The same pairs with volumes multiplied."""
        return Demand.of(self.origin, self.destination, self.volume * factor)


@dataclass(frozen=True, kw_only=True, eq=False)
class UserClass:
    """Users who see the same costs and load a link alike.

    One of them pays time_cost * time + fixed_cost on a link, and load * price where a capacity binds; both time_cost
    and load are one number or one a link. fixed_cost (links) may be None for nothing; allowed (links) None for all.
    """

    name: str
    demand: Demand
    time_cost: float | Floats = 1.0
    load: float | Floats = 1.0
    fixed_cost: Floats | None = None
    allowed: NDArray[np.bool_] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A network and all who use it in one period."""

    links: Links
    classes: tuple[UserClass, ...]

    @classmethod
    def single(cls, links: Links, demand: Demand, fixed_cost: ArrayLike | None = None) -> Problem:
        """One class that counts each of its units once and pays time as cost."""
        fixed = None if fixed_cost is None else frozen(fixed_cost, np.float64)
        return cls(links=links, classes=(UserClass(name="all", demand=demand, fixed_cost=fixed),))

    def scaled(self, factor: float) -> Problem:
        """The same problem with all demand multiplied."""
        return replace(self, classes=tuple(replace(c, demand=c.demand.scaled(factor)) for c in self.classes))
