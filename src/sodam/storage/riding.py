"""A note that is committed together with the change that it is about, or not at all.

    with riding(note) as ride:
        await service.change(...)  # writes as it always does, and knows nothing of the note
    if not ride.kept:
        ...  # the block has written nothing

The first write inside the block runs ``note`` at its end, in its own transaction. So a change made by any service
carries its audit event without every service having to take one along (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from sodam.storage.database import Tx

T = TypeVar("T")
Note = Callable[[Tx, Any], Awaitable[bool]]
"""Gets the transaction and what the write gives back. False: this write is not the change, the next one is asked.

As a part of the write it may run again, in another thread, and awaits only its transaction.
"""
_CURRENT: ContextVar[Ride | None] = ContextVar("ride", default=None)


class Ride:
    """One note on its way. Several writes at a time inside one block: the first of them takes it."""

    __slots__ = ("_aboard", "_note", "_over", "_written", "kept")

    def __init__(self, note: Note) -> None:
        self._note = note
        self._aboard = self._written = self._over = False
        self.kept = False
        """The note is on disk."""

    def waits(self) -> bool:
        return not (self._aboard or self.kept or self._over)

    def board(self, fn: Callable[[Tx], Awaitable[T]]) -> Callable[[Tx], Awaitable[T]]:
        """The write with the note at its end. ``left`` must follow."""
        self._aboard = True

        async def together(tx: Tx) -> T:
            result = await fn(tx)
            self._written = await self._note(tx, result)
            return result

        return together

    def left(self, committed: bool) -> None:
        self._aboard = False
        self.kept = committed and self._written

    def end(self) -> None:
        """Tasks that the block has started may live on and write: the note is none of theirs."""
        self._over = True


def boarding() -> Ride | None:
    """The ride that a write beginning now has to take along."""
    ride = _CURRENT.get()
    return ride if ride is not None and ride.waits() else None


@contextmanager
def riding(note: Note) -> Iterator[Ride]:
    ride = Ride(note)
    token = _CURRENT.set(ride)
    try:
        yield ride
    finally:
        ride.end()
        _CURRENT.reset(token)


@contextmanager
def apart() -> Iterator[None]:
    """For writes that are not the change: bookkeeping on the way to it, or counting that it was refused."""
    token = _CURRENT.set(None)
    try:
        yield
    finally:
        _CURRENT.reset(token)
