"""The answer of `karvan assign` on a terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from karvan.assignment.result import Outcome
from karvan.cli.text import plain
from karvan.model.problem import BPR, Floats

if TYPE_CHECKING:
    from rich.console import Console

    from karvan.assignment.result import Result
    from karvan.formats.assignment import Read

_MOST = 5
_WHY = {
    Outcome.CONVERGED: "Converged: {}",
    Outcome.OVERLOADED: "Balanced, but a queue gets more than its departures can take: its true wait has no end",
    Outcome.STALLED: "Stalled before the gap that was asked for: the gap no longer falls",
    Outcome.OUT_OF_ITERATIONS: "Out of iterations before the gap that was asked for",
    Outcome.OUT_OF_TIME: "Out of time before the gap that was asked for",
    Outcome.INTERRUPTED: "Interrupted before the gap that was asked for: this is the best answer so far",
}
_GOAL = {"user": "nobody gains by another path", "system": "no other flows cost less in all"}

# A link selected by its name, and which links that are.
Selected = list[tuple[str, list[int]]]


def show(console: Console, read: Read, result: Result, dropped: float, selected: Selected) -> None:
    """What was read, how it ended, the most loaded links, what is not served, binding capacities, the verdict."""
    _show_read(console, read, dropped)
    console.print()
    console.print(Text(_WHY[result.outcome].format(_GOAL[result.objective]), "bold"))
    if result.objective == "user":
        console.print(f"Objective   {result.beckmann:,.10g} (Beckmann)")
    console.print(f"Total cost  {result.total_cost:,.10g}")
    _show_loaded(console, read, result)
    _show_unserved(console, read, result)
    _show_binding(console, read, result)
    for name, links in selected:
        _show_selected(console, read, result, name, links)
    console.print()
    last = result.history[-1] if result.history else None
    how = (
        f" after {_counted(last.iteration, 'iteration')} of {result.algorithm} in {last.seconds:.2f} s" if last else ""
    )
    console.print(f"Gap {result.gap:.1e}, asked for {result.target:.0e}{how}")
    console.print(Text(str(result.verdict), "" if result.verdict.holds else "bold red"))


def _show_read(console: Console, read: Read, dropped: float) -> None:
    links = read.problem.links
    matrices = ", ".join(dict.fromkeys(m.file for m in read.matrices))
    console.print(Text(plain(f"{read.network.title} with {matrices}"), "bold"))
    sizes = (read.network.zones.shape[0], links.ids.shape[0], links.count)
    console.print(", ".join(_counted(n, what) for n, what in zip(sizes, ("zone", "node", "link"), strict=True)))
    for user in read.problem.classes:
        name = f"Class {plain(user.name)}: " if len(read.problem.classes) > 1 else ""
        volume = f"{user.demand.volume.sum():,.10g}"
        console.print(f"{name}{_counted(user.demand.volume.shape[0], 'pair')} of zones, volume {volume}")
    if read.within:
        console.print(f"Within zones, and so on no link: volume {read.within:,.10g}")
    if dropped:
        console.print(f"Left out, since no path leads there: volume {dropped:,.10g}")


def _show_loaded(console: Console, read: Read, result: Result) -> None:
    full = _fullness(result)
    order = np.argsort(-np.where(np.isnan(full), 0.0, full), kind="stable")
    if not (full > 0).any():
        order = np.argsort(-result.loads, kind="stable")
    shown = [int(a) for a in order[:_MOST] if result.loads[a] > 0]
    if not shown:
        return
    table = _table("link", "load", "of capacity", "time", "unloaded")
    for a in shown:
        share = "" if np.isnan(full[a]) else f"{full[a]:.0%}"
        free = _free_time(result, a)
        table.add_row(plain(read.network.link(a)), f"{result.loads[a]:,.6g}", share, f"{result.times[a]:,.4g}", free)
    _show_table(console, "Most loaded links", table)


def _fullness(result: Result) -> Floats:
    """Load over capacity, of a link without a capacity NaN."""
    links = result.problem.links
    capacity = np.where(links.delays.kind == BPR, links.delays.capacity, np.inf)
    capacity = np.minimum(capacity, np.where(links.most > 0, links.most, np.inf))
    made: Floats = np.where(np.isfinite(capacity), result.loads / np.where(capacity > 0, capacity, 1.0), np.nan)
    return made


def _free_time(result: Result, a: int) -> str:
    return f"{result.problem.links.delays.free_time[a]:,.4g}"


def _show_unserved(console: Console, read: Read, result: Result) -> None:
    table = _table("pair", "class", "not served", "of")
    total, pairs = 0.0, 0
    for k, (user, volumes) in enumerate(zip(result.problem.classes, result.unserved, strict=True)):
        at = np.flatnonzero(volumes > 0)
        total, pairs = total + float(volumes.sum()), pairs + at.shape[0]
        for i in at[np.argsort(-volumes[at], kind="stable")][:_MOST].tolist():
            ends = read.demand_name(k, i).rpartition(": ")[2]
            table.add_row(plain(ends), plain(user.name), f"{volumes[i]:,.6g}", f"{user.demand.volume[i]:,.6g}")
    if pairs:
        more = f", of which {_MOST} a class are shown" if pairs > table.row_count else ""
        _show_table(console, f"Not served: volume {total:,.6g} of {_counted(pairs, 'pair')}{more}", table)


def _show_binding(console: Console, read: Read, result: Result) -> None:
    at = np.flatnonzero(result.prices > 0)
    if not at.shape[0]:
        return
    table = _table("link", "load", "of at most", "price")
    for a in at[np.argsort(-result.prices[at], kind="stable")][:_MOST].tolist():
        most = f"{result.problem.links.most[a]:,.6g}"
        table.add_row(plain(read.network.link(a)), f"{result.loads[a]:,.6g}", most, f"{result.prices[a]:,.6g}")
    more = f", of which {_MOST} are shown" if at.shape[0] > _MOST else ""
    _show_table(console, f"Capacities that bind: {_counted(at.shape[0], 'link')}{more}", table)


def _show_selected(console: Console, read: Read, result: Result, name: str, links: list[int]) -> None:
    pairs = over(result, links)
    total = sum(flow for *_, flow, _ in pairs)
    table = _table("from", "to", "class", "flow", "of the pair")
    zones = zone_names(read)
    for k, origin, destination, flow, share in pairs[: 2 * _MOST]:
        ends = plain(zones[origin]), plain(zones[destination])
        table.add_row(*ends, plain(result.problem.classes[k].name), f"{flow:,.6g}", f"{share:.1%}")
    of = f", the largest {2 * _MOST} of {len(pairs)} pairs" if len(pairs) > 2 * _MOST else ""
    _show_table(console, f"Over {plain(name)}: flow {total:,.6g}{of}", table)


def over(result: Result, links: list[int]) -> list[tuple[int, int, int, float, float]]:
    """Class, origin, destination (positions), flow and share of those whose paths go over a link, largest first."""
    paths = result.paths
    ends = np.repeat(np.arange(len(paths)), np.diff(paths.start))
    uses = np.unique(ends[np.isin(paths.links, links)])
    made: dict[tuple[int, int, int], tuple[float, float]] = {}
    for i in uses.tolist():
        key = (int(paths.class_[i]), int(paths.origin[i]), int(paths.destination[i]))
        flow, share = made.get(key, (0.0, 0.0))
        made[key] = flow + float(paths.flow[i]), share + float(paths.share[i])
    return sorted(((*key, *value) for key, value in made.items()), key=lambda row: (-row[3], row[:3]))


def zone_names(read: Read) -> dict[int, str]:
    """The id of the zone at a node, by the node's position; other nodes have their own."""
    made = {i: read.network.node(i) for i in range(read.network.links.ids.shape[0])}
    return made | {
        at: str(zone) for at, zone in zip(read.network.at.tolist(), read.network.zones.tolist(), strict=True)
    }


