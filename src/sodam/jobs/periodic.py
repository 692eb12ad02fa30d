"""Work that some node does every so often, but no two nodes at the same time."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog

from sodam.clock import now as wall_clock
from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops
from sodam.storage import Database, Tx, state

log = structlog.get_logger(__name__)
TICK_SECONDS: Final = 20.0
_LEASE_SECONDS: Final = 600
_WATCH_SECONDS: Final = 60.0
_UNDONE_SECONDS: Final = 300
"""Longer than a pass over all the work takes."""


class _Mark(msgspec.Struct, array_like=True):
    owner: str = ""
    until: int = 0
    due: int = 0


class Periodic:
    """Calls each task of the table when its time has come, on one node of the cluster."""

    def __init__(self, db: Database, clock: Callable[[], float] = wall_clock, *, loops: Loops | None = None) -> None:
        self._db = db
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._tasks: dict[str, tuple[int, Callable[[], Awaitable[object]]]] = {}
        self._loops = loops or Loops()
        self._loop: Loop | None = None
        self._watching_since = 0

    def add(self, name: str, every_seconds: int, work: Callable[[], Awaitable[object]]) -> None:
        self._tasks[name] = (every_seconds, work)

    def start(self) -> None:
        self._loop = self._loops.start("periodic work", self.tick, every=TICK_SECONDS)

    def watch(self) -> None:
        """Where others are to do it: say in the log when nobody does."""
        self._loop = self._loops.start("watch over periodic work", self.look, every=_WATCH_SECONDS)

    async def look(self) -> None:
        now = int(self._clock())
        self._watching_since = self._watching_since or now
        found = await state.get(self._db, f"periodic:{min(self._tasks, key=lambda name: self._tasks[name][0])}")
        due = msgspec.json.decode(found, type=_Mark).due if found is not None else 0
        if max(due, self._watching_since) < now - _UNDONE_SECONDS:
            log.warning("no process does the background work: callbacks, pushes and jobs wait", since=due)

    async def stop(self) -> None:
        if self._loop is not None:
            await self._loop.stop()
            self._loop = None

    async def tick(self) -> None:
        """Do what is due now."""
        for name, (every, work) in self._tasks.items():
            try:
                if await self._begin(name):
                    await work()
                    await self._set(name, _Mark("", 0, int(self._clock()) + every))
            except Unavailable:
                raise
            except Exception as error:
                log.error("periodic work failed", work=name, error=repr(error))

    async def _begin(self, name: str) -> bool:
        now = int(self._clock())

        async def run(tx: Tx) -> bool:
            key = f"periodic:{name}"
            mark = msgspec.json.decode(await state.claim(tx, key, msgspec.json.encode(_Mark())), type=_Mark)
            if mark.due > now or mark.until > now:
                return False
            await _put(tx, key, _Mark(self._owner, now + _LEASE_SECONDS, 0))
            return True

        found = await state.get(self._db, f"periodic:{name}")
        if found is not None and msgspec.json.decode(found, type=_Mark).due > now:
            return False
        return await self._db.write(run)

    async def _set(self, name: str, mark: _Mark) -> None:
        await self._db.write(lambda tx: _put(tx, f"periodic:{name}", mark))


async def _put(tx: Tx, key: str, mark: _Mark) -> None:
    await state.put(tx, key, msgspec.json.encode(mark))
