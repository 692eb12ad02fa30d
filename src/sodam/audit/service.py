"""Adding to the audit log, searching it, and forgetting what is older than it is kept. Nothing changes an event."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

import structlog

from sodam.audit.documents import document
from sodam.audit.model import Event, Filter
from sodam.storage import Database, Row, Tx, Value, in_list, riding
from sodam.storage.riding import Ride

__all__ = ["AuditLog", "by_server", "document"]
log = structlog.get_logger(__name__)
_FIELDS: Final = tuple(name for name in Event.__struct_fields__ if name != "id")
_COLUMNS: Final = ", ".join(_FIELDS)


def by_server(time_ms: int, action: str, resource: str, **more: Any) -> Event:
    """An event that no caller caused: the server's own doing, or a command of its machine's owner."""
    return Event(time_ms=time_ms, uin=0, user_name="", edge="server", action=action, resource=resource, **more)


class AuditLog:
    def __init__(self, db: Database, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock

    def now(self) -> int:
        """Unix milliseconds."""
        return int(self._clock() * 1000)

    async def add(self, event: Event) -> None:
        """For what changes nothing; a change takes its event along: see ``beside``."""
        await self._db.write(lambda tx: self.add_in(tx, event))

    async def add_in(self, tx: Tx, event: Event) -> None:
        """As ``add``, in the transaction of what the event tells of."""
        values: list[Value] = [getattr(event, name) for name in _FIELDS]
        await tx.execute(f"INSERT INTO audit_event ({_COLUMNS}) VALUES {in_list(_FIELDS)}", *values)

    def beside(self, make: Callable[[Any], Event | None]) -> AbstractContextManager[Ride]:
        """The first write inside the block takes its event along, in one transaction.

        ``make`` gets what the write gives back; None: that write is not the change, the next one is asked.
        """

        async def note(tx: Tx, result: Any) -> bool:
            event = make(result)
            if event is not None:
                await self.add_in(tx, event)
            return event is not None

        return riding(note)

    async def forget(self, before_ms: int, limit: int) -> int:
        """Drop up to ``limit`` events of before a time, the oldest first; how many."""
        return await self._db.execute(
            "DELETE FROM audit_event WHERE id IN"
            " (SELECT id FROM audit_event WHERE time_ms < $1 ORDER BY time_ms, id LIMIT $2)",
            before_ms,
            limit,
        )

    async def get(self, event_id: int) -> Event | None:
        row = await self._db.fetch_one(f"SELECT id, {_COLUMNS} FROM audit_event WHERE id = $1", event_id)
        return _event(row) if row else None

    async def search(self, wanted: Filter, *, before: int, limit: int) -> list[Event]:
        """Newest first: at most ``limit`` events whose id is below ``before`` (0: from the newest)."""
        conditions, args = _conditions(wanted)
        if before:
            args.append(before)
            conditions.append(f"id < ${len(args)}")
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        rows = await self._db.scan(
            f"SELECT id, {_COLUMNS} FROM audit_event {where} ORDER BY id DESC LIMIT {int(limit)}", *args
        )
        return [_event(row) for row in rows]


def _event(row: Row) -> Event:
    return Event(id=row[0], **dict(zip(_FIELDS, row[1:], strict=True)))


def _conditions(wanted: Filter) -> tuple[list[str], list[Value]]:
    conditions: list[str] = []
    args: list[Value] = []

    def where(condition: str, value: Value) -> None:
        args.append(value)
        conditions.append(condition.replace("?", f"${len(args)}"))

    if wanted.since:
        where("time_ms >= ?", wanted.since * 1000)
    if wanted.until:
        where("time_ms < ?", (wanted.until + 1) * 1000)
    if wanted.uin:
        where("uin = ?", wanted.uin)
    if wanted.about_app:
        where("about_app = ?", wanted.about_app)
    if wanted.outcome:
        where("outcome = ?", wanted.outcome)
    if wanted.action:
        where("LOWER(action) LIKE ? ESCAPE '!'", _part(wanted.action))
    if wanted.user:
        where("LOWER(user_name) LIKE ? ESCAPE '!'", _part(wanted.user))
    if wanted.keyword:
        columns = ("resource", "user_name", "before", "after")
        tests = " OR ".join(f"LOWER({column}) LIKE ? ESCAPE '!'" for column in columns)
        where(f"({tests})", _part(wanted.keyword))
    return conditions, args


def _part(text: str) -> str:
    """A LIKE pattern for what holds this text, any case."""
    escaped = text.strip().lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"