def as_json(read: Read, result: Result, dropped: float, selected: Selected) -> dict[str, Any]:
    """The answer for programs; a number that is not finite is null."""
    verdict, last, network = result.verdict, result.history[-1] if result.history else None, read.network
    return {
        "network": network.title,
        "demand": list(dict.fromkeys(m.file for m in read.matrices)),
        "zones": network.zones.shape[0],
        "nodes": network.links.ids.shape[0],
        "within_zones": read.within,
        "dropped": dropped,
        "algorithm": result.algorithm,
        "objective": result.objective,
        "outcome": str(result.outcome),
        "converged": result.converged,
        "gap": _finite(result.gap),
        "target": _finite(result.target),
        "iterations": last.iteration if last else 0,
        "seconds": last.seconds if last else 0.0,
        "beckmann": _finite(result.beckmann),
        "total_cost": _finite(result.total_cost),
        "verdict": {"holds": bool(verdict.holds), "sentence": str(verdict), "problems": list(verdict.problems)},
        "classes": _classes_json(result),
        "selected": {name: _over_json(read, result, links) for name, links in selected},
        "links": _links_json(read, result),
    }


def _classes_json(result: Result) -> list[dict[str, Any]]:
    return [
        {
            "name": user.name,
            "pairs": user.demand.volume.shape[0],
            "volume": float(user.demand.volume.sum()),
            "unserved": float(unserved.sum()),
        }
        for user, unserved in zip(result.problem.classes, result.unserved, strict=True)
    ]


def _over_json(read: Read, result: Result, links: list[int]) -> list[dict[str, Any]]:
    zones, classes = zone_names(read), result.problem.classes
    return [
        {"class": classes[k].name, "origin": zones[o], "destination": zones[d], "flow": flow, "share": share}
        for k, o, d, flow, share in over(result, links)
    ]


def _links_json(read: Read, result: Result) -> list[dict[str, Any]]:
    names = [user.name for user in result.problem.classes]
    links, network = read.network.links, read.network
    flows, costs = (_plain_numbers(values.T) for values in (result.flows, result.costs))
    loads, times, prices = (_plain_numbers(v) for v in (result.loads, result.times, result.prices))
    return [
        {
            "link": network.link(a),
            "from": network.node(links.tail[a]),
            "to": network.node(links.head[a]),
            "load": loads[a],
            "time": times[a],
            "price": prices[a],
            "flows": dict(zip(names, flows[a], strict=True)),
            "costs": dict(zip(names, costs[a], strict=True)),
        }
        for a in range(links.count)
    ]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _plain_numbers(values: NDArray[Any]) -> list[Any]:
    made = values.astype(object)
    made[~np.isfinite(values)] = None
    numbers: list[Any] = made.tolist()
    return numbers


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for i, column in enumerate(columns):
        words = column in ("link", "pair", "class", "from", "to") or i == 0
        table.add_column(column, justify="left" if words else "right", overflow="fold")
    return table


def _show_table(console: Console, title: str, table: Table) -> None:
    console.print()
    console.print(Text(title, "bold"))
    console.print(Padding(table, (0, 0, 0, 2)))


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
