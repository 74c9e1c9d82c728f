"""The virtual network: a dataset expanded into states and arcs for one day.

A state is (node, mode, gauge, form, operator, service); an arc is a movement, an operation or the wait for a service,
as in NODUS (Jourquin and Beuthe 1996, "Transportation policy analysis with a geographic information system: the
virtual network of freight transportation in Europe", Transportation Research C 4(6)), with gauge, operator, form
of cargo and service added. Closed links and operations are in it too, marked with what closes them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from karvan.keys import matches, specificity
from karvan.model.chain import Element, Handling, Movement, Wait
from karvan.model.dataset import Dataset
from karvan.model.network import Link, Operation
from karvan.model.service import Service, ServiceCall
from karvan.routing.ways import shortest
from karvan.units import HOURS_A_WEEK

START, END, QUAY, LANDED, LEAVING = (
    "start",
    "end",
    "quay",
    "landed",
    "leaving",
)  # values of State.service that are not services
_ON_THE_WAY = ("border", "handover", "gauge_change")
_TRANSHIPPING = ("port", "dry_port", "border")
_Z95 = 1.6448536269514722
# Ordinary running time varies together over about this long, so a link's variance grows with its run and not alone.
_CORRELATED_H = 36.0


@dataclass(frozen=True, slots=True)
class State:
    node: str
    mode: str
    gauge_mm: int | None
    form: str
    operator: str
    service: str


@dataclass(frozen=True, slots=True)
class Arc:
    """From state to state by elements; `closed_by` names the link or operation that bars it, if one does."""

    tail: int
    head: int
    elements: tuple[Element, ...]
    closed_by: str
    variance_h2: float
    mean_h: float


@dataclass(slots=True)
class VirtualNetwork:
    """States and arcs for one dataset and day."""

    states: list[State] = field(default_factory=list)
    index: dict[State, int] = field(default_factory=dict)
    arcs: list[Arc] = field(default_factory=list)

    def state(self, state: State) -> int:
        at = self.index.get(state)
        if at is None:
            at = self.index[state] = len(self.states)
            self.states.append(state)
        return at


def lognormal_moments(p50_h: float, p95_h: float) -> tuple[float, float]:
    """Mean and standard deviation of the lognormal with this median and 95th percentile."""
    if p50_h <= 0 or p95_h <= p50_h:
        return max(p50_h, 0.0), 0.0
    sigma = math.log(p95_h / p50_h) / _Z95
    mean = p50_h * math.exp(sigma * sigma / 2)
    return mean, mean * math.sqrt(math.expm1(sigma * sigma))


def expected_wait(service: Service) -> tuple[float, float]:
    """Mean and standard deviation of the wait for a service by a consignment that comes at random, in hours.

    For departures of mean headway H and coefficient of variation c the mean wait is H (1 + c^2) / 2 (the residual
    life of a renewal process); when-full services are waited for as regular ones; a plan adds its window and the
    chance of a refused month.
    """
    headway = HOURS_A_WEEK / service.departures_week
    if service.rule == "plan":
        window = 24.0 * (service.plan_window_days or 0.0)
        refusal = service.plan_refusal or 0.0
        mean = window / 2 + refusal * 15 * 24.0
        return mean, math.sqrt(window * window / 12 + refusal * (1 - refusal) * (15 * 24.0) ** 2)
    cv = service.headway_cv if service.rule == "frequency" else 0.0
    mean = headway * (1 + cv * cv) / 2
    # Second moment of the residual life of a gamma headway: E[H^3] / (3 E[H]).
    third = headway**3 * (1 + cv * cv) * (1 + 2 * cv * cv)
    return mean, math.sqrt(max(third / (3 * headway) - mean * mean, 0.0))


def expand(dataset: Dataset, on: date) -> VirtualNetwork:
    """The virtual network of a dataset on a day."""
    return _Expansion(dataset, on).build()


class _Expansion:
    """Working state of `expand`; lives only while it builds."""

    def __init__(self, dataset: Dataset, on: date) -> None:
        self.on = on
        self.net = VirtualNetwork()
        self.nodes = {n.node: n for n in dataset.nodes}
        self.modes = {m.mode: m for m in dataset.modes}
        self.links = dataset.links
        self.seats = {o.operator: o.country for o in dataset.operators}
        self.agreements = {a.agreement: a for a in dataset.agreements}
        self.services = [s for s in dataset.services if s.runs(on)]
        self.calls: dict[str, list[ServiceCall]] = defaultdict(list)
        for call in sorted(dataset.service_calls, key=lambda c: c.sequence):
            self.calls[call.service].append(call)
        self.operations: dict[str, list[Operation]] = defaultdict(list)
        self.default_operations: list[Operation] = []
        for operation in dataset.operations:
            exact = operation.node in self.nodes
            (self.operations[operation.node] if exact else self.default_operations).append(operation)
        # Operators with a link at a node, by (node, mode, gauge).
        self.at_node: dict[tuple[str, str, int | None], set[str]] = defaultdict(set)
        self.gauges: dict[tuple[str, str], set[int | None]] = defaultdict(set)
        self.by_mode: dict[tuple[str, int | None], dict[str, list[tuple[str, Link]]]]
        self.by_mode = defaultdict(lambda: defaultdict(list))
        for link in self.links:
            for node, other in ((link.from_node, link.to_node), (link.to_node, link.from_node)):
                self.at_node[node, link.mode, link.gauge_mm].add(link.operator)
                self.gauges[node, link.mode].add(link.gauge_mm)
                self.by_mode[link.mode, link.gauge_mm][node].append((other, link))
        self.served = {s.mode for s in self.services}
        self.ordinary = {
            (s.mode, s.gauge_mm, s.operator, form): s
            for s in self.services
            if s.service not in self.calls
            for form in s.forms
        }

    def build(self) -> VirtualNetwork:
        for link in self.links:
            if not self.modes[link.mode].needs_service:
                self._ordinary_movement(link)
        for service in self.services:
            if service.service in self.calls:
                self._service(service, self.calls[service.service])
        for node, operations in self.operations.items():
            for operation in operations:
                if operation.kind in ("border", "handover"):
                    self._change_operator(node, operation)
        for node, operations in self.operations.items():
            for operation in operations:
                if operation.kind == "gauge_change":
                    self._change_gauge(node, operation)
        for place in self.nodes.values():
            self._terminal(place.node, place.handles)
        self._ordinary_departures()
        return self.net

    # -- movements

    def _closed(self, key: str, status: str, agreement: str) -> str:
        barred = agreement and not self.agreements[agreement].in_force(self.on)
        return key if barred or status != "open" else ""

    def _link_closed(self, link: Link) -> str:
        status = link.status
        if link.status_on > self.on:
            # Before it was closed a link was open; before it was opened, or while it is being built, it was not.
            status = "open" if link.status in ("closed", "disused", "dismantled") else "planned"
        return self._closed(link.link, status, link.agreement)

    def _ordinary_movement(self, link: Link) -> None:
        mean = link.length_km / link.speed_kmh
        sd = mean * link.speed_cv
        closed = self._link_closed(link)
        for form in self.modes[link.mode].forms:
            for a, b in ((link.from_node, link.to_node), (link.to_node, link.from_node)):
                move = Movement(
                    mode=link.mode,
                    form=form,
                    gauge_mm=link.gauge_mm,
                    operator=link.operator,
                    carrier=link.operator,
                    country=link.country,
                    service="",
                    nodes=(a, b),
                    links=(link.link,),
                    length_km=link.length_km,
                    electric_km=link.length_km * link.electric_share,
                    mean_h=mean,
                    sd_h=sd,
                )
                variance = sd * link.speed_cv * max(mean, _CORRELATED_H)
                self._arc(
                    State(a, link.mode, link.gauge_mm, form, link.operator, ""),
                    State(b, link.mode, link.gauge_mm, form, link.operator, ""),
                    (move,),
                    closed,
                    variance,
                )

    def _service(self, service: Service, calls: list[ServiceCall]) -> None:
        ways = [(calls, ">")]
        if service.both_ways:
            ways.append((_reversed(calls), "<"))
        for way, mark in ways:
            for form in service.forms:
                self._service_way(service, way, form, mark)

    def _service_way(self, service: Service, calls: list[ServiceCall], form: str, mark: str) -> None:
        """States and arcs of one direction. Cargo comes in by one state of a call and leaves by another."""
        wait_mean, wait_sd = expected_wait(service)
        aboard: State | None = None
        last: Link | None = None
        for i, call in enumerate(calls):
            key = f"{service.service}{mark}{i}"
            coming = State(call.node, service.mode, service.gauge_mm, form, "", key)
            going = State(call.node, service.mode, service.gauge_mm, form, "", f"{key}+")
            if aboard is not None:
                path = self._shortest(service.mode, service.gauge_mm, calls[i - 1].node, call.node)
                legs = self._leg(service, calls[i - 1], call, form, path, last) if path else []
                if not path or not legs:
                    return  # the links do not join the two calls, or no row opens a border between them
                last = path[-1]
                closed = next((c for _, c in legs if c), "")
                elements = tuple(e for e, _ in legs)
                self._arc(aboard, coming, elements, closed, sum(e.sd_h**2 for e in elements))
                stay = self._stay(service, call, form, last)
                self._arc(coming, going, (stay,) if stay else (), "", 0.0)
                if call.call in ("both", "unload"):
                    for state in self._ashore(service, call.node, form, LANDED):
                        self._arc(coming, state, (), "", 0.0)
            if call.call in ("both", "load") and i + 1 < len(calls):
                country = self.nodes[call.node].country
                wait = Wait(call.node, country, service.service, form, service.mode, wait_mean, wait_sd)
                for state in self._ashore(service, call.node, form, QUAY):
                    self._arc(state, going, (wait,), "", wait_sd**2)
            aboard = going

    def _stay(self, service: Service, call: ServiceCall, form: str, link: Link) -> Movement | None:
        """The time at a call of cargo that stays aboard, as a movement over no distance."""
        if not call.dwell_h:
            return None
        return self._movement(service, form, (call.node,), (), link, call.dwell_h, 0.0)

    def _movement(
        self,
        service: Service,
        form: str,
        nodes: tuple[str, ...],
        links: tuple[Link, ...],
        on: Link,
        mean: float,
        sd: float,
    ) -> Movement:
        return Movement(
            mode=service.mode,
            form=form,
            gauge_mm=service.gauge_mm,
            operator=on.operator,
            carrier=service.operator,
            country=on.country,
            service=service.service,
            nodes=nodes,
            links=tuple(link.link for link in links),
            length_km=sum(link.length_km for link in links),
            electric_km=sum(link.length_km * link.electric_share for link in links),
            mean_h=mean,
            sd_h=sd,
        )

    def _ashore(self, service: Service, node: str, form: str, side: str) -> Iterator[State]:
        """States from which a service is boarded (QUAY) or to which it discharges (LANDED)."""
        if self.modes[service.mode].needs_service:
            yield State(node, service.mode, service.gauge_mm, form, "", side)
        else:
            for operator in sorted(self.at_node[node, service.mode, service.gauge_mm]):
                # A train is boarded from the yard, off another train, or off an ordinary one that has come in.
                for at in (QUAY, LANDED, "") if side == QUAY else (LANDED,):
                    yield State(node, service.mode, service.gauge_mm, form, operator, at)

    def _leg(
        self, service: Service, a: ServiceCall, b: ServiceCall, form: str, path: tuple[Link, ...], last: Link | None
    ) -> list[tuple[Element, str]]:
        """Elements between two calls, with what closes them: one movement an operator and the operations between.

        `last` is the link by which the service came to the first call. Nothing if a border on the way has no row.
        """
        runs = _runs(a.node, path)
        total_km = sum(link.length_km for link in path)
        leg = lognormal_moments(b.leg_p50_h, b.leg_p95_h or b.leg_p50_h) if b.leg_p50_h else None
        elements: list[tuple[Element, str]] = []
        before = last
        for nodes, links in runs:
            if before is not None and before.operator != links[0].operator:
                operation = self._between(nodes[0], service.mode, form, before.operator, links[0].operator)
                if operation is None:
                    return []
                handling = self._handling(operation, nodes[0], before.operator, links[0].operator, form, leg is None)
                elements.append((handling, self._closed(operation.operation, operation.status, operation.agreement)))
            if leg is not None:
                share = sum(link.length_km for link in links) / total_km
                mean, sd = leg[0] * share, leg[1] * math.sqrt(share)
            else:
                mean = sum(link.length_km / (service.speed_kmh or link.speed_kmh) for link in links)
                sd = mean * service.time_cv
            closed = next((c for c in map(self._link_closed, links) if c), "")
            elements.append((self._movement(service, form, nodes, links, links[0], mean, sd), closed))
            before = links[-1]
        return elements

    def _between(self, node: str, mode: str, form: str, before: str, after: str) -> Operation | None:
        """The border or hand-over between two operators at a node."""
        for operation in self.operations.get(node, ()):
            if (
                operation.kind in ("border", "handover")
                and operation.mode_from in ("", mode)
                and operation.form_from in ("", form)
                and _joins(operation, before, after)
            ):
                return operation
        return None

    def _shortest(self, mode: str, gauge_mm: int | None, a: str, b: str) -> tuple[Link, ...] | None:
        """Shortest way over links of a mode and gauge, open ones before closed ones."""
        graph = self.by_mode[mode, gauge_mm]
        return shortest(graph, a, b, lambda k: k.length_km + (1e6 if self._link_closed(k) else 0.0))

    # -- operations

    def _change_operator(self, node: str, operation: Operation) -> None:
        closed = self._closed(operation.operation, operation.status, operation.agreement)
        for mode in [operation.mode_from] if operation.mode_from else self.modes:
            if self.modes[mode].needs_service:
                continue
            for gauge in sorted(self.gauges[node, mode], key=lambda g: g or 0):
                operators = self.at_node[node, mode, gauge]
                everyone = set().union(*(self.at_node[node, mode, g] for g in self.gauges[node, mode]))
                for before in sorted(operators):
                    for after in sorted(everyone - {before}):
                        if not _joins(operation, before, after):
                            continue
                        # Where a border and a gauge break coincide, the railway of the node takes over on the
                        # foreign gauge and changes it then; so only one of the two orders exists.
                        if after not in operators and not self._changes_gauge_here(node, after):
                            continue
                        for form in [operation.form_from] if operation.form_from else self.modes[mode].forms:
                            ways = [(before, after)]
                            if after not in operators and operation.both_ways:
                                ways.append((after, before))
                            for x, y in ways:
                                handling = self._handling(operation, node, x, y, form)
                                for side in ("", LANDED) if mode in self.served else ("",):
                                    a = State(node, mode, gauge, form, x, side)
                                    b = State(node, mode, gauge, form, y, side)
                                    self._arc(a, b, (handling,), closed, handling.sd_h**2)

    def _changes_gauge_here(self, node: str, operator: str) -> bool:
        return any(
            o.kind == "gauge_change" and matches(o.operator_from, operator) for o in self.operations.get(node, ())
        )

    def _change_gauge(self, node: str, operation: Operation) -> None:
        closed = self._closed(operation.operation, operation.status, operation.agreement)
        ways = [(operation.gauge_from_mm, operation.gauge_to_mm)]
        if operation.both_ways:
            ways.append((operation.gauge_to_mm, operation.gauge_from_mm))
        mode = operation.mode_from
        operators = set().union(*(self.at_node[node, mode, g] for g in self.gauges[node, mode]))
        for gauge_from, gauge_to in ways:
            for operator in sorted(operators):
                if not matches(operation.operator_from, operator):
                    continue
                for form in [operation.form_from] if operation.form_from else self.modes[mode].forms:
                    handling = self._handling(operation, node, operator, operator, form)
                    side = LANDED if mode in self.served else ""
                    after = State(node, mode, gauge_to, operation.form_to or form, operator, side)
                    for before in ("", side) if side else ("",):
                        a = State(node, mode, gauge_from, form, operator, before)
                        self._arc(a, after, (handling,), closed, handling.sd_h**2)

    def _terminal(self, node: str, handles: tuple[str, ...]) -> None:
        """Loading, unloading and transhipment at a node, between all that it handles."""
        pairs = [(h.split(":")[0], h.split(":")[1]) for h in handles]
        for mode, form in pairs:
            load = self._operation(node, "load", "", "", mode, form)
            for state in self._ready_states(node, mode, form) if load else ():
                self._handled(load, State(node, "", None, form, "", START), state)
            unload = self._operation(node, "unload", mode, form, "", "")
            for state in self._arrived_states(node, mode, form) if unload else ():
                self._handled(unload, state, State(node, "", None, form, "", END))
        for mode_from, form_from in pairs:
            for mode_to, form_to in pairs:
                tranship = self._operation(node, "tranship", mode_from, form_from, mode_to, form_to)
                if tranship is None or not self._transhipped_here(node, tranship, mode_from, mode_to):
                    continue
                for before in self._arrived_states(node, mode_from, form_from):
                    for after in self._ready_states(node, mode_to, form_to):
                        if before != after and self._one_country(before.operator, after.operator):
                            self._handled(tranship, before, after)

    def _transhipped_here(self, node: str, operation: Operation, mode_from: str, mode_to: str) -> bool:
        """Whether a node tranships: between land modes only at ports, dry ports and borders, or where a row says so.

        A city's terminal loads and unloads; nobody swaps between train and truck there to gain an hour.
        """
        if operation.node == node or self.nodes[node].kind in _TRANSHIPPING:
            return True
        return "water" in (self.modes[mode_from].medium, self.modes[mode_to].medium)

    def _handled(self, operation: Operation | None, before: State, after: State) -> None:
        assert operation is not None
        handling = self._handling(operation, before.node, before.operator, after.operator, "", True, before, after)
        closed = self._closed(operation.operation, operation.status, operation.agreement)
        self._arc(before, after, (handling,), closed, handling.sd_h**2)

    def _ready_states(self, node: str, mode: str, form: str) -> Iterator[State]:
        """States that a terminal puts cargo into, where it waits for a service or for the ordinary traffic."""
        if self.modes[mode].needs_service:
            yield State(node, mode, None, form, "", QUAY)
            return
        for gauge in sorted(self.gauges[node, mode], key=lambda g: g or 0):
            for operator in self._own(node, mode, gauge):
                yield State(node, mode, gauge, form, operator, QUAY)

    def _arrived_states(self, node: str, mode: str, form: str) -> Iterator[State]:
        """States in which cargo has come to a terminal: off a ship, off a service, or in the ordinary traffic."""
        if self.modes[mode].needs_service:
            yield State(node, mode, None, form, "", LANDED)
            return
        for gauge in sorted(self.gauges[node, mode], key=lambda g: g or 0):
            for operator in self._own(node, mode, gauge):
                yield State(node, mode, gauge, form, operator, "")
                if mode in self.served:
                    yield State(node, mode, gauge, form, operator, LANDED)

    def _ordinary_departures(self) -> None:
        """From where cargo waits on land into the ordinary traffic, after the wait that its operator has for it.

        The state it leaves from is not the one it comes in by: what has just been loaded cannot be unloaded.
        """
        going: dict[int, list[Arc]] = defaultdict(list)
        for arc in self.net.arcs:
            first = arc.elements[0] if arc.elements else None
            if isinstance(first, Movement) or (isinstance(first, Handling) and first.kind in _ON_THE_WAY):
                going[arc.tail].append(arc)
        for state in list(self.net.states):
            if state.service not in (QUAY, LANDED) or self.modes[state.mode].needs_service:
                continue
            if state.operator not in self.at_node[state.node, state.mode, state.gauge_mm]:
                continue
            leaving = replace(state, service=LEAVING)
            service = self.ordinary.get((state.mode, state.gauge_mm, state.operator, state.form))
            elements: tuple[Element, ...] = ()
            if service is not None:
                mean, sd = expected_wait(service)
                country = self.nodes[state.node].country
                elements = (Wait(state.node, country, service.service, state.form, state.mode, mean, sd),)
            fresh = leaving not in self.net.index
            self._arc(state, leaving, elements, "", sum(e.sd_h**2 for e in elements))
            if fresh:
                tail = self.net.index[leaving]
                twin = self.net.index.get(replace(state, service=""))
                for arc in going[twin] if twin is not None else ():
                    self.net.arcs.append(replace(arc, tail=tail))

    def _own(self, node: str, mode: str, gauge: int | None) -> list[str]:
        """Operators whose terminals are at a node: at a border, those of its own country and not the neighbour's."""
        operators = sorted(self.at_node[node, mode, gauge])
        return [o for o in operators if self.seats.get(o) == self.nodes[node].country] or operators

    def _one_country(self, before: str, after: str) -> bool:
        """Whether cargo may pass between two operators in a terminal; over a border only a border operation leads."""
        seats = {self.seats.get(o, "") for o in (before, after)} - {""}
        return len(seats) < 2

    def _operation(
        self, node: str, kind: str, mode_from: str, form_from: str, mode_to: str, form_to: str
    ) -> Operation | None:
        """The operation row with the most specific node that does this here."""
        wanted = (mode_from, form_from, mode_to, form_to)
        best: Operation | None = None
        for operation in (*self.operations.get(node, ()), *self.default_operations):
            if operation.kind != kind or not matches(operation.node, node):
                continue
            here = (operation.mode_from, operation.form_from, operation.mode_to, operation.form_to)
            if here != wanted and not (operation.both_ways and here == (mode_to, form_to, mode_from, form_from)):
                continue
            if best is None or specificity(operation.node) > specificity(best.node):
                best = operation
        return best

    def _handling(
        self,
        operation: Operation,
        node: str,
        before: str,
        after: str,
        form: str,
        timed: bool = True,
        state_before: State | None = None,
        state_after: State | None = None,
    ) -> Handling:
        mean, sd = lognormal_moments(operation.time_p50_h, operation.time_p95_h) if timed else (0.0, 0.0)
        loading = operation.kind == "load"
        unloading = operation.kind == "unload"
        return Handling(
            kind=operation.kind,
            operation=operation.operation,
            node=node,
            country=self.nodes[node].country,
            operator=operation.operator,
            method=operation.method,
            mode_from="" if loading else (state_before.mode if state_before else operation.mode_from),
            form_from="" if loading else (state_before.form if state_before else form),
            operator_from=before,
            mode_to="" if unloading else (state_after.mode if state_after else operation.mode_to),
            form_to="" if unloading else (state_after.form if state_after else operation.form_to or form),
            operator_to=after,
            mean_h=mean,
            sd_h=sd,
        )

    def _arc(self, a: State, b: State, elements: tuple[Element, ...], closed: str, variance: float) -> None:
        mean = sum(e.mean_h for e in elements)
        self.net.arcs.append(Arc(self.net.state(a), self.net.state(b), elements, closed, variance, mean))


