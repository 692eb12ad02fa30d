"""What reached a user while a device was away: messages of all conversations, in pages bounded in rows and bytes.

One query finds the page, over all conversations: it reads an index within a window of time that grows until it holds
enough. What it costs depends on the page and on what came within those seconds, never on how much was missed in all.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.c2c import store_reads
from sodam.c2c.model import Message
from sodam.messages.model import DELETED_HIGH, DELETED_LOW, HIDE_RECEIVER, HIDE_SENDER
from sodam.messages.paging import FRAME_BYTES
from sodam.storage import Database

MAX_ROWS: Final = 500
"""Messages of one page."""
MAX_BYTES: Final = 1024 * 1024
"""Bytes of one page, about; it has one message at least."""
_FIRST_WINDOW: Final = 2
_GROWTH: Final = 8
_END: Final = 1 << 62
_READ_AT_ONCE: Final = (100, 25, 5, 1)

VISIBLE: Final = (
    f"x.seq > m.clear_seq AND (x.flags & (CASE WHEN m.high = 1 THEN {DELETED_HIGH} ELSE {DELETED_LOW} END)) = 0 "
    f"AND NOT (x.high = m.high AND (x.flags & {HIDE_SENDER}) <> 0) "
    f"AND NOT (x.high <> m.high AND (x.flags & {HIDE_RECEIVER}) <> 0)"
)
# CROSS JOIN has SQLite keep this order: the conversations of the user, and of each those of the window.
_KEYS: Final = (
    "SELECT x.id, x.msg_time, length(x.body) + length(x.cloud) FROM c2c_member m CROSS JOIN c2c_head h "
    "CROSS JOIN c2c_message x WHERE m.app = $1 AND m.owner = $2 AND h.app = m.app AND h.conv = m.conv "
    "AND h.last_time >= $3 AND x.app = m.app AND x.conv = m.conv AND x.msg_time >= $3 AND x.msg_time <= $4 "
    f"AND (x.msg_time > $3 OR x.id > $5) AND x.id > $6 AND {VISIBLE} ORDER BY x.msg_time, x.id LIMIT $7"
)


class Place(NamedTuple):
    """Where a page ends: a second, and a message in it."""

    time: int
    id: int


class Page(NamedTuple):
    """Messages, oldest first."""

    messages: list[Message]
    last: Place
    complete: bool
    """Nothing is behind it."""


async def page(db: Database, app: int, owner: str, *, after: Place, after_id: int, now: int) -> Page:
    """What ``owner`` may see of the messages behind ``after`` that were stored after ``after_id``."""
    keys: list[tuple[int, int, int]] = []
    window = _FIRST_WINDOW
    until = 0
    while until < _END:
        until = after.time + window if after.time + window <= now else _END
        rows = await db.scan(_KEYS, app, owner, after.time, until, after.id, after_id, MAX_ROWS + 1)
        keys = [(row[0], row[1], row[2]) for row in rows]
        if len(keys) > MAX_ROWS or sum(key[2] + FRAME_BYTES for key in keys) > MAX_BYTES:
            break
        window *= _GROWTH
    size = count = 0
    for _, _, length in keys[:MAX_ROWS]:
        size += length + FRAME_BYTES
        if count and size > MAX_BYTES:
            break
        count += 1
    complete = until >= _END and count == len(keys)
    chosen = keys[:count]
    last = Place(chosen[-1][1], chosen[-1][0]) if chosen else after
    return Page(await read(db, app, [key[0] for key in chosen]), last, complete)


async def read(db: Database, app: int, ids: list[int]) -> list[Message]:
    """The messages with these ids, in this order; those that are gone are left out."""
    found: dict[int, Message] = {}
    at = 0
    for size in _READ_AT_ONCE:
        while len(ids) - at >= size:
            places = ", ".join(f"${n}" for n in range(1, 1 + size))
            part = ids[at : at + size]
            rows = await db.scan(f"SELECT {store_reads.COLUMNS} FROM c2c_message WHERE id IN ({places})", *part)
            found.update((message.id, message) for message in (store_reads.message_of(app, row) for row in rows))
            at += size
    return [found[one] for one in ids if one in found]
