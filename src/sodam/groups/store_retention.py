"""The SQL of erasing what is too old. Whoever erases messages holds the group's row (store.lock)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sodam.storage import Database, Tx, batches, fetch_locked, in_list

_UP_TO: Final = ("group_message", "group_change", "group_hidden", "group_receipt", "group_pin")


class Old(NamedTuple):
    seq: int
    sender: str
    counted: int


async def old(db: Database, app: int, before: int, after: int, limit: int) -> list[tuple[int, str]]:
    """Number and ID of groups behind a number that have messages of before a second."""
    rows = await db.scan(
        "SELECT g.num, g.group_id FROM chat_group g WHERE g.app = $1 AND g.num > $2 AND EXISTS (SELECT 1"
        " FROM group_message m WHERE m.app = g.app AND m.group_id = g.group_id AND m.seq = (SELECT MIN(o.seq)"
        " FROM group_message o WHERE o.app = g.app AND o.group_id = g.group_id) AND m.msg_time < $3)"
        " ORDER BY g.num LIMIT $4",
        app,
        after,
        before,
        limit,
    )
    return [(row[0], row[1]) for row in rows]


async def oldest(tx: Tx, app: int, group_id: str, span: tuple[int, int], limit: int) -> list[Old]:
    """The first messages of a group behind a sequence, as far as they are of before a second: times never fall within a
    group."""
    after, before = span
    rows = await tx.fetch(
        "SELECT seq, sender, counted, msg_time FROM group_message WHERE app = $1 AND group_id = $2 AND seq > $3"
        " ORDER BY seq LIMIT $4",
        app,
        group_id,
        after,
        limit,
    )
    found = []
    for row in rows:
        if row[3] >= before:
            break
        found.append(Old(*row[:3]))
    return found


async def forget_own(tx: Tx, app: int, group_id: str, counting: Mapping[str, Sequence[int]]) -> None:
    """Members' own messages ahead of their read positions: these are none any longer."""
    for some in batches(counting):
        rows = await fetch_locked(  # who reads meanwhile counts anew, from what is left
            tx,
            "SELECT user_id, read_seq FROM group_member WHERE app = $1 AND group_id = $2"
            f" AND user_id IN {in_list(some, 3)} ORDER BY user_id",
            app,
            group_id,
            *some,
        )
        for user_id, read_seq in rows:
            if gone := sum(seq > read_seq for seq in counting[user_id]):
                await tx.execute(
                    "UPDATE group_member SET own_ahead = own_ahead - $4"
                    " WHERE app = $1 AND group_id = $2 AND user_id = $3",
                    app,
                    group_id,
                    user_id,
                    gone,
                )


async def erase(tx: Tx, app: int, group_id: str, after: int, seq: int) -> None:
    """All messages behind a sequence up to another, with what is kept of them by group."""
    for table in _UP_TO:
        sql = f"DELETE FROM {table} WHERE app = $1 AND group_id = $2 AND seq > $3 AND seq <= $4"
        await tx.execute(sql, app, group_id, after, seq)


async def erase_notices(tx: Tx, before: int, limit: int) -> int:
    return await tx.execute(
        "DELETE FROM group_notice WHERE (app, user_id, seq) IN"
        " (SELECT app, user_id, seq FROM group_notice WHERE at < $1 LIMIT $2)",
        before,
        limit,
    )
