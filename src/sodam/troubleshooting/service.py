"""Gathering events in memory, writing them some at a time, and finding them again.

Nothing waits for the log: ``note`` appends to a list of bounded length and returns. What is too much for an app within
a second is counted, and the count is an event itself. What could not be written is counted with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from sodam.clock import now as wall_clock
from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops
from sodam.storage import Database, StorageError, Tx, without_hook
from sodam.troubleshooting import store
from sodam.troubleshooting.events import event_of, peer_of, user_of
from sodam.troubleshooting.model import (
    FAILURES_PER_SECOND,
    KEPT,
    KEPT_DAYS,
    MOST_NAME,
    MOST_REASON,
    PER_SECOND,
    WAITING,
    Event,
    Search,
)

log = structlog.get_logger(__name__)
_EVERY: Final = 1.0
_AT_ONCE: Final = 2_000
_FORGOTTEN_AT_ONCE: Final = 500


class Deleted(Protocol):
    @property
    def app(self) -> int: ...
    @property
    def user_ids(self) -> list[str]: ...


class _Second:
    """What one app may still add within a second."""

    __slots__ = ("at", "bad", "good", "left_out")

    def __init__(self) -> None:
        self.at = self.good = self.bad = self.left_out = 0


class TroubleshootingLog:
    def __init__(
        self,
        db: Database,
        directory: Path,
        loops: Loops,
        node: str,
        clock: Callable[[], float] = wall_clock,
        *,
        on: bool = True,
    ) -> None:
        """``on`` False: nothing is added."""
        self._db = db
        self._on = on
        self._directory = directory
        self._loops = loops
        self._node = node
        self._clock = clock
        self._place: Database | None = None
        self._waiting: list[Event] = []
        self._seconds: dict[int, _Second] = {}
        self._erased: list[tuple[int, str]] = []
        """Deleted accounts, whose events go with the next batch."""
        self._gatherers: list[Callable[[], None]] = []
        self._lock = asyncio.Lock()
        self._loop: Loop | None = None

    def start(self) -> None:
        self._loop = self._loops.start("troubleshooting log", self.flush, every=_EVERY)

    async def stop(self) -> None:
        if self._loop is not None:
            await self._loop.stop()
        await self.flush()
        if self._place is not None and self._place is not self._db:
            await self._place.close()

    # Adding

    def gathered_by(self, add: Callable[[], None]) -> None:
        """``add`` is called before anything is written or erased: it adds what was gathered to be added together."""
        self._gatherers.append(add)

    def _gather(self) -> None:
        for add in self._gatherers:
            add()

    def command(
        self,
        app: int,
        command: str,
        code: int,
        caller: str,
        request: Any = None,
        *,
        reason: str = "",
        platform: str = "",
        address: str = "",
        millis: float = 0,
        ago: float = 0.0,
    ) -> None:
        """A command of REST or of a client was answered, so many seconds ago."""
        event, kept = event_of(command)
        if (code or kept) and self._room(app, bool(code)):
            self._add(
                app, event, command, user_of(request, caller), peer_of(request), str(code), reason, platform, address,
                millis, failed=code != 0, ago=ago,
            )  # fmt: skip

    def note(
        self,
        app: int,
        event: str,
        command: str,
        code: str,
        *,
        failed: bool,
        user: str = "",
        peer: str = "",
        reason: str = "",
        platform: str = "",
        address: str = "",
        millis: float = 0,
    ) -> None:
        """Anything else."""
        if self._room(app, failed):
            self._add(app, event, command, user, peer, code, reason, platform, address, millis, failed=failed)

    def keeps(self, app: int, command: str) -> bool:
        """Whether it would keep a command that went well. Asked where many go well: one that is too much for this
        second is counted by the question, and need not be told."""
        if not self._on or not event_of(command)[1]:
            return False
        second = self._seconds.get(app)
        if second is None or second.good < PER_SECOND or second.at != int(self._clock()):
            return True
        second.good += 1
        second.left_out += 1
        return False

    def has_room(self, app: int, *, failed: bool) -> bool:
        """Whether ``note`` would keep something. Asked where it costs to find out what; a no has counted it."""
        if not self._on:
            return False
        second = self._second(app)
        if failed and second.bad >= FAILURES_PER_SECOND:
            second.bad += 1
        elif not failed and second.good >= PER_SECOND:
            second.good += 1
        else:
            return True
        second.left_out += 1
        return False

    def room(self, app: int, command: str, times: int) -> int:
        """As ``keeps``, of a command that went well so many times: how many of them are to be told."""
        if not self._on or not event_of(command)[1]:
            return 0
        second = self._second(app)
        told = min(times, max(0, PER_SECOND - second.good))
        second.left_out += times - told
        return told

    def _second(self, app: int) -> _Second:
        second = self._seconds.get(app)
        if second is None:
            second = self._seconds[app] = _Second()
        now = int(self._clock())
        if second.at != now:
            second.at, second.good, second.bad = now, 0, 0
        return second

    def _room(self, app: int, failed: bool) -> bool:
        if not self._on:
            return False
        second = self._second(app)
        if failed:
            second.bad += 1
            fits = second.bad <= FAILURES_PER_SECOND
        else:
            second.good += 1
            fits = second.good <= PER_SECOND
        if fits and len(self._waiting) < WAITING:
            return True
        second.left_out += 1
        return False

    def _add(
        self, app: int, event: str, command: str, user: str, peer: str, code: str, reason: str, platform: str,
        address: str, millis: float, *, failed: bool, ago: float = 0.0,
    ) -> None:  # fmt: skip
        self._waiting.append(
            Event(
                app=app,
                at=round((self._clock() - ago) * 1000),
                node=self._node,
                event=event,
                command=_text(command, MOST_NAME),
                user_id=_text(user, MOST_NAME),
                peer=_text(peer, MOST_NAME),
                code=_text(code, MOST_NAME),
                reason=_text(reason, MOST_REASON) if failed else "",
                platform=_text(platform, MOST_NAME),
                address=_text(address, MOST_NAME),
                millis=int(millis),
                failed=int(failed),
                amount=1,
            )
        )

    async def forget_accounts(self, tx: Tx, deleted: Sequence[Deleted]) -> None:
        """Events that name a deleted account go, soon after the account has."""
        gone = [(one.app, user) for one in deleted for user in one.user_ids]
        tx.after_commit(self._gather)
        tx.after_commit(lambda: self._erased.extend(gone))

    # Writing

    async def flush(self) -> None:
        """Afterwards everything that was added before is on disk, also what another call is just writing."""
        async with self._lock:
            self._gather()
            self._count_left_out()
            try:
                while self._waiting:
                    batch = self._waiting[:_AT_ONCE]
                    place = await self._opened()
                    with without_hook():
                        await place.write(lambda tx, batch=batch: store.put(tx, batch))  # type: ignore[misc]
                    del self._waiting[: len(batch)]
                while self._erased:
                    some = self._erased[:_FORGOTTEN_AT_ONCE]
                    place = await self._opened()
                    with without_hook():
                        await place.write(lambda tx, some=some: store.forget_users(tx, some))  # type: ignore[misc]
                    del self._erased[: len(some)]
            except (Unavailable, StorageError) as error:
                # It stays in memory, as far as there is room; what comes is counted.
                log.debug("events are not in the troubleshooting log yet", error=str(error))

    def _count_left_out(self) -> None:
        now = self._clock()
        for app, second in list(self._seconds.items()):
            if second.left_out and len(self._waiting) < WAITING * 2:
                self._waiting.append(_left_out(app, int(now * 1000), self._node, second.left_out))
                second.left_out = 0
            elif second.at < now - 60:
                del self._seconds[app]

    async def _opened(self) -> Database:
        if self._place is None:
            self._place = await store.place(self._db, self._directory)
        return self._place

    # Reading

    async def search(self, app: int, search: Search) -> list[tuple[int, Event]]:
        """The newest first, of all nodes; what waits on this node is written before."""
        await self.flush()
        async with self._lock:
            place = await self._opened()
        return await store.page(place, app, search)

    async def omitted(self, app: int, since: int, until: int) -> int:
        """How many events of a period were too many to be kept."""
        async with self._lock:
            place = await self._opened()
        return await store.omitted(place, app, since, until)

    # Erasing

    async def purge(self, apps: Collection[int]) -> int:
        """Periodic work: erase what is kept no longer; how many."""
        if self._db.engine == "sqlite" and self._place is None and not (self._directory / store.FILE).exists():
            return 0
        async with self._lock:
            place = await self._opened()
        oldest = int((self._clock() - KEPT_DAYS * 86_400) * 1000)
        total = 0
        for app in apps:
            with without_hook():
                total += await place.write(
                    lambda tx, app=app: store.purge(tx, app, keep=KEPT, oldest=oldest)  # type: ignore[misc]
                )
        return total

    async def erase_app(self, app: int) -> None:
        """An app is deleted."""
        async with self._lock:
            self._gather()
            self._waiting = [one for one in self._waiting if one.app != app]
            self._seconds.pop(app, None)
            place = await self._opened()
            with without_hook():
                await place.write(lambda tx: store.erase(tx, app))


def _text(text: str, most: int) -> str:
    """As databases take it: no NUL, no half of a character."""
    text = text[:most]
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode(errors="replace").decode()


def _left_out(app: int, at: int, node: str, amount: int) -> Event:
    return Event(app, at, node, "omitted", "", "", "", "0", "", "", "", 0, -1, amount)
