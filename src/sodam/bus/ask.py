"""Asking every other node, and gathering what they say.

The nodes known to be there are those that the presence service has heard of lately. A node that died is left out, and
so is one that is too slow: what is asked for here lives in the memory of nodes and may be incomplete for a moment.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from sodam.bus.interface import Bus, Subscription

TIMEOUT_SECONDS = 0.5
_encode = msgspec.json.Encoder().encode


class _Request(msgspec.Struct, array_like=True):
    number: int
    node: str
    question: list[Any]


class _Reply(msgspec.Struct, array_like=True):
    number: int
    node: str
    answer: msgspec.Raw


class _Pending:
    __slots__ = ("answers", "done", "waiting")

    def __init__(self, waiting: set[str]) -> None:
        self.waiting = waiting
        self.answers: list[Any] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Asking:
    """One kind of questions. ``answer`` is called on the other nodes; what it returns must be JSON."""

    def __init__(
        self,
        bus: Bus,
        name: str,
        node: str,
        peers: Callable[[], set[str]],
        answer: Callable[[list[Any]], Any],
        *,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._bus = bus
        self._name = name
        self._node = node
        self._peers = peers
        self._answer = answer
        self._timeout = timeout
        self._number = 0
        self._pending: dict[int, _Pending] = {}
        self._subscriptions: list[Subscription] = []

    def start(self) -> None:
        if self._bus.clustered:
            request = msgspec.json.Decoder(_Request).decode
            reply = msgspec.json.Decoder(_Reply).decode
            self._subscriptions = [
                self._bus.subscribe(f"{self._name}.ask", lambda data: self._asked(request(data))),
                self._bus.subscribe(f"{self._name}.reply.{self._node}", lambda data: self._told(reply(data))),
            ]

    def stop(self) -> None:
        for subscription in self._subscriptions:
            subscription.cancel()

    @property
    def alone(self) -> bool:
        """Whether there is nobody to ask."""
        return not self._bus.clustered or not self._bus.connected() or not self._peers()

    async def ask(self, *question: Any) -> Sequence[Any]:
        """The answers of the others, in no order."""
        if self.alone:
            return ()
        pending = _Pending(set(self._peers()))
        self._number += 1
        number = self._number
        self._pending[number] = pending
        self._bus.publish(f"{self._name}.ask", _encode(_Request(number, self._node, list(question))))
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timeout):
                    await pending.done
        finally:
            del self._pending[number]
        return pending.answers

    def _asked(self, request: _Request) -> None:
        reply = _Reply(request.number, self._node, msgspec.Raw(_encode(self._answer(request.question))))
        self._bus.publish(f"{self._name}.reply.{request.node}", _encode(reply))

    def _told(self, reply: _Reply) -> None:
        pending = self._pending.get(reply.number)
        if pending is None or reply.node not in pending.waiting:
            return  # too late
        pending.answers.append(msgspec.json.decode(reply.answer))
        pending.waiting.discard(reply.node)
        if not pending.waiting and not pending.done.done():
            pending.done.set_result(None)
