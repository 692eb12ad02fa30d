"""The SQL that reads one-to-one messages and conversations, as one of the two users may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.messages.model import (
    DELETED_HIGH,
    DELETED_LOW,
    HIDE_RECEIVER,
    HIDE_SENDER,
    NO_LAST,
    NO_UNREAD,
    RECALLED,
    SEPARATOR,
    Head,
    Message,
    conversation,
)
from sodam.storage import Database, Row, Tx

COLUMNS: Final = "conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, version, body, cloud, id"
_LIST_SIZES: Final = (100, 25, 5, 1)  # few distinct statements for lists of any length
NEWEST: Final = (1 << 62, 0, 0)
Place = tuple[int, int, int]
"""(MsgTime, MsgSeq, MsgRandom): where a message stands in the history of its conversation."""

# What the owner may not see: (1) deleted by the owner, (2) hidden from the sender's or the receiver's side. $8 is the
# owner's deletion bit, $9 the value of ``high`` for messages that the owner sent.
_VISIBLE = (
    f"seq > $7 AND (flags & $8) = 0 AND NOT (high = $9 AND (flags & {HIDE_SENDER}) <> 0) "
    f"AND NOT (high <> $9 AND (flags & {HIDE_RECEIVER}) <> 0)"
)

# The newest message of the conversation ``m`` that its owner may see and that may stand in the list; $3 is the oldest
# second that is shown.
_LAST = (
    "SELECT x.id FROM c2c_message x WHERE x.app = m.app AND x.conv = m.conv AND x.msg_time >= $3 "
    f"AND x.seq > m.clear_seq AND (x.flags & (CASE WHEN m.high = 1 THEN {DELETED_HIGH} ELSE {DELETED_LOW} END)) = 0 "
    f"AND NOT (x.high = m.high AND (x.flags & {HIDE_SENDER}) <> 0) "
    f"AND NOT (x.high <> m.high AND (x.flags & {HIDE_RECEIVER}) <> 0) AND (x.flags & {NO_LAST}) = 0 "
    "ORDER BY x.msg_time DESC, x.msg_seq DESC, x.msg_random DESC LIMIT 1"
)


def message_of(app: int, row: Row) -> Message:
    low, _, high = str(row[0]).partition(SEPARATOR)
    return Message(
        app=app,
        conv=row[0],
        sender=high if row[5] else low,
        recipient=low if row[5] else high,
        msg_time=row[1],
        msg_seq=row[2],
        msg_random=row[3],
        seq=row[4],
        client_time=row[6],
        flags=row[7],
        version=row[8],
        body=row[9],
        cloud=row[10],
        id=row[11],
    )


def _side(owner: str, peer: str) -> tuple[int, int]:
    """The owner's deletion bit, and ``high`` of the owner's own messages."""
    return (DELETED_HIGH, 1) if owner > peer else (DELETED_LOW, 0)


async def history(
    db: Database | Tx,
    app: int,
    owner: str,
    peer: str,
    *,
    oldest: int,
    clear_seq: int,
    limit: int,
    before: Place = NEWEST,
) -> list[Message]:
    """Visible messages older than ``before`` and not before the second ``oldest``, newest first."""
    bit, own = _side(owner, peer)
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM c2c_message WHERE app = $1 AND conv = $2 "
        f"AND (msg_time, msg_seq, msg_random) < ($3, $4, $5) AND msg_time >= $6 AND {_VISIBLE} "
        "ORDER BY msg_time DESC, msg_seq DESC, msg_random DESC LIMIT $10",
        app,
        conversation(owner, peer),
        *before,
        oldest,
        clear_seq,
        bit,
        own,
        limit,
    )
    return [message_of(app, row) for row in rows]


async def forward(
    db: Database | Tx, app: int, owner: str, peer: str, *, after: Place, clear_seq: int, limit: int
) -> list[Message]:
    """Visible messages newer than ``after``, oldest first."""
    bit, own = _side(owner, peer)
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM c2c_message WHERE app = $1 AND conv = $2 "
        f"AND (msg_time, msg_seq, msg_random) > ($3, $4, $5) AND msg_time >= $6 AND {_VISIBLE} "
        "ORDER BY msg_time, msg_seq, msg_random LIMIT $10",
        app,
        conversation(owner, peer),
        *after,
        after[0],
        clear_seq,
        bit,
        own,
        limit,
    )
    return [message_of(app, row) for row in rows]


async def last_visible(db: Database, app: int, owner: str, peers: Sequence[str], *, oldest: int) -> dict[str, Message]:
    """By peer, the message that stands in the owner's conversation list: one query for up to 100 peers."""
    found: dict[str, Message] = {}
    for at in range(0, len(peers), _LIST_SIZES[0]):
        part = peers[at : at + _LIST_SIZES[0]]
        size = min(size for size in _LIST_SIZES if size >= len(part))
        padded = [*part, *[part[-1]] * (size - len(part))]
        places = ", ".join(f"${n}" for n in range(4, 4 + size))
        rows = await db.fetch(
            f"SELECT {COLUMNS} FROM c2c_message WHERE id IN (SELECT ({_LAST}) FROM c2c_member m "
            f"WHERE m.app = $1 AND m.owner = $2 AND m.peer IN ({places}))",
            app,
            owner,
            oldest,
            *padded,
        )
        for row in rows:
            message = message_of(app, row)
            found[message.recipient if message.sender == owner else message.sender] = message
    return found


