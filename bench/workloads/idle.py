"""Users who are signed in and do nothing: what a connection costs in memory."""

from __future__ import annotations

import asyncio
import time

from bench import procstat
from bench.load.driver import ChatSession
from bench.load.errors import LoadError
from bench.load.meter import memory_mib
from bench.plan import Figure
from bench.workloads.base import EVERYONE, Bench

_CONNECTIONS = 5000
_AT_ONCE = 50
_HEARTBEAT_SECONDS = 10.0
_SETTLE_SECONDS = 3.0


class Idle:
    """5 000 signed-in connections with a heartbeat every 10 s; server memory after, less that before."""

    name = "idle"
    title = "5000 idle connections"
    kinds = EVERYONE

    async def run(self, bench: Bench) -> list[Figure]:
        job, driver = bench.job, bench.driver
        count = bench.scaled(_CONNECTIONS, 1000)
        await driver.create_users(count)
        await self._warm(bench)
        before = procstat.memory_bytes(job.server)
        sessions: list[ChatSession] = []
        begun = time.perf_counter()
        for start in range(0, count, _AT_ONCE):
            sessions += await asyncio.gather(
                *(driver.connect(user, _ignore) for user in range(start, min(start + _AT_ONCE, count)))
            )
        await asyncio.gather(*(session.synchronise() for session in sessions))
        connected = time.perf_counter() - begun
        await asyncio.sleep(_SETTLE_SECONDS)
        cpu = procstat.cpu_seconds((*job.server, *job.database))
        await self._beat(sessions, max(job.measure, 6.0))
        used = procstat.cpu_seconds((*job.server, *job.database)) - cpu
        after = procstat.memory_bytes(job.server)
        failures = [failure for session in sessions for failure in session.failures]
        if failures:
            raise LoadError(f"{len(failures)} connections were lost, the first: {failures[0]}")
        figure = Figure(
            name=self.name,
            title=self.title.replace("5000", str(count)),
            unit="connection",
            ops=count,
            seconds=connected,
            memory_mib=memory_mib(job),
            extra={
                "KiB per connection": (after - before) / 1024 / count,
                "server CPU % while idle": used / max(job.measure, 6.0) * 100,
            },
        )
        await asyncio.gather(*(session.close() for session in sessions))
        return [figure]

    async def _warm(self, bench: Bench) -> None:
        """Some sign-ins before the first reading: what a server loads once is not a connection's cost."""
        sessions = await asyncio.gather(*(bench.driver.connect(user, _ignore) for user in range(_AT_ONCE)))
        await asyncio.gather(*(session.close() for session in sessions))
        await asyncio.sleep(1.0)

    async def _beat(self, sessions: list[ChatSession], seconds: float) -> None:
        """Spread everyone's heartbeats evenly over the interval."""
        steps = max(1, int(seconds * 10))
        per_step = max(1, int(len(sessions) / (_HEARTBEAT_SECONDS * 10)))
        for step in range(steps):
            for offset in range(per_step):
                sessions[(step * per_step + offset) % len(sessions)].heartbeat()
            await asyncio.sleep(0.1)


def _ignore(_: ChatSession, __: int) -> None:
    """Nobody writes here."""
