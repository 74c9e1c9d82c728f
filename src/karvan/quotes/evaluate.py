"""Chains of one consignment priced, timed and weighed exactly, with what they share kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from karvan.model.chain import Chain, Element, Movement, merged
from karvan.model.network import Restriction
from karvan.model.quote import Alternative, ChainTime, Finding, ScheduleLine
from karvan.model.tariff import Bill
from karvan.quotes.cargo import mode_limit
from karvan.quotes.restrictions import SEVERITY, bearing, touches
from karvan.quotes.scope import scope
from karvan.quotes.search import Problem
from karvan.quotes.select import Criteria
from karvan.routing.graph import Path
from karvan.tariffs import bill
from karvan.tariffs.price import Kept
from karvan.times import Clock, chain_time


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A chain with its bill, its time and its four criteria; the rest is made for the alternatives shown."""

    evaluator: Evaluator
    chain: Chain
    bill: Bill
    time: ChainTime
    criteria: Criteria


class Evaluator:
    """Evaluates chains of one search problem. Chains share elements, so what belongs to one is kept by identity."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.compiled = problem.compiled
        self.consignment = problem.consignment
        self.clock = Clock(self.compiled.dataset, self.consignment)
        self._runs: dict[tuple[int, int], tuple[Element, Element, Element | None]] = {}
        self._bills = Kept()
        self._co2: dict[int, tuple[Element, float]] = {}
        self._found: dict[int, tuple[Element, tuple[Restriction, ...]]] = {}

    @cached_property
    def _restrictions(self) -> tuple[Restriction, ...]:
        return bearing(self.compiled.dataset.restrictions, self.consignment, self.compiled.on)

    def chain(self, path: Path) -> Chain:
        """The chain of a path, its ordinary movements joined into runs."""
        arcs = self.compiled.graph.network.arcs
        elements: list[Element] = []
        for a in path.arcs:
            for element in arcs[a].elements:
                run = self._run(elements[-1], element) if elements and isinstance(element, Movement) else None
                if run is None:
                    elements.append(element)
                else:
                    elements[-1] = run
        return Chain(tuple(elements))

    def _run(self, last: Element, movement: Movement) -> Element | None:
        """The run that two movements make together, the same object for the same two; None if they make none."""
        key = (id(last), id(movement))
        if key not in self._runs:
            joined = merged((last, movement))
            self._runs[key] = (last, movement, joined[0] if len(joined) == 1 else None)
        return self._runs[key][2]

    def doubles_back(self, chain: Chain) -> bool:
        """Whether a chain comes back to a place on land."""
        afloat = self.compiled.tariffs.by_service_only
        passed: list[str] = []
        for m in chain.movements:
            for node in m.nodes if m.mode not in afloat else ():
                if not passed or passed[-1] != node:
                    passed.append(node)
        return len(set(passed)) < len(passed)

    def evaluate(self, chain: Chain) -> Evaluated:
        """The exact price, time and emissions of a chain."""
        made = bill(chain, self.consignment, self.compiled.tariffs, self._bills, itemised=False)
        time = chain_time(chain, self.clock, starts=False)
        criteria = (float(made.total_usd), time.p50_h, time.lateness_h, sum(map(self._co2e, chain.elements)))
        return Evaluated(self, chain, made, time, criteria)

    def _co2e(self, element: Element) -> float:
        if id(element) not in self._co2:
            kg = self.compiled.emissions.element_kg(element, self.consignment)[0]
            self._co2[id(element)] = (element, kg)
        return self._co2[id(element)][1]

    def corridors(self, chain: Chain) -> tuple[str, ...]:
        """Keys of the corridors that a chain follows."""
        return self.compiled.tariffs.corridors.of(chain)

    def alternative(self, e: Evaluated, number: int) -> Alternative:
        """All that is shown of a chain."""
        c = self.compiled
        time = chain_time(e.chain, self.clock)
        itemised = bill(e.chain, self.consignment, c.tariffs, self._bills)
        begins = [self._begins(e.chain, i) for i in range(len(e.chain.elements))]
        return Alternative(
            number=number,
            consignment=self.consignment,
            chain=e.chain,
            bill=itemised,
            time=time,
            emissions=c.emissions.chain(e.chain, self.consignment),
            corridors=self.corridors(e.chain),
            findings=self._findings(e.chain, time.starts_h),
            scope=scope(e.chain, itemised, self.consignment, c.tariffs.by_service_only),
            schedule=tuple(
                ScheduleLine(i, node, self.clock.local(hours, node))
                for i, (node, hours) in enumerate(zip(begins, time.starts_h, strict=True))
            ),
            delivered=self.clock.local(time.p50_h, e.chain.destination),
        )

    def _begins(self, chain: Chain, position: int) -> str:
        element = chain.elements[position]
        return element.from_node if isinstance(element, Movement) else element.node

    def _findings(self, chain: Chain, starts_h: tuple[float, ...]) -> tuple[Finding, ...]:
        """Restrictions that bear on a chain, or will before its cargo has passed, the gravest first."""
        found: dict[str, Restriction] = {}
        for element in chain.elements:
            if id(element) not in self._found:
                hit = tuple(r for r in self._restrictions if touches(r, element, self.consignment))
                self._found[id(element)] = (element, hit)
            found.update({r.restriction: r for r in self._found[id(element)][1]})
        ranked = sorted(found.values(), key=lambda r: (SEVERITY[r.effect], r.restriction))
        found_rows = [Finding(r.effect, r.restriction, r.name, r.condition, r.source) for r in ranked]
        found_rows += self._overweight(chain) + self._overtaken(chain, starts_h)
        return tuple(sorted(found_rows, key=lambda f: SEVERITY[f.effect]))

    @cached_property
    def _coming(self) -> tuple[Restriction, ...]:
        """Restrictions on the goods that begin after the day of the quote."""
        later = (r for r in self.compiled.dataset.restrictions if r.valid_from > self.compiled.on)
        return tuple(r for r in later if bearing((r,), self.consignment, r.valid_from))

    def _overtaken(self, chain: Chain, starts_h: tuple[float, ...]) -> list[Finding]:
        """Restrictions that begin while the cargo is on its way and before it has passed what they speak of."""
        found: dict[str, Finding] = {}
        for r in self._coming:
            for element, hours in zip(chain.elements, starts_h, strict=True):
                passes = self.clock.local(hours + element.mean_h, chain.origin).date()
                if passes >= r.valid_from and touches(r, element, self.consignment):
                    begins = f"{r.effect.capitalize()} from {r.valid_from}"
                    said = f"{begins}, and this cargo passes there about {passes}. {r.condition}"
                    found[r.restriction] = Finding("conditional", r.restriction, r.name, said, r.source)
                    break
        return list(found.values())

    def _overweight(self, chain: Chain) -> list[Finding]:
        """Countries and modes on the way that permit less than one unit carries."""
        found: dict[str, Finding] = {}
        for m in chain.movements:
            load = self.consignment.load(m.form)
            limit = mode_limit(self.compiled.dataset, load.equipment, m.country, m.mode)
            if load.unit_t > limit + 1e-9:
                key = f"payload-{m.country.lower()}-{m.mode}"
                unit = f"{load.unit_t:.1f} t in a {load.equipment.equipment}"
                said = f"{m.mode} in {m.country} takes {limit:.1f} t a unit, and this is {unit}"
                advice = "Ask for a permit, lighter units or another mode there."
                found[key] = Finding("conditional", key, "Payload limit", f"{said}. {advice}", "payload_limits")
        return list(found.values())
