"""One message for many: what a delivery to each of a topic's members costs, all of them on one server."""

from __future__ import annotations

import asyncio
import time

from bench.load.driver import ChatSession
from bench.load.errors import LoadError
from bench.load.meter import Meter
from bench.plan import Figure
from bench.workloads.base import FAN_OUT, Bench

_SIZES = (200, 5000)
_AT_ONCE = 50
FAN = 0
"""What is written to this user goes to all (bench/targets/fanout_server.py, and the floor)."""
_SENDER = 1


class Fanout:
    """One sender, 200 and 5 000 receivers; the next message goes when the one before has reached all."""

    name = "fanout"
    title = "one message to 200 and to 5000 members"
    kinds = FAN_OUT

    async def run(self, bench: Bench) -> list[Figure]:
        figures = []
        for size in _SIZES:
            count = bench.scaled(size, size // 10)
            figures.append(await Room(bench, count, bench.meter()).run(f"{self.name}/{size}"))
        return figures


class Room:
    what = "one message to {} members"
    pause = 0.0
    """Seconds between two messages, at least."""

    def __init__(self, bench: Bench, count: int, meter: Meter) -> None:
        self._bench = bench
        self._count = count
        self._meter = meter
        self._sent_at = 0.0
        self._number = count * 100_000  # a number that comes again would be the same message again
        self._reached = 0
        self._going = True
        self._all = asyncio.Event()
        self._sender: ChatSession | None = None

    async def run(self, name: str) -> Figure:
        driver = self._bench.driver
        await driver.create_users(self._count + 2)
        sessions: list[ChatSession] = []
        for start in range(0, self._count, _AT_ONCE):
            users = range(2 + start, 2 + min(start + _AT_ONCE, self._count))
            sessions += await asyncio.gather(*(driver.connect(user, self._on_message) for user in users))
        self._sender = await driver.connect(_SENDER, lambda _, __: None)
        for session in (self._sender, *sessions):
            await session.synchronise()
        await self.gather([self._sender, *sessions])
        await asyncio.sleep(1.0)  # what is held back after signing in goes first
        self._send()
        figure = await self._meter.window(name, self.what.format(self._count), "delivery")
        self._going = False
        async with asyncio.timeout(20):
            await self._all.wait()
        failures = [failure for session in sessions for failure in session.failures]
        if failures:
            raise LoadError(f"{len(failures)} failures, the first: {failures[0]}")
        await asyncio.gather(*(session.close() for session in (self._sender, *sessions)))
        return figure

    async def gather(self, sessions: list[ChatSession]) -> None:
        """Have all sessions, the sender's first, be where messages go; the target has them in one topic anyway."""

    def say(self, sender: ChatSession, number: int) -> None:
        sender.send(FAN, number)

    def _send_later(self) -> None:
        delay = self._sent_at + self.pause - time.perf_counter()
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, self._send)
        else:
            self._send()

    def _send(self) -> None:
        assert self._sender is not None
        self._number += 1
        self._reached = 0
        self._sent_at = time.perf_counter()
        self.say(self._sender, self._number)

    def _on_message(self, receiver: ChatSession, number: int) -> None:
        if number != self._number:
            receiver.failures.append(f"message {number} came in the place of {self._number}")
            return
        self._meter.add(time.perf_counter() - self._sent_at)
        self._reached += 1
        if self._reached == self._count:
            if self._going:
                self._send_later()
            else:
                self._all.set()
