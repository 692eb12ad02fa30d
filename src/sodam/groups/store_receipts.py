"""The SQL of read receipts and pins. Writers hold the group's row (store.lock)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sodam.groups.message import GroupMessage
from sodam.storage import Bulk, Database, Tx, Value, batches, in_list

_RECEIPT: Final = Bulk(
    "INSERT INTO group_receipt (app, group_id, seq, user_id)",
    ("bigint", "text", "bigint", "text"),
    "ON CONFLICT (app, group_id, seq, user_id) DO NOTHING RETURNING seq",
)
_UNREAD: Final = (
    "FROM group_member m WHERE m.app = $1 AND m.group_id = $2 AND m.user_id <> $4 AND m.joined_at <= $5"
    " AND NOT EXISTS (SELECT 1 FROM group_receipt r WHERE r.app = m.app AND r.group_id = m.group_id AND r.seq = $3"
    " AND r.user_id = m.user_id)"
)
"""Who was a member when the message came, still is, and has not read it."""


class Pin(NamedTuple):
    seq: int
    pinner: str


async def add(tx: Tx, app: int, group_id: str, user_id: str, seqs: Iterable[int]) -> set[int]:
    """Those of the messages that the user had not confirmed before."""
    rows = await tx.bulk(_RECEIPT, [(app, group_id, seq, user_id) for seq in sorted(set(seqs))])
    return {row[0] for row in rows}


async def read(source: Database | Tx, app: int, group_id: str, seqs: Iterable[int]) -> dict[int, int]:
    """How many have read each of these messages; those that nobody has read are left out."""
    found: dict[int, int] = {}
    for some in batches(seqs):
        sql = (
            "SELECT seq, count(*) FROM group_receipt WHERE app = $1 AND group_id = $2"
            f" AND seq IN {in_list(some, 3)} GROUP BY seq"
        )
        found.update((row[0], int(row[1])) for row in await source.fetch(sql, app, group_id, *some))
    return found


def _unread(message: GroupMessage) -> tuple[str, list[Value]]:
    args: list[Value] = [message.app, message.group_id, message.seq, message.sender, message.msg_time]
    if not message.extra.to:
        return _UNREAD, args
    return f"{_UNREAD} AND m.user_id IN {in_list(message.extra.to, 6)}", [*args, *message.extra.to]


async def unread(source: Database | Tx, message: GroupMessage) -> int:
    """How many have not."""
    where, args = _unread(message)
    row = await source.fetch_one(f"SELECT count(*) {where}", *args)
    return int(row[0]) if row else 0


async def readers(db: Database, message: GroupMessage, after: str, limit: int) -> list[str]:
    rows = await db.fetch(
        "SELECT user_id FROM group_receipt WHERE app = $1 AND group_id = $2 AND seq = $3 AND user_id > $4"
        " ORDER BY user_id LIMIT $5",
        message.app,
        message.group_id,
        message.seq,
        after,
        limit,
    )
    return [row[0] for row in rows]


async def readers_among(db: Database, message: GroupMessage, user_ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(user_id for user_id in user_ids if "\0" not in user_id):
        sql = (
            "SELECT user_id FROM group_receipt WHERE app = $1 AND group_id = $2 AND seq = $3"
            f" AND user_id IN {in_list(some, 4)}"
        )
        rows = await db.fetch(sql, message.app, message.group_id, message.seq, *some)
        found.update(row[0] for row in rows)
    return found


async def others(db: Database, message: GroupMessage, after: str, limit: int) -> list[str]:
    """Who has not read it."""
    where, args = _unread(message)
    at = len(args) + 1
    sql = f"SELECT m.user_id {where} AND m.user_id > ${at} ORDER BY m.user_id LIMIT ${at + 1}"
    return [row[0] for row in await db.fetch(sql, *args, after, limit)]


async def pins(source: Database | Tx, app: int, group_id: str) -> list[Pin]:
    """The newest first."""
    rows = await source.fetch(
        "SELECT seq, pinner FROM group_pin WHERE app = $1 AND group_id = $2 ORDER BY place DESC", app, group_id
    )
    return [Pin(*row) for row in rows]


async def pin(tx: Tx, app: int, group_id: str, seq: int, pinner: str) -> None:
    await tx.execute(
        "INSERT INTO group_pin (app, group_id, seq, pinner, place) VALUES ($1, $2, $3, $4,"
        " (SELECT COALESCE(MAX(place), 0) + 1 FROM group_pin WHERE app = $1 AND group_id = $2))",
        app,
        group_id,
        seq,
        pinner,
    )


async def unpin(tx: Tx, app: int, group_id: str, seqs: Iterable[int]) -> set[int]:
    """Those of the messages that were pinned."""
    gone: set[int] = set()
    for some in batches(seqs):
        rows = await tx.fetch(
            f"DELETE FROM group_pin WHERE app = $1 AND group_id = $2 AND seq IN {in_list(some, 3)} RETURNING seq",
            app,
            group_id,
            *some,
        )
        gone.update(row[0] for row in rows)
    return gone


async def erase_user(tx: Tx, app: int, user_id: str) -> None:
    """Receipts of a deleted account go, and its pins are nobody's."""
    await tx.execute("DELETE FROM group_receipt WHERE app = $1 AND user_id = $2", app, user_id)
    await tx.execute("UPDATE group_pin SET pinner = '' WHERE app = $1 AND pinner = $2", app, user_id)
