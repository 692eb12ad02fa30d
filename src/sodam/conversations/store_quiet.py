"""SQL of users' wishes for no notifications."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sodam.storage import Database, Row, Tx, batches, in_list


async def read(db: Database, app: int, user_id: str) -> Row | None:
    return await db.fetch_one(
        "SELECT level, start_time, end_time, repeated FROM do_not_disturb WHERE app = $1 AND user_id = $2", app, user_id
    )


async def wishes(db: Database, app: int, user_ids: Collection[str]) -> list[Row]:
    """Of those who have any: UserID, level, start, end, repeated."""
    found: list[Row] = []
    for ids in batches(user_ids):
        found.extend(
            await db.fetch(
                "SELECT user_id, level, start_time, end_time, repeated FROM do_not_disturb "
                f"WHERE app = $1 AND level <> 0 AND user_id IN {in_list(ids, 2)}",
                app,
                *ids,
            )
        )
    return found


async def put(tx: Tx, app: int, user_id: str, level: int, start: int, end: int, repeated: int) -> None:
    await tx.execute(
        "INSERT INTO do_not_disturb (app, user_id, level, start_time, end_time, repeated) "
        "VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (app, user_id) DO UPDATE SET level = excluded.level, start_time = excluded.start_time, "
        "end_time = excluded.end_time, repeated = excluded.repeated",
        app,
        user_id,
        level,
        start,
        end,
        repeated,
    )


async def forget(tx: Tx, app: int, user_ids: Sequence[str]) -> None:
    for ids in batches(user_ids):
        await tx.execute(f"DELETE FROM do_not_disturb WHERE app = $1 AND user_id IN {in_list(ids, 2)}", app, *ids)
