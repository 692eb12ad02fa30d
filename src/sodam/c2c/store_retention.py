"""Erasing one-to-one messages older than an app keeps them, in bounded batches.

Conversations are walked by their key, so that the message table needs no further index for it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from sodam.c2c import store_unread
from sodam.c2c.model import SEPARATOR
from sodam.messages.events import MessagesErased
from sodam.messages.model import ONE_TO_ONE
from sodam.storage import Database, Tx

_CONVERSATIONS: Final = 200
BATCH: Final = 200
"""Messages in one transaction: whoever sends meanwhile waits for it on SQLite."""
_PAUSE: Final = 0.005
"""Seconds between two transactions, at least, and as long as the last one took: others write too."""


async def purge(db: Database, app: int, before: int) -> int:
    """Erase an app's messages of before a unix second; how many."""
    total, after = 0, ""
    while True:
        rows = await db.fetch(
            "SELECT conv FROM c2c_head WHERE app = $1 AND conv > $2 ORDER BY conv LIMIT $3", app, after, _CONVERSATIONS
        )
        if not rows:
            return total
        waiting = [str(row[0]) for row in rows]
        after = waiting[-1]
        while waiting:
            begun = time.monotonic()
            gone, waiting = await db.write(lambda tx, convs=waiting: _some(tx, app, convs, before))  # type: ignore[misc]
            total += gone
            await asyncio.sleep(max(_PAUSE, time.monotonic() - begun))


async def _some(tx: Tx, app: int, conversations: list[str], before: int) -> tuple[int, list[str]]:
    """Erase at most ``BATCH`` messages; how many, and the conversations still to be looked at."""
    gone = 0
    for i, conv in enumerate(conversations):
        gone += await _erase(tx, app, conv, before, BATCH - gone)
        if gone >= BATCH:
            return gone, conversations[i:]
    return gone, []


async def _erase(tx: Tx, app: int, conv: str, before: int, limit: int) -> int:
    """Erase the oldest messages of a conversation, which are then unread no more."""
    old = "SELECT id FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time < $3 ORDER BY msg_time, ord LIMIT $4"
    if not await tx.fetch(old, app, conv, before, 1):
        return 0
    low, _, high = conv.partition(SEPARATOR)
    marks = [await store_unread.lock(tx, app, *pair) for pair in ((low, high), (high, low))]
    erased = await tx.fetch(
        f"DELETE FROM c2c_message WHERE id IN ({old}) RETURNING high, flags, seq, msg_time", app, conv, before, limit
    )
    tx.emit(MessagesErased(app=app, type=ONE_TO_ONE, conv=conv, seqs=[int(row[2]) for row in erased]))
    for side, (owner, peer) in enumerate(((low, high), (high, low))):
        gone = [store_unread.Gone(*row[1:]) for row in erased if row[0] != side]
        await store_unread.lower(tx, app, owner, peer, marks[side], gone)
    await tx.execute(  # what is remembered of changes goes with the message
        "DELETE FROM c2c_change WHERE app = $1 AND conv = $2"
        " AND NOT EXISTS (SELECT 1 FROM c2c_message m WHERE m.id = c2c_change.message)",
        app,
        conv,
    )
    return len(erased)
