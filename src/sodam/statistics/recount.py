"""Stored messages that were not counted when the process was killed.

On SQLite one-to-one messages are counted in memory and written some seconds later, with the number of the last message
among them. Messages are numbered in the order in which they are stored, so that those behind that mark are the ones
that are missing: they are counted from their rows at the next start, in the transaction that moves the mark. A process
that ends by itself has counted all, and leaves no mark.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sodam.statistics import store
from sodam.statistics.model import C2C, C2C_HIDDEN
from sodam.statistics.tally import Counts, Tally
from sodam.storage import Database, Tx, state

_NAME: Final = "statistics:counted"
_OLDER: Final = 60
"""Seconds before the mark was written. What is older was restored from a backup meanwhile, and is not to be counted."""


async def mark(tx: Tx, last: int, now: float) -> None:
    """All messages up to the number ``last`` are counted, in this transaction or before."""
    await state.put(tx, _NAME, b"%d %d" % (last, now))


async def complete(db: Database) -> None:
    """Everything that was stored is counted, and this process stores nothing any more: what another program writes
    before the next start, as an app that is restored, is not missing."""
    if db.engine == "sqlite":
        await db.write(lambda tx: state.drop(tx, _NAME))


async def recount(db: Database, tally: Tally, clock: Callable[[], float], *, on: bool) -> int:
    """Before the first message of this process is stored; how many were counted. Where nothing has been counted so far,
    or nothing is to be, counting begins anew: what is stored now does not count."""
    if db.engine != "sqlite":
        return 0

    async def run(tx: Tx) -> int:
        if not on:
            await state.drop(tx, _NAME)
            return 0
        found, newest = await state.get(tx, _NAME), await store.newest_message(tx)
        total = 0
        if found is not None:
            last, at = map(int, found.split())
            counts: Counts = {}
            for app, minute, sent, hidden in await store.messages_after(tx, last, at - _OLDER):
                counts[app, C2C, minute], counts[app, C2C_HIDDEN, minute] = sent, hidden
                total += sent
            await tally.write(tx, counts, {})
            newest = max(newest, last)
        await mark(tx, newest, clock())
        return total

    return await db.write(run)
