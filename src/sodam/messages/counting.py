"""Who counts messages, in the transaction that stores them; on PostgreSQL in the same statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from sodam.storage import Tx

Shape = tuple[int, bool]
M_contra = TypeVar("M_contra", contravariant=True)


class Counting(Protocol[M_contra]):
    def part(self, first: int, shape: Shape) -> str:
        """For PostgreSQL: what the statement has more, its placeholders beginning with ``$first``."""
        ...

    def arguments(self, tx: Tx, messages: Sequence[M_contra], now: int) -> tuple[Shape, list[object]]:
        """The arguments of ``part``, and which of its shapes takes them: messages that are stored at the unix second
        ``now``."""
        ...

    async def count(self, tx: Tx, messages: Sequence[M_contra], now: int, last: int) -> None:
        """The same for SQLite, once they are stored. ``last``: the number of the newest row among theirs."""
        ...
