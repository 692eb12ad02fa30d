"""What a bus promises: at most once, to every other process that holds interest, in order per publisher and subject.

A publisher never hears itself. ``publish`` does not wait and does not fail; a hint that cannot be sent is dropped.
Subjects are dot-separated tokens of letters, digits, ``-`` and ``_``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Handler = Callable[[bytes], None]


class BusError(Exception):
    """The bus cannot be reached at start-up; the text is one line."""


class Subscription(Protocol):
    def cancel(self) -> None: ...


class Bus(Protocol):
    clustered: bool
    """False when there is no other process: caches need no expiry, hints no encoding."""

    def connected(self) -> bool:
        """False while hints may be lost: caches that rely on them must not trust themselves."""
        ...

    def heard(self) -> bool:
        """False when no other process listens now: a hint need not be made."""
        ...

    def publish(self, subject: str, data: bytes) -> None: ...

    def subscribe(self, subject: str, handler: Handler) -> Subscription: ...

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        """Called after a time without connection, of this process or of another that sends, or when hints are known to
        be lost: what was cached may be old."""
        ...

    async def close(self) -> None: ...
