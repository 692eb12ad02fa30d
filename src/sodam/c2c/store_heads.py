"""The SQL of conversations as entries of a list, and of how many of their messages are unread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from sodam.c2c.model import MAX_UNREAD, MAX_UNREAD_CONVERSATIONS, Head, Window
from sodam.messages.model import DELETED_HIGH, DELETED_LOW, HIDE_RECEIVER, NO_UNREAD, RECALLED
from sodam.storage import Database, Row, Tx, batches

UNCOUNTED: Final = NO_UNREAD | HIDE_RECEIVER | RECALLED

# How many messages to the owner of ``m`` were not read: those that were counted since the read mark, less those that
# are past retention ($3, a second) and wait to be erased. The latter are looked for where anything is unread at all.
# Where the owner read last before the second $4, from which on messages count, those since then are counted one by one,
# up to the most that is ever said; elsewhere older ones were read.
_COUNTED = "CASE WHEN m.high = 0 THEN h.in_low ELSE h.in_high END - m.read_count"
_TO_OWNER = (
    "FROM c2c_message x WHERE x.app = m.app AND x.conv = m.conv AND x.msg_time {} "
    "AND (x.seq > m.read_seq OR x.msg_time > m.read_time) AND x.high <> m.high "
    f"AND (x.flags & (CASE WHEN m.high = 1 THEN {UNCOUNTED | DELETED_HIGH} ELSE {UNCOUNTED | DELETED_LOW} END)) = 0"
)
_UNREAD = (
    f"CASE WHEN {_COUNTED} <= 0 THEN 0 "
    f"WHEN m.read_time < $4 THEN (SELECT COUNT(*) FROM (SELECT 1 {_TO_OWNER.format('>= $4')} LIMIT {MAX_UNREAD}) AS y) "
    f"ELSE {_COUNTED} - (SELECT COUNT(*) {_TO_OWNER.format('< $3')}) END"
)
_LISTED_AT = "CASE WHEN m.high = 0 THEN h.low_at ELSE h.high_at END"
_JOINED = "FROM c2c_member m JOIN c2c_head h ON h.app = m.app AND h.conv = m.conv "
_HEAD = (
    f"SELECT m.peer, h.last_seq, h.last_time, {_LISTED_AT} AS list_at, "
    f"{_UNREAD}, m.read_time, COALESCE(p.read_time, 0), m.clear_seq, m.top_time, m.mute "
    f"{_JOINED}LEFT JOIN c2c_member p ON p.app = m.app AND p.owner = m.peer AND p.peer = m.owner "
)


def _head(row: Row) -> Head:
    read_time, peer_read_time, clear_seq, top_time, mute = row[5:10]
    return Head(
        peer=row[0],
        last_seq=row[1],
        last_time=row[2],
        list_time=row[3] // 1_000_000,
        unread=min(MAX_UNREAD, max(0, row[4])),
        read_time=read_time,
        peer_read_time=peer_read_time,
        clear_seq=clear_seq,
        top_time=top_time,
        mute=mute,
        list_at=row[3],
    )


async def heads(
    db: Database, app: int, owner: str, limit: int, *, window: Window, pinned_first: bool = True
) -> list[Head]:
    """The owner's conversations that are not deleted: pinned ones first, then by last arrival, newest first.

    What is unread of each, in however many.
    """
    order = "(m.top_time > 0) DESC, " if pinned_first else ""
    rows = await db.fetch(
        f"{_HEAD} WHERE m.app = $1 AND m.owner = $2 "
        "AND CASE WHEN m.high = 0 THEN h.low_seq ELSE h.high_seq END > m.hidden_seq "
        f"ORDER BY {order}list_at DESC, m.peer LIMIT $5",
        app,
        owner,
        *window,
        limit,
    )
    return [_head(row) for row in rows]


async def head(source: Database | Tx, app: int, owner: str, peer: str, *, window: Window) -> Head:
    """One conversation; an empty Head when there is none."""
    row = await source.fetch_one(
        f"{_HEAD} WHERE m.app = $1 AND m.owner = $2 AND m.peer = $5", app, owner, *window, peer
    )
    return _head(row) if row else Head(peer)


@cache
def _counted(owners: int) -> str:
    """By owner, the conversations whose messages count as unread."""
    places = ", ".join(["$2", *(f"${n}" for n in range(5, 4 + owners))])
    return (
        f"SELECT owner, peer, CASE WHEN n < {MAX_UNREAD} THEN n ELSE {MAX_UNREAD} END AS n FROM ("
        "SELECT owner, peer, n, ROW_NUMBER() OVER (PARTITION BY owner ORDER BY list_at DESC, peer) AS place FROM ("
        f"SELECT m.owner, m.peer, {_LISTED_AT} AS list_at, {_UNREAD} AS n {_JOINED}"
        f"WHERE m.app = $1 AND m.owner IN ({places})) AS each_one WHERE n > 0) AS placed "
        f"WHERE place <= {MAX_UNREAD_CONVERSATIONS}"
    )


@cache
def _all_unread(owners: int) -> str:
    return f"SELECT owner, SUM(n) FROM ({_counted(owners)}) AS counted GROUP BY owner"


async def unread(db: Database, app: int, owners: Sequence[str], *, window: Window) -> dict[str, int]:
    """By owner, the unread messages of all conversations; those without any may be missing."""
    found: dict[str, int] = {}
    for some in batches(owners):
        rows = await db.scan(_all_unread(len(some)), app, some[0], *window, *some[1:])
        found |= {row[0]: int(row[1]) for row in rows}
    return found


async def unread_in(tx: Tx, app: int, owner: str, *, window: Window) -> int:
    """As ``unread``, of one, with what ``tx`` has written."""
    rows = await tx.fetch(_all_unread(1), app, owner, *window)
    return int(rows[0][1]) if rows else 0


async def unread_by_peer(db: Database, app: int, owner: str, *, window: Window) -> dict[str, int]:
    """The conversations whose messages count as unread, and how many."""
    return {row[1]: int(row[2]) for row in await db.scan(_counted(1), app, owner, *window)}
