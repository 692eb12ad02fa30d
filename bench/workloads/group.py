"""A group of 200 members who are all online: what a delivery of its messages costs, durable, with every rule on."""

from __future__ import annotations

import asyncio
import time

from bench.load.driver import ChatSession
from bench.load.errors import LoadError
from bench.plan import Figure
from bench.workloads.base import EVERYONE, Bench

_MEMBERS = 200
_SENDERS = 5
_AT_ONCE = 50
_GROUP = "bench"
_WINDOWS = (10, 1)
"""Messages of a sender on their way: many, as of c2c_loaded, and one."""


class Group:
    """200 members; five of them write, and again for each of their messages that all the others have.

    For XMPP a room that archives, with everybody in it; the floor stores one row and has everybody in one topic.
    """

    name = "group_200"
    title = "a group of 200 online members, 5 senders"
    kinds = EVERYONE

    async def run(self, bench: Bench) -> list[Figure]:
        talk = _Talk(bench)
        await talk.connect()
        figures = []
        for window in _WINDOWS:
            name = self.name if window == _WINDOWS[0] else f"{self.name}/{window}"
            figures.append(await talk.run(window, name, f"{self.title}, window {window}"))
        await talk.close()
        return figures


class _Talk:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._count = bench.scaled(_MEMBERS, _MEMBERS // 10)
        self._meter = bench.meter()
        self._sessions: list[ChatSession] = []
        self._sent_at: dict[int, float] = {}
        self._missing: dict[int, int] = {}
        """By message, how many have not got it."""
        self._senders: list[ChatSession] = []
        self._next = 1_000_000
        self._going = True
        self._all = asyncio.Event()

    async def connect(self) -> None:
        driver = self._bench.driver
        await driver.create_users(self._count)
        await driver.make_group(_GROUP, range(self._count))
        for start in range(0, self._count, _AT_ONCE):
            users = range(start, min(start + _AT_ONCE, self._count))
            self._sessions += await asyncio.gather(*(driver.connect(user, self._on_message) for user in users))
        for session in self._sessions:
            await session.synchronise()
            await session.enter_group(_GROUP)
        await asyncio.sleep(1.0)  # what is held back after signing in goes first
        self._senders = self._sessions[:_SENDERS]

    async def run(self, window: int, name: str, title: str) -> Figure:
        self._meter, self._going = self._bench.meter(), True
        self._all.clear()
        for at in range(len(self._senders)):
            for _ in range(window):
                self._send(at)
        figure = await self._meter.window(name, title, "delivery")
        self._going = False
        async with asyncio.timeout(20):
            await self._all.wait()
        failures = [failure for session in self._sessions for failure in session.failures]
        if failures:
            raise LoadError(f"{len(failures)} failures, the first: {failures[0]}")
        return figure

    async def close(self) -> None:
        await asyncio.gather(*(session.close() for session in self._sessions))

    def _send(self, at: int) -> None:
        """Numbers say who sends: the remainder by the number of senders."""
        self._next += _SENDERS
        number = self._next - self._next % _SENDERS + at
        self._sent_at[number] = time.perf_counter()
        self._missing[number] = self._count - 1
        self._senders[at].send_to_group(_GROUP, number)

    def _on_message(self, receiver: ChatSession, number: int) -> None:
        if receiver.user == number % _SENDERS:
            return  # rooms of XMPP give their messages to the sender as well
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
