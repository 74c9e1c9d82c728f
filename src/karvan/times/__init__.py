"""How long a chain takes, as a distribution: P50, P80 and P95 by deterministic convolution on a fixed grid."""

from karvan.times.chain import Clock, chain_time

__all__ = ["Clock", "chain_time"]
