"""How many things an app may do within a minute."""

from __future__ import annotations

import time
from collections.abc import Callable

from sodam.errors import ApiError, Code


class MinuteQuota:
    """At most ``limit`` in any calendar minute of this process's clock, for each app; counted on this node only."""

    def __init__(self, limit: int, code: Code, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._code = code
        self._clock = clock
        self._minute = -1
        self._used: dict[int, int] = {}

    def take(self, app: int, count: int) -> None:
        """Raises the ApiError of this quota, and takes nothing, when fewer than ``count`` are left."""
        minute = int(self._clock() // 60)
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
        used = self._used.get(app, 0) + count
        if used > self._limit:
            raise ApiError(self._code, f"more than {self._limit} within a minute")
        self._used[app] = used