async def find(source: Database | Tx, app: int, sender: str, recipient: str, place: Place) -> Message | None:
    """The message with this (time, sequence, random) in this direction.

    Where several have it, since senders choose the two numbers: the first that is not recalled.
    """
    row = await source.fetch_one(
        f"SELECT {COLUMNS} FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time = $3 AND msg_seq = $4 "
        f"AND msg_random = $5 AND high = $6 ORDER BY (flags & {RECALLED}), seq LIMIT 1",
        app,
        conversation(sender, recipient),
        *place,
        int(sender > recipient),
    )
    return message_of(app, row) if row else None


async def exists(db: Database, app: int, conv: str, place: Place) -> bool:
    """Whether a message stands at this place, in whatever direction it was sent."""
    row = await db.fetch_one(
        "SELECT 1 FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time = $3 AND msg_seq = $4 "
        "AND msg_random = $5 LIMIT 1",
        app,
        conv,
        *place,
    )
    return row is not None


async def find_recent(db: Database, messages: Sequence[Message], since: int) -> dict[str, int]:
    """Which of these, all with one sender, MsgSeq, MsgRandom and content, were stored already: conversation to MsgTime.

    Only what is not older than the second ``since`` counts.
    """
    first = messages[0]
    high = {m.conv: int(m.high) for m in messages}
    convs = list(high)
    found: dict[str, int] = {}
    at = 0
    for size in _LIST_SIZES:
        while len(convs) - at >= size:
            places = ", ".join(f"${n}" for n in range(6, 6 + size))
            rows = await db.fetch(
                "SELECT conv, high, msg_time FROM c2c_message WHERE app = $1 AND msg_time >= $2 AND msg_seq = $3 "
                f"AND msg_random = $4 AND body = $5 AND conv IN ({places}) ORDER BY msg_time DESC",
                first.app,
                since,
                first.msg_seq,
                first.msg_random,
                first.body,
                *convs[at : at + size],
            )
            found.update({row[0]: row[2] for row in rows if row[1] == high[row[0]]})
            at += size
    return found


_HEAD = (
    "SELECT m.peer, h.last_seq, h.last_time, CASE WHEN m.high = 0 THEN h.low_time ELSE h.high_time END AS list_time, "
    "CASE WHEN m.high = 0 THEN h.in_low ELSE h.in_high END - m.read_count, m.read_time, "
    "COALESCE(p.read_time, 0), m.clear_seq, m.top_time, m.mute "
    "FROM c2c_member m JOIN c2c_head h ON h.app = m.app AND h.conv = m.conv "
    "LEFT JOIN c2c_member p ON p.app = m.app AND p.owner = m.peer AND p.peer = m.owner "
)


