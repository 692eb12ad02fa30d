"""What is published to a page by itself, as server-sent events: ``GET /console/live/statistics?SDKAppID=...``.

Every few seconds a stream sends what ``im:DescribeRealtimeStatistics`` answers: at first all of today, then what is new
since (an event's ``id`` is the minute from which on, so that a browser that connects again goes on there). Each time
the session and its rights are looked at anew; it keeps no session alive. A stream ends with the session, with its
right, and when the server ends; it ends by itself after a while, and the browser comes back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import msgspec

from sodam.cloudapi import failures
from sodam.cloudapi.actions.statistics import RealtimeStatistics
from sodam.control import ControlError

PUBLISH_SECONDS: Final = 3.0
STREAM_SECONDS: Final = 600.0
MOST_STREAMS: Final = 500
"""Of a process."""
MOST_OF_A_USER: Final = 20
_LOOK_SECONDS: Final = 0.25
Read = Callable[[int], Awaitable[RealtimeStatistics]]
"""Gets the minute from which on, checks session and rights; raises what refuses."""


class Streams:
    """The streams that are open."""

    def __init__(self, ending: Callable[[], bool]) -> None:
        self._ending = ending
        self._open: dict[int, int] = {}

    def check(self, user: int) -> None:
        """Raises ControlError when there are too many."""
        if sum(self._open.values()) >= MOST_STREAMS or self._open.get(user, 0) >= MOST_OF_A_USER:
            raise ControlError("RequestLimitExceeded", "too many live pages are open")

    async def publish(self, user: int, first: RealtimeStatistics, read: Read) -> AsyncIterator[bytes]:
        self._open[user] = self._open.get(user, 0) + 1
        try:
            yield _event("statistics", first, first.Settled)
            since, loop = first.Settled, asyncio.get_running_loop()
            end = loop.time() + STREAM_SECONDS
            while loop.time() < end and await self._pause():
                try:
                    news = await read(since)
                except Exception as caught:
                    error = failures.of(caught, "", path="/console/live/statistics")
                    yield _event("refused", {"Code": error.code, "Message": error.message})
                    return
                since = news.Settled
                yield _event("statistics", news, since)
        finally:
            left = self._open[user] - 1
            if left:
                self._open[user] = left
            else:
                del self._open[user]

    async def _pause(self) -> bool:
        """False: the server ends."""
        for _ in range(int(PUBLISH_SECONDS / _LOOK_SECONDS)):
            if self._ending():
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return not self._ending()


def _event(name: str, data: Any, number: int | None = None) -> bytes:
    head = f"event: {name}\n" + (f"id: {number}\n" if number is not None else "")
    return head.encode() + b"data: " + msgspec.json.encode(data) + b"\n\n"
