"""From longitude and latitude to the sheet of a map."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

Xy = tuple[float, float]
Project = Callable[[float, float], Xy]

_SOUTHMOST = 12.0  # a cone suits what lies wholly north of it
_WIDEST = 120.0


def suited(longitudes: Iterable[float], latitudes: Iterable[float]) -> tuple[str, Project]:
    """Name and formula of a projection for an extent: Lambert's cone in the middle latitudes, else Mercator.

    Both give x east and y south in units of the Earth's radius.
    """
    lons, lats = list(longitudes), list(latitudes)
    south, north = min(lats), max(lats)
    if south > _SOUTHMOST and max(lons) - min(lons) < _WIDEST:
        return "Lambert conformal conic", _lambert((min(lons) + max(lons)) / 2.0, south, north)
    return "Mercator", _mercator


def _mercator(longitude: float, latitude: float) -> Xy:
    clipped = max(-80.0, min(80.0, latitude))
    return math.radians(longitude), -math.asinh(math.tan(math.radians(clipped)))


def _lambert(longitude0: float, south: float, north: float) -> Project:
    """Lambert's conformal conic, standard parallels a sixth inside the extent (Snyder 1987, section 15)."""
    inset = max((north - south) / 6.0, 0.5)
    p1, p2 = math.radians(south + inset), math.radians(max(north - inset, south + inset + 0.5))

    def t(phi: float) -> float:
        return math.tan(math.pi / 4.0 + phi / 2.0)

    n = math.log(math.cos(p1) / math.cos(p2)) / math.log(t(p2) / t(p1))
    f = math.cos(p1) * t(p1) ** n / n

    def project(longitude: float, latitude: float) -> Xy:
        phi = math.radians(max(-70.0, min(88.0, latitude)))
        rho, theta = f / t(phi) ** n, n * math.radians(longitude - longitude0)
        return rho * math.sin(theta), -(f - rho * math.cos(theta))

    return project
