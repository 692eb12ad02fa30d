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
            begun = time.monotonic()
            while gone := await db.write(lambda tx, group_id=group_id: _erase(tx, app, group_id, before)):  # type: ignore[misc]
                total += gone
                await asyncio.sleep(max(_PAUSE, time.monotonic() - begun))
                begun = time.monotonic()
                if gone < BATCH:
                    break
    return total


async def _erase(tx: Tx, app: int, group_id: str, before: int) -> int:
    """Erase the oldest messages of one group, with all that is kept of them; unread they are no more."""
    group = (await store.lock(tx, app, [group_id])).get(group_id)
    if group is None:
        return 0
    found = await store_retention.oldest(tx, app, group_id, before, BATCH)
    if not found:
        return 0
    last = found[-1]
    counting: dict[str, list[int]] = {}
    counted = group.purged_counted
    for message in found:
        if message.counted > counted:
            counting.setdefault(message.sender, []).append(message.seq)
        counted = message.counted
    await store_retention.forget_own(tx, app, group_id, counting)
    await store_retention.erase(tx, app, group_id, last.seq)
    group.purged_counted = last.counted
    group.clear_seq = max(group.clear_seq, last.seq)
    await store.save(tx, group)
    tx.emit(MessagesErased(app=app, type=GROUP, conv=group_id, seqs=[message.seq for message in found]))
    return len(found)


async def purge_notices(db: Database, before: int) -> int:
    """Erase the notices of all apps of before a unix second; how many."""
    total = 0
    while True:
        gone = await store_retention.erase_notices(db, before, BATCH)
        total += gone
        if gone < BATCH:
            return total
        await asyncio.sleep(_PAUSE)
