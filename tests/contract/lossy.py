"""A bus between nodes of one process that loses hints, brings them late, and is away for a while."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from sodam.bus import Topic
from sodam.bus.interface import Handler
from sodam.bus.nats import NatsBus
from sodam.groups.feed import Feed


class Hub:
    """What the buses of all nodes share. ``loss`` is the part of the hints that get lost; 1.0: the bus is away."""

    def __init__(self, dice: random.Random, loss: float) -> None:
        self.dice = dice
        self.loss = loss
        self.buses: list[LossyBus] = []


class _Subscription:
    def __init__(self, bus: LossyBus, subject: str, handler: Handler) -> None:
        self._bus, self._subject, self._handler = bus, subject, handler

    def cancel(self) -> None:
        self._bus.handlers[self._subject].remove(self._handler)


class LossyNats(NatsBus):
    """NATS itself, of which some hints get lost on their way out."""

    hub: Hub

    def publish(self, subject: str, data: bytes) -> None:
        if self.hub.dice.random() >= self.hub.loss:
            super().publish(subject, data)

    async def settled(self) -> None:
        """What was asked of it is known to the server."""
        while self._calls:
            await asyncio.sleep(0)
        await self.client.flush()


class LossyBus:
    clustered = True

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.handlers: dict[str, list[Handler]] = {}
        hub.buses.append(self)

    def connected(self) -> bool:
        return True

    def heard(self) -> bool:
        return True

    def publish(self, subject: str, data: bytes) -> None:
        """In order, as of one publisher and subject, but for what gets lost."""
        loop = asyncio.get_running_loop()
        for bus in self.hub.buses:
            if bus is not self and self.hub.dice.random() >= self.hub.loss:
                loop.call_soon(bus._hear, subject, data)

    def _hear(self, subject: str, data: bytes) -> None:
        for handler in list(self.handlers.get(subject, ())):
            handler(data)

    def subscribe(self, subject: str, handler: Handler) -> _Subscription:
        self.handlers.setdefault(subject, []).append(handler)
        return _Subscription(self, subject, handler)

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        return

    async def close(self) -> None:
        return


class SecondLooks:
    """Of a node's feed of groups: a moment after somebody begins to follow some, it looks at them once more. What is
    said until then may be found by that look, and what is looked at by another one just then is left alone."""

    def __init__(self, feed: Feed) -> None:
        self._ahead = 0
        look_again, fill = feed._look_again, feed._fill_to_heads

        def noted(begun: list[Topic]) -> None:
            self._ahead += bool(begun)
            look_again(begun)

        async def filled(topics: list[Topic]) -> None:
            await fill(topics)
            self._ahead -= 1

        feed._look_again, feed._fill_to_heads = noted, filled  # type: ignore[method-assign]

    async def over(self) -> None:
        async with asyncio.timeout(60):
            while self._ahead:
                await asyncio.sleep(0.005)
