"""The SQL of bans. Writers hold the group's row (store.lock)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sodam.storage import Bulk, Database, Tx, batches, in_list

_BAN: Final = Bulk(
    "INSERT INTO group_ban (app, group_id, user_id, until_at, reason)",
    ("bigint", "text", "text", "bigint", "text"),
    "ON CONFLICT (app, group_id, user_id) DO UPDATE SET until_at = excluded.until_at, reason = excluded.reason",
)


class Ban(NamedTuple):
    user_id: str
    until: int
    """Unix seconds: banned before it."""
    reason: str


async def put(tx: Tx, app: int, group_id: str, user_ids: Iterable[str], until: int, reason: str) -> None:
    await tx.bulk(_BAN, [(app, group_id, user_id, until, reason) for user_id in sorted(set(user_ids))])


async def remove(tx: Tx, app: int, group_id: str, user_ids: Iterable[str]) -> None:
    for some in batches(user_ids):
        sql = f"DELETE FROM group_ban WHERE app = $1 AND group_id = $2 AND user_id IN {in_list(some, 3)}"
        await tx.execute(sql, app, group_id, *some)


async def of(source: Database | Tx, app: int, group_id: str, user_ids: Iterable[str], now: int) -> set[str]:
    """Which of these users are banned."""
    found: set[str] = set()
    for some in batches(user_ids):
        sql = (
            "SELECT user_id FROM group_ban WHERE app = $1 AND group_id = $2 AND until_at > $3"
            f" AND user_id IN {in_list(some, 4)}"
        )
        found.update(row[0] for row in await source.fetch(sql, app, group_id, now, *some))
    return found


async def page(db: Database, app: int, group_id: str, now: int, offset: int, limit: int) -> list[Ban]:
    """Who is banned, whose ban ends first stands first."""
    rows = await db.fetch(
        "SELECT user_id, until_at, reason FROM group_ban WHERE app = $1 AND group_id = $2 AND until_at > $3"
        " ORDER BY until_at, user_id LIMIT $4 OFFSET $5",
        app,
        group_id,
        now,
        limit,
        offset,
    )
    return [Ban(row[0], int(row[1]), row[2]) for row in rows]


async def erase_user(tx: Tx, app: int, user_id: str) -> None:
    await tx.execute("DELETE FROM group_ban WHERE app = $1 AND user_id = $2", app, user_id)
