"""Background work in many short transactions: as many rows in each as leave others' writes alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from sodam.storage.database import Database, Tx

T = TypeVar("T")
GOAL: Final = 0.004
"""Seconds that one transaction should take: whoever writes meanwhile waits for it on SQLite, which has one writer."""
PAUSE: Final = 0.005
"""Seconds between two transactions, at least, and as long as the last one took: others write too."""
LEAST: Final = 10
_GROWS: Final = 1.25
_SHRINKS: Final = 0.6


class Batches:
    """Writes in turn, each of ``size`` rows at most. The size follows the time that transactions take, so that a slow
    disk, long rows or a busy machine make them smaller, not longer."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.size = min(LEAST * 5, most)
        self._most = most
        self._clock = clock

    async def write(self, db: Database, run: Callable[[Tx, int], Awaitable[T]]) -> T:
        """A transaction that changes ``size`` rows at most, and a pause after it."""
        begun = self._clock()

        async def timed(tx: Tx) -> T:
            nonlocal begun  # what waited for other writers before is no time of this one
            begun = self._clock()
            return await run(tx, self.size)

        result = await db.write(timed)
        took = self._clock() - begun
        self.took(took)
        await asyncio.sleep(max(PAUSE, took))
        return result

    def took(self, seconds: float) -> None:
        """What the last transaction took, its commit included."""
        if seconds < GOAL:
            self.size = min(int(self.size * _GROWS) + 1, self._most)
        elif seconds > 2 * GOAL:
            self.size = max(int(self.size * _SHRINKS), min(LEAST, self._most))
