"""How many pages of what clients missed are on their way at a time: so many of a connection, a user, and in all.

A page stands in memory from its query until the client took it, so that whoever asks without reading would hold as
many as it has requests. A connection therefore has one at a time, and begins the next when the one before has left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from sodam.bus import Topic

ROOM: Final = 1024 * 1024
"""With fewer bytes waiting for a client, it gets another page."""
_OF_A_USER: Final = 2
_IN_ALL: Final = 16
_LOOK_SECONDS: Final = 0.02


class Client(Protocol):
    def waiting(self) -> int:
        """Bytes that the client has still to take."""
        ...


class Backlog:
    def __init__(self) -> None:
        self._all = asyncio.Semaphore(_IN_ALL)
        self._turns: dict[Any, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self, connection: Client, user: Topic) -> AsyncIterator[None]:
        """Wait for room on the connection, and for the turn of the user.

        A client that does not read keeps its requests waiting until it is cut off as a slow reader.
        """
        async with (
            self._one_of(1, connection),
            _room(connection),
            self._one_of(_OF_A_USER, user),
            self._all,
        ):
            yield

    @asynccontextmanager
    async def room(self, connection: Client) -> AsyncIterator[None]:
        """Wait for room on the connection alone: for a page of a history."""
        async with self._one_of(1, connection), _room(connection):
            yield

    @asynccontextmanager
    async def _one_of(self, most: int, whose: Any) -> AsyncIterator[None]:
        semaphore, interested = self._turns.get(whose) or (asyncio.Semaphore(most), 0)
        self._turns[whose] = (semaphore, interested + 1)
        try:
            async with semaphore:
                yield
        finally:
            interested = self._turns[whose][1] - 1
            if interested:
                self._turns[whose] = (semaphore, interested)
            else:
                del self._turns[whose]


@asynccontextmanager
async def _room(connection: Client) -> AsyncIterator[None]:
    while connection.waiting() > ROOM:
        await asyncio.sleep(_LOOK_SECONDS)
    yield
