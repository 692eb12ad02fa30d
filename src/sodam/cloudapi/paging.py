"""Pages of lists without a count: one row more than the page is read, which tells whether anything follows."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def cut(found: list[T], limit: int) -> tuple[list[T], bool]:
    """The page, and whether more follows, of up to ``limit + 1`` rows that were read."""
    return found[:limit], len(found) > limit
