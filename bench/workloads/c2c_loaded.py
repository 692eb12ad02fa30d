"""One-to-one messages as fast as they go: the server's capacity."""

from __future__ import annotations

import time

from bench.plan import Figure
from bench.workloads.base import ONE_TO_ONE, Bench
from bench.workloads.pairs import Pairs

_USERS = 200
_WINDOW = 10


class C2cLoaded:
    """200 users in 100 pairs; each keeps 10 messages sent and not yet delivered to the peer."""

    name = "c2c_loaded"
    title = "one-to-one, 200 users, window 10"
    kinds = ONE_TO_ONE

    async def run(self, bench: Bench) -> list[Figure]:
        pairs = Pairs(bench, _USERS, bench.meter())
        await pairs.connect()
        pairs.answering = True
        for user in range(_USERS):
            for _ in range(_WINDOW):
                pairs.send(user, time.perf_counter())
        figure = await pairs.window(self.name, self.title)
        await pairs.finish()
        return [figure]
