"""Erasing one-to-one messages older than an app keeps them, in bounded batches.

Conversations are walked by their key, so that the message table needs no further index for it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.c2c import store_unread
from sodam.c2c.model import SEPARATOR
from sodam.messages.events import MessagesErased
from sodam.messages.model import ONE_TO_ONE
from sodam.storage import Database, Tx, batches, in_list
from sodam.storage.background import Batches

_CONVERSATIONS: Final = 200
BATCH: Final = 400
"""Messages in one transaction, at most."""


class _Left(NamedTuple):
    """What is still to be looked at."""

    conversations: list[str]
    since: int = 0
    """In the first of them all before this second is erased. PostgreSQL keeps rows that are gone until it is vacuumed:
    whoever began at the oldest each time would pass over all of them."""


async def purge(db: Database, app: int, before: int) -> int:
    """Erase an app's messages of before a unix second; how many."""
    total, after, writes = 0, "", Batches(BATCH)
    while True:
        rows = await db.fetch(
            "SELECT conv FROM c2c_head WHERE app = $1 AND conv > $2 ORDER BY conv LIMIT $3", app, after, _CONVERSATIONS
        )
        if not rows:
            return total
        left = _Left([str(row[0]) for row in rows])
        after = left.conversations[-1]
        while left.conversations:
            gone, left = await writes.write(
                db,
                lambda tx, size, left=left: _some(tx, app, left, before, size),  # type: ignore[misc]
            )
            total += gone


async def _some(tx: Tx, app: int, left: _Left, before: int, limit: int) -> tuple[int, _Left]:
    """Erase at most ``limit`` messages, of as many conversations; how many, and what is left then."""
    total, since = 0, left.since
    for i, conv in enumerate(left.conversations):
        if i == limit:  # looking takes time, too
            return total, _Left(left.conversations[i:])
        times = await _erase(tx, app, conv, (since, before), limit - total)
        total += len(times)
        if total >= limit:
            return total, _Left(left.conversations[i:], max(times))
        since = 0
    return total, _Left([])


async def _erase(tx: Tx, app: int, conv: str, span: tuple[int, int], limit: int) -> list[int]:
    """Erase the oldest messages of a conversation from a second to before another, which are then unread no more; their
    times."""
    old = (
        "SELECT id FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time >= $3 AND msg_time < $4"
        " ORDER BY msg_time, ord LIMIT $5"
    )
    if not await tx.fetch(old, app, conv, *span, 1):
        return []
    low, _, high = conv.partition(SEPARATOR)
    marks = [await store_unread.lock(tx, app, *pair) for pair in ((low, high), (high, low))]
    erased = await tx.fetch(
        f"DELETE FROM c2c_message WHERE id IN ({old}) RETURNING high, flags, seq, msg_time, id", app, conv, *span, limit
    )
    tx.emit(MessagesErased(app=app, type=ONE_TO_ONE, conv=conv, seqs=[int(row[2]) for row in erased]))
    for side, (owner, peer) in enumerate(((low, high), (high, low))):
        gone = [store_unread.Gone(*row[1:4]) for row in erased if row[0] != side]
        await store_unread.lower(tx, app, owner, peer, marks[side], gone)
    for some in batches([int(row[4]) for row in erased]):  # what is remembered of changes goes with the message
        sql = f"DELETE FROM c2c_change WHERE app = $1 AND conv = $2 AND message IN {in_list(some, 3)}"
        await tx.execute(sql, app, conv, *some)
    return [int(row[3]) for row in erased]