def _head(row: Row) -> Head:
    return Head(row[0], row[1], row[2], row[3], max(0, row[4]), *row[5:])


async def heads(db: Database, app: int, owner: str, limit: int, *, pinned_first: bool = True) -> list[Head]:
    """The owner's conversations that are not deleted, pinned ones first, then by time, newest first."""
    order = "(m.top_time > 0) DESC, " if pinned_first else ""
    rows = await db.fetch(
        f"{_HEAD} WHERE m.app = $1 AND m.owner = $2 "
        "AND CASE WHEN m.high = 0 THEN h.low_seq ELSE h.high_seq END > m.hidden_seq "
        f"ORDER BY {order}list_time DESC, m.peer LIMIT $3",
        app,
        owner,
        limit,
    )
    return [_head(row) for row in rows]


async def head(source: Database | Tx, app: int, owner: str, peer: str) -> Head:
    """One conversation; an empty Head when there is none."""
    row = await source.fetch_one(f"{_HEAD} WHERE m.app = $1 AND m.owner = $2 AND m.peer = $3", app, owner, peer)
    return _head(row) if row else Head(peer)


async def unread(db: Database, app: int, owner: str) -> int:
    """The unread messages of all conversations of ``owner``."""
    rows = await db.scan(
        "SELECT COALESCE(SUM(CASE WHEN n > 0 THEN n ELSE 0 END), 0) FROM (SELECT "
        "CASE WHEN m.high = 0 THEN h.in_low ELSE h.in_high END - m.read_count AS n "
        "FROM c2c_member m JOIN c2c_head h ON h.app = m.app AND h.conv = m.conv "
        "WHERE m.app = $1 AND m.owner = $2) AS each_one",
        app,
        owner,
    )
    return int(rows[0][0])


async def count_unread_after(tx: Tx, app: int, owner: str, peer: str, read_time: int, last_seq: int) -> int:
    """Countable messages to the owner later than ``read_time``, of those that arrived up to ``last_seq``."""
    row = await tx.fetch_one(
        "SELECT COUNT(*) FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time > $3 AND seq <= $4 "
        f"AND high <> $5 AND (flags & {NO_UNREAD | HIDE_RECEIVER | RECALLED}) = 0",
        app,
        conversation(owner, peer),
        read_time,
        last_seq,
        int(owner > peer),
    )
    return int(row[0]) if row else 0


async def newest_id(db: Database) -> int:
    """The log's end: every message stored from now on has a greater id (on PostgreSQL, nearly so)."""
    row = await db.fetch_one("SELECT COALESCE(MAX(id), 0) FROM c2c_message")
    return int(row[0]) if row else 0


async def arrived_since(db: Database, app: int, owner: str, *, since: int, after_id: int, limit: int) -> list[Message]:
    """What the owner may see of the messages stored after ``after_id``, not before the second ``since``, by arrival."""
    heads = await db.fetch(
        "SELECT m.peer, m.clear_seq FROM c2c_member m JOIN c2c_head h ON h.app = m.app AND h.conv = m.conv "
        "WHERE m.app = $1 AND m.owner = $2 AND h.last_time >= $3",
        app,
        owner,
        since,
    )
    found: list[Message] = []
    for peer, clear_seq in heads:
        bit, own = _side(owner, peer)
        rows = await db.fetch(
            f"SELECT {COLUMNS} FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time >= $3 AND id > $4 "
            f"AND $5 = 0 AND $6 = 0 AND {_VISIBLE} ORDER BY msg_time DESC, msg_seq DESC LIMIT $10",
            app,
            conversation(owner, peer),
            since,
            after_id,
            0,
            0,
            clear_seq,
            bit,
            own,
            limit,
        )
        found.extend(message_of(app, row) for row in rows)
    found.sort(key=lambda message: message.id)
    return found[-limit:]
