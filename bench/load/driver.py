"""What every wire can do, so that a workload is written once for all targets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from bench.load.http import HttpConnection

TEXT = "The quick brown fox jumps over the lazy dog, twice a day."
"""What every message says: the same bytes for all targets."""

OnMessage = Callable[["ChatSession", int], None]
"""Called with the receiving session and the number that its peer gave to the message."""


class ChatSession(Protocol):
    """A signed-in connection of user number `user`."""

    user: int
    unanswered: int
    """Messages that the server has not acknowledged yet; stays 0 where the protocol knows no such answer."""
    failures: list[str]

    async def synchronise(self) -> None:
        """What a client does after signing in, before messages are pushed to it."""

    def send(self, to: int, number: int) -> None:
        """Queue a message; it leaves with all others of this turn of the loop."""

    def send_to_group(self, group: str, number: int) -> None:
        """As `send`, to all members of a group."""

    async def enter_group(self, group: str) -> None:
        """Be where a group's messages go, in a group whose member the user is made with it."""

    def heartbeat(self) -> None:
        """What a client sends when nothing else is to be said."""

    async def close(self) -> None:
        """Close and wait until the socket is gone."""


class Driver(Protocol):
    """One target, seen from the load client."""

    async def create_users(self, count: int) -> None:
        """Make users 0 to count - 1."""

    async def make_group(self, name: str, members: range) -> None:
        """A group of these users that keeps its messages; the first of them owns it."""

    async def connect(self, user: int, on_message: OnMessage) -> ChatSession:
        """Connect and sign in, with a fresh credential."""

    async def open_http(self) -> HttpConnection:
        """A keep-alive connection to the REST surface."""

    def send_request(self, sender: int, recipient: int, number: int) -> bytes:
        """A whole HTTP request that sends a message."""

    def check(self, answer: bytes) -> None:
        """Raise `LoadError` unless a REST answer says that all went well."""

    def add_friend_request(self, owner: int, friend: int) -> bytes:
        """A whole HTTP request that makes a relation."""

    async def import_friends(self, owner: int, friends: range) -> None:
        """Give a user many relations, as fast as the target's own interface can."""

    async def read_friends(self, connection: HttpConnection, owner: int) -> int:
        """Read all relations of a user; returns how many."""


class Coalescer:
    """Flushes every session that queued something once per turn of the loop: one write per connection."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._dirty: list[Callable[[], None]] = []

    def later(self, flush: Callable[[], None]) -> None:
        """Call `flush` at the end of this turn."""
        if not self._dirty:
            self._loop.call_soon(self._run)
        self._dirty.append(flush)

    def _run(self) -> None:
        dirty, self._dirty = self._dirty, []
        for flush in dirty:
            flush()
