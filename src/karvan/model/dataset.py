"""A dataset: a frozen set of tables. It knows no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karvan.model.commodity import Commodity, Equipment, PayloadLimit
from karvan.model.demand import Country, Demand, Profile, Segment
from karvan.model.gateway import Facility, MarginalCost, Subsidy, Vessel
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
from karvan.model.observation import Claim, Observation, Screenline, Series
from karvan.model.scenario import Earlier, Project, ProjectEffect
from karvan.model.service import Service, ServiceCall
from karvan.model.tariff import ExchangeRate, Rate, Source, ThroughPrice


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """All tables of a data folder, each a tuple of frozen rows in the order of the file.

    `digest` is the SHA-256 of the tables' bytes, so that a result can say what it was computed from. Datasets
    compare and hash by identity, so that what is compiled from one can be kept for as long as it lives. `premises` says
    in words how it differs from the tables as they are written, such as a project taken as done.
    """

    agreements: tuple[Agreement, ...] = ()
    cited_distances: tuple[CitedDistance, ...] = ()
    claims: tuple[Claim, ...] = ()
    closures: tuple[Closure, ...] = ()
    commodities: tuple[Commodity, ...] = ()
    corridors: tuple[Corridor, ...] = ()
    countries: tuple[Country, ...] = ()
    demand: tuple[Demand, ...] = ()
    emission_factors: tuple[EmissionFactor, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    facilities: tuple[Facility, ...] = ()
    grids: tuple[Grid, ...] = ()
    history: tuple[Earlier, ...] = ()
    links: tuple[Link, ...] = ()
    marginal_costs: tuple[MarginalCost, ...] = ()
    modes: tuple[Mode, ...] = ()
    nodes: tuple[Node, ...] = ()
    observations: tuple[Observation, ...] = ()
    operations: tuple[Operation, ...] = ()
    operators: tuple[Operator, ...] = ()
    payload_limits: tuple[PayloadLimit, ...] = ()
    profiles: tuple[Profile, ...] = ()
    project_effects: tuple[ProjectEffect, ...] = ()
    projects: tuple[Project, ...] = ()
    rates: tuple[Rate, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    screenlines: tuple[Screenline, ...] = ()
    segments: tuple[Segment, ...] = ()
    series: tuple[Series, ...] = ()
    service_calls: tuple[ServiceCall, ...] = ()
    services: tuple[Service, ...] = ()
    sources: tuple[Source, ...] = ()
    subsidies: tuple[Subsidy, ...] = ()
    through_prices: tuple[ThroughPrice, ...] = ()
    vessels: tuple[Vessel, ...] = ()
    digest: str = ""
    premises: tuple[str, ...] = ()


ROW_CLASSES: Mapping[str, type[Any]] = {
    "agreements": Agreement,
    "cited_distances": CitedDistance,
    "claims": Claim,
    "closures": Closure,
    "commodities": Commodity,
    "corridors": Corridor,
    "countries": Country,
    "demand": Demand,
    "emission_factors": EmissionFactor,
    "equipment": Equipment,
    "exchange_rates": ExchangeRate,
    "facilities": Facility,
    "grids": Grid,
    "history": Earlier,
    "links": Link,
    "marginal_costs": MarginalCost,
    "modes": Mode,
    "nodes": Node,
    "observations": Observation,
    "operations": Operation,
    "operators": Operator,
    "payload_limits": PayloadLimit,
    "profiles": Profile,
    "project_effects": ProjectEffect,
    "projects": Project,
    "rates": Rate,
    "restrictions": Restriction,
    "screenlines": Screenline,
    "segments": Segment,
    "series": Series,
    "service_calls": ServiceCall,
    "services": Service,
    "sources": Source,
    "subsidies": Subsidy,
    "through_prices": ThroughPrice,
    "vessels": Vessel,
}
