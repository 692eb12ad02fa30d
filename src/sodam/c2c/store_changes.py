"""The SQL of what happens to messages and conversations after a send. Each function is part of the caller's
transaction, which holds the locks that it names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from sodam.c2c.model import Message, conversation
from sodam.messages.model import PEER_READ, RECALLED
from sodam.storage import Tx

_NEWEST = "(SELECT MAX(x.msg_time) FROM c2c_message x WHERE x.app = h.app AND x.conv = h.conv)"
# The end of an UPDATE of a user's conversations ($1 app, $2 owner) by which everything in them counts as read.
_ALL_READ = (
    "read_count = CASE WHEN high = 0 THEN h.in_low ELSE h.in_high END, read_seq = h.last_seq, "
    f"read_time = CASE WHEN {_NEWEST} > read_time THEN {_NEWEST} ELSE read_time END "
    "FROM c2c_head h WHERE h.app = c2c_member.app AND h.conv = c2c_member.conv "
    "AND c2c_member.app = $1 AND c2c_member.owner = $2"
)


class Arrived(NamedTuple):
    """What came to one side of a conversation."""

    counted: int
    """Messages that count as unread until read."""
    last_seq: int
    newest: int
    """MsgTime of the newest message; 0 for none."""


async def recall(tx: Tx, message: Message, revoker: str) -> int | None:
    """The message's flags of before; None when it was recalled already."""
    row = await tx.fetch_one(
        f"UPDATE c2c_message SET flags = flags | {RECALLED}, revoker = $2 "
        f"WHERE id = $1 AND (flags & {RECALLED}) = 0 RETURNING flags",
        message.id,
        revoker,
    )
    return int(row[0]) & ~RECALLED if row else None


async def content(tx: Tx, message: Message) -> Message | None:
    """The message as it is now, which nobody else changes until this transaction ends; None when it is gone."""
    lock = " FOR UPDATE" if tx.engine == "postgres" else ""
    row = await tx.fetch_one(f"SELECT flags, version, body, cloud FROM c2c_message WHERE id = $1{lock}", message.id)
    if row is None:
        return None
    return msgspec.structs.replace(message, flags=row[0], version=row[1], body=row[2], cloud=row[3])


async def put_content(tx: Tx, message: Message) -> None:
    await tx.execute(
        "UPDATE c2c_message SET body = $2, cloud = $3, version = $4 WHERE id = $1",
        message.id,
        message.body,
        message.cloud,
        message.version,
    )


async def arrived(tx: Tx, app: int, reader: str, peer: str) -> Arrived | None:
    column = "in_high" if reader > peer else "in_low"
    row = await tx.fetch_one(
        f"SELECT {column}, last_seq, COALESCE({_NEWEST}, 0) FROM c2c_head h WHERE app = $1 AND conv = $2",
        app,
        conversation(reader, peer),
    )
    return Arrived(*row) if row else None


async def put_read(tx: Tx, app: int, reader: str, peer: str, *, time: int, count: int, seq: int) -> None:
    """The read mark, under ``store_unread.lock``."""
    await tx.execute(
        "UPDATE c2c_member SET read_time = $4, read_count = $5, read_seq = $6 "
        "WHERE app = $1 AND owner = $2 AND peer = $3",
        app,
        reader,
        peer,
        time,
        count,
        seq,
    )


async def put_receipts(tx: Tx, messages: Iterable[Message]) -> None:
    await put_flag(tx, (message.id for message in messages), PEER_READ)


async def put_flag(tx: Tx, ids: Iterable[int], bit: int) -> None:
    for number in ids:
        await tx.execute(f"UPDATE c2c_message SET flags = flags | {bit} WHERE id = $1", number)


async def hide(tx: Tx, app: int, owner: str, peer: str, *, clear: bool, remove: bool) -> bool:
    """Everything counts as read; ``remove`` from the list, ``clear`` the history for the owner. False: no such one."""
    hidden = "hidden_seq = h.last_seq, top_time = 0, " if remove else ""
    cleared = "clear_seq = h.last_seq, " if clear else ""
    sql = f"UPDATE c2c_member SET {hidden}{cleared}{_ALL_READ} AND c2c_member.peer = $3"
    return await tx.execute(sql, app, owner, peer) > 0


async def forget(tx: Tx, app: int, owner: str) -> None:
    """All conversations of an account that is deleted end for it."""
    await tx.execute(
        f"UPDATE c2c_member SET hidden_seq = h.last_seq, clear_seq = h.last_seq, top_time = 0, mute = 0, {_ALL_READ}",
        app,
        owner,
    )


async def pinned(tx: Tx, app: int, owner: str) -> set[str]:
    rows = await tx.fetch("SELECT peer FROM c2c_member WHERE app = $1 AND owner = $2 AND top_time > 0", app, owner)
    return {row[0] for row in rows}


async def put_option(
    tx: Tx, app: int, owner: str, peers: Iterable[str], column: Literal["top_time", "mute"], value: int
) -> None:
    """Set an option of conversations; those that do not exist yet are made."""
    for peer in peers:
        await tx.execute(
            "INSERT INTO c2c_member (app, owner, peer, conv, high, read_time, read_seq, read_count, hidden_seq, "
            "clear_seq, top_time, mute) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
            app,
            owner,
            peer,
            conversation(owner, peer),
            int(owner > peer),
        )
        await tx.execute(
            f"UPDATE c2c_member SET {column} = $4 WHERE app = $1 AND owner = $2 AND peer = $3", app, owner, peer, value
        )
