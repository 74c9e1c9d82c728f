"""The time of a whole chain: its elements convolved in order, with departures waited for and ports closing.

A port's weather is a state shared by all legs that call there: free, or busy with a closure and the queue after it.
A leg that finds it busy waits until the queue is cleared. A later call under the same state is conditioned on the
first: the port was free when the first leg was let go, and forgets that at the rate of its weather.
"""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from karvan.model.chain import Chain, Element, Handling, Movement, Wait
from karvan.model.consignment import Consignment
from karvan.model.dataset import Dataset
from karvan.model.network import Closure
from karvan.model.quote import ChainTime
from karvan.model.service import Service
from karvan.times.distributions import MOST_H, STEP_H, Floats, Ints, Spectrum, exponential, lognormal, uniform
from karvan.times.waits import next_departure, planned, wait
from karvan.units import HOURS_A_DAY, HOURS_A_WEEK

_MOST_POINTS = int(MOST_H / STEP_H)
_REACH_SD = 5.0  # standard deviations above the mean that the grid is made to hold
_MOST_BUSY = 0.95  # share of the time that closures and their queues together may take
_LOST = 1e-4  # mass that may lie in the last eighth of the grid before the grid is doubled


class Clock:
    """What the time of chains of one consignment needs: services, closures, zones, and what was convolved before."""

    def __init__(self, dataset: Dataset, consignment: Consignment) -> None:
        self.consignment = consignment
        self.services = {s.service: s for s in dataset.services}
        self.zones = {n.node: n.timezone for n in dataset.nodes}
        self.weather = frozenset(m.mode for m in dataset.modes if m.weather_closed)
        self.first_call = {c.service: c.node for c in sorted(dataset.service_calls, key=lambda c: -c.sequence)}
        self.closures: dict[str, dict[int, Closure]] = {}
        self.state_of: dict[str, str] = {}
        for row in dataset.closures:
            self.closures.setdefault(row.shared_state, {})[row.month] = row
            for node in row.nodes:
                self.state_of[node] = row.shared_state
        self.kept: dict[tuple[object, ...], tuple[Element | None, Spectrum]] = {}
        self._spectra: dict[tuple[object, ...], Spectrum] = {}
        self._plans: dict[tuple[object, ...], tuple[Ints, Floats]] = {}
        self._waits: dict[str, Floats] = {}
        self._months: dict[int, Ints] = {}

    @property
    def start(self) -> datetime:
        """Midnight at the origin on the day the cargo is ready."""
        return datetime.combine(self.consignment.ready, time(), ZoneInfo(self.zones[self.consignment.origin]))

    def local(self, hours: float, node: str) -> datetime:
        """The local time at a node some hours after readiness, to the minute."""
        then = self.start.astimezone(ZoneInfo("UTC")) + timedelta(hours=hours)
        return then.astimezone(ZoneInfo(self.zones[node])).replace(second=0, microsecond=0)

    def wait(self, element: Wait) -> Floats:
        """Masses of the wait for a service without a timetable or plan."""
        if element.service not in self._waits:
            self._waits[element.service] = wait(self.services[element.service], self.consignment.load(element.form))
        return self._waits[element.service]

    def mean_wait(self, element: Wait) -> float:
        """Mean of the same; for a timetable or a plan that of the search."""
        if self.services[element.service].rule in ("timetable", "plan"):
            return element.mean_h
        masses = self.wait(element)
        return float(masses @ np.arange(len(masses)) * STEP_H)

    def wait_spectrum(self, element: Wait, points: int) -> Spectrum:
        """The same as a spectrum."""
        key = (element.service, element.form, points)
        if key not in self._spectra:
            self._spectra[key] = _spectrum(self.wait(element), points)
        return self._spectra[key]

    def spectrum(self, element: Movement | Handling, points: int) -> Spectrum:
        """Spectrum of an element's own time."""
        key = (element.mean_h, element.sd_h, points)
        if key not in self._spectra:
            self._spectra[key] = _spectrum(lognormal(element.mean_h, element.sd_h), points)
        return self._spectra[key]

    def plan(self, service: Service, node: str, points: int) -> tuple[Ints, Floats]:
        """See `planned`."""
        key = (service.service, self.zones[node], points)
        if key not in self._plans:
            first = self.local(0.0, node).replace(tzinfo=None)
            self._plans[key] = planned(service, first, self.consignment.booked, points)
        return self._plans[key]

    def window(self, service: Service, points: int) -> Spectrum:
        """Spectrum of the loading day within a plan's window."""
        key = ("window", service.plan_window_days, points)
        if key not in self._spectra:
            self._spectra[key] = _spectrum(uniform(HOURS_A_DAY * (service.plan_window_days or 0.0)), points)
        return self._spectra[key]

    def months(self, points: int) -> Ints:
        """The month at the origin at each grid point."""
        if points not in self._months:
            first = self.start.replace(tzinfo=None)
            days = [(first + timedelta(hours=i * STEP_H)).month for i in range(0, points, 12)]
            self._months[points] = np.repeat(days, 12)[:points]
        return self._months[points]


