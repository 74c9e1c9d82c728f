"""Assignment: who goes where on a network whose links slow down, queue or fill up.

>>> from karvan.assignment import Delays, Demand, Links, Problem, assign
>>> links = Links.of([1, 2], [0, 0], [1, 1], Delays.bpr([10.0, 20.0], 1.0, b=[1.0, 0.0], power=1.0))
>>> result = assign(Problem.single(links, Demand.of([0], [1], [4.0])))
>>> result.flows[0].round(6).tolist(), result.verdict.holds
([1.0, 3.0], True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karvan.assignment.assign import ALGORITHMS, OBJECTIVES, assign, price_of_anarchy
from karvan.assignment.result import Outcome, Paths, Result, Step
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass

if TYPE_CHECKING:
    from karvan.assignment.paths import select_links as select_links
    from karvan.assignment.stochastic_equilibrium import Multinomial as Multinomial
    from karvan.assignment.stochastic_equilibrium import Nested as Nested
    from karvan.assignment.stochastic_equilibrium import PathSize as PathSize
    from karvan.assignment.stochastic_equilibrium import stochastic as stochastic

__all__ = [
    "ALGORITHMS",
    "OBJECTIVES",
    "Delays",
    "Demand",
    "Links",
    "Multinomial",
    "Nested",
    "Outcome",
    "PathSize",
    "Paths",
    "Problem",
    "Result",
    "Step",
    "UserClass",
    "assign",
    "price_of_anarchy",
    "select_links",
    "stochastic",
]

# Names that only some ask for, and where they are: numba is not imported before.
_LATE = {"select_links": "paths"} | dict.fromkeys(
    ("stochastic", "Multinomial", "Nested", "PathSize"), "stochastic_equilibrium"
)


def __getattr__(name: str) -> Any:
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(f"karvan.assignment.{_LATE[name]}"), name)
    raise AttributeError(f"module 'karvan.assignment' has no attribute '{name}'")
