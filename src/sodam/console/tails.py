"""Events as they happen: ``GET /console/live/troubleshooting?SDKAppID=...``, a stream of server-sent events.

A stream asks the same action again and again, as its caller: what policies and sessions say counts at every look. It
therefore sees what every node writes, and needs nothing of the paths that write.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import msgspec

from sodam.access.model import Caller
from sodam.cloudapi.action import Action
from sodam.cloudapi.actions.troubleshooting import TroubleList, TroubleView
from sodam.cloudapi.plane import ControlPlane
from sodam.cloudapi.run import run
from sodam.control import ControlError

EVERY: Final = 0.5
BEAT: Final = 10.0
"""Seconds after which a stream says that it lives, and asks whether its session still does."""
BACK: Final = 5_000
"""Milliseconds that are looked at again: nodes write some at a time, and their clocks differ."""
MOST: Final = 20
"""Streams of a node."""
PAGES: Final = 10
"""That are read at each look: what one node may keep of an app within four seconds."""
FILTERS: Final = ("Event", "UserID", "Receiver", "ErrorCode", "FailedOnly")


class Tails:
    """The streams of this node."""

    def __init__(self, plane: ControlPlane, ending: Callable[[], bool]) -> None:
        """``ending`` says whether the server ends."""
        self._plane = plane
        self._ending = ending
        self._open = 0

    def room(self) -> None:
        """Raises ControlError where there are as many as may be."""
        if self._open >= MOST:
            raise ControlError(
                "LimitExceeded.LiveStreams",
                f"{MOST} pages follow the log on this node already",
                cure="Close one of them, or search the log instead.",
            )

    def follow(
        self,
        action: Action,
        caller: Caller,
        asked: dict[str, Any],
        request_id: str,
        lives: Callable[[], Awaitable[bool]],
    ) -> AsyncIterator[bytes]:
        """``asked``: app and filters of the action. Ends with the session, and when the server stops.

        It tells of what happens from this call on, which is before the other side sees the stream open.
        """
        return self._follow(action, caller, asked, int(self._plane.clock() * 1000), request_id, lives)

    async def _follow(
        self,
        action: Action,
        caller: Caller,
        asked: dict[str, Any],
        since: int,
        request_id: str,
        lives: Callable[[], Awaitable[bool]],
    ) -> AsyncIterator[bytes]:
        self._open += 1
        try:
            told: dict[int, int] = {}
            beat = time.monotonic()
            yield b"retry: 2000\n: open\n\n"
            while not self._ending():
                looked = int(self._plane.clock() * 1000)  # what happens during a look is the next one's
                found = await self._look(action, caller, asked, since, request_id)
                for one in reversed(found):
                    if one.EventId not in told:
                        told[one.EventId] = one.Time
                        yield b"data: " + msgspec.json.encode(one) + b"\n\n"
                oldest = max(since, looked - BACK)
                told = {number: at for number, at in told.items() if at >= oldest}
                since = oldest
                if time.monotonic() - beat >= BEAT:
                    beat = time.monotonic()
                    if not await lives():
                        yield b"event: end\ndata: {}\n\n"
                        return
                    yield b": alive\n\n"
                await asyncio.sleep(EVERY)
        except ControlError as error:
            body = {"Code": error.code, "Message": error.message, "Cure": error.cure, **error.extra}
            yield b"event: refused\ndata: " + msgspec.json.encode(body) + b"\n\n"
        finally:
            self._open -= 1

    async def _look(
        self, action: Action, caller: Caller, asked: dict[str, Any], since: int, request_id: str
    ) -> list[TroubleView]:
        """What happened since, the newest first: page by page, as many may fail at a time."""
        later, before = int(self._plane.clock() * 1000) + 60_000, ""
        events: list[TroubleView] = []
        for _ in range(PAGES):
            fields = {**asked, "StartTime": since, "EndTime": later, "Limit": 100, "Before": before}
            found: TroubleList = await run(self._plane, action, caller, msgspec.json.encode(fields), request_id)
            events += found.Events
            if not (before := found.Next):
                break
        return events
