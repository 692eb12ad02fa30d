"""A note that is committed together with the change that it is about, or not at all.

    with commit_hook(note) as hook:
        await service.change(...)  # writes as it always does, and knows nothing of the note
    if not hook.kept:
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
Note = Callable[[Tx, Any], Awaitable[int]]
"""Gets the transaction and what the write gives back; returns the note's id. 0: this write is not the change, the next
one is asked.

As a part of the write it may run again, in another thread, and awaits only its transaction.
"""
_CURRENT: ContextVar[CommitHook | None] = ContextVar("commit_hook", default=None)


class CommitHook:
    """One note on its way. Several writes at a time inside one block: the first of them takes it."""

    __slots__ = ("_attached", "_note", "_over", "_written", "kept", "kept_as")

    def __init__(self, note: Note) -> None:
        self._note = note
        self._attached = self._over = False
        self._written = 0
        self.kept = False
        """The note is on disk."""
        self.kept_as = 0
        """Its id, once it is."""

    def waits(self) -> bool:
        return not (self._attached or self.kept or self._over)

    def attach(self, fn: Callable[[Tx], Awaitable[T]]) -> Callable[[Tx], Awaitable[T]]:
        """The write with the note at its end. ``finished`` must follow."""
        self._attached = True

        async def together(tx: Tx) -> T:
            result = await fn(tx)
            self._written = await self._note(tx, result)
            return result

        return together

    def finished(self, committed: bool) -> None:
        self._attached = False
        self.kept = committed and self._written > 0
        self.kept_as = self._written if self.kept else 0

    def end(self) -> None:
        """Tasks that the block has started may live on and write: the note is none of theirs."""
        self._over = True


def current_hook() -> CommitHook | None:
    """The hook that a write beginning now has to take along."""
    hook = _CURRENT.get()
    return hook if hook is not None and hook.waits() else None


@contextmanager
def commit_hook(note: Note) -> Iterator[CommitHook]:
    hook = CommitHook(note)
    token = _CURRENT.set(hook)
    try:
        yield hook
    finally:
        hook.end()
        _CURRENT.reset(token)


@contextmanager
def without_hook() -> Iterator[None]:
    """For writes that are not the change: bookkeeping on the way to it, or counting that it was refused."""
    token = _CURRENT.set(None)
    try:
        yield
    finally:
        _CURRENT.reset(token)
