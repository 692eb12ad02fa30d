"""Lists in a statement: placeholders, and lists of a few fixed lengths, so that all statements stay prepared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from functools import cache
from string import ascii_lowercase, ascii_uppercase
from typing import Final, TypeVar

T = TypeVar("T")
_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
SIZES: Final = (1, 4, 16, 64, 250)
"""How long a list in a statement is, unless a statement says so itself."""


def literal(text: str) -> str:
    """``text`` as a part of a LIKE pattern that stands for itself: the pattern needs ``ESCAPE '!'``."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def any_case(engine: str, column: str) -> str:
    """A column to compare by LIKE with what ``lower_ascii`` made: A to Z in either case, all other letters as they are.

    SQLite compares so by itself. PostgreSQL's LIKE tells case, and what its LOWER makes of other letters depends on how
    the database was made: users would find on one server what they do not find on the next.
    """
    return column if engine == "sqlite" else f'LOWER({column} COLLATE "C")'


def lower_ascii(text: str) -> str:
    return text.translate(_LOWER)


def in_list(values: Sized, first: int = 1) -> str:
    """``($first, ...)``, a placeholder for each of ``values`` (at least one): for IN and for VALUES."""
    return _in_list(len(values), first)


@cache
def _in_list(count: int, first: int) -> str:
    assert count > 0, "an empty list is no SQL"
    return "(" + ", ".join(f"${n}" for n in range(first, first + count)) + ")"


def batches(values: Iterable[T], sizes: Sequence[int] = SIZES) -> Iterator[list[T]]:
    """The values in their order, without repetition, in lists of these lengths (ascending).

    The last list is filled up by repeating its last value, which IN does not mind.
    """
    rest = list(dict.fromkeys(values))
    most = sizes[-1]
    for at in range(0, len(rest), most):
        batch = rest[at : at + most]
        size = next(size for size in sizes if size >= len(batch))
        yield batch + batch[-1:] * (size - len(batch))
