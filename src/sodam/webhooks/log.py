"""The delivery log: what was sent, what came back. Written some at a time; kept in bounded space."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Final

import msgspec
import structlog

from sodam.clock import now as wall_clock
from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops
from sodam.storage import Database
from sodam.webhooks import store
from sodam.webhooks.model import Delivery, Wanted

log = structlog.get_logger(__name__)
KEPT: Final = 10_000
"""Requests of each app."""
KEPT_DAYS: Final = 7
_MOST_REQUEST: Final = 64 * 1024
_MOST_ANSWER: Final = 4 * 1024
_WAITING: Final = 5_000
"""Of more than that the log is not worth its memory."""
_EVERY: Final = 0.5
_TOGETHER: Final = 64
"""Rows of a transaction: messages wait for it."""
_ERASED: Final = 200
_PAUSE: Final = 0.02
"""Seconds between transactions that erase."""


class DeliveryLog:
    def __init__(self, db: Database, loops: Loops, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._loops = loops
        self._clock = clock
        self._waiting: list[Delivery] = []
        self._loop: Loop | None = None
        self._writing = asyncio.Lock()

    def add(self, one: Delivery) -> None:
        if len(self._waiting) >= _WAITING:
            return
        if len(one.request) > _MOST_REQUEST or len(one.answer) > _MOST_ANSWER:
            request = one.request if len(one.request) <= _MOST_REQUEST else b""
            one = msgspec.structs.replace(one, request=request, answer=one.answer[:_MOST_ANSWER])
        self._waiting.append(one)

    def start(self) -> None:
        self._loop = self._loops.start("webhook log", self.flush, every=_EVERY)

    async def stop(self) -> None:
        if self._loop is not None:
            await self._loop.stop()
        await self.flush()

    async def flush(self) -> None:
        """Afterwards everything that was added before is on disk, also what another call is just writing."""
        async with self._writing:
            if not self._waiting:
                return
            batch, self._waiting = self._waiting, []
            for at in range(0, len(batch), _TOGETHER):
                some = batch[at : at + _TOGETHER]
                try:
                    await self._db.write(
                        lambda tx, some=some: store.put(tx, some),  # type: ignore[misc]
                        patient=True,
                        repeated=True,
                    )
                except Unavailable:
                    log.debug("deliveries are not in the log", count=len(some))

    async def purge(self, apps: Collection[int]) -> int:
        """Periodic work: erase what is kept no longer; how many."""
        oldest = int((self._clock() - KEPT_DAYS * 86400) * 1000)
        total = 0
        for app in apps:
            end = await store.end_of_kept(self._db, app, KEPT)
            while erased := await self._db.write(
                lambda tx, app=app, end=end: store.purge(tx, app, end, oldest, _ERASED)  # type: ignore[misc]
            ):
                total += erased
                await asyncio.sleep(_PAUSE)
        return total

    async def page(self, app: int, *, before: int, limit: int, wanted: Wanted) -> list[tuple[int, Delivery]]:
        """The newest first, those still waiting to be written included."""
        await self.flush()
        return await store.page(self._db, app, before=before, limit=limit, wanted=wanted)

    async def one(self, app: int, number: int) -> Delivery | None:
        return await store.one(self._db, app, number)
