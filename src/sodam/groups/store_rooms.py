"""The SQL of what live rooms keep: admins, robots, messages for newcomers, broadcasts. Writers hold the group's row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sodam.storage import Bulk, Database, Tx, batches, in_list

_ADMIN: Final = Bulk(
    "INSERT INTO room_admin (app, group_id, user_id, at)",
    ("bigint", "text", "text", "bigint"),
    "ON CONFLICT (app, group_id, user_id) DO NOTHING",
)
_ROBOT: Final = Bulk(
    "INSERT INTO room_robot (app, group_id, user_id, at, until_at)",
    ("bigint", "text", "text", "bigint", "bigint"),
    "ON CONFLICT (app, group_id, user_id) DO UPDATE SET until_at = excluded.until_at",
)
_MESSAGE: Final = Bulk("INSERT INTO room_message (app, group_id, seq, body)", ("bigint", "text", "bigint", "bytea"))


EVERYTHING: Final = (1 << 63) - 1
"""Above every sequence."""


async def admins(source: Database | Tx, app: int, group_id: str) -> list[str]:
    """In the order of their appointment."""
    rows = await source.fetch(
        "SELECT user_id FROM room_admin WHERE app = $1 AND group_id = $2 ORDER BY at, user_id", app, group_id
    )
    return [row[0] for row in rows]


async def appoint(tx: Tx, app: int, group_id: str, user_ids: Iterable[str], now: int) -> None:
    await tx.bulk(_ADMIN, [(app, group_id, user_id, now) for user_id in sorted(set(user_ids))])


async def robots(source: Database | Tx, app: int, group_id: str, now: int) -> list[tuple[str, int]]:
    """Who they are and since when, the newest first."""
    rows = await source.fetch(
        "SELECT user_id, at FROM room_robot WHERE app = $1 AND group_id = $2 AND until_at > $3"
        " ORDER BY at DESC, user_id",
        app,
        group_id,
        now,
    )
    return [(row[0], int(row[1])) for row in rows]


async def add_robots(tx: Tx, app: int, group_id: str, user_ids: Iterable[str], now: int, until: int) -> None:
    await tx.bulk(_ROBOT, [(app, group_id, user_id, now, until) for user_id in sorted(set(user_ids))])


async def remove(tx: Tx, table: str, app: int, group_id: str, user_ids: Iterable[str]) -> None:
    """Admins or robots, by the name of their table."""
    for some in batches(user_ids):
        sql = f"DELETE FROM {table} WHERE app = $1 AND group_id = $2 AND user_id IN {in_list(some, 3)}"
        await tx.execute(sql, app, group_id, *some)


async def keep(tx: Tx, app: int, group_id: str, messages: Sequence[tuple[int, bytes]], most: int) -> None:
    """Keep the newest ``most`` of a room's messages, of which these come last."""
    newest = messages[-1][0]
    fresh = [(app, group_id, seq, body) for seq, body in messages if seq > newest - most]
    await tx.bulk(_MESSAGE, fresh)
    await tx.execute(
        "DELETE FROM room_message WHERE app = $1 AND group_id = $2 AND seq <= $3", app, group_id, newest - most
    )


async def newest(db: Database, app: int, group_id: str, limit: int, before: int = EVERYTHING) -> list[bytes]:
    """The newest messages that are kept, of those before a sequence; the oldest first."""
    rows = await db.fetch(
        "SELECT body FROM room_message WHERE app = $1 AND group_id = $2 AND seq < $4 ORDER BY seq DESC LIMIT $3",
        app,
        group_id,
        limit,
        before,
    )
    return [bytes(row[0]) for row in reversed(rows)]


async def broadcast(tx: Tx, app: int, second: int) -> tuple[int, int]:
    """Count a message to all rooms; its number, and how many there were in this second."""
    row = await tx.fetch_one(
        "INSERT INTO room_broadcast (app, seq, second, sent) VALUES ($1, 1, $2, 1)"
        " ON CONFLICT (app) DO UPDATE SET seq = room_broadcast.seq + 1,"
        " sent = CASE WHEN room_broadcast.second = excluded.second THEN room_broadcast.sent + 1 ELSE 1 END,"
        " second = excluded.second RETURNING seq, sent",
        app,
        second,
    )
    assert row is not None
    return int(row[0]), int(row[1])


async def erase_user(tx: Tx, app: int, user_id: str) -> None:
    for table in ("room_admin", "room_robot"):
        await tx.execute(f"DELETE FROM {table} WHERE app = $1 AND user_id = $2", app, user_id)
