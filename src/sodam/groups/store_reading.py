"""The SQL of what single members have read, hidden and pinned. None of it is written when a message is sent.

Unread numbers are computed: what counts in the group, without what counted up to the read position, the member's own
messages behind it, and those that were recalled or that the member has deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from sodam.groups.message import GroupMessage, Standing
from sodam.groups.store_messages import COLUMNS, message_of
from sodam.messages.model import NO_LAST, RECALLED
from sodam.storage import Bulk, Database, Tx, batches, fetch_locked, in_list

_HIDDEN: Final = Bulk(
    "INSERT INTO group_hidden (app, group_id, user_id, seq, counts)",
    ("bigint", "text", "text", "bigint", "bigint"),
    "ON CONFLICT (app, group_id, user_id, seq) DO NOTHING RETURNING seq",
)
_PURGED: Final = "(SELECT g.purged_counted FROM chat_group g WHERE g.app = m.app AND g.group_id = m.group_id)"
"""What counted before the oldest message that there is."""
_STANDING: Final = (
    "SELECT m.group_id, m.read_seq, m.top_at, m.msg_flag, m.join_seq, m.clear_seq, g.clear_seq, g.shown_seq,"
    " g.counted - COALESCE(r.counted, g.purged_counted) - m.own_ahead"
    " - (SELECT count(*) FROM group_change c WHERE c.app = m.app AND c.group_id = m.group_id AND c.seq > m.read_seq"
    " AND c.recalled = 1 AND c.counts = 1 AND c.sender <> m.user_id AND NOT EXISTS (SELECT 1 FROM group_hidden x"
    " WHERE x.app = m.app AND x.group_id = m.group_id AND x.user_id = m.user_id AND x.seq = c.seq))"
    " - (SELECT count(*) FROM group_hidden h WHERE h.app = m.app AND h.group_id = m.group_id AND h.user_id = m.user_id"
    " AND h.seq > m.read_seq AND h.counts = 1)"
    " FROM group_member m JOIN chat_group g ON g.app = m.app AND g.group_id = m.group_id"
    " LEFT JOIN group_message r ON r.app = m.app AND r.group_id = m.group_id AND r.seq = m.read_seq"
    " WHERE m.app = $1 AND m.user_id = $2 AND m.group_id IN "
)


async def standings(db: Database, app: int, user_id: str, group_ids: Iterable[str]) -> dict[str, Standing]:
    """Those of the groups that the user is a member of."""
    found: dict[str, Standing] = {}
    for some in batches(group_ids):
        for row in await db.fetch(_STANDING + in_list(some, 3), app, user_id, *some):
            found[row[0]] = Standing(*row)
    return found


async def listed(db: Database, app: int, user_id: str, limit: int) -> list[tuple[str, int, int]]:
    """Group, arrival of its last message in microseconds, and pin: pinned ones first, then the newest."""
    rows = await db.scan(
        "SELECT g.group_id, g.shown_at, m.top_at FROM group_member m JOIN chat_group g ON g.app = m.app"
        " AND g.group_id = m.group_id AND g.parent = '' WHERE m.app = $1 AND m.user_id = $2"
        " AND g.shown_seq > m.hide_seq AND g.shown_seq > m.join_seq"
        " ORDER BY CASE WHEN m.top_at > 0 THEN 1 ELSE 0 END DESC, g.shown_at DESC LIMIT $3",
        app,
        user_id,
        limit,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def last(db: Database, app: int, group_ids: Iterable[str]) -> dict[str, GroupMessage]:
    """The messages that stand for these groups in conversation lists."""
    columns = ", ".join(f"x.{name.strip()}" for name in COLUMNS.split(","))
    found: dict[str, GroupMessage] = {}
    for some in batches(group_ids):
        rows = await db.fetch(
            f"SELECT {columns} FROM chat_group g JOIN group_message x ON x.app = g.app AND x.group_id = g.group_id"
            f" AND x.seq = g.shown_seq WHERE g.app = $1 AND g.group_id IN {in_list(some, 2)}",
            app,
            *some,
        )
        found.update((row[1], message_of(row)) for row in rows)
    return found


async def last_kept(db: Database, app: int, user_id: str, group_id: str, floor: int) -> GroupMessage | None:
    """The newest message that a list may show of those that the member has not deleted for itself."""
    row = await db.fetch_one(
        f"SELECT {COLUMNS} FROM group_message m WHERE app = $1 AND group_id = $2 AND seq > $3"
        f" AND (flags & {NO_LAST}) = 0 AND NOT EXISTS (SELECT 1 FROM group_hidden h WHERE h.app = m.app"
        " AND h.group_id = m.group_id AND h.user_id = $4 AND h.seq = m.seq) ORDER BY seq DESC LIMIT 1",
        app,
        group_id,
        floor,
        user_id,
    )
    return message_of(row) if row else None


async def hidden(db: Database, app: int, user_id: str, group_id: str, low: int, high: int) -> set[int]:
    """What the member has deleted for itself between two sequences."""
    rows = await db.fetch(
        "SELECT seq FROM group_hidden WHERE app = $1 AND group_id = $2 AND user_id = $3 AND seq >= $4 AND seq <= $5",
        app,
        group_id,
        user_id,
        low,
        high,
    )
    return {row[0] for row in rows}


async def hide(tx: Tx, user_id: str, messages: Iterable[GroupMessage]) -> set[int]:
    """Delete messages for one member, whose row ``tx`` holds; the sequences of those that were not before."""
    rows = [(m.app, m.group_id, user_id, m.seq, int(m.counts and m.sender != user_id)) for m in messages]
    return {row[0] for row in await tx.bulk(_HIDDEN, rows)}


async def lock(tx: Tx, app: int, user_id: str, group_id: str) -> tuple[int, int] | None:
    """The member's read position and the group's newest sequence; None: no member. Holds the member's row."""
    held = await fetch_locked(
        tx,
        "SELECT read_seq FROM group_member WHERE app = $1 AND group_id = $2 AND user_id = $3",
        app,
        group_id,
        user_id,
    )
    head = await tx.fetch_one("SELECT next_seq FROM chat_group WHERE app = $1 AND group_id = $2", app, group_id)
    return (held[0][0], head[0] - 1) if held and head else None


