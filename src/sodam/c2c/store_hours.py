"""One-to-one messages of an hour, for files of an app: conversations are walked by their key, as retention does."""

from __future__ import annotations

from typing import NamedTuple

from sodam.c2c.model import Message
from sodam.c2c.store_reads import COLUMNS, message_of
from sodam.messages.model import RECALLED
from sodam.storage import Database

_CONVERSATIONS = 200


class Spot(NamedTuple):
    """The last message that was read: within ``conv`` those behind (time, ord) follow."""

    conv: str = ""
    time: int = 0
    ord: int = -(1 << 63)


async def page(
    db: Database, app: int, begin: int, end: int, after: Spot, limit: int
) -> tuple[list[Message], Spot | None]:
    """At most ``limit`` messages of [begin, end) that nobody recalled, and where to go on; None: there are no more."""
    found: list[Message] = []
    while True:
        rows = await db.scan(
            "SELECT conv, last_time FROM c2c_head WHERE app = $1 AND conv >= $2 ORDER BY conv LIMIT $3",
            app,
            after.conv,
            _CONVERSATIONS,
        )
        for conv, last_time in rows:
            if conv > after.conv:
                after = Spot(conv)
            if last_time < begin:
                continue
            room = limit - len(found)
            got = await db.scan(
                f"SELECT {COLUMNS} FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time >= $3 AND msg_time < $4 "
                "AND (msg_time, ord) > ($5, $6) ORDER BY msg_time, ord LIMIT $7",
                app,
                conv,
                begin,
                end,
                after.time,
                after.ord,
                room,
            )
            found += [message_of(app, row) for row in got if not row[7] & RECALLED]
            if got:
                after = Spot(conv, got[-1][1], got[-1][12])
            if len(got) == room:
                return found, after
        if len(rows) < _CONVERSATIONS:
            return found, None
        if found:
            return found, after
