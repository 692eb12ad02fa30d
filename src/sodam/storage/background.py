"""Background work in many short transactions: as many rows in each as leave others' writes alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from sodam.storage.database import Database, Tx

T = TypeVar("T")
GOAL: Final[dict[str, float]] = {"sqlite": 0.0005, "postgres": 0.010}
"""Seconds that one transaction should take, its commit included. SQLite has one writer, for which everybody waits: of
100 sends beside the erasing of a million the 99th takes 1.2 times as long with half a millisecond, 2.7 with two. On
PostgreSQL the rows of one conversation are held."""
PAUSE: Final = 0.02
"""Seconds between two transactions, or ten times what the last one took if that is less, but twice that at least:
others write too."""
LEAST: Final = 50
"""What a commit costs by itself is not made less by fewer rows."""
_GROWS: Final = 1.25
_SHRINKS: Final = 0.6


class Batches:
    """Writes in turn, each of ``size`` rows at most. The size follows the time that transactions take, so that a slow
    disk, long rows or a busy machine make them smaller, not longer."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.size = min(LEAST, most)
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
        self._follow(took, GOAL[db.engine])
        await asyncio.sleep(max(2 * took, min(PAUSE, 10 * took)))
        return result

    def _follow(self, took: float, goal: float) -> None:
        if took < goal:
            self.size = min(int(self.size * _GROWS) + 1, self._most)
        elif took > 2 * goal:
            self.size = max(int(self.size * _SHRINKS), min(LEAST, self._most))
