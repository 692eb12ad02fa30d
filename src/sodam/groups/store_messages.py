"""The SQL of groups' messages. Whoever appends or changes holds the group's row (store.lock)."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

import msgspec

from sodam.groups.message import Extra, GroupMessage
from sodam.messages.model import CONTENT
from sodam.storage import Bulk, Database, Row, Tx, batches, in_list, purge_keys, sample_of

WINDOW: Final = 300
"""Seconds within which the same message is a repetition (rest-messages.md 1.5)."""
COLUMNS: Final = (
    "app, group_id, seq, msg_time, random, client_time, sender, kind, priority, flags, version, counted, body, cloud,"
    " extra"
)
_INSERT: Final = Bulk(
    f"INSERT INTO group_message ({COLUMNS})",
    (*("bigint", "text"), *("bigint",) * 4, "text", *("bigint",) * 5, *("bytea",) * 3),
)
_RECENT: Final = Bulk(
    "INSERT INTO group_recent (app, key, stored_at, msg_time, seq)",
    ("bigint", "bytea", "bigint", "bigint", "bigint"),
    "ON CONFLICT (app, key) DO UPDATE SET stored_at = excluded.stored_at, msg_time = excluded.msg_time,"
    " seq = excluded.seq",
)
_SENT: Final = Bulk(
    "INSERT INTO group_member (app, group_id, user_id, role, joined_at, pos, read_seq, msg_flag, name_card,"
    " last_send_at, own_ahead)",
    ("bigint", "text", "text", "bigint", "bigint", "bigint", "bigint", "text", "text", "bigint", "bigint"),
    "ON CONFLICT (app, group_id, user_id) DO UPDATE SET last_send_at = excluded.last_send_at,"
    " read_seq = CASE WHEN excluded.read_seq > group_member.read_seq THEN excluded.read_seq"
    " ELSE group_member.read_seq END, own_ahead = group_member.own_ahead + excluded.own_ahead",
)
_CHANGE: Final = Bulk(
    "INSERT INTO group_change (app, group_id, seq, at, recalled, counts, sender, num, kind, detail)",
    ("bigint", "text", "bigint", "bigint", "bigint", "bigint", "text", "bigint", "bigint", "text"),
)


class Change(NamedTuple):
    num: int
    seq: int
    recalled: int
    kind: int
    detail: str


class Head(NamedTuple):
    lasts: tuple[int, int]
    """The newest sequence, and the number of the last change."""
    crowd: tuple[int, int]
    """How many members there are, and the place of the next: the same while nobody comes or goes."""


NO_HEAD: Final = Head((0, 0), (0, 0))
_decode_extra = msgspec.json.Decoder(Extra).decode
_encode = msgspec.json.Encoder().encode


def key(message: GroupMessage) -> bytes:
    """What two servers know a message by: 16 bytes. The web SDK sends again with the same client time."""
    crc = zlib.crc32(message.body)
    parts = f"{message.group_id}\x1f{message.sender}\x1f{message.random}\x1f{message.client_time}\x1f{crc}"
    return blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def message_of(row: Row) -> GroupMessage:
    return GroupMessage(
        app=row[0],
        group_id=row[1],
        seq=row[2],
        msg_time=row[3],
        random=row[4],
        client_time=row[5],
        sender=row[6],
        kind=row[7],
        priority=row[8],
        flags=row[9],
        version=row[10],
        counted=row[11],
        body=bytes(row[12]),
        cloud=bytes(row[13]),
        extra=_decode_extra(row[14]),
    )


async def insert(tx: Tx, messages: Iterable[GroupMessage]) -> None:
    rows = [
        (
            m.app,
            m.group_id,
            m.seq,
            m.msg_time,
            m.random,
            m.client_time,
            m.sender,
            m.kind,
            m.priority,
            m.flags,
            m.version,
            m.counted,
            m.body,
            m.cloud,
            _encode(m.extra),
        )
        for m in messages
    ]
    await tx.bulk(_INSERT, rows)


async def recent(tx: Tx, app: int, keys: Iterable[bytes], now: int) -> dict[bytes, tuple[int, int]]:
    """MsgTime and MsgSeq of those that were stored within the window."""
    found: dict[bytes, tuple[int, int]] = {}
    for some in batches(keys):
        rows = await tx.fetch(
            f"SELECT key, msg_time, seq, stored_at FROM group_recent WHERE app = $1 AND key IN {in_list(some, 2)}",
            app,
            *some,
        )
        found.update((bytes(row[0]), (row[1], row[2])) for row in rows if abs(row[3] - now) <= WINDOW)
    return found


async def remember(tx: Tx, keyed: Collection[tuple[bytes, GroupMessage]], now: int) -> None:
    await tx.bulk(_RECENT, [(m.app, k, now, m.msg_time, m.seq) for k, m in keyed])


async def purge_recent(db: Database, now: int) -> int:
    """Forget keys that are too old to matter, in bounded transactions; how many."""
    return await purge_keys(db, "group_recent", now, WINDOW)


async def between(source: Database | Tx, app: int, group_id: str, low: int, high: int) -> list[GroupMessage]:
    """The stored messages from ``low`` to ``high``, newest first. A page: at most some hundred."""
    rows = await source.fetch(
        f"SELECT {COLUMNS} FROM group_message WHERE app = $1 AND group_id = $2 AND seq >= $3 AND seq <= $4"
        " ORDER BY seq DESC",
        app,
        group_id,
        low,
        high,
    )
    return [message_of(row) for row in rows]


async def walk(tx: Tx, app: int, after: int, limit: int) -> list[tuple[int, GroupMessage]]:
    locked = " FOR SHARE" if tx.engine == "postgres" else ""
    sql = f"SELECT {COLUMNS}, id FROM group_message WHERE app = $1 AND id > $2 ORDER BY id LIMIT $3{locked}"
    return [(row[15], message_of(row)) for row in await tx.fetch(sql, app, after, limit)]


async def sample(tx: Tx, app: int, limit: int, *, newest: bool) -> list[GroupMessage]:
    rows = await sample_of(tx, "group_message", COLUMNS, app, limit, newest=newest)
    return [message_of(row) for row in rows]


async def named(source: Database | Tx, app: int, group_id: str, seqs: Iterable[int]) -> dict[int, GroupMessage]:
    found: dict[int, GroupMessage] = {}
    for some in batches(seqs):
        sql = f"SELECT {COLUMNS} FROM group_message WHERE app = $1 AND group_id = $2 AND seq IN {in_list(some, 3)}"
        found.update((row[2], message_of(row)) for row in await source.fetch(sql, app, group_id, *some))
    return found


async def heads(db: Database, app: int, group_ids: Iterable[str]) -> dict[str, Head]:
    """How far each of these groups is."""
    found: dict[str, Head] = {}
    for some in batches(group_ids):
        sql = (
            "SELECT group_id, next_seq, changes, members, next_pos FROM chat_group"
            f" WHERE app = $1 AND group_id IN {in_list(some, 2)}"
        )
        rows = await db.fetch(sql, app, *some)
        found.update((row[0], Head((row[1] - 1, row[2]), (row[3], row[4]))) for row in rows)
    return found


async def update(tx: Tx, message: GroupMessage) -> None:
    """Write what a change of a stored message may change."""
    await tx.execute(
        "UPDATE group_message SET flags = $4, version = $5, body = $6, cloud = $7, extra = $8"
        " WHERE app = $1 AND group_id = $2 AND seq = $3",
        message.app,
        message.group_id,
        message.seq,
        message.flags,
        message.version,
        message.body,
        message.cloud,
        _encode(message.extra),
    )


async def log_change(
    tx: Tx,
    messages: Sequence[GroupMessage],
    at: int,
    num: int,
    *,
    recalled: bool = False,
    kind: int = CONTENT,
    detail: str = "",
) -> None:
    """Note a change under its number, 0 for one that nobody is notified of."""
    rows = [(m.app, m.group_id, m.seq, at, int(recalled), int(m.counts), m.sender, num, kind, detail) for m in messages]
    await tx.bulk(_CHANGE, rows)


async def changes(db: Database, app: int, group_id: str, low: int, high: int) -> list[Change]:
    """The changes of these numbers, in their order."""
    rows = await db.fetch(
        "SELECT num, seq, recalled, kind, detail FROM group_change WHERE app = $1 AND group_id = $2"
        " AND num >= $3 AND num <= $4 ORDER BY num, seq",
        app,
        group_id,
        low,
        high,
    )
    return [Change(*row) for row in rows]


async def sent(tx: Tx, app: int, group_id: str, senders: dict[str, tuple[int, int, int]]) -> None:
    """Members have written: for each, the second, the read position and by how many its own messages ahead of it grow.

    All are members, whose group ``tx`` holds.
    """
    rows = [(app, group_id, user, 1, 0, 0, read, "", "", at, own) for user, (at, read, own) in senders.items()]
    await tx.bulk(_SENT, rows)


async def newest_of(tx: Tx, app: int, group_id: str, sender: str, above: int) -> list[GroupMessage]:
    """What a sender wrote above a sequence."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM group_message WHERE app = $1 AND group_id = $2 AND seq > $3 AND sender = $4"
        " ORDER BY seq",
        app,
        group_id,
        above,
        sender,
    )
    return [message_of(row) for row in rows]


async def recalled_since(db: Database, app: int, group_id: str, at: int, limit: int) -> list[tuple[int, int]]:
    """Sequence and microsecond of what was recalled at ``at`` or later, in order."""
    rows = await db.fetch(
        "SELECT seq, at FROM group_change WHERE app = $1 AND group_id = $2 AND at >= $3 AND recalled = 1"
        " ORDER BY at, id LIMIT $4",
        app,
        group_id,
        at,
        limit,
    )
    return [(row[0], row[1]) for row in rows]
