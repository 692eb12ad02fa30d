"""Erasing messages of groups that an app keeps no longer, and notices that nobody fetches any more.

Groups are walked by their numbers and messages from the oldest, so that the table of messages needs no further index.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from sodam.groups import store, store_retention
from sodam.messages.events import MessagesErased
from sodam.messages.model import GROUP
from sodam.storage import Database, Tx
from sodam.storage.background import Batches

_GROUPS: Final = 200
BATCH: Final = 400
"""Messages, or notices, in one transaction, at most."""


async def purge(db: Database, app: int, before: int) -> int:
    """Erase an app's messages of groups of before a unix second; how many."""
    total, after, writes = 0, 0, Batches(BATCH)
    while groups := await store_retention.old(db, app, before, after, _GROUPS):
        after = groups[-1][0]
        for _, group_id in groups:
            last = 0
            while True:
                erase = partial(_erase, app, group_id, (last, before))
                seqs, more = await writes.write(db, erase)
                total += len(seqs)
                if not more:
                    break
                last = seqs[-1]
    return total


async def _erase(app: int, group_id: str, span: tuple[int, int], tx: Tx, limit: int) -> tuple[list[int], bool]:
    """Erase the oldest messages of one group, with all that is kept of them; unread they are no more. Their sequences,
    and whether there may be more.

    ``span``: behind what was erased just before, and before which second. PostgreSQL keeps rows that are
    gone until it is vacuumed.
    """
    group = (await store.lock(tx, app, [group_id])).get(group_id)
    if group is None:
        return [], False
    found = await store_retention.oldest(tx, app, group_id, span, limit)
    if not found:
        return [], False
    last = found[-1]
    counting: dict[str, list[int]] = {}
    counted = group.purged_counted
    for message in found:
        if message.counted > counted:
            counting.setdefault(message.sender, []).append(message.seq)
        counted = message.counted
    await store_retention.forget_own(tx, app, group_id, counting)
    await store_retention.erase(tx, app, group_id, span[0], last.seq)
    group.purged_counted = last.counted
    group.clear_seq = max(group.clear_seq, last.seq)
    await store.save(tx, group)
    seqs = [message.seq for message in found]
    tx.emit(MessagesErased(app=app, type=GROUP, conv=group_id, seqs=seqs))
    return seqs, len(seqs) == limit


async def purge_notices(db: Database, before: int) -> int:
    """Erase the notices of all apps of before a unix second; how many."""
    total, writes = 0, Batches(BATCH)

    async def some(tx: Tx, size: int) -> tuple[int, bool]:
        gone = await store_retention.erase_notices(tx, before, size)
        return gone, gone == size

    while True:
        gone, more = await writes.write(db, some)
        total += gone
        if not more:
            return total
