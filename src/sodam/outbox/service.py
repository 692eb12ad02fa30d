"""Doing what the outbox holds, at least once, on whichever node comes first.

A consumer registers for a topic before the first write; what nobody consumes is not written. Entries are taken with a
lease, lane by lane: within a lane they are done one after the other, and one that fails holds up those behind it until
it is done or set aside as dead. Each topic says when a failed entry is tried again (``Schedule``) and how many lanes of
an app a node works on at a time (``Gate``), so that no app keeps another waiting. A worker that is killed loses its
leases within ``LEASE_MS``, and another takes over: a consumer may see an entry twice and must bear that. One that is
slow keeps them, however long it takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeVar

import structlog

from sodam.bus import Bus
from sodam.clock import now as wall_clock
from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops
from sodam.outbox import bundles, store, store_bundles, store_lanes, store_ready, store_waiting
from sodam.outbox.bundles import Bundle
from sodam.outbox.model import DAY, Consumer, Entry, Failed, Gate, New, Open, Prepare, Schedule, Topic
from sodam.outbox.pace import LEAST, Pace
from sodam.outbox.turns import Turns
from sodam.storage import Database, Tx

E = TypeVar("E")
log = structlog.get_logger(__name__)
LEASE_MS = 30_000
"""So long after a worker was killed another takes over. One that is at work renews its leases when a third is over,
and begins no other entry of a lane when half is."""
AT_ONCE: Final = 16
"""Lanes of one app that one node works on at a time, unless the topic has a gate of its own."""
MOST_AT_ONCE: Final = 256
"""Lanes that one node works on at a time. An app of which it works on none has one beyond them: however many others
have receivers that are slow, it does not wait for them."""
POLL_SECONDS: Final = 5.0
"""Another node's entry that it did not live to do is found so late at most, once its lease is over."""
GATHER_SECONDS: Final = 0.02
"""Between the beginnings of two looks: what is written or done meanwhile is taken and forgotten together."""
BESIDE_SECONDS: Final = 0.05
"""The same while messages of others come and there is no backlog: a look costs as much as many deliveries do."""
_FULL_SECONDS: Final = 0.004
"""The same while an app has more lanes than may be worked on at a time."""
_ERROR_CHARACTERS: Final = 300
_NOTIFY_SECONDS: Final = 0.05
"""A process that does nothing itself notifies the others of new entries so often at most."""
_NEW: Final = "outbox.new"


class _Group:
    """Entries of a lane that are at work here."""

    __slots__ = ("entries", "until")

    def __init__(self, entries: list[Entry], until: int) -> None:
        self.entries = entries
        self.until = until
        """When the lease ends, unix milliseconds."""


def batch_statement(*fields: str) -> str:
    """The part that a statement which stores messages on PostgreSQL takes in; see ``store_bundles.of_placed``."""
    return store_bundles.of_placed(*fields)


