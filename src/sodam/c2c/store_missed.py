"""What happened to messages while a device was away: recalls, edits and what was added to them, from where the device
stopped.

Every such change leaves a row in ``c2c_change``, in the transaction that makes it. New messages need none: the log is
their record (``arrived``).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.c2c import store_arrived
from sodam.c2c.model import Change, Message
from sodam.messages.model import CONTENT, HIDE_RECEIVER, RECALLED
from sodam.messages.paging import FRAME_BYTES
from sodam.storage import Database, Tx

MAX_CHANGES: Final = 200
"""Changes of one page."""
_MAX_BYTES: Final = 512 * 1024
_KEYS: Final = (
    f"SELECT c.id, x.id, c.kind, c.detail, CASE WHEN c.kind <> {CONTENT} THEN c.size "
    f"WHEN (x.flags & {RECALLED}) = 0 THEN length(x.body) + length(x.cloud) ELSE 0 END "
    "FROM c2c_member m CROSS JOIN c2c_change c CROSS JOIN c2c_message x "
    "WHERE m.app = $1 AND m.owner = $2 AND c.app = m.app AND c.conv = m.conv AND c.id > $3 AND x.id = c.message "
    "ORDER BY c.id LIMIT $4"
)


class Changes(NamedTuple):
    """What was changed of messages, which are as they are now, in order; what is the same again, once."""

    changes: list[Change]
    last: int
    """The place of the newest change among them."""
    complete: bool
    """Nothing is behind it."""


async def record(tx: Tx, message: Message, kind: int = CONTENT, detail: str = "", size: int = 0) -> None:
    """``detail`` and ``size`` as c2c_change has them."""
    await tx.execute(
        "INSERT INTO c2c_change (app, conv, message, kind, detail, size) VALUES ($1, $2, $3, $4, $5, $6)",
        message.app,
        message.conv,
        message.id,
        kind,
        detail,
        size,
    )


async def newest(db: Database) -> int:
    """The place of the last change of all."""
    row = await db.fetch_one("SELECT COALESCE(MAX(id), 0) FROM c2c_change")
    return int(row[0]) if row else 0


async def changed_since(db: Database, app: int, owner: str, after: int) -> Changes:
    """A page of the changes of the messages of ``owner`` after the place ``after``."""
    keys = await db.scan(_KEYS, app, owner, after, MAX_CHANGES + 1)
    size = 0
    taken: dict[tuple[int, int, str], None] = {}
    last, count = after, 0
    for place, message, kind, detail, length in keys[:MAX_CHANGES]:
        size += length + FRAME_BYTES
        if count and size > _MAX_BYTES:
            break
        taken.pop((message, kind, detail), None)
        taken[message, kind, detail] = None
        last, count = place, count + 1
    found = await store_arrived.read(db, app, list(dict.fromkeys(message for message, _, _ in taken)))
    seen = {one.id: one for one in found if one.sender == owner or not one.flags & HIDE_RECEIVER}
    changes = [Change(seen[message], kind, detail) for message, kind, detail in taken if message in seen]
    return Changes(changes, last, count == len(keys))
