"""The SQL of audit events."""

from __future__ import annotations

from typing import Final

from sodam.audit.model import Event, Filter
from sodam.storage import Database, Row, Tx, Value, any_case, in_list, literal, lower_ascii

_FIELDS: Final = tuple(name for name in Event.__struct_fields__ if name != "id")
_COLUMNS: Final = ", ".join(_FIELDS)


async def insert(tx: Tx, event: Event) -> int:
    """The event's id."""
    values: list[Value] = [getattr(event, name) for name in _FIELDS]
    row = await tx.fetch_one(f"INSERT INTO audit_event ({_COLUMNS}) VALUES {in_list(_FIELDS)} RETURNING id", *values)
    assert row is not None
    return int(row[0])


async def complete(database: Database, event_id: int, event: Event) -> None:
    await database.execute(
        "UPDATE audit_event SET outcome = $1, error_code = $2, before = $3, after = $4 WHERE id = $5",
        event.outcome,
        event.error_code,
        event.before,
        event.after,
        event_id,
    )


async def forget(database: Database, before_ms: int, limit: int) -> int:
    return await database.execute(
        "DELETE FROM audit_event WHERE id IN"
        " (SELECT id FROM audit_event WHERE time_ms < $1 ORDER BY time_ms, id LIMIT $2)",
        before_ms,
        limit,
    )


async def get(source: Database, event_id: int) -> Event | None:
    row = await source.fetch_one(f"SELECT id, {_COLUMNS} FROM audit_event WHERE id = $1", event_id)
    return _event(row) if row else None


async def search(source: Database, wanted: Filter, before: int, limit: int) -> list[Event]:
    conditions, args = _conditions(source.engine, wanted)
    if before:
        args.append(before)
        conditions.append(f"id < ${len(args)}")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = await source.scan(
        f"SELECT id, {_COLUMNS} FROM audit_event {where} ORDER BY id DESC LIMIT {int(limit)}", *args
    )
    return [_event(row) for row in rows]


def _event(row: Row) -> Event:
    return Event(id=row[0], **dict(zip(_FIELDS, row[1:], strict=True)))


def _conditions(engine: str, wanted: Filter) -> tuple[list[str], list[Value]]:
    conditions: list[str] = []
    args: list[Value] = []

    def where(condition: str, value: Value) -> None:
        args.append(value)
        conditions.append(condition.replace("?", f"${len(args)}"))

    def holds(text: str, *columns: str) -> None:
        tests = " OR ".join(f"{any_case(engine, column)} LIKE ? ESCAPE '!'" for column in columns)
        where(f"({tests})", f"%{literal(lower_ascii(text.strip()))}%")

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
        holds(wanted.action, "action")
    if wanted.user:
        holds(wanted.user, "user_name")
    if wanted.keyword:
        holds(wanted.keyword, "resource", "user_name", "before", "after")
    return conditions, args
