"""Erasing messages of groups that an app keeps no longer, and notices that nobody fetches any more.

Groups are walked by their numbers and messages from the oldest, so that the table of messages needs no further index.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from sodam.groups import store, store_retention
from sodam.messages.events import MessagesErased
from sodam.messages.model import GROUP
from sodam.storage import Database, Tx

_GROUPS: Final = 200
BATCH: Final = 200
"""Messages, or notices, in one transaction."""
_PAUSE: Final = 0.005
"""Seconds between two transactions, at least, and as long as the last one took: others write too."""


async def purge(db: Database, app: int, before: int) -> int:
    """Erase an app's messages of groups of before a unix second; how many."""
    total, after = 0, 0
    while groups := await store_retention.old(db, app, before, after, _GROUPS):
        after = groups[-1][0]
        for _, group_id in groups:
            last = 0
            while True:
                begun = time.monotonic()
                seqs = await db.write(lambda tx, at=(group_id, last, before): _erase(tx, app, *at))  # type: ignore[misc]
                total += len(seqs)
                if len(seqs) < BATCH:
                    break
                last = seqs[-1]
                await asyncio.sleep(max(_PAUSE, time.monotonic() - begun))
    return total


async def _erase(tx: Tx, app: int, group_id: str, after: int, before: int) -> list[int]:
    """Erase the oldest messages of one group, with all that is kept of them; unread they are no more. Their sequences.

    ``after``: what was erased just before. PostgreSQL keeps rows that are gone until it is vacuumed.
    """
    group = (await store.lock(tx, app, [group_id])).get(group_id)
    if group is None:
        return []
    found = await store_retention.oldest(tx, app, group_id, (after, before), BATCH)
    if not found:
        return []
    last = found[-1]
    counting: dict[str, list[int]] = {}
    counted = group.purged_counted
    for message in found:
        if message.counted > counted:
            counting.setdefault(message.sender, []).append(message.seq)
        counted = message.counted
    await store_retention.forget_own(tx, app, group_id, counting)
    await store_retention.erase(tx, app, group_id, after, last.seq)
    group.purged_counted = last.counted
    group.clear_seq = max(group.clear_seq, last.seq)
    await store.save(tx, group)
    seqs = [message.seq for message in found]
    tx.emit(MessagesErased(app=app, type=GROUP, conv=group_id, seqs=seqs))
    return seqs


async def purge_notices(db: Database, before: int) -> int:
    """Erase the notices of all apps of before a unix second; how many."""
    total = 0
    while True:
        gone = await store_retention.erase_notices(db, before, BATCH)
        total += gone
        if gone < BATCH:
            return total
        await asyncio.sleep(_PAUSE)
