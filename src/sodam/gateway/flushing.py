"""When connections write what has gathered for them: once a turn of the loop, or at the end of a batch."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

_AT_ONCE: Final = 256


class Client(Protocol):
    """A connection."""

    def flush(self) -> None: ...


class Flushing:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._dirty: list[Client] = []
        self._gathering = False

    def later(self, client: Client) -> None:
        """Call its ``flush`` at the end of this turn."""
        if not self._dirty and not self._gathering:
            self._loop.call_soon(self._flush)
        self._dirty.append(client)

    def gather(self, gathering: bool) -> None:
        """A batch is on disk: until False its answers and pushes gather, and then go without another turn."""
        self._gathering = gathering
        if not gathering and self._dirty:
            self._flush()

    def _flush(self) -> None:
        """Some hundred connections in a turn of the loop: a large group's message holds nobody else up."""
        dirty, self._dirty = self._dirty[:_AT_ONCE], self._dirty[_AT_ONCE:]
        if self._dirty:
            self._loop.call_soon(self._flush)
        for client in dirty:
            client.flush()
