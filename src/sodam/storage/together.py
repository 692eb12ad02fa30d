"""Reads of one kind that are asked for while one is under way go together in the next: no timer, a lone one goes at
once. For PostgreSQL, where a statement costs both sides far more than a row. It begins after whoever asked did, so that
it sees what was committed before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
MOST: Final = 50
"""Of one read."""


class Together(Generic[K, V]):
    """``read`` gets different keys, and gives the value of each that has one."""

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._read = read
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._busy: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V | None:
        """None: it has no value. Raises what ``read`` raises."""
        answer: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()  # each its own: it may give up
        self._waiting.setdefault(key, []).append(answer)
        if self._busy is None:
            self._busy = asyncio.create_task(self._work())  # what is asked in this turn goes together
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[:MOST]
                await self._answer({key: self._waiting.pop(key) for key in keys})
        finally:
            self._busy = None

    async def _answer(self, asked: dict[K, list[asyncio.Future[V | None]]]) -> None:
        try:
            found = await self._read(list(asked))
        except BaseException as error:
            for answer in (answer for answers in asked.values() for answer in answers if not answer.done()):
                if isinstance(error, Exception):
                    answer.set_exception(error)
                    answer.exception()  # whoever asked may be about to give up
                else:
                    answer.cancel()
            if not isinstance(error, Exception):
                raise
        else:
            for key, answers in asked.items():
                for answer in answers:
                    if not answer.done():
                        answer.set_result(found.get(key))