async def put_read(tx: Tx, app: int, user_id: str, group_id: str, seq: int) -> None:
    """Set the read position of a member whose row ``tx`` holds, and count its own messages behind it anew."""
    row = await tx.fetch_one(
        "SELECT count(*) FROM group_message m WHERE app = $1 AND group_id = $2 AND seq > $3 AND sender = $4"
        " AND counted > COALESCE((SELECT p.counted FROM group_message p WHERE p.app = m.app"
        " AND p.group_id = m.group_id AND p.seq = m.seq - 1), "
        f"{_PURGED})",
        app,
        group_id,
        seq,
        user_id,
    )
    await tx.execute(
        "UPDATE group_member SET read_seq = $4, own_ahead = $5 WHERE app = $1 AND group_id = $2 AND user_id = $3",
        app,
        group_id,
        user_id,
        seq,
        int(row[0]) if row else 0,
    )


async def seq_with_unread(tx: Tx, app: int, user_id: str, group_id: str, unread: int) -> int:
    """The read position behind which so many messages of others count; 0 where there are not so many."""
    row = await tx.fetch_one(
        "SELECT seq FROM group_message m WHERE app = $1 AND group_id = $2 AND sender <> $3"
        f" AND (flags & {RECALLED}) = 0 AND NOT EXISTS (SELECT 1 FROM group_hidden x WHERE x.app = m.app"
        " AND x.group_id = m.group_id AND x.user_id = $3 AND x.seq = m.seq)"
        " AND counted > COALESCE((SELECT p.counted FROM group_message p WHERE p.app = m.app"
        " AND p.group_id = m.group_id AND p.seq = m.seq - 1), "
        f"{_PURGED}) ORDER BY seq DESC LIMIT 1 OFFSET $4",
        app,
        group_id,
        user_id,
        unread,
    )
    return int(row[0]) if row else 0


