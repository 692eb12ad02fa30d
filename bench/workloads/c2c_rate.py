"""One-to-one messages at a low fixed rate: what a message costs and takes when nothing can be batched."""

from __future__ import annotations

from bench.load.ticker import Ticker
from bench.plan import Figure
from bench.workloads.base import ONE_TO_ONE, Bench
from bench.workloads.pairs import Pairs

_USERS = 200
_RATE = 300.0


class C2cRate:
    """An open loop: 300 messages a second, user after user, latency counted from when each was due."""

    name = "c2c_300"
    title = "one-to-one, 300 a second"
    kinds = ONE_TO_ONE

    async def run(self, bench: Bench) -> list[Figure]:
        pairs = Pairs(bench, _USERS, bench.meter())
        await pairs.connect()
        turn = 0

        def tick(due: float) -> None:
            nonlocal turn
            # A step that is coprime to the number of users: neighbours in time are not peers.
            pairs.send(turn * 7 % _USERS, due)
            turn += 1

        ticker = Ticker(_RATE, tick)
        try:
            figure = await pairs.window(self.name, self.title)
        finally:
            ticker.stop()
        await pairs.finish()
        return [figure]
