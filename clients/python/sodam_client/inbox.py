"""The messages that wait for the application, each once and in order, also across a reconnect."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable

from sodam_client.errors import SlowReaderError, SodamError
from sodam_client.models import Message

_REMEMBERED = 20_000
"""How many identities are kept to recognise a second copy: far more than a catch-up overlaps with."""


class Inbox:
    """A bounded queue with a memory of what went through it.

    Nobody has to read it: until `get` is called for the first time the oldest message makes room. Once there is a
    reader, a full queue is an error that the reader sees, since a gap must not be silent.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[Message] = deque()
        self._seen: OrderedDict[tuple[str, str, int, int, int], None] = OrderedDict()
        self._held: list[Message] | None = None
        self._has_reader = False
        self._error: SodamError | None = None
        self._wake = asyncio.Event()

    def put(self, messages: Iterable[Message]) -> None:
        """Take messages as they come; copies of earlier ones are dropped. While held, they wait aside."""
        if self._held is not None:
            self._held.extend(messages)
            return
        for message in messages:
            self._append(message)

    def hold(self) -> None:
        """Keep pushes back until `release`: what was missed comes first.

        What an earlier hold gathered and nobody released is dropped: the next catch-up finds it in the store.
        """
        self._held = []

    def release(self, missed: Iterable[Message]) -> None:
        """Deliver what was missed while away, then what was pushed meanwhile."""
        held, self._held = self._held or [], None
        self.put(missed)
        self.put(held)

    def has_seen(self, message: Message) -> bool:
        """Whether a copy of this message went through already."""
        return message.identity in self._seen

    def remember(self, message: Message) -> None:
        """Mark a message as known without delivering it (our own, for example)."""
        self._seen[message.identity] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def fail(self, error: SodamError) -> None:
        """Let the reader finish what is here and then raise `error`; the first error stays."""
        self._error = self._error or error
        self._wake.set()

    async def get(self) -> Message:
        """The next message. Raises what `fail` was given, once the queue is empty."""
        self._has_reader = True
        while not self._waiting:
            if self._error is not None:
                raise self._error
            self._wake.clear()
            await self._wake.wait()
        return self._waiting.popleft()

    def _append(self, message: Message) -> None:
        if self.has_seen(message) or isinstance(self._error, SlowReaderError):
            return
        self.remember(message)
        if len(self._waiting) >= self._limit:
            if self._has_reader:
                self.fail(SlowReaderError(f"more than {self._limit} messages wait to be read"))
                return
            self._waiting.popleft()
        self._waiting.append(message)
        self._wake.set()
