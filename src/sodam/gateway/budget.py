"""How much may wait for a client, and which client is too slow.

A client that reads is not cut for the size of what it asked for: over ``WRITE_BUDGET`` it must only keep reading. One
that does not read is cut, and so is any for which more than ``WRITE_LIMIT`` waits: it catches up by ``getmsg``.
"""

from __future__ import annotations

from typing import Final

WRITE_BUDGET: Final = 4 * 1024 * 1024
"""Bytes that may wait for a client that does not read."""
WRITE_LIMIT: Final = 2 * WRITE_BUDGET
"""Bytes that may wait for any client."""
STRANGER_LIMIT: Final = 256 * 1024
"""Bytes that may wait on a connection on which nobody has signed in yet."""
STALL_SECONDS: Final = 3.0
STALL_BYTES: Final = 128 * 1024
"""A client over its budget is cut when it took less than this in ``STALL_SECONDS``."""


class Budget:
    """Of one connection."""

    __slots__ = ("_since", "_taken", "limit", "written")

    def __init__(self) -> None:
        self.limit = STRANGER_LIMIT
        """With more than this waiting the client is cut at once."""
        self.written = 0
        """Bytes in all."""
        self._taken = 0
        self._since: float | None = None
        """While the client is over its budget: when it had taken ``_taken``."""

    def over(self, waiting: int, now: float) -> bool:
        """``waiting`` bytes are not taken. True when the client is to be watched from now on."""
        if waiting <= WRITE_BUDGET or self._since is not None:
            return False
        self._taken, self._since = self.written - waiting, now
        return True

    def stalled(self, waiting: int, now: float) -> bool | None:
        """Whether a client that is watched is too slow; None when it need not be watched any more."""
        if waiting <= WRITE_BUDGET or self._since is None:
            self._since = None
            return None
        taken = self.written - waiting
        if taken - self._taken >= STALL_BYTES:
            self._taken, self._since = taken, now
            return False
        return now - self._since >= STALL_SECONDS
