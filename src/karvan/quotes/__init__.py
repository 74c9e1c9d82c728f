"""A quote: every way worth considering for a cargo, with price, time, reliability and emissions."""

from karvan.quotes.quote import quote

__all__ = ["quote"]
