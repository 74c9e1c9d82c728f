"""The text of TNTP files: metadata, comments, rows of numbers with the line of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karvan.errors import DataError
from karvan.model.problem import Floats

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_METADATA = re.compile(rb"^[ \t]*<([^>\n]*)>([^\n~]*)", re.MULTILINE)
_COMMENT = re.compile(rb"^[ \t]*~([^\n]*)", re.MULTILINE)
_LEFT_OUT = re.compile(rb"[~<][^\n]*")
_TWO_ROWS = re.compile(rb";[^\S\n]*[^\s;]")
_NEWLINE, _SPACE = 10, 32


class Faults:
    """What is wrong with a file, in the order of its lines."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[tuple[int, str]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, line: int, said: str) -> None:
        """One more, on a line of the file."""
        self._found.append((int(line), f"{self._file}, line {line}: {said}"))

    def add_each(self, wrong: NDArray[np.bool_], lines: NDArray[Any], column: str, values: Floats, why: str) -> None:
        """One more for each number that is wrong."""
        for i in np.flatnonzero(wrong).tolist():
            self.add(lines[i], f"{column}: {values[i]:.15g} {why}")

    def stop(self) -> None:
        """Raise DataError with all, if there are any."""
        if self._found:
            raise DataError([said for _, said in sorted(self._found, key=lambda f: f[0])])


@dataclass(frozen=True, slots=True)
class Text:
    """A file: its name, values of its metadata and comments with their lines, and the rest with these blanked out."""

    name: str
    metadata: Mapping[str, tuple[int, str]]
    comments: tuple[tuple[int, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns by name, the line of each row, and how many rows there were with those that cannot be read."""

    columns: Mapping[str, Floats]
    lines: NDArray[np.int64]
    count: int


def load(path: Path) -> Text:
    """A TNTP file. Raises DataError if it is missing, empty or no text."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError([f"{path}: there is no such file. Correct the name."]) from None
    except OSError as fault:
        raise DataError([f"{path}: cannot be read ({fault.strerror}). Name a TNTP file that you may read."]) from None
    if not data.strip():
        raise DataError([f"{path.name}: is empty. Download or write it anew."])
    if _BINARY.search(data):
        raise DataError([f"{path.name}: is not text. Name a TNTP file, unpacked and in UTF-8."])
    metadata = {
        key.group(1).decode("utf-8", "replace").strip().upper(): (
            data.count(b"\n", 0, key.start(1)) + 1,
            key.group(2).decode("utf-8", "replace").strip(),
        )
        for key in _METADATA.finditer(data)
    }
    comments = tuple(
        (data.count(b"\n", 0, c.start(1)) + 1, c.group(1).decode("utf-8", "replace")) for c in _COMMENT.finditer(data)
    )
    body = _LEFT_OUT.sub(lambda found: b" " * len(found[0]), data)
    return Text(path.name, metadata, comments, body)


def counted(text: Text, key: str, faults: Faults, default: int | None = None) -> int | None:
    """A whole number of the metadata; what is wrong with it goes to the faults."""
    line, said = text.metadata.get(key, (1, ""))
    if not said:
        if default is None:
            faults.add(line, f"<{key}> is missing. Write it with its number.")
        return default
    if not re.fullmatch(r"\d{1,16}", said):
        faults.add(line, f"{key}: '{said[:40]}' is not a whole number. Correct it.")
        return default
    return int(said)


def numbers(text: bytes) -> Floats | None:
    """All numbers of a text in order; None if anything in it is not one."""
    if not text.strip():
        return np.zeros(0)
    try:
        return np.fromstring(text, sep=" ")
    except ValueError:
        return None


def starts(codes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where words begin."""
    inside = codes > _SPACE
    inside[1:] &= codes[:-1] <= _SPACE
    return np.flatnonzero(inside)


def rows(text: Text, columns: Sequence[tuple[str, float | None]], faults: Faults) -> Rows:
    """Rows of numbers, each on a line of its own. A column's default (None: it is needed) serves where rows end early.

    Rows that cannot be read are faults, and not among the rows.
    """
    for found in _TWO_ROWS.finditer(text.body):
        line = text.body.count(b"\n", 0, found.start()) + 1
        faults.add(line, "something follows the ';'. Give every row a line of its own.")
    body = text.body.replace(b";", b" ")
    codes = np.frombuffer(body, np.uint8)
    words = np.searchsorted(np.flatnonzero(codes == _NEWLINE), starts(codes)) + 1
    lines, widths = np.unique(words, return_counts=True)
    needed = 1 + max(i for i, (_, default) in enumerate(columns) if default is None)
    if lines.shape[0] and widths.min() == widths.max() >= needed and (read := numbers(body)) is not None:
        table = read.reshape(lines.shape[0], -1)
        made = {
            name: table[:, i].copy() if i < table.shape[1] else np.full(lines.shape[0], default)
            for i, (name, default) in enumerate(columns)
        }
        return Rows(made, lines, lines.shape[0])
    return _one_by_one(body, lines, columns, needed, faults)


def _one_by_one(
    body: bytes,
    lines: NDArray[np.int64],
    columns: Sequence[tuple[str, float | None]],
    needed: int,
    faults: Faults,
) -> Rows:
    """Rows read word by word, to say what is wrong with each."""
    split = body.split(b"\n")
    kept: list[list[float]] = []
    at: list[int] = []
    for line in lines.tolist():
        words = split[line - 1].split()[: len(columns)]
        found = list(_row_faults(words, columns, needed))
        for fault in found:
            faults.add(line, fault)
        if not found:
            kept.append([*map(float, words), *(default or 0.0 for _, default in columns[len(words) :])])
            at.append(line)
    table = np.array(kept).reshape(-1, len(columns))
    made = {column: table[:, i].copy() for i, (column, _) in enumerate(columns)}
    return Rows(made, np.array(at, np.int64), lines.shape[0])


def _row_faults(words: Sequence[bytes], columns: Sequence[tuple[str, float | None]], needed: int) -> Iterator[str]:
    for word, (column, _) in zip(words, columns, strict=False):
        if numbers(word) is None:
            yield f"{column}: {shown(word)} is not a number. Write it with a point and no unit."
    if len(words) < needed:
        missing = ", ".join(c for c, _ in columns[len(words) : needed])
        yield f"{missing}: missing. A row needs {needed} numbers and has {len(words)}."


def shown(word: bytes) -> str:
    """A word of a file as it may be printed."""
    return f"'{word[:40].decode('utf-8', 'replace')}'"
