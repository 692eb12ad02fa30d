"""Rate limits per app and command: a token bucket that holds one second's worth."""

from __future__ import annotations

import time
from collections.abc import Callable

from sodam.errors import ApiError, Code
from sodam.wire import Command


class RateLimits:
    """Off unless SODAM_RATE_LIMITS=on. Counts on this node only: a cluster of n nodes allows n times as much."""

    def __init__(self, *, enabled: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._enabled = enabled
        self._clock = clock
        self._buckets: dict[tuple[int, str], tuple[float, float]] = {}

    def check(self, sdkappid: int, command: Command, cost: int = 1) -> None:
        """Raises ApiError 60007 when the command's rate is used up."""
        if not self._enabled:
            return
        now = self._clock()
        key = (sdkappid, command.path)
        tokens, at = self._buckets.get(key, (float(command.rate), now))
        tokens = min(float(command.rate), tokens + (now - at) * command.rate)
        if tokens < cost:
            self._buckets[key] = (tokens, now)
            raise ApiError(Code.RATE_LIMITED, f"{command.path} is called more than {command.rate} times a second")
        self._buckets[key] = (tokens - cost, now)
