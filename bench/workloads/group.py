"""A group of 200 members who are all online: what a delivery of its messages costs, durable, with every rule on."""

from __future__ import annotations

import asyncio
import time

from bench.load.driver import ChatSession
from bench.load.errors import LoadError
from bench.load.sodam import SodamDriver
from bench.load.websocket import WebSocketSession
from bench.plan import Figure
from bench.workloads.base import ONLY_SODAM, Bench

_MEMBERS = 200
_SENDERS = 5
_AT_ONCE = 50
_GROUP = "bench"


class Group:
    """200 members; five of them write, each again when all the others have the message before."""

    name = "group_200"
    title = "a group of 200 online members, 5 senders"
    kinds = ONLY_SODAM

    async def run(self, bench: Bench) -> list[Figure]:
        return [await _Talk(bench).run(self.name, self.title)]


class _Talk:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._count = bench.scaled(_MEMBERS, _MEMBERS // 10)
        self._meter = bench.meter()
        self._sent_at: dict[int, float] = {}
        self._missing: dict[int, int] = {}
        """By message, how many have not got it."""
        self._senders: list[WebSocketSession] = []
        self._next = 1_000_000
        self._going = True
        self._all = asyncio.Event()

    async def run(self, name: str, title: str) -> Figure:
        driver = self._bench.driver
        assert isinstance(driver, SodamDriver)
        await driver.create_users(self._count)
        await driver.make_group(_GROUP, range(self._count))
        sessions: list[ChatSession] = []
        for start in range(0, self._count, _AT_ONCE):
            users = range(start, min(start + _AT_ONCE, self._count))
            sessions += await asyncio.gather(*(driver.connect(user, self._on_message) for user in users))
        for session in sessions:
            await session.synchronise()
        await asyncio.sleep(1.0)  # what is held back after signing in goes first
        self._senders = [session for session in sessions[:_SENDERS] if isinstance(session, WebSocketSession)]
        for at in range(len(self._senders)):
            self._send(at)
        figure = await self._meter.window(name, title, "delivery")
        self._going = False
        async with asyncio.timeout(20):
            await self._all.wait()
        failures = [failure for session in sessions for failure in session.failures]
        if failures:
            raise LoadError(f"{len(failures)} failures, the first: {failures[0]}")
        await asyncio.gather(*(session.close() for session in sessions))
        return figure

    def _send(self, at: int) -> None:
        """Numbers say who sends: the remainder by the number of senders."""
        self._next += _SENDERS
        number = self._next - self._next % _SENDERS + at
        self._sent_at[number] = time.perf_counter()
        self._missing[number] = self._count - 1
        self._senders[at].send_to_group(_GROUP, number)

    def _on_message(self, receiver: ChatSession, number: int) -> None:
        if number not in self._missing:
            receiver.failures.append(f"message {number} came that nobody waits for")
            return
        self._meter.add(time.perf_counter() - self._sent_at[number])
        self._missing[number] -= 1
        if self._missing[number]:
            return
        del self._missing[number], self._sent_at[number]
        if self._going:
            self._send(number % _SENDERS)
        elif not self._missing:
            self._all.set()
