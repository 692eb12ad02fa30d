"""The SQL that reads one-to-one messages and conversations, as one of the two users may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sodam.c2c.model import ARRIVALS, FIRST, LAST, NEWEST, SEPARATOR, Message, Place, Rank, conversation
from sodam.c2c.store_heads import UNCOUNTED
from sodam.messages.model import (
    DELETED_HIGH,
    DELETED_LOW,
    HIDE_RECEIVER,
    HIDE_SENDER,
    IMPORTED,
    NO_LAST,
    NUMBERED,
    RECALLED,
    U32,
    Numbers,
    msg_key,
)
from sodam.storage import Database, Row, Tx

COLUMNS: Final = (
    "conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, version, body, cloud, id, ord, revoker"
)
_LIST_SIZES: Final = (100, 25, 5, 1)  # few distinct statements for lists of any length

# What the owner may not see: (1) deleted by the owner, (2) hidden from the sender's or the receiver's side. $7 is the
# owner's deletion bit, $8 the value of ``high`` for messages that the owner sent. One comparison by order: of several,
# and of any for equality, PostgreSQL thinks that they leave next to nothing, and sorts the conversation for a page.
_VISIBLE = (
    f"seq > $6 AND (flags & (CAST($7 AS BIGINT) | CASE WHEN high = $8 THEN {HIDE_SENDER} ELSE {HIDE_RECEIVER} END)) < 1"
)

# The newest message of the conversation ``m`` that its owner may see and that may stand in the list; $3 is the oldest
# second that is shown.
_LAST = (
    "SELECT x.id FROM c2c_message x WHERE x.app = m.app AND x.conv = m.conv AND x.msg_time >= $3 "
    "AND x.seq > m.clear_seq AND "
    f"(x.flags & ({NO_LAST} | CASE WHEN m.high = 1 THEN {DELETED_HIGH} ELSE {DELETED_LOW} END"
    f" | CASE WHEN x.high = m.high THEN {HIDE_SENDER} ELSE {HIDE_RECEIVER} END)) < 1 "
    "ORDER BY x.msg_time DESC, x.ord DESC LIMIT 1"
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
        ord=row[12],
        revoker=row[13],
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
    before: Rank = NEWEST,
) -> list[Message]:
    """Visible messages older than ``before`` and not before the second ``oldest``, newest first."""
    bit, own = _side(owner, peer)
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM c2c_message WHERE app = $1 AND conv = $2 "
        f"AND (msg_time, ord) < ($3, $4) AND msg_time >= $5 AND {_VISIBLE} "
        "ORDER BY msg_time DESC, ord DESC LIMIT $9",
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
    db: Database | Tx, app: int, owner: str, peer: str, *, after: Rank, clear_seq: int, limit: int
) -> list[Message]:
    """Visible messages newer than ``after``, oldest first."""
    bit, own = _side(owner, peer)
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM c2c_message WHERE app = $1 AND conv = $2 "
        f"AND (msg_time, ord) > ($3, $4) AND msg_time >= $5 AND {_VISIBLE} "
        "ORDER BY msg_time, ord LIMIT $9",
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


# The messages of a conversation with a key: $1 app, $2 conv, $3 to $5 the place. Two ranges of the index, since a
# second may hold very many: an imported message stands where its MsgSeq says, or before all others if it had none;
# live ones are what can be sent in it.
_KEYED = "c2c_message WHERE app = $1 AND conv = $2 AND msg_time = $3 AND msg_seq = $4 AND msg_random = $5 AND ord "
_RANGES = (
    "> 0",
    f"BETWEEN ($4 - {U32 + 1}) * {ARRIVALS} AND ($4 - {U32 + 1}) * {ARRIVALS} + {ARRIVALS - 1}",
    f"BETWEEN -{U32 + 1} * {ARRIVALS} AND -{U32 + 1} * {ARRIVALS} + {ARRIVALS - 1} AND $4 > 0",
)


def _at(columns: str, also: str = "") -> str:
    parts = " UNION ALL ".join(f"SELECT {columns} FROM {_KEYED}{part}{also}" for part in _RANGES)
    return f"SELECT {columns} FROM ({parts}) AS keyed"


_FIND = f"{_at(COLUMNS, ' AND high = $6')} ORDER BY (flags & {RECALLED}), seq LIMIT 1"
_KEYS = f"{_at('ord, seq, high, flags, id')} ORDER BY ord"


async def find(source: Database | Tx, app: int, sender: str, recipient: str, place: Place) -> Message | None:
    """The message with this (time, sequence, random) in this direction.

    Where several have it, since senders choose the two numbers: the first that is not recalled.
    """
    row = await source.fetch_one(_FIND, app, conversation(sender, recipient), *place, int(sender > recipient))
    return message_of(app, row) if row else None


class Keyed(NamedTuple):
    """What is needed of a message that is found by its key."""

    ord: int
    seq: int
    high: int
    flags: int
    id: int


async def keyed(source: Database | Tx, app: int, conv: str, place: Place) -> list[Keyed]:
    """All messages with a key, in whatever direction they were sent, by their place."""
    return [Keyed(*row) for row in await source.fetch(_KEYS, app, conv, *place)]


async def rank(db: Database, app: int, owner: str, peer: str, place: Place, *, clear_seq: int, backward: bool) -> Rank:
    """Where a page of the history goes on that begins behind the key ``place``; ``backward`` as the page runs.

    Of several messages with the key it is the one at which a page ends (``Histories.page``): the last in the page's
    direction that the owner may see. When that is gone meanwhile, some are read twice rather than skipped.
    """
    bit, own = _side(owner, peer)
    found = await keyed(db, app, conversation(owner, peer), place)
    seen = [one.ord for one in found if sees(one, clear_seq, bit, own)]
    if seen:
        return (place[0], seen[0] if backward else seen[-1])
    if found:
        return (place[0], found[-1].ord if backward else found[0].ord)
    return (place[0], LAST if backward else FIRST)


def sees(one: Keyed, clear_seq: int, bit: int, own: int) -> bool:
    """Whether a message stands in the history of the user whose deletion bit is ``bit``, and whose ``high`` ``own``."""
    hidden = HIDE_SENDER if one.high == own else HIDE_RECEIVER
    return one.seq > clear_seq and not one.flags & (bit | hidden)


async def find_recent(db: Database, messages: Sequence[Message], since: int) -> dict[str, Numbers]:
    """Which of these, all with one sender, MsgSeq, MsgRandom and content, were stored already: their numbers by
    conversation.

    Only what is not older than the second ``since`` counts.
    """
    first = messages[0]
    numbered = first.flags & NUMBERED
    high = {m.conv: int(m.high) for m in messages}
    convs = list(high)
    found: dict[str, Numbers] = {}
    at = 0
    for size in _LIST_SIZES:
        while len(convs) - at >= size:
            places = ", ".join(f"${n}" for n in range(7, 7 + size))
            rows = await db.fetch(
                "SELECT conv, high, msg_time, msg_seq FROM c2c_message WHERE app = $1 AND msg_time >= $2 "
                f"AND (msg_seq = $3 OR CAST($6 AS BIGINT) > 0) AND (flags & {NUMBERED}) = $6 "
                f"AND (flags & {IMPORTED}) = 0 "
                f"AND msg_random = $4 AND body = $5 AND conv IN ({places}) ORDER BY msg_time DESC, ord DESC",
                first.app,
                since,
                first.msg_seq,
                first.msg_random,
                first.body,
                numbered,
                *convs[at : at + size],
            )
            found.update({row[0]: Numbers(row[2], row[3]) for row in rows if row[1] == high[row[0]]})
            at += size
    return found


async def named(tx: Tx, app: int, conv: str, seq: int) -> tuple[str, str, str] | None:
    """Sender, receiver and MsgKey of a message."""
    row = await tx.fetch_one(
        "SELECT high, msg_seq, msg_random, msg_time FROM c2c_message WHERE app = $1 AND conv = $2 AND seq = $3",
        app,
        conv,
        seq,
    )
    if row is None:
        return None
    low, high = conv.split(SEPARATOR)
    return (high, low, _key(row)) if row[0] else (low, high, _key(row))


def _key(row: Row) -> str:
    return msg_key(row[1], row[2], row[3])


async def count_unread_after(tx: Tx, app: int, owner: str, peer: str, read_time: int, last_seq: int) -> int:
    """Countable messages to the owner later than ``read_time``, of those that arrived up to ``last_seq``."""
    bit, own = _side(owner, peer)
    row = await tx.fetch_one(
        "SELECT COUNT(*) FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time > $3 AND seq <= $4 "
        f"AND high <> $5 AND (flags & {UNCOUNTED | bit}) = 0",
        app,
        conversation(owner, peer),
        read_time,
        last_seq,
        own,
    )
    return int(row[0]) if row else 0


class Newest(NamedTuple):
    """Of all messages of all apps."""

    second: int
    """MsgTime."""
    arrival: int
    """Unix microseconds."""


async def newest(db: Database) -> Newest | None:
    """What the clock of arrivals goes on behind; None where nothing was ever said."""
    row = await db.fetch_one("SELECT MAX(last_time), MAX(low_at), MAX(high_at) FROM c2c_head")
    return Newest(row[0], max(row[1:])) if row and row[0] is not None else None


async def newest_id(db: Database) -> int:
    """The log's end: every message stored from now on has a greater id (on PostgreSQL, nearly so)."""
    row = await db.fetch_one("SELECT COALESCE(MAX(id), 0) FROM c2c_message")
    return int(row[0]) if row else 0


async def recalled(db: Database, app: int, conv: str, seq: int) -> bool:
    """Whether the message at a place was recalled, or is there no more."""
    row = await db.fetch_one(
        f"SELECT flags & {RECALLED} FROM c2c_message WHERE app = $1 AND conv = $2 AND seq = $3", app, conv, seq
    )
    return row is None or bool(row[0])
