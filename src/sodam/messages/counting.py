"""Who counts messages, in the transaction that stores them; on PostgreSQL in the same statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from sodam.storage import Tx

M_contra = TypeVar("M_contra", contravariant=True)


class Counting(Protocol[M_contra]):
    def part(self, first: int) -> str:
        """For PostgreSQL: what the statement has more, its placeholders beginning with ``$first``."""
        ...

    def columns(self, tx: Tx, messages: Sequence[M_contra], now: int) -> list[list[object]]:
        """The arguments of ``part``: messages that are stored at the unix second ``now``."""
        ...

    async def count(self, tx: Tx, messages: Sequence[M_contra], now: int) -> None:
        """The same with statements of its own."""
        ...
