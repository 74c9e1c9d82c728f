"""A chain: what happens to a consignment between two places, element by element.

An element is an ISO 14083 transport chain element seen by all engines: a movement or an operation, and the wait for
a service between them. Its own time is given by mean and standard deviation (lognormal); a wait's by its service.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Movement:
    """Cargo moving over links of one operator, in ordinary traffic (`service` empty) or on a service."""

    mode: str
    form: str
    gauge_mm: int | None
    operator: str
    carrier: str
    country: str
    service: str
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    length_km: float
    electric_km: float
    mean_h: float
    sd_h: float

    @property
    def from_node(self) -> str:
        return self.nodes[0]

    @property
    def to_node(self) -> str:
        return self.nodes[-1]


@dataclass(frozen=True, slots=True)
class Handling:
    """An operation at a node: load, unload, tranship, gauge change, border or hand-over."""

    kind: str
    operation: str
    node: str
    country: str
    operator: str
    method: str
    mode_from: str
    form_from: str
    operator_from: str
    mode_to: str
    form_to: str
    operator_to: str
    mean_h: float
    sd_h: float

    @property
    def form(self) -> str:
        """Form of cargo it is counted in: the one before, or the one after if it loads."""
        return self.form_from or self.form_to


@dataclass(frozen=True, slots=True)
class Wait:
    """Waiting at a node for a service to leave (`service` may be the ordinary traffic of an operator)."""

    node: str
    country: str
    service: str
    form: str
    mode: str
    mean_h: float
    sd_h: float


Element = Movement | Handling | Wait


@dataclass(frozen=True)
class Chain:
    """Elements in order, from loading at the origin to unloading at the destination."""

    elements: tuple[Element, ...]

    @cached_property
    def movements(self) -> tuple[Movement, ...]:
        return tuple(e for e in self.elements if isinstance(e, Movement))

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """All nodes passed, in order, without repeats of neighbours."""
        passed: list[str] = []
        for element in self.elements:
            for node in element.nodes if isinstance(element, Movement) else (element.node,):
                if not passed or passed[-1] != node:
                    passed.append(node)
        return tuple(passed)

    @cached_property
    def node_set(self) -> frozenset[str]:
        return frozenset(self.nodes)

    @cached_property
    def ends(self) -> frozenset[str]:
        """Nodes at which a movement begins or ends."""
        return frozenset(n for m in self.movements for n in (m.nodes[0], m.nodes[-1]))

    @property
    def origin(self) -> str:
        return self.nodes[0]

    @property
    def destination(self) -> str:
        return self.nodes[-1]

    @cached_property
    def length_km(self) -> float:
        return sum(m.length_km for m in self.movements)

    @cached_property
    def mean_h(self) -> float:
        return sum(e.mean_h for e in self.elements)

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Keys of the services used, in order."""
        used: list[str] = []
        for m in self.movements:
            if m.service and (not used or used[-1] != m.service):
                used.append(m.service)
        return tuple(used)


def merged(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """Elements with consecutive ordinary movements of one operator joined into runs.

    Within a run the delays of neighbouring links go together (one train, one dispatcher), so standard deviations
    add; between runs they are independent.
    """
    joined: list[Element] = []
    for element in elements:
        last = joined[-1] if joined else None
        if (
            isinstance(element, Movement)
            and isinstance(last, Movement)
            and (
                element.mode,
                element.form,
                element.gauge_mm,
                element.operator,
                element.service,
                element.country,
            )
            == (last.mode, last.form, last.gauge_mm, last.operator, last.service, last.country)
            and element.nodes[0] == last.nodes[-1]
        ):
            joined[-1] = Movement(
                mode=last.mode,
                form=last.form,
                gauge_mm=last.gauge_mm,
                operator=last.operator,
                carrier=last.carrier,
                country=last.country,
                service=last.service,
                nodes=last.nodes + element.nodes[1:],
                links=last.links + element.links,
                length_km=last.length_km + element.length_km,
                electric_km=last.electric_km + element.electric_km,
                mean_h=last.mean_h + element.mean_h,
                sd_h=last.sd_h + element.sd_h,
            )
        else:
            joined.append(element)
    return tuple(joined)
