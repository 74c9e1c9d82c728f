"""Karvan: quote, study, simulate and operate multimodal freight corridors on one network.

>>> import karvan
>>> answer = karvan.quote(
...     "Xi'an", "Constanța", ready="2025-03-03", cargo="1x40HC", commodity="household appliances", tonnes=14
... )  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from karvan.assignment import assign as assign
    from karvan.quotes import quote as quote

__version__ = "0.1.0"
__all__ = ["__version__", "assign", "quote"]


def __getattr__(name: str) -> Any:
    """Public names, imported when first used, so that `import karvan` costs nothing."""
    if name == "quote":
        from karvan.quotes import quote

        return quote
    if name == "assign":
        from karvan.assignment import assign

        return assign
    raise AttributeError(f"module 'karvan' has no attribute '{name}'")
