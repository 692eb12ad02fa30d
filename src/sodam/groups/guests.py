"""Reading live rooms without signing in, by asking again and again (client-protocol-groups.md section 12).

For each room that somebody reads so, this node keeps the newest messages under numbers of its own; a reader says where
it is. Nothing is kept of the readers themselves.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from typing import Final

import msgspec

from sodam.bus import Kick, Live
from sodam.groups.core import Core
from sodam.groups.feed import of_group
from sodam.groups.seats import Key
from sodam.notices import Notice

HOLD_SECONDS: Final = 12.0
"""The web SDK gives a call up after 15."""
KEPT: Final = 200
IDLE_SECONDS: Final = 60.0
_LISTS: Final = {3: "GroupMsgArray", 4: "GroupTips", 5: "GroupTips", 6: "GroupTips", 17: "GroupMsgArray"}
"""Which events a poll may hold, and where their items stand."""
_encode = msgspec.json.Encoder().encode


class _Event(msgspec.Struct):
    Event: int
    GroupMsgArray: list[dict[str, msgspec.Raw]] = []
    GroupTips: list[dict[str, msgspec.Raw]] = []


_decode = msgspec.json.Decoder(_Event).decode


class _Reader:
    """One room, as a session that everybody who asks shares."""

    instid = 0
    platform = 0
    login = 0
    client_ip = ""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.first = 1
        """Number of the oldest message that is kept."""
        self.items: deque[bytes] = deque(maxlen=KEPT)
        self.waiting: set[asyncio.Future[None]] = set()
        self.asked_at = 0.0

    @property
    def next(self) -> int:
        return self.first + len(self.items)

    def deliver(self, notice: Notice) -> None:
        if not notice.body.startswith(b'{"Event":'):
            return
        event = _decode(notice.body)
        if event.Event not in _LISTS:
            return
        for item in event.GroupMsgArray or event.GroupTips:
            if len(self.items) == KEPT:
                self.first += 1
            self.items.append(_encode({"Event": event.Event, "GroupId": self.key[1], **item}))
        for future in self.waiting:
            _end(future)

    def kicked(self, kick: Kick) -> None:
        """Nobody signs in here."""

    def since(self, number: int) -> list[bytes]:
        return [item for at, item in enumerate(self.items, self.first) if at >= number]


class Guests:
    def __init__(self, core: Core, live: Live) -> None:
        self._core = core
        self._live = live
        self._readers: dict[Key, _Reader] = {}
        self._node = secrets.token_hex(4)
        """Numbers mean something on this node only."""
        self._loop = asyncio.get_running_loop()

    def key_of(self, group_id: str) -> str:
        """What a reader sends with every question."""
        return f"{self._node}:{group_id}"

    async def begin(self, app: int, group_id: str) -> None:
        """Keep the messages of a room from now on; the reader asks soon."""
        await self._reader((app, group_id))

    async def poll(self, app: int, key: str, start: int) -> tuple[list[bytes], int, str]:
        """What has come from ``start`` on, waiting for the first of it; the next start, and the key to ask with.

        0, and what another node or an earlier run of this one has numbered: from now on.
        """
        node, _, group_id = key.partition(":")
        reader = await self._reader((app, group_id))
        if node != self._node or not 0 < start <= reader.next:
            start = reader.next
        if start == reader.next:
            future: asyncio.Future[None] = self._loop.create_future()
            reader.waiting.add(future)
            handle = self._loop.call_later(HOLD_SECONDS, _end, future)
            try:
                await future
            finally:
                handle.cancel()
                reader.waiting.discard(future)
        return reader.since(start), reader.next, self.key_of(group_id)

    async def _reader(self, key: Key) -> _Reader:
        reader = self._readers.get(key)
        if reader is None:
            reader = self._readers[key] = _Reader(key)
            self._loop.call_later(IDLE_SECONDS, self._look, reader)
        self._live.add(of_group(*key), reader)
        await self._core.feed.begin(key[0], [key[1]])
        reader.asked_at = self._loop.time()
        return reader

    def _look(self, reader: _Reader) -> None:
        """Forget a room that nobody reads any more."""
        if reader.waiting or self._loop.time() - reader.asked_at < IDLE_SECONDS:
            self._loop.call_later(IDLE_SECONDS, self._look, reader)
            return
        del self._readers[reader.key]
        self._live.remove(of_group(*reader.key), reader)


def _end(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
