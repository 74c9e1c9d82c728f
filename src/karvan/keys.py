"""Keys of rows and patterns over them: `*`, an exact key, or a glob such as kz-*."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache


@lru_cache(maxsize=200_000)
def matches(pattern: str, key: str) -> bool:
    """Whether a key matches a pattern; '|' separates alternatives."""
    return any(p == "*" or p == key or fnmatchcase(key, p) for p in pattern.split("|"))


@lru_cache(maxsize=20_000)
def specificity(pattern: str) -> int:
    """How much a pattern says: 0 for `*`, a glob its fixed characters, an exact key more than any glob."""
    if pattern == "*":
        return 0
    if any(c in pattern for c in "*?["):
        return sum(c not in "*?[]" for c in pattern)
    return 1000
