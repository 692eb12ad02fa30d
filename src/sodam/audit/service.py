"""Adding to the audit log, searching it, and forgetting what is older than it is kept. Nothing changes an event
once its call is answered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import structlog

from sodam.audit import store
from sodam.audit.documents import document
from sodam.audit.model import Event, Filter
from sodam.clock import now as wall_clock
from sodam.storage import Database, Tx, commit_hook
from sodam.storage.commit_hooks import CommitHook

__all__ = ["AuditLog", "by_server", "document"]
log = structlog.get_logger(__name__)


def by_server(time_ms: int, action: str, resource: str, **more: Any) -> Event:
    """An event that no caller caused: the server's own doing, or a command of its machine's owner."""
    return Event(time_ms=time_ms, uin=0, user_name="", edge="server", action=action, resource=resource, **more)


class AuditLog:
    def __init__(self, db: Database, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._clock = clock

    def now(self) -> int:
        """Unix milliseconds."""
        return int(self._clock() * 1000)

    async def add(self, event: Event) -> None:
        """For what changes nothing; a change takes its event along: see ``recording``."""
        await self._db.write(lambda tx: self.add_in(tx, event))

    async def add_in(self, tx: Tx, event: Event) -> int:
        """As ``add``, in the transaction of what the event tells of. Its id."""
        return await store.insert(tx, event)

    async def complete(self, event_id: int, event: Event) -> None:
        """Say of a call that is still being answered which of its items were refused; nothing else changes an event.

        Should the server die before, the event tells of what was changed, which is what it was committed with.
        """
        await store.complete(self._db, event_id, event)

    def recording(self, make: Callable[[Any], Event | None]) -> AbstractContextManager[CommitHook]:
        """The first write inside the block takes its event along, in one transaction; ``kept_as`` is then its id.

        ``make`` gets what the write gives back; None: that write is not the change, the next one is asked.
        """

        async def note(tx: Tx, result: Any) -> int:
            event = make(result)
            return 0 if event is None else await self.add_in(tx, event)

        return commit_hook(note)

    async def forget(self, before_ms: int, limit: int) -> int:
        """Drop up to ``limit`` events of before a time, the oldest first; how many."""
        return await store.forget(self._db, before_ms, limit)

    async def get(self, event_id: int) -> Event | None:
        return await store.get(self._db, event_id)

    async def search(self, wanted: Filter, *, before: int, limit: int) -> list[Event]:
        """Newest first: at most ``limit`` events whose id is below ``before`` (0: from the newest)."""
        return await store.search(self._db, wanted, before, limit)
