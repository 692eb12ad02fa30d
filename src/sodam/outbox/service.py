"""Doing what the outbox holds, at least once, on whichever node comes first.

A consumer registers for a topic before the first write; what nobody consumes is not written. Entries are taken with a
lease, some at a time; one whose consumer raises is tried again after 1 s, 2 s, 4 s ... to an hour, for a day, and is
then set aside as dead. A worker that is killed loses its leases within ``LEASE_MS``, and another takes over: a consumer
may see an entry twice and must bear that.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import structlog

from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops
from sodam.outbox import store
from sodam.outbox.model import Entry, New
from sodam.storage import Database, Tx

E = TypeVar("E")
Consumer = Callable[[Entry], Awaitable[None]]
log = structlog.get_logger(__name__)
LEASE_MS: Final = 60_000
"""A consumer that takes longer may be called for the same entry a second time."""
FIRST_RETRY_MS: Final = 1_000
LONGEST_RETRY_MS: Final = 3_600_000
MOST_TRIES: Final = 34
"""About a day, with the pauses above."""
AT_ONCE: Final = 32
"""Entries that one node works on at a time."""
POLL_SECONDS: Final = 5.0
"""Another node's entry that it did not live to do is found so late at most, once its lease is over."""
_ERROR_CHARACTERS: Final = 300


def batch_statement(places: str, topics: str, due: str) -> str:
    """The part that a statement which stores messages on PostgreSQL takes in; see ``store.of_placed``."""
    return store.of_placed(places, topics, due)


class Outbox:
    def __init__(self, db: Database, loops: Loops, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._loops = loops
        self._clock = clock
        self._consumers: dict[str, Consumer] = {}
        self._wake = asyncio.Event()
        self._loop: Loop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.owner = secrets.token_hex(8)

    @property
    def now(self) -> int:
        """Unix milliseconds."""
        return int(self._clock() * 1000)

    def consume(self, topic: str, consumer: Consumer) -> None:
        """``consumer`` does what ``topic`` asks for; it raises when that failed and is to be tried again."""
        self._consumers[topic] = consumer

    def wants(self, topic: str) -> bool:
        return topic in self._consumers

    def follow(self, kind: type[E], topic: str, entry: Callable[[E], New | None]) -> None:
        """Write an entry for every event of this type, in the transaction that raises it; None: for this one none."""

        async def subscriber(tx: Tx, events: Sequence[E]) -> None:
            if self.wants(topic):
                await self.put(tx, [new for event in events if (new := entry(event)) is not None])

        self._db.events.subscribe(kind, subscriber)

    async def put(self, tx: Tx, entries: Sequence[New]) -> None:
        """Have these done once ``tx`` is on disk."""
        if entries:
            await store.put(tx, entries, self.now)
            tx.after_commit(self.wake)

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def start(self) -> None:
        self._loop = self._loops.start("outbox", self._turn)

    async def stop(self) -> None:
        """End the work; what was begun and did not end goes to another node at once."""
        if self._loop is not None:
            await self._loop.stop()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)
        await self._db.write(lambda tx: store.release(tx, self.owner))

    async def _turn(self) -> None:
        """Begin what is due, then wait for more."""
        self._wake.clear()
        pause = POLL_SECONDS
        free = AT_ONCE - len(self._tasks)
        topics = list(self._consumers)
        if free and topics and (due := await store.next_due(self._db, topics)) is not None:
            now = self.now
            if due <= now:
                await self._take(topics, free, now)
                return
            pause = min(pause, (due - now) / 1000)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._wake.wait()

    async def _take(self, topics: list[str], limit: int, now: int) -> None:
        taken = await self._db.write(lambda tx: store.take(tx, self.owner, topics, limit, now, now + LEASE_MS))
        for entry in taken:
            task = asyncio.create_task(self._do(entry))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()

    async def _do(self, entry: Entry) -> None:
        try:
            await self._consumers[entry.topic](entry)
        except Exception as error:
            await self._failed(entry, error)
            return
        await self._write(entry, lambda tx: store.done(tx, self.owner, [entry.id]))

    async def _failed(self, entry: Entry, error: Exception) -> None:
        text = (str(error) or type(error).__name__)[:_ERROR_CHARACTERS].replace("\0", "")
        if entry.tries + 1 >= MOST_TRIES:
            log.warning("given up", topic=entry.topic, app=entry.app, entry=entry.id, error=text)
            await self._write(entry, lambda tx: store.bury(tx, self.owner, entry.id, text))
            return
        due = self.now + min(FIRST_RETRY_MS << min(entry.tries, 20), LONGEST_RETRY_MS)
        await self._write(entry, lambda tx: store.put_off(tx, self.owner, entry.id, due, text))

    async def _write(self, entry: Entry, fn: Callable[[Tx], Awaitable[None]]) -> None:
        try:
            await self._db.write(fn)
        except Unavailable:  # logged once for all; the lease ends by itself
            log.debug("an entry of the outbox is done again", entry=entry.id)
