"""In development mode: callbacks and pushes as they would have gone out, kept here for whoever tries things.

It lives in memory: a restart begins it anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from sodam.clock import now as wall_clock
from sodam.outbound.model import Answer

URL: Final = "http://inbox.sodam.invalid/"
"""The callback address of new apps in development mode. What is sent there comes here, and nowhere else."""
MOST: Final = 1_000
"""Requests, of all apps."""
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of them together."""
MOST_BODY: Final = 64 * 1024
_ANSWER: Final = Answer(200, b'{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}', whole=True)
Kind = Literal["callback", "push"]


class Caught(msgspec.Struct, frozen=True):
    number: int
    app: int
    at: int
    """Unix milliseconds."""
    kind: Kind
    name: str
    """The callback's command, or the push service."""
    user_id: str
    """Whom a push is for."""
    url: str
    headers: list[tuple[str, str]]
    body: str


class Inbox:
    def __init__(self, clock: Callable[[], float] = wall_clock) -> None:
        self._clock = clock
        self.began = int(clock() * 1000)
        """Unix milliseconds; numbers of an inbox that began at another time are other requests."""
        self._held: deque[tuple[Caught, int]] = deque()
        self._bytes = 0
        self._last = 0

    def add(
        self,
        app: int,
        kind: Kind,
        name: str,
        url: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        *,
        user_id: str = "",
    ) -> Answer:
        """What a receiver that has nothing to say would answer."""
        self._last += 1
        text = body[:MOST_BODY].decode(errors="replace")
        one = Caught(self._last, app, int(self._clock() * 1000), kind, name, user_id, url, list(headers), text)
        size = len(text) + len(url) + sum(len(key) + len(value) for key, value in headers)
        self._held.append((one, size))
        self._bytes += size
        while len(self._held) > MOST or self._bytes > MOST_BYTES:
            self._bytes -= self._held.popleft()[1]
        return _ANSWER

    def of(self, app: int, limit: int, kind: Kind | None = None, *, text: str = "", after: int = 0) -> list[Caught]:
        """The newest first: those with a number above ``after`` that have the text, in any case, somewhere."""
        wanted = text.casefold()
        found = (
            one
            for one, _ in reversed(self._held)
            if one.app == app and one.number > after and kind in (None, one.kind) and _has(one, wanted)
        )
        return [one for one, _ in zip(found, range(limit), strict=False)]

    def oldest(self, app: int) -> int:
        """The number of the first request that is still here; of none: the number that the next will have."""
        return next((one.number for one, _ in self._held if one.app == app), self._last + 1)

    def clear(self, app: int) -> int:
        """Forget an app's requests; how many they were."""
        kept = [(one, size) for one, size in self._held if one.app != app]
        gone = len(self._held) - len(kept)
        self._held, self._bytes = deque(kept), sum(size for _, size in kept)
        return gone


def _has(one: Caught, wanted: str) -> bool:
    return not wanted or any(wanted in part.casefold() for part in (one.name, one.user_id, one.url, one.body))
