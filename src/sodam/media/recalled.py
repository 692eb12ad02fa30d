"""Files of recalled messages: erased when nothing else names them (docs/decisions/0086-files-of-recalled-messages.md).

Nothing is counted while messages are sent. A recall notes the files that its message named, in its transaction; some
seconds later what was stored since each upload is looked through for its name. Whatever is not certain stays until it
is too old: a file of before this was known, one that an edited message names, one with too much stored since.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

import msgspec
import structlog

from sodam.media import links, store
from sodam.media.model import Object
from sodam.storage import Database, Tx

log = structlog.get_logger(__name__)
WAIT_SECONDS: Final = 10
"""From the recall on: what is being sent meanwhile is stored by then."""
EVERY_SECONDS: Final = 10


class Place(Protocol):
    """Where what names files is stored."""

    async def mark(self) -> int:
        """What is stored from now on stands behind it."""
        ...

    async def names(self, app: int, text: str, since: int) -> bool:
        """Whether something behind a mark holds a text, or may."""
        ...


class Said(Protocol):
    """Messages that were recalled."""

    @property
    def app(self) -> int: ...
    @property
    def bodies(self) -> Sequence[bytes]: ...


class Edited(Protocol):
    """A message with a new body."""

    @property
    def app(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class RecalledFiles:
    places: Sequence[Place] = ()
    """Always the same, in the same order."""

    def __init__(self, db: Database, erase: Callable[[Object], Awaitable[bool]], clock: Callable[[], float]) -> None:
        self._db = db
        self._erase = erase
        self._clock = clock

    async def since(self) -> str:
        """What is kept with an upload, to find what names it."""
        return msgspec.json.encode([await place.mark() for place in self.places]).decode()

    async def recalled(self, tx: Tx, events: Sequence[Said]) -> None:
        """Part of recalling messages."""
        now = int(self._clock())
        for event in events:
            for name in sorted({name for body in event.bodies for name in links.names(event.app, body)}):
                await store.note_recall(tx, event.app, name, now)

    async def edited(self, tx: Tx, events: Sequence[Edited]) -> None:
        """Part of editing messages: one from before an upload may name it now."""
        for event in events:
            for name in sorted(links.names(event.app, event.body)):
                await store.keep(tx, event.app, name)

    async def sweep(self) -> int:
        """Erase the files of recalled messages that nothing names any more; how many."""
        total = 0
        for app, name, since, at in await store.recalled(self._db, int(self._clock()) - WAIT_SECONDS):
            if await self._named(app, name, since):
                await store.stays(self._db, app, name, at)
            elif (row := await store.read(self._db, app, name)) is not None:
                total += await self._erase(row)
        if total:
            log.info("files of recalled messages erased", files=total)
        return total

    async def _named(self, app: int, name: str, since: str) -> bool:
        marks = msgspec.json.decode(since, type=list[int])
        if len(marks) != len(self.places):
            return True
        for place, mark in zip(self.places, marks, strict=True):
            if await place.names(app, name, mark):
                return True
        return False
