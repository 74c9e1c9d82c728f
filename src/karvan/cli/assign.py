"""`karvan assign`: who goes where on a network whose links slow down or fill up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karvan.cli import output
from karvan.cli.text import plain
from karvan.errors import InputError, NotVerified

if TYPE_CHECKING:
    from karvan.assignment.result import Result, Step
    from karvan.formats.assignment import Read

INTERRUPTED = 130
_KEEPS_PATHS = "bush"
_OBJECTIVES = ("user", "system")

Net = Annotated[str, typer.Argument(help="A _net.tntp file or a GMNS folder.", metavar="NET")]
Trips = Annotated[
    str | None,
    typer.Argument(
        help="A _trips.tntp, .omx or .csv file (o_zone_id, d_zone_id, volume).",
        metavar="TRIPS",
        show_default="that of a GMNS folder",
    ),
]
Gap = Annotated[float, typer.Option(help="Relative gap to reach.", metavar="NUMBER")]
Algorithm = Annotated[str, typer.Option(help="bush, fw or bfw.", metavar="NAME")]
Objective = Annotated[
    str, typer.Option(help="user: nobody gains by another path; system: least total cost.", metavar="NAME")
]
Scale = Annotated[float, typer.Option(help="Multiply all demand.", metavar="NUMBER")]
TollWeight = Annotated[float, typer.Option(help="Cost of a unit of toll, in units of time.", metavar="NUMBER")]
DistanceWeight = Annotated[float, typer.Option(help="Cost of a unit of length, in units of time.", metavar="NUMBER")]
Threads = Annotated[int, typer.Option(help="Processors to use.", metavar="N")]
Seconds = Annotated[float | None, typer.Option(help="Stop after so long.", metavar="NUMBER", show_default=False)]
Iterations = Annotated[int | None, typer.Option(help="Stop after so many.", metavar="N", show_default=False)]
Verify = Annotated[bool, typer.Option("--verify", help="Exit with 1 if the answer does not pass its check.")]
Drop = Annotated[bool, typer.Option("--drop-unreachable", help="Leave out demand that no path can carry.")]
Matrix = Annotated[
    list[str] | None,
    typer.Option("--matrix", help="A matrix of an .omx file, a class each; may be repeated.", metavar="NAME",
                 show_default="all"),
]  # fmt: skip
Mapping = Annotated[
    str | None, typer.Option(help="Ids of the zones in an .omx file.", metavar="NAME", show_default="the only one")
]
Select = Annotated[
    list[str] | None,
    typer.Option("--select-link", help="Whose paths go over a link, as 3-12; may be repeated.", metavar="A-B",
                 show_default=False),
]  # fmt: skip
Out = Annotated[
    str | None,
    typer.Option(
        help="Write flows (.tntp, .csv), cheapest costs between zones (.omx), or a GMNS folder.",
        metavar="PATH",
        show_default=False,
    ),
]
Paths = Annotated[str | None, typer.Option(help="Write the paths used as CSV.", metavar="FILE", show_default=False)]
Json = Annotated[
    str | None,
    typer.Option(help="Write JSON to a file or to - (the default).", metavar="FILE", show_default=False),
]


@dataclass(frozen=True, slots=True)
class Files:
    """Where the answer goes besides the terminal."""

    out: str | None
    paths: str | None
    json: str | None


def command(
    net: Net,
    trips: Trips = None,
    gap: Gap = 1e-8,
    algorithm: Algorithm = "bush",
    objective: Objective = "user",
    scale: Scale = 1.0,
    toll_weight: TollWeight = 0.0,
    distance_weight: DistanceWeight = 0.0,
    threads: Threads = 1,
    max_seconds: Seconds = None,
    max_iterations: Iterations = None,
    verify: Verify = False,
    drop_unreachable: Drop = False,
    matrix: Matrix = None,
    mapping: Mapping = None,
    select_link: Select = None,
    out: Out = None,
    paths: Paths = None,
    json: Json = None,
) -> None:
    """Assign demand to a network: flows at which nobody gains by another path, or which cost least in all."""
    _check(gap=gap, scale=scale, threads=threads, max_seconds=max_seconds, max_iterations=max_iterations)
    if not all(map(math.isfinite, (toll_weight, distance_weight))):
        raise InputError("A weight of toll or distance is not a finite number. Give one, or leave it out.")
    if algorithm != _KEEPS_PATHS and (paths is not None or select_link):
        raise InputError(f"Only the algorithm {_KEEPS_PATHS} keeps paths. Leave --paths and --select-link out, or it.")
    if objective not in _OBJECTIVES:
        raise InputError(f"'{plain(objective)}' is no objective. Choose one of {', '.join(_OBJECTIVES)}.")
    files = Files(out, paths, json)
    _check_files(files)
    from karvan.assignment import ALGORITHMS
    from karvan.cli.problem import prepared, reading, selected

    if algorithm not in ALGORITHMS:
        raise InputError(f"'{plain(algorithm)}' is no algorithm. Choose one of {', '.join(ALGORITHMS)}.")
    given = reading(Path(net), None if trips is None else Path(trips), matrix, mapping)
    read, dropped = prepared(
        given, scale=scale, toll_weight=toll_weight, distance_weight=distance_weight, drop=drop_unreachable
    )
    links = [(name, selected(read, name)) for name in select_link or ()]
    limits = {"gap": gap, "most_iterations": max_iterations, "most_seconds": max_seconds, "threads": threads}
    result = _assigned(read, algorithm=algorithm, objective=objective, **limits)
    _answer(read, result, dropped, links, files)
    if result.outcome.name == "INTERRUPTED":
        raise typer.Exit(INTERRUPTED)
    if verify and not result.verdict.holds:
        raise NotVerified(result.verdict.problems)


def _check(*, gap: float, scale: float, threads: int, max_seconds: float | None, max_iterations: int | None) -> None:
    if not 0 < gap < 1:
        raise InputError(f"A gap of {gap:g} cannot be reached. Give --gap a number above 0 and below 1, as 1e-8.")
    if not 0 <= scale < math.inf:
        raise InputError(f"Demand cannot be multiplied by {scale:g}. Give --scale a number of zero or more.")
    if threads < 1:
        raise InputError(f"{threads} threads cannot work. Give --threads one or more.")
    if max_seconds is not None and not max_seconds > 0:
        raise InputError(f"{max_seconds:g} seconds are too few. Give --max-seconds a number above 0.")
    if max_iterations is not None and max_iterations < 1:
        raise InputError(f"{max_iterations} iterations are too few. Give --max-iterations one or more.")


def _check_files(files: Files) -> None:
    """Raise before any work if something could not be written in the end."""
    named = [(f"--{name}", path) for name in ("out", "paths", "json") if (path := getattr(files, name)) is not None]
    for i, (option, path) in enumerate(named):
        for other, before in named[:i]:
            if output.same(path, before):
                raise InputError(f"Both {other} and {option} name '{plain(path)}'. Name two different files.")
    for path in (files.paths, files.json):
        if path is not None:
            output.check_writable(path)
    if files.out is not None:
        from karvan.cli.flow_files import check

        check(files.out)


def _assigned(read: Read, **how: Any) -> Result:
    with output.progress("starting") as show:
        from karvan.assignment import assign

        def progress(step: Step) -> None:
            show(f"iteration {step.iteration}, {step.seconds:.1f} s, gap {step.gap:.1e}")

        try:
            return assign(read.problem, progress=progress, **how)
        except KeyboardInterrupt:
            typer.echo("Interrupted before there was an answer.", err=True)
            raise


def _answer(read: Read, result: Result, dropped: float, links: list[tuple[str, list[int]]], files: Files) -> None:
    """Write all that was asked for, then print."""
    from karvan.cli import flow_files, flows

    if files.out is not None:
        flow_files.write(files.out, read, result)
    if files.paths is not None:
        output.write(files.paths, flow_files.paths_text(read, result))
    if files.json is not None:
        from json import dumps

        output.write(files.json, dumps(flows.as_json(read, result, dropped, links), indent=1, allow_nan=False) + "\n")
    if output.STDOUT in (files.json, files.paths):
        return
    with output.console() as console:
        flows.show(console, read, result, dropped, links)
        for path in (files.out, files.paths, files.json):
            if path is not None:
                console.print(f"Written: {plain(path)}", style="dim")
