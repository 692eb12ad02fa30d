"""Users in pairs who write to each other: shared by the loaded and the steady one-to-one workloads."""

from __future__ import annotations

import asyncio
import time

from bench.load.driver import ChatSession
from bench.load.errors import LoadError
from bench.load.meter import Meter
from bench.plan import Figure
from bench.workloads.base import Bench

_RING = 4096
"""Send times kept per user; far more than may be on the way."""
_AT_ONCE = 50


class Pairs:
    """Users 2k and 2k+1 are peers. Messages are numbered per sender, and every one is awaited at its receiver."""

    def __init__(self, bench: Bench, users: int, meter: Meter) -> None:
        self._bench = bench
        self._users = users
        self._meter = meter
        self._numbers = [0] * users
        self._due = [[0.0] * _RING for _ in range(users)]
        self.sessions: list[ChatSession] = []
        self.sent = 0
        self.delivered = 0
        self.answering = False
        """Whether each delivery makes its sender send the next."""

    async def connect(self) -> None:
        """Create and sign in everyone."""
        await self._bench.driver.create_users(self._users)
        for start in range(0, self._users, _AT_ONCE):
            users = range(start, min(start + _AT_ONCE, self._users))
            self.sessions += await asyncio.gather(
                *(self._bench.driver.connect(user, self._on_message) for user in users)
            )
        await asyncio.gather(*(session.synchronise() for session in self.sessions))

    def send(self, user: int, due: float) -> None:
        """The user's next message, which was due at this perf_counter time."""
        number = self._numbers[user] = self._numbers[user] + 1
        self._due[user][number % _RING] = due
        self.sent += 1
        self.sessions[user].send(user ^ 1, number)

    async def window(self, name: str, title: str) -> Figure:
        """Measure one window. Raises `LoadError`; what the server complained about comes first."""
        try:
            return await self._meter.window(name, title, "message")
        except LoadError:
            self._check()
            raise

    async def finish(self) -> None:
        """Wait for what is on the way, check that all arrived, and close. Raises `LoadError` on any loss."""
        self.answering = False
        deadline = time.perf_counter() + 20
        while time.perf_counter() < deadline and (self.delivered < self.sent or self._unanswered()):
            await asyncio.sleep(0.02)
        self._check()
        if self.delivered != self.sent or self._unanswered():
            raise LoadError(f"{self.sent} sent, {self.delivered} delivered, {self._unanswered()} not acknowledged")
        await asyncio.gather(*(session.close() for session in self.sessions))

    def _check(self) -> None:
        failures = [failure for session in self.sessions for failure in session.failures]
        if failures:
            raise LoadError(f"{len(failures)} failures, the first: {failures[0]}")

    def _unanswered(self) -> int:
        return sum(session.unanswered for session in self.sessions)

    def _on_message(self, receiver: ChatSession, number: int) -> None:
        sender, now = receiver.user ^ 1, time.perf_counter()
        self.delivered += 1
        self._meter.add(now - self._due[sender][number % _RING])
        if self.answering:
            self.send(sender, now)
