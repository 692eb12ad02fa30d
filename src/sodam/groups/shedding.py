"""How many messages a live room takes a second: what is above it is dropped, that of low priority first.

A bucket of tokens for each room, one for a message. So many a second come back, and a fifth more than those may gather:
the last ones are for messages of higher priority alone. So under load the lowest priorities find none first, and a
message of high priority is dropped only where those alone are too many. Nothing waits.
"""

from __future__ import annotations

from typing import Final

from sodam.groups.message import NORMAL, PRIORITIES
from sodam.groups.seats import Key

_RESERVED: Final = {PRIORITIES["High"]: 0.0, NORMAL: 0.1, PRIORITIES["Low"]: 0.2}
"""What stays for others, as a share of the rate."""
_LOWEST: Final = 0.3
_GATHERED: Final = 1.2
_KEPT: Final = 10_000
_FULL_AFTER: Final = 2.0


class _Bucket:
    __slots__ = ("at", "tokens")

    def __init__(self, tokens: float, at: float) -> None:
        self.tokens = tokens
        self.at = at


class Shedder:
    def __init__(self) -> None:
        self._buckets: dict[Key, _Bucket] = {}

    def take(self, key: Key, priority: int, rate: int, now: float) -> bool:
        """Whether a message may pass."""
        most = rate * _GATHERED
        bucket = self._buckets.get(key)
        if bucket is None:
            self._forget(now)
            bucket = self._buckets[key] = _Bucket(most, now)
        bucket.tokens = min(most, bucket.tokens + max(0.0, now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1 + rate * _RESERVED.get(priority, _LOWEST):
            return False
        bucket.tokens -= 1
        return True

    def heard(self, key: Key) -> None:
        """Another node let a message pass."""
        if (bucket := self._buckets.get(key)) is not None:
            bucket.tokens = max(0.0, bucket.tokens - 1)

    def _forget(self, now: float) -> None:
        if len(self._buckets) >= _KEPT:
            self._buckets = {key: kept for key, kept in self._buckets.items() if now - kept.at < _FULL_AFTER}