def _reversed(calls: list[ServiceCall]) -> list[ServiceCall]:
    """The calls of the way back: a leg's time moves to the call it now leads to."""
    back: list[ServiceCall] = []
    for i, call in enumerate(reversed(calls)):
        after = calls[len(calls) - i] if i else None
        swap = {"load": "unload", "unload": "load"}.get(call.call, call.call)
        back.append(
            ServiceCall(
                service=call.service,
                sequence=i + 1,
                node=call.node,
                call=swap,
                leg_p50_h=after.leg_p50_h if after else None,
                leg_p95_h=after.leg_p95_h if after else None,
                dwell_h=call.dwell_h,
                source=call.source,
                confidence=call.confidence,
                known_on=call.known_on,
                note=call.note,
            )
        )
    return back


def _runs(start: str, path: Iterable[Link]) -> list[tuple[tuple[str, ...], tuple[Link, ...]]]:
    """A path cut where operator or country changes: nodes and links of each run."""
    runs: list[tuple[list[str], list[Link]]] = []
    node = start
    for link in path:
        other = link.to_node if link.from_node == node else link.from_node
        same = runs and (runs[-1][1][-1].operator, runs[-1][1][-1].country) == (link.operator, link.country)
        if not same:
            runs.append(([node], []))
        runs[-1][0].append(other)
        runs[-1][1].append(link)
        node = other
    return [(tuple(nodes), tuple(links)) for nodes, links in runs]


def _joins(operation: Operation, before: str, after: str) -> bool:
    """Whether an operation leads from one operator to another."""
    if matches(operation.operator_from, before) and matches(operation.operator_to, after):
        return True
    return operation.both_ways and matches(operation.operator_from, after) and matches(operation.operator_to, before)
