"""A dataset: a frozen set of tables. It knows no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karvan.model.commodity import Commodity, Equipment, PayloadLimit
from karvan.model.network import (
    Agreement,
    CitedDistance,
    Closure,
    Corridor,
    EmissionFactor,
    Grid,
    Link,
    Mode,
    Node,
    Operation,
    Operator,
    Restriction,
)
from karvan.model.service import Service, ServiceCall
from karvan.model.tariff import ExchangeRate, Rate, Source, ThroughPrice


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """All tables of a data folder, each a tuple of frozen rows in the order of the file.

    `digest` is the SHA-256 of the tables' bytes, so that a result can say what it was computed from. Datasets
    compare and hash by identity, so that what is compiled from one can be kept for as long as it lives.
    """

    agreements: tuple[Agreement, ...]
    cited_distances: tuple[CitedDistance, ...]
    closures: tuple[Closure, ...]
    commodities: tuple[Commodity, ...]
    corridors: tuple[Corridor, ...]
    emission_factors: tuple[EmissionFactor, ...]
    equipment: tuple[Equipment, ...]
    exchange_rates: tuple[ExchangeRate, ...]
    grids: tuple[Grid, ...]
    links: tuple[Link, ...]
    modes: tuple[Mode, ...]
    nodes: tuple[Node, ...]
    operations: tuple[Operation, ...]
    operators: tuple[Operator, ...]
    payload_limits: tuple[PayloadLimit, ...]
    rates: tuple[Rate, ...]
    restrictions: tuple[Restriction, ...]
    service_calls: tuple[ServiceCall, ...]
    services: tuple[Service, ...]
    sources: tuple[Source, ...]
    through_prices: tuple[ThroughPrice, ...]
    digest: str = ""


ROW_CLASSES: Mapping[str, type[Any]] = {
    "agreements": Agreement,
    "cited_distances": CitedDistance,
    "closures": Closure,
    "commodities": Commodity,
    "corridors": Corridor,
    "emission_factors": EmissionFactor,
    "equipment": Equipment,
    "exchange_rates": ExchangeRate,
    "grids": Grid,
    "links": Link,
    "modes": Mode,
    "nodes": Node,
    "operations": Operation,
    "operators": Operator,
    "payload_limits": PayloadLimit,
    "rates": Rate,
    "restrictions": Restriction,
    "service_calls": ServiceCall,
    "services": Service,
    "sources": Source,
    "through_prices": ThroughPrice,
}
