"""The SQL of the delivery log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.storage import Bulk, Database, Row, Tx
from sodam.webhooks.model import Delivery, Wanted

_COLUMNS: Final = "app, at, event, command, attempt, outcome, status, millis, platform, client_ip, url, request, answer"
_PUT: Final = Bulk(
    f"INSERT INTO webhook_log ({_COLUMNS})",
    (
        *("bigint", "bigint", "text", "text", "bigint", "text", "bigint", "bigint", "text", "text", "text"),
        *("bytea", "bytea"),
    ),
)


async def put(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    names = Delivery.__struct_fields__
    await tx.bulk(_PUT, [tuple(getattr(one, name) for name in names) for one in deliveries])


async def page(db: Database, app: int, *, before: int, limit: int, wanted: Wanted) -> list[tuple[int, Delivery]]:
    """The newest first, with their numbers; those below ``before`` only, unless that is 0."""
    rows = await db.scan(
        f"SELECT id, {_COLUMNS} FROM webhook_log WHERE app = $1 AND (CAST($2 AS BIGINT) = 0 OR id < $2) "
        "AND ($3 = '' OR command = $3) "
        "AND (CAST($4 AS BIGINT) = 0 OR outcome NOT IN ('delivered', 'answered')) AND ($5 = '' OR outcome = $5) "
        "AND ($6 = '' OR event = $6) AND substr(url, 1, CAST($7 AS INTEGER)) = $8 "
        "AND at >= $9 AND (CAST($10 AS BIGINT) = 0 OR at <= $10) ORDER BY id DESC LIMIT $11",
        app,
        before,
        wanted.command,
        int(wanted.failed),
        wanted.outcome,
        wanted.event,
        len(wanted.url),
        wanted.url,
        wanted.since,
        wanted.until,
        limit,
    )
    return [_read(row) for row in rows]


async def one(db: Database, app: int, number: int) -> Delivery | None:
    rows = await db.fetch(f"SELECT id, {_COLUMNS} FROM webhook_log WHERE app = $1 AND id = $2", app, number)
    return _read(rows[0])[1] if rows else None


async def since(tx: Tx, app: int, at: int, after: int, limit: int) -> list[tuple[int, Delivery]]:
    """The first request of each event since a time, by number, after the number ``after``."""
    rows = await tx.fetch(
        f"SELECT id, {_COLUMNS} FROM webhook_log WHERE app = $1 AND id > $2 AND at >= $3 AND attempt = 1 "
        "ORDER BY id LIMIT $4",
        app,
        after,
        at,
        limit,
    )
    return [_read(row) for row in rows]


async def end_of_kept(db: Database, app: int, keep: int) -> int:
    """The number of an app's newest row that is not among the newest ``keep``; 0: there is none."""
    rows = await db.scan("SELECT id FROM webhook_log WHERE app = $1 ORDER BY id DESC LIMIT 1 OFFSET $2", app, keep)
    return int(rows[0][0]) if rows else 0


async def purge(tx: Tx, app: int, end: int, oldest: int, limit: int) -> int:
    """Erase of an app's ``limit`` first rows those up to the number ``end``, and those before ``oldest`` (unix
    milliseconds); how many."""
    return await tx.execute(
        "DELETE FROM webhook_log WHERE id IN (SELECT id FROM (SELECT id, at FROM webhook_log WHERE app = $1 "
        "ORDER BY id LIMIT $4) AS oldest WHERE id <= $2 OR at < $3)",
        app,
        end,
        oldest,
        limit,
    )


def _read(row: Row) -> tuple[int, Delivery]:
    return row[0], Delivery(*row[1:])
