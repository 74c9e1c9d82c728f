"""Distances on the sphere."""

from __future__ import annotations

import math
from typing import Protocol

EARTH_KM = 6371.0


class At(Protocol):
    """Anything with coordinates in degrees."""

    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


def great_circle_km(a: At, b: At) -> float:
    """Kilometres between two places on a sphere of 6,371 km; the ellipsoid differs by half a percent at most."""
    p, q = math.radians(a.latitude), math.radians(b.latitude)
    half = math.sin((p - q) / 2) ** 2
    half += math.cos(p) * math.cos(q) * math.sin(math.radians(a.longitude - b.longitude) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))
