"""Every exception that Karvan raises on purpose.

KarvanError
├── DataError          a data folder has faults; carries all of them
├── InputError         what the user asked cannot be answered as asked
│   ├── UnknownPlace   no place, or several, by that name; carries the candidates
│   └── BadCargo       the cargo is not possible
├── NoRate             no rate in force for an operator, section and date
├── NoChain            nothing connects the two places
├── NotVerified        a result is not what it should be; carries what is wrong with it
└── OutputError        a file could not be written
"""

from __future__ import annotations

from collections.abc import Sequence


class KarvanError(Exception):
    """Base of all; its text is one sentence for a person, with a remedy."""


class DataError(KarvanError):
    """A data folder has faults; `problems` holds each as a sentence."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        shown = "\n".join(self.problems[:20])
        more = f"\n... and {len(self.problems) - 20} more" if len(self.problems) > 20 else ""
        super().__init__(f"The data has {len(self.problems)} fault(s):\n{shown}{more}")


class InputError(KarvanError):
    """What the user asked cannot be answered as asked."""


class UnknownPlace(InputError):
    """No place, or more than one, goes by a name; `candidates` are the nearest names."""

    def __init__(self, message: str, candidates: Sequence[str] = ()) -> None:
        self.candidates = tuple(candidates)
        super().__init__(message)


class BadCargo(InputError):
    """The cargo cannot exist or cannot travel as described."""


class NoRate(KarvanError):
    """No rate is in force for a charge that must be paid."""


class NoChain(KarvanError):
    """No open chain connects the two places for this cargo."""


class NotVerified(KarvanError):
    """A result did not pass its check; `problems` holds each reason as a sentence."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class OutputError(KarvanError):
    """A result could not be written."""
