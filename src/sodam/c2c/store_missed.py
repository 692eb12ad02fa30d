"""What happened to messages while a device was away: recalls and edits, from where the device stopped.

Every recall and edit leaves a row in ``c2c_change``, in the transaction that makes it. New messages need none: the
log is their record (``arrived``).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.c2c import store_arrived
from sodam.c2c.model import Message
from sodam.messages.model import HIDE_RECEIVER, RECALLED
from sodam.messages.paging import FRAME_BYTES
from sodam.storage import Database, Tx

MAX_CHANGES: Final = 200
"""Changes of one page."""
_MAX_BYTES: Final = 512 * 1024
_KEYS: Final = (
    f"SELECT c.id, x.id, CASE WHEN (x.flags & {RECALLED}) = 0 THEN length(x.body) + length(x.cloud) ELSE 0 END "
    "FROM c2c_member m CROSS JOIN c2c_change c CROSS JOIN c2c_message x "
    "WHERE m.app = $1 AND m.owner = $2 AND c.app = m.app AND c.conv = m.conv AND c.id > $3 AND x.id = c.message "
    "ORDER BY c.id LIMIT $4"
)


class Changes(NamedTuple):
    """Messages that were recalled or edited, as they are now, in the order of their changes."""

    messages: list[Message]
    last: int
    """The place of the newest change among them."""
    complete: bool
    """Nothing is behind it."""


async def record(tx: Tx, message: Message) -> None:
    await tx.execute(
        "INSERT INTO c2c_change (app, conv, message) VALUES ($1, $2, $3)", message.app, message.conv, message.id
    )


async def newest(db: Database) -> int:
    """The place of the last change of all."""
    row = await db.fetch_one("SELECT COALESCE(MAX(id), 0) FROM c2c_change")
    return int(row[0]) if row else 0


async def changed_since(db: Database, app: int, owner: str, after: int) -> Changes:
    """A page of the changes of the messages of ``owner`` after the place ``after``."""
    keys = await db.scan(_KEYS, app, owner, after, MAX_CHANGES + 1)
    size = 0
    taken: dict[int, None] = {}
    last, count = after, 0
    for change, message, length in keys[:MAX_CHANGES]:
        size += length + FRAME_BYTES
        if count and size > _MAX_BYTES:
            break
        taken.pop(message, None)
        taken[message] = None
        last, count = change, count + 1
    found = await store_arrived.read(db, app, list(taken))
    seen = [message for message in found if message.sender == owner or not message.flags & HIDE_RECEIVER]
    return Changes(seen, last, count == len(keys))
