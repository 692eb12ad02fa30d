"""The SQL of notices to single users."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from sodam.storage import Bulk, Database, Tx, batches, in_list

KEPT: Final = 200
"""Notices kept of a user, the newest."""
_SEQ: Final = Bulk(
    "INSERT INTO group_notice_user (app, user_id, seq)",
    ("bigint", "text", "bigint"),
    "ON CONFLICT (app, user_id) DO UPDATE SET seq = group_notice_user.seq + excluded.seq RETURNING user_id, seq",
)
_INSERT: Final = Bulk(
    "INSERT INTO group_notice (app, user_id, seq, random, at, kind, group_id, body)",
    ("bigint", "text", "bigint", "bigint", "bigint", "bigint", "text", "bytea"),
)


class Stored(msgspec.Struct, frozen=True):
    user_id: str
    seq: int
    random: int
    at: int
    kind: int
    group_id: str
    body: bytes


async def take(tx: Tx, app: int, counts: dict[str, int]) -> dict[str, int]:
    """Sequences for so many notices of each user: the last of them. The users' rows are held until ``tx`` ends."""
    rows = await tx.bulk(_SEQ, [(app, user_id, counts[user_id]) for user_id in sorted(counts)])
    return {row[0]: int(row[1]) for row in rows}


async def insert(tx: Tx, app: int, notices: Sequence[Stored]) -> None:
    """Keep notices, and of each user the newest ``KEPT`` only."""
    await tx.bulk(_INSERT, [(app, n.user_id, n.seq, n.random, n.at, n.kind, n.group_id, n.body) for n in notices])
    for some in batches(n.user_id for n in notices if n.seq > KEPT):
        await tx.execute(
            "DELETE FROM group_notice WHERE app = $1 AND seq <= (SELECT u.seq - $2 FROM group_notice_user u"
            f" WHERE u.app = group_notice.app AND u.user_id = group_notice.user_id) AND user_id IN {in_list(some, 3)}",
            app,
            KEPT,
            *some,
        )


async def since(db: Database, app: int, user_id: str, seq: int, at: int, kinds: Iterable[int] = ()) -> list[Stored]:
    """The notices behind a sequence that are not older than a second, in order; ``kinds``: only those, if given."""
    sql = (
        "SELECT user_id, seq, random, at, kind, group_id, body FROM group_notice"
        " WHERE app = $1 AND user_id = $2 AND seq > $3 AND at >= $4"
    )
    wanted = list(kinds)
    if wanted:
        sql += f" AND kind IN {in_list(wanted, 5)}"
    rows = await db.fetch(f"{sql} ORDER BY seq", app, user_id, seq, at, *wanted)
    return [Stored(row[0], row[1], row[2], row[3], row[4], row[5], bytes(row[6])) for row in rows]


async def last(db: Database, app: int, user_id: str) -> int:
    """The sequence of the user's newest notice; 0: there was none."""
    row = await db.fetch_one("SELECT seq FROM group_notice_user WHERE app = $1 AND user_id = $2", app, user_id)
    return int(row[0]) if row else 0


async def remove(db: Database, app: int, user_id: str, named: Iterable[tuple[int, int]]) -> None:
    """Forget notices, named by sequence and random number."""
    for seq, random in named:
        await db.execute(
            "DELETE FROM group_notice WHERE app = $1 AND user_id = $2 AND seq = $3 AND random = $4",
            app,
            user_id,
            seq,
            random,
        )


async def erase_user(tx: Tx, app: int, user_id: str) -> None:
    """What is kept for a deleted account. Its sequence stays: the UserID may come back, and cookies with it."""
    await tx.execute("DELETE FROM group_notice WHERE app = $1 AND user_id = $2", app, user_id)
