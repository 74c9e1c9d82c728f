"""The command `karvan`: one file a command, each imported when it is called."""

from __future__ import annotations

from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run a command (default: that of the process) and return its exit code.

    0 is an answer; 1 a question that has none, faulty data, or an output that cannot be written; 2 a question
    that cannot be asked so; 130 an interruption.
    """
    try:
        from karvan.cli.run import run
    except KeyboardInterrupt:
        return 130
    return run(args)
