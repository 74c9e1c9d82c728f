"""A binary heap for kernels, held in two arrays: keys, and what they are the keys of.

For kernels only: importing it imports numba. `karvan.jit` keys every cache of kernels by this file as well.
"""

from __future__ import annotations

from typing import Any

import numba

_jit = numba.njit(cache=True, nogil=True)


@_jit
def push(keys: Any, items: Any, size: int, key: float, item: int) -> int:
    """Push onto a heap of a size; returns the new size. The arrays must have room."""
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if keys[up] <= key:
            break
        keys[i] = keys[up]
        items[i] = items[up]
        i = up
    keys[i] = key
    items[i] = item
    return size + 1


@_jit
def pop(keys: Any, items: Any, size: int) -> int:
    """Remove the least, which stands at position 0, from a heap of a size; returns the new size."""
    size -= 1
    key, item = keys[size], items[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[i] = keys[child]
        items[i] = items[child]
        i = child
    keys[i] = key
    items[i] = item
    return size
