"""What happened to messages while a device was away: recalls and edits, from where the device stopped.

Every recall and edit leaves a row in ``c2c_change``, in the transaction that makes it. New messages need none: the
log is their record (``reads.arrived_since``).
"""

from __future__ import annotations

from typing import Final

from sodam.messages import events, reads
from sodam.messages.model import HIDE_RECEIVER, RECALLED, Message
from sodam.storage import Database, Tx

_COLUMNS: Final = ", ".join(f"x.{name}" for name in reads.COLUMNS.split(", "))
MAX_CHANGES = 500
"""The newest so many changes are told; whoever missed more reads the history anew."""


async def record(tx: Tx, message: Message) -> None:
    await tx.execute(
        "INSERT INTO c2c_change (app, conv, message) VALUES ($1, $2, $3)", message.app, message.conv, message.id
    )


async def newest(db: Database) -> int:
    """The place of the last change of all."""
    row = await db.fetch_one("SELECT COALESCE(MAX(id), 0) FROM c2c_change")
    return int(row[0]) if row else 0


async def changed_since(db: Database, app: int, owner: str, after: int) -> list[Message]:
    """The messages of ``owner`` that were recalled or edited after the place ``after``, as they are now."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM c2c_member m JOIN c2c_change c ON c.app = m.app AND c.conv = m.conv "
        "JOIN c2c_message x ON x.id = c.message WHERE m.app = $1 AND m.owner = $2 AND c.id > $3 "
        "ORDER BY c.id DESC LIMIT $4",
        app,
        owner,
        after,
        MAX_CHANGES,
    )
    messages = {message.id: message for message in (reads.message_of(app, row) for row in rows)}
    return [m for m in reversed(messages.values()) if m.sender == owner or not m.flags & HIDE_RECEIVER]


def event(message: Message) -> bytes:
    """What a device is told of a changed message."""
    return events.withdrawn(message, message.sender) if message.flags & RECALLED else events.modified(message)