class Outbox:
    def __init__(
        self,
        db: Database,
        loops: Loops,
        clock: Callable[[], float] = wall_clock,
        *,
        bus: Bus | None = None,
        works: bool = True,
    ) -> None:
        """``works`` False: this process writes entries and leaves them to those that it reaches by ``bus``."""
        self._bus = bus
        self._works = works
        self._notifying = False
        self._lease = LEASE_MS
        self.pace = Pace(lambda: 0.0, db.engine)
        """What backlogs of gentle topics are held to; to nothing while it sees no messages."""
        self._db = db
        self._loops = loops
        self._clock = clock
        self._topics: dict[str, Topic] = {}
        self._wake = asyncio.Event()
        self._loop: Loop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: Counter[tuple[str, int]] = Counter()
        self._at_work: set[_Group] = set()
        self._finished: list[list[Entry]] = []
        """Groups that are done and not yet forgotten."""
        self._beginnings = Turns()
        """Of groups that were taken."""
        self._more = False
        """The last look left something behind for the next."""
        self._next_look = 0.0
        self.owner = secrets.token_hex(8)

    @property
    def now(self) -> int:
        """Unix milliseconds."""
        return int(self._clock() * 1000)

    def consume(
        self,
        topic: str,
        consumer: Consumer,
        *,
        schedule: Schedule = DAY,
        gate: Gate | None = None,
        prepare: Prepare | None = None,
        gentle: bool = False,
    ) -> None:
        """``consumer`` does what ``topic`` asks for; it raises when that failed and is to be tried again. ``gentle``:
        a backlog of it leaves room for messages (see pace.py)."""
        self._topics[topic] = Topic(consumer, schedule, gate or Open(AT_ONCE), prepare, gentle)

    def wants(self, topic: str) -> bool:
        return topic in self._topics

    def follow(self, kind: type[E], topic: str, entry: Callable[[E], New | None]) -> None:
        """Write an entry for every event of this type, in the transaction that raises it; None: for this one none."""

        async def subscriber(tx: Tx, events: Sequence[E]) -> None:
            if self.wants(topic):
                await self.put(tx, [new for event in events if (new := entry(event)) is not None])

        self._db.events.subscribe(kind, subscriber)

    async def put(self, tx: Tx, entries: Sequence[New], *, due: int = 0) -> None:
        """Have these done once ``tx`` is on disk, and not before ``due`` (unix milliseconds)."""
        if not entries:
            return
        if due > self.now:
            await store.put(tx, entries, due)
        else:
            await store_bundles.put(tx, bundles.of_new(entries))
        tx.after_commit(self.wake)

    async def waiting(self, source: Database | Tx, topic: str, app: int, most: int) -> list[tuple[int, int, bytes]]:
        """What was put there for a later time: number, when (unix milliseconds), body; the earliest first."""
        return await store_waiting.waiting(source, topic, app, most)

    async def take_back(self, tx: Tx, number: int) -> bool:
        """Have an entry that waits not done; False: it is done, or somebody does it just now. Only without a lane."""
        return await store_waiting.take_back(tx, number)

    async def put_placed(self, tx: Tx, made: Sequence[Bundle], numbers: Sequence[tuple[int, int, int]]) -> None:
        """The same of messages of a commit, whose MsgTime, MsgSeq and place in the conversation are ``numbers``."""
        await store_bundles.put(tx, made, numbers)
        tx.after_commit(self.wake)

    async def note(self, entry: Entry, body: bytes) -> bool:
        """For a consumer amid an entry: keep how far it is in the entry's body, and have ``LEASE_MS`` from now on.

        Whoever does the entry again begins with that body. False: the lease was lost, and another goes on already.
        """
        until = self.now + self._lease
        return await self._db.write(lambda tx: store.note(tx, self.owner, entry.id, body, until))

    def wake(self) -> None:
        """There may be something to do."""
        if self._works:
            self._wake.set()
        elif not self._notifying and self._bus is not None:
            self._notifying = True
            asyncio.get_running_loop().call_later(_NOTIFY_SECONDS, self._notify, self._bus)

    def _notify(self, bus: Bus) -> None:
        """A hint, with how many messages there were: without it others find the entry at their next look,
        ``POLL_SECONDS`` later at most, and do not hold themselves to a pace."""
        self._notifying = False
        bus.publish(_NEW, b"%d" % self.pace.new_here())

    def _noticed(self, hint: bytes) -> None:
        self.pace.stored_elsewhere(int(hint or 0))
        self.wake()

    async def hurry(self, topic: str, app: int) -> None:
        """Try now what failed and waits for its next try."""
        await self._db.write(lambda tx: store.hurry(tx, topic, app, self.now))
        self.wake()

    async def revive(self, topic: str, app: int) -> int:
        """Try anew what was set aside as dead; how many."""
        revived = await self._db.write(lambda tx: store.revive(tx, topic, app, self.now))
        self.wake()
        return revived

    async def counts(self, topic: str, app: int) -> tuple[int, int]:
        """How many of an app's entries wait, and how many are dead."""
        return await store.counts(self._db, topic, app)

    def start(self) -> None:
        if not self._works:
            return
        if self._bus is not None:
            self._bus.subscribe(_NEW, self._noticed)
        self._loop = self._loops.start("outbox", self._turn)

    async def stop(self) -> None:
        """End the work; what was begun and did not end goes to another node at once."""
        if self._loop is not None:
            await self._loop.stop()
        self._beginnings.clear()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)
        finished, self._finished = self._finished, []

        async def run(tx: Tx) -> None:
            await store.hold_topics(tx, {group[0].topic for group in finished})
            await store.finish(tx, self.owner, finished, self.now)
            await store.release(tx, self.owner, self.now)

        await self._db.write(run)

    async def _turn(self) -> None:
        """Begin what is due, forget what is done and keep what is at work, then wait for more."""
        if (early := self._next_look - time.monotonic()) > 0:
            await asyncio.sleep(early)
        began = time.monotonic()
        self._wake.clear()
        self._more = False
        finished, self._finished = self._finished, []
        full = False
        try:
            free, pause = await self._look()
            kept = [group for group in self._at_work if group.until < self.now + self._lease * 2 // 3]
            if finished or free or kept:
                full = await self._take(finished, free, kept)
        except BaseException:
            self._finished = finished + self._finished
            raise
        self._next_look = began + self._gather(full)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._wake.wait()

    def _gather(self, full: bool) -> float:
        """Seconds between the beginnings of this look and of the next."""
        if full:
            return _FULL_SECONDS
        return BESIDE_SECONDS if self.pace.beside and not self._more else GATHER_SECONDS

    async def _look(self) -> tuple[list[store.Free], float]:
        """What may be taken now, and in how many seconds there may be more."""
        now, pause = self.now, POLL_SECONDS
        due = await store_ready.ready(self._db, list(self._topics))
        free, left = [], MOST_AT_ONCE - len(self._tasks) - len(self._beginnings)
        gentle = self.pace.room()
        share = max(LEAST, (gentle or 0) // max(1, sum(self._topics[one.topic].gentle for one in due)))
        for topic, app, at, of_lanes in random.sample(due, len(due)):
            gate = self._topics[topic].gate
            room = gate.room(app)
            opens = at if room else max(at, gate.opens(app))
            if opens > now:
                pause = min(pause, max(0.001, (opens - now) / 1000))
            elif (lanes := min(room - (busy := self._busy[topic, app]), max(left, 0 if busy else 1))) > 0:
                entries = store.TOGETHER
                if gentle is not None and self._topics[topic].gentle:
                    if gentle < LEAST:
                        pause = min(pause, self.pace.wait())
                        self._more = True
                        continue
                    entries = min(share, gentle)
                    gentle -= entries
                is_sorted = of_lanes is not None and of_lanes <= now
                free.append(store.Free(topic, app, lanes, entries, is_sorted))
                left -= lanes
        return free, pause

    async def _take(self, finished: list[list[Entry]], free: list[store.Free], kept: list[_Group]) -> bool:
        """True: there were as many lanes as may be taken, of an app at least."""
        now = self.now
        until = now + self._lease
        entries = [entry for group in kept for entry in group.entries]
        taken = await self._db.write(
            lambda tx: store.turn(tx, self.owner, finished, free, entries, now, until),
            patient=self.pace.beside,
            repeated=True,
        )
        for group in kept:
            group.until = until
        places: dict[tuple[str, int], list[_Group]] = {}
        for found in taken:
            if self._topics[found[0].topic].gentle:
                self.pace.took(len(found))
            places.setdefault((found[0].topic, found[0].app), []).append(_Group(found, until))
        for of, groups in places.items():
            self._busy[of] += len(groups)
            self._at_work |= set(groups)
            if (prepare := self._topics[of[0]].prepare) is None:
                self._begin(groups)
            else:
                self._watch(asyncio.create_task(self._prepare(prepare, groups)))
        if free or finished:
            self._wake.set()  # there may be more: behind what is done, or than may be taken at once
        begun = [(one, places.get((one.topic, one.app), ())) for one in free]
        self._more |= any(sum(len(group.entries) for group in groups) >= one.entries for one, groups in begun)
        return any(len(groups) >= one.lanes for one, groups in begun)

    async def _prepare(self, prepare: Prepare, groups: list[_Group]) -> None:
        try:
            made = iter(await prepare([entry for group in groups for entry in group.entries]))
            for group in groups:
                group.entries = [next(made) for _ in group.entries]
        except Exception as error:
            log.debug("entries of the outbox are prepared one by one", error=str(error))
        self._begin(groups)

    def _begin(self, groups: list[_Group]) -> None:
        for group in groups:
            self._beginnings.add(partial(self._begin_one, group))

    def _begin_one(self, group: _Group) -> None:
        task = asyncio.create_task(self._do(group))
        self._watch(task)
        task.add_done_callback(partial(self._ended, group))

    def _watch(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _ended(self, group: _Group, task: asyncio.Task[None]) -> None:
        of = group.entries[0].topic, group.entries[0].app
        self._at_work.discard(group)
        self._busy[of] -= 1
        if not self._busy[of]:
            del self._busy[of]
        self._wake.set()

    async def _do(self, group: _Group) -> None:
        """The entries of a lane, one after the other, up to the first that fails."""
        entries = group.entries
        topic = self._topics[entries[0].topic]
        for at, entry in enumerate(entries):
            if at and self.now > group.until - self._lease // 2:
                await self._write(entry, partial(self._end, finished=entries[:at], rest=entries[at:]))
                return
            try:
                await topic.consumer(entry)
            except Exception as error:
                await self._failed(entries, at, error, topic.schedule)
                return
        self._finished.append(entries)

    async def _end(self, tx: Tx, finished: list[Entry], rest: list[Entry]) -> None:
        await store.hold_topics(tx, {rest[0].topic})
        await store.give_back(tx, self.owner, rest, self.now)
        await store.finish(tx, self.owner, [finished], self.now)

    async def _failed(self, group: list[Entry], at: int, error: Exception, schedule: Schedule) -> None:
        entry, rest = group[at], group[at + 1 :]
        text = (str(error) or type(error).__name__)[:_ERROR_CHARACTERS].replace("\0", "")
        pause = None if isinstance(error, Failed) and error.final else schedule.pause(entry.tries + 1)
        body = error.body if isinstance(error, Failed) else None
        if pause is not None and isinstance(error, Failed):
            pause = max(pause, error.after)

        async def run(tx: Tx) -> None:
            due = self.now + (pause or 0)
            await store.hold_topics(tx, {entry.topic})
            await store.finish(tx, self.owner, [group[:at]], self.now)
            await store.give_back(tx, self.owner, rest, due)
            if pause is not None:
                await store.put_off(tx, self.owner, entry.id, due, text, body)
                return
            await store.bury(tx, self.owner, entry, text)
            if entry.lane:
                await store_lanes.next_in(tx, entry.topic, entry.app, [entry.lane], self.now)

        if pause is None:
            log.warning("given up", topic=entry.topic, app=entry.app, entry=entry.id, error=text)
        await self._write(entry, run)

    async def _write(self, entry: Entry, fn: Callable[[Tx], Awaitable[None]]) -> None:
        try:
            await self._db.write(fn)
        except Unavailable:  # logged once for all; the lease ends by itself
            log.debug("an entry of the outbox is done again", entry=entry.id)