async def floor(tx: Tx, app: int, user_id: str, group_id: str) -> int:
    """Nothing up to it is the member's to read."""
    row = await tx.fetch_one(
        "SELECT m.join_seq, m.clear_seq, g.clear_seq FROM group_member m JOIN chat_group g ON g.app = m.app"
        " AND g.group_id = m.group_id WHERE m.app = $1 AND m.group_id = $2 AND m.user_id = $3",
        app,
        group_id,
        user_id,
    )
    return max(row) if row else 0


async def behind(tx: Tx, app: int, group_id: str, seq: int) -> list[str]:
    """The members who have not read up to ``seq``."""
    rows = await tx.fetch(
        "SELECT user_id FROM group_member WHERE app = $1 AND group_id = $2 AND read_seq < $3", app, group_id, seq
    )
    return [row[0] for row in rows]


async def read_by_all(tx: Tx, app: int, group_id: str, seq: int) -> None:
    """Every member has read up to ``seq`` at least. ``tx`` holds the group."""
    rows = await tx.fetch(
        "SELECT sender, count(*) FROM group_message m WHERE app = $1 AND group_id = $2 AND seq > $3"
        " AND counted > COALESCE((SELECT p.counted FROM group_message p WHERE p.app = m.app"
        " AND p.group_id = m.group_id AND p.seq = m.seq - 1), "
        f"{_PURGED}) GROUP BY sender ORDER BY sender",
        app,
        group_id,
        seq,
    )
    sql = "UPDATE group_member SET read_seq = $3, own_ahead = $4 WHERE app = $1 AND group_id = $2 AND read_seq < $3"
    for sender, own in rows:
        await tx.execute(f"{sql} AND user_id = $5", app, group_id, seq, int(own), sender)
    await tx.execute(sql, app, group_id, seq, 0)


async def all_read(tx: Tx, app: int, group_id: str, seq: int) -> None:
    """Every member has read up to ``seq``, the newest."""
    await tx.execute(
        "UPDATE group_member SET read_seq = $3, own_ahead = 0 WHERE app = $1 AND group_id = $2", app, group_id, seq
    )


async def take_off(tx: Tx, app: int, user_id: str, group_id: str, *, clear: bool, remove: bool) -> int | None:
    """Take the group off the member's list (``remove``), its history with it (``clear``); the newest message's
    sequence, None: no member."""
    found = await lock(tx, app, user_id, group_id)
    if found is None:
        return None
    if clear:
        await put_read(tx, app, user_id, group_id, found[1])
        await tx.execute(
            "UPDATE group_member SET clear_seq = $4 WHERE app = $1 AND group_id = $2 AND user_id = $3",
            app,
            group_id,
            user_id,
            found[1],
        )
    if remove:
        await tx.execute(
            "UPDATE group_member SET hide_seq = $4 WHERE app = $1 AND group_id = $2 AND user_id = $3",
            app,
            group_id,
            user_id,
            found[1],
        )
    return found[1]


async def pinned(tx: Tx, app: int, user_id: str) -> set[str]:
    rows = await tx.fetch(
        "SELECT group_id FROM group_member WHERE app = $1 AND user_id = $2 AND top_at > 0", app, user_id
    )
    return {row[0] for row in rows}


async def put_pins(tx: Tx, app: int, user_id: str, group_ids: Collection[str], at: int) -> None:
    for group_id in sorted(group_ids):
        await tx.execute(
            "UPDATE group_member SET top_at = $4 WHERE app = $1 AND group_id = $2 AND user_id = $3",
            app,
            group_id,
            user_id,
            at,
        )
