"""A mode is a row of modes.csv: no engine knows one by its name."""

from __future__ import annotations

from karvan.routing.expand import VirtualNetwork, expand
from world_rows import DAY, calls, service
from worlds import RAIL, ROAD, SEA, drawn, mode


def test_a_mode_is_its_columns_and_not_its_name() -> None:
    """Called anything else, the same world gives the same network."""
    text = "kz-a --{rail}:kz_rail:1520:100-- kz-b --{sea}:xz_sea:150-- az-c --{road}:az_road:80-- az-d"
    sizes = []
    for rail, road, sea in (("rail", "road", "sea"), ("tube", "belt", "canal")):
        modes = (
            RAIL if rail == "rail" else mode(rail),
            ROAD if road == "road" else mode(road, forms=ROAD.forms, has_gauge=False),
            SEA if sea == "sea" else mode(sea, medium="water", forms=SEA.forms, has_gauge=False,
            needs_service=True,
                                          weather_closed=True),
        )  # fmt: skip
        data = drawn(
            text.format(rail=rail, road=road, sea=sea),
            modes=modes,
            services=[service("s", "s", sea)],
            service_calls=calls("s", "kz-b", "az-c"),
        )
        net: VirtualNetwork = expand(data, DAY)
        sizes.append((len(net.states), len(net.arcs)))
    assert sizes[0] == sizes[1]
