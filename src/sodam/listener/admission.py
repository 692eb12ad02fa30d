"""How many connections there may be, and which of them go when there are too many.

The cap of all follows from the limit of open files, with a reserve for databases, exports and calls to others: a
socket has the lowest free number, so that its own number says how many files are open, whoever opened them. When the
cap is reached, the connections that have waited longest without a whole request or a sign-in are closed, a few at a
time; idle ones that were served before come next. Only when every connection is in use is a new one refused.
"""

from __future__ import annotations

import ipaddress
import math
import resource
import time
from collections.abc import Callable
from typing import Final, Protocol

import structlog

log = structlog.get_logger(__name__)
RESERVE: Final = (32, 256)
"""Files kept free for everything that is no connection: an eighth of the limit, within these bounds."""
MAX_WAITING: Final = 16_384
"""Connections without a request or a sign-in, whatever the limit of open files: each costs about 2 KiB."""
_SHARE: Final = 256
"""Of so many that wait, one is closed at a time: looking for them costs as much as there are."""
_LOG_SECONDS: Final = 60.0


class Waiting(Protocol):
    """A connection that may be closed for others."""

    address: str
    """The network that it counts for; empty when it counts for none."""
    since: float
    """When it began to wait for its client; infinity while it is served."""
    served: bool
    """Whether a request of it was answered."""

    def drop(self) -> None:
        """Close it at once."""
        ...


def file_limit() -> int | None:
    """The limit of open files of this process; None when there is none."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, which one household or machine has for itself."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))


class Admission:
    """Counts connections. ``files``: the limit of open files, None for none. ``per_address``: 0 for half of all."""

    def __init__(self, files: int | None, per_address: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        reserve = min(max((files or 0) // 8, RESERVE[0]), RESERVE[1])
        self.highest = files - reserve if files is not None else math.inf
        """The first file number that no connection may have."""
        self.per_address = per_address or (max(1, int(self.highest) // 2) if files is not None else math.inf)
        self._clock = clock
        self._counts: dict[str, int] = {}
        self._said: dict[str, float] = {}
        self.waiting: set[Waiting] = set()
        """All but those on which somebody is signed in."""

    def admit(self, connection: Waiting, address: str, file_number: int) -> bool:
        """Count a new connection for ``address``, empty for none; False when there is no room for it."""
        if file_number >= self.highest or len(self.waiting) >= MAX_WAITING:
            closed = self._make_room(None)
            self._say(
                "the limit of connections is reached: raise the limit of open files, or find out who opens so many",
                files=file_number,
                closed=closed,
            )
            if not closed:
                return False
        if not self.move(connection, address):
            return False
        self.waiting.add(connection)
        return True

    def move(self, connection: Waiting, address: str) -> bool:
        """Count a connection for ``address``; False when that one has too many, all in use."""
        self._uncount(connection)
        if address:
            if self._counts.get(address, 0) >= self.per_address:
                closed = self._make_room(address)
                self._say("an address has reached its limit of connections", address=address, closed=closed)
                if not closed:
                    return False
            self._counts[address] = self._counts.get(address, 0) + 1
        connection.address = address
        return True

    def leave(self, connection: Waiting) -> None:
        """The connection is gone."""
        self.waiting.discard(connection)
        self._uncount(connection)

    def _uncount(self, connection: Waiting) -> None:
        address = connection.address
        if not address:
            return
        connection.address = ""
        left = self._counts.get(address, 0) - 1
        if left > 0:
            self._counts[address] = left
        else:
            self._counts.pop(address, None)

    def _make_room(self, address: str | None) -> int:
        """Close some that wait, of one address or of all; how many."""
        found = [c for c in self.waiting if c.since != math.inf and (address is None or c.address == address)]
        found.sort(key=lambda c: (c.served, c.since))
        closing = found[: 1 + len(found) // _SHARE]
        for connection in closing:
            self.leave(connection)
            connection.drop()
        return len(closing)

    def _say(self, event: str, **facts: object) -> None:
        """A line in the log, at most one a minute of a kind."""
        now = self._clock()
        if now - self._said.get(event, -math.inf) >= _LOG_SECONDS:
            self._said[event] = now
            log.warning(event, connections=len(self.waiting), **facts)