def chain_time(chain: Chain, clock: Clock, starts: bool = True) -> ChainTime:
    """Mean, P50, P80 and P95 of the time of a chain, by convolution on a grid of STEP_H hours.

    Without `starts` the mean hours at which elements begin are left out, for the many chains that are only compared.
    """
    reach = sum(e.mean_h for e in chain.elements) + _REACH_SD * math.sqrt(sum(e.sd_h**2 for e in chain.elements))
    points = min(1 << max(int(reach / STEP_H).bit_length(), 9), _MOST_POINTS)
    while True:
        masses, begins = _convolved(chain, clock, points, starts)
        if masses[-points // 8 :].sum() <= _LOST or points >= _MOST_POINTS:
            break
        points *= 2
    hours = np.arange(points) * STEP_H
    cumulated = np.cumsum(masses)
    p50, p80, p95 = (_quantile(cumulated, p) for p in (0.5, 0.8, 0.95))
    return ChainTime(float(masses @ hours), p50, p80, p95, begins)


def _convolved(chain: Chain, clock: Clock, points: int, starts: bool) -> tuple[Floats, tuple[float, ...]]:
    """Masses of the chain's time, and on demand the mean time at which each element starts.

    Spectra are kept by prefix, since the chains of one quote begin alike.
    """
    spectrum = clock.kept.setdefault((points,), (None, np.ones(points // 2 + 1, complex)))[1]
    means: list[float] = []
    mean = 0.0
    for element, (state, gap_h) in zip(chain.elements, _calls(chain, clock), strict=True):
        means.append(mean)
        # Elements and spectra are kept with what they led to, so their identities stay theirs.
        key = (id(spectrum), id(element), state, gap_h)
        if key not in clock.kept:
            clock.kept[key] = (element, _step(element, spectrum, state, gap_h, clock, points))
        spectrum = clock.kept[key][1]
        if starts:
            mean = _mean_after(mean, element, state, spectrum, points)
    return np.maximum(np.fft.irfft(spectrum, points), 0.0), tuple(means) if starts else ()


def _calls(chain: Chain, clock: Clock) -> list[tuple[str, float]]:
    """For each element the shared state it must find open, on leaving a port and on calling at one.

    With it the mean hours since the last call under the same state; inf for the first.
    """
    found: list[tuple[str, float]] = []
    last: dict[str, float] = {}
    if not clock.state_of:
        return [("", math.inf)] * len(chain.elements)
    hours = 0.0
    for i, element in enumerate(chain.elements):
        node = ""
        if isinstance(element, Wait) and element.mode in clock.weather:
            node = element.node
        elif isinstance(element, Movement) and element.mode in clock.weather:
            following = chain.elements[i + 1] if i + 1 < len(chain.elements) else None
            stays = isinstance(following, Movement) and following.service == element.service
            node = "" if stays else element.to_node
            hours += element.mean_h
        state = clock.state_of.get(node, "")
        found.append((state, round(hours - last.get(state, -math.inf), 1)))
        if state:
            last[state] = hours
        if not isinstance(element, Movement) or element.mode not in clock.weather:
            hours += clock.mean_wait(element) if isinstance(element, Wait) else element.mean_h
    return found


def _step(element: Element, spectrum: Spectrum, state: str, gap_h: float, clock: Clock, points: int) -> Spectrum:
    """The time after an element: a port is left after the wait for it to open, and entered at the end of a leg."""
    if isinstance(element, Wait):
        if state:
            spectrum = _port(spectrum, state, gap_h, clock, points)
        return _departed(spectrum, element, clock, points)
    spectrum = spectrum * clock.spectrum(element, points)
    return _port(spectrum, state, gap_h, clock, points) if state else spectrum


def _departed(spectrum: Spectrum, element: Wait, clock: Clock, points: int) -> Spectrum:
    """The time after waiting for a service; a timetable or a plan depends on the day, so the masses are needed."""
    service = clock.services[element.service]
    if service.rule == "plan":
        masses = np.maximum(np.fft.irfft(spectrum, points), 0.0)
        to_next, later = clock.plan(service, element.node, points)
        loadable = masses * (1.0 - later) + np.bincount(to_next, masses * later, points)
        return np.fft.rfft(loadable) * clock.window(service, points)
    if service.rule != "timetable" or clock.first_call.get(service.service) != element.node:
        return spectrum * clock.wait_spectrum(element, points)
    masses = np.fft.irfft(spectrum, points)
    local = clock.local(0.0, element.node)
    start = (local.weekday() * 24 + local.hour + local.minute / 60) % HOURS_A_WEEK
    to = np.minimum(next_departure(service.timetable, start, points), points - 1)
    return np.fft.rfft(np.bincount(to, masses, points))


def _port(spectrum: Spectrum, state: str, gap_h: float, clock: Clock, points: int) -> Spectrum:
    """The time after a call at a port that may be closed, by the month in which it comes.

    A closure of exponential length, mean m, leaves a queue of b times its length: the port is busy for an exponential
    time of mean (1 + b) m, and so is the rest of it for whoever comes then; in all it is busy a share c (1 + b) of the
    time. `gap_h` after a moment when it was free, a share 1 - exp(-gap (1/busy + 1/free)) of that has come back, as in
    any process of two exponential states.
    """
    masses = np.fft.irfft(spectrum, points)
    months = clock.months(points)
    after = np.zeros_like(spectrum)
    for month in np.unique(months[masses > 1e-9]):
        row = clock.closures[state].get(int(month))
        part = np.fft.rfft(np.where(months == month, masses, 0.0))
        if row is None or row.closed_share == 0 or row.mean_closure_h == 0:
            after += part
            continue
        busy_h = (1 + row.backlog_ratio) * row.mean_closure_h
        share = min(row.closed_share * (1 + row.backlog_ratio), _MOST_BUSY)
        free_h = busy_h * (1 - share) / share
        share *= -math.expm1(-gap_h * (1 / busy_h + 1 / free_h))
        after += part * (1.0 - share + share * _spectrum(exponential(busy_h), points))
    return after


def _spectrum(masses: Floats, points: int) -> Spectrum:
    """Fourier transform of masses; what lies beyond the grid is put on its last point."""
    if len(masses) > points:
        masses = np.append(masses[: points - 1], masses[points - 1 :].sum())
    return np.fft.rfft(masses, points)


def _mean_after(mean: float, element: Element, state: str, spectrum: Spectrum, points: int) -> float:
    """The mean time after an element: added where it does not depend on the hour, else taken from the masses."""
    if not state and not isinstance(element, Wait):
        return mean + element.mean_h
    masses = np.fft.irfft(spectrum, points)
    return float(masses @ np.arange(points) * STEP_H)


def _quantile(cumulated: Floats, p: float) -> float:
    """The hour at which the distribution reaches p, each mass being spread evenly over its step."""
    i = min(int(np.searchsorted(cumulated, p)), len(cumulated) - 1)
    before = cumulated[i - 1] if i else 0.0
    share = (p - before) / (cumulated[i] - before) if cumulated[i] > before else 1.0
    return max(float((i - 0.5 + share) * STEP_H), 0.0)
