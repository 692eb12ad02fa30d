"""Who keeps something of every message that is stored, in the transaction that stores it: the search index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from sodam.storage import Tx

M_contra = TypeVar("M_contra", contravariant=True)


class Keeper(Protocol[M_contra]):
    @property
    def idle(self) -> bool:
        """No app wants anything kept."""
        ...

    def wants(self, app: int) -> bool: ...

    async def keep(self, tx: Tx, messages: Sequence[M_contra]) -> None:
        """Messages of apps that want it, with their places; all of a batch at once."""
        ...
