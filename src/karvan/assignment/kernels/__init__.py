"""Compiled kernels of the assignment. Importing them imports numba, so only what solves does."""

# ruff: noqa: E402

from karvan.jit import use_cache_of

use_cache_of(__name__)

from karvan.assignment.kernels.decompose import decompose
from karvan.assignment.kernels.delay import delay, extrapolate, queue_wait, refresh_all
from karvan.assignment.kernels.groups import Groups, clear, copy_groups, keep_used
from karvan.assignment.kernels.records import WEIGHT, Law, Net, Row, Scratch
from karvan.assignment.kernels.replay import replay_used
from karvan.assignment.kernels.rows import (
    Rows,
    dearest,
    direct,
    find,
    load_anew,
    load_first,
    load_tree,
    load_trees,
    measure,
    plant,
    plant_all,
    shift_found,
    sweep,
    total_flow,
    total_load,
)

__all__ = [
    "WEIGHT",
    "Groups",
    "Law",
    "Net",
    "Row",
    "Rows",
    "Scratch",
    "clear",
    "copy_groups",
    "dearest",
    "decompose",
    "delay",
    "direct",
    "extrapolate",
    "find",
    "keep_used",
    "load_anew",
    "load_first",
    "load_tree",
    "load_trees",
    "measure",
    "plant",
    "plant_all",
    "queue_wait",
    "refresh_all",
    "replay_used",
    "shift_found",
    "sweep",
    "total_flow",
    "total_load",
]
