"""Everyone comes back at once: connect, upgrade, sign in, close, again and again."""

from __future__ import annotations

import asyncio
import time

from bench.load.driver import ChatSession
from bench.plan import Figure
from bench.workloads.base import EVERYONE, Bench

_USERS = 1000
_AT_ONCE = 32


class LoginStorm:
    """32 sign-ins at a time, each on a new connection and with a fresh credential; the close is part of the cost."""

    name = "login"
    title = "login storm, 32 at a time"
    kinds = EVERYONE

    async def run(self, bench: Bench) -> list[Figure]:
        await bench.driver.create_users(_USERS)
        meter = bench.meter()
        stopping = False

        def ignore(_: ChatSession, __: int) -> None:
            """Nobody writes here."""

        async def work(first: int) -> None:
            user = first
            while not stopping:
                begun = time.perf_counter()
                session = await bench.driver.connect(user, ignore)
                meter.add(time.perf_counter() - begun)
                await session.close()
                # Each worker has users of its own: a second sign-in of one user would be a kick, another workload.
                user = (user + _AT_ONCE) % (_USERS - _USERS % _AT_ONCE)

        async with asyncio.TaskGroup() as group:
            for first in range(_AT_ONCE):
                group.create_task(work(first))
            figure = await meter.window(self.name, self.title, "login")
            stopping = True
        return [figure]
