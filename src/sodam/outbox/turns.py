"""Calls that are spread over the turns of the event loop: what comes meanwhile waits for one of them, not for all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Turns:
    """One call in each turn, in their order. What has come on sockets is read in between."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._scheduled = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, call: Callable[[], None]) -> None:
        self._waiting.append(call)
        self._schedule()

    def clear(self) -> None:
        """Those that wait are not made."""
        self._waiting.clear()

    def _schedule(self) -> None:
        if self._waiting and not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._scheduled = False
        if not self._waiting:
            return
        call = self._waiting.popleft()
        self._schedule()
        call()
