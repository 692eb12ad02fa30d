"""Rate limits per app and command: a token bucket that holds one second's worth."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from sodam.errors import ApiError, Code
from sodam.wire import Command

NEAR: Final = 0.8
"""Of a rate: from there on somebody may hear of it."""
_QUIET_SECONDS: Final = 60.0


class RateLimits:
    """Off unless SODAM_RATE_LIMITS=on. Counts on this node only: a cluster of n nodes allows n times as much."""

    def __init__(self, *, enabled: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._enabled = enabled
        self._clock = clock
        self._buckets: dict[tuple[int, str], tuple[float, float]] = {}
        self.near: Callable[[int, str, int, int], None] = lambda app, path, used, rate: None
        """Hears, once a minute at most, of an app that nears the rate of a command: how much it used, and the rate."""
        self._told: dict[tuple[int, str], float] = {}

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
            self._tell(key, command.rate, command.rate, now)
            raise ApiError(Code.RATE_LIMITED, f"{command.path} is called more than {command.rate} times a second")
        self._buckets[key] = (tokens - cost, now)
        if (used := command.rate - tokens + cost) > NEAR * command.rate:
            self._tell(key, int(used), command.rate, now)

    def _tell(self, key: tuple[int, str], used: int, rate: int, now: float) -> None:
        if now - self._told.get(key, now - _QUIET_SECONDS) >= _QUIET_SECONDS:
            self._told[key] = now
            self.near(*key, used, rate)
