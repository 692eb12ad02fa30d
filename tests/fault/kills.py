"""kill -9 at random moments, amid changes that go on meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence, Sized

from tests.support.server import ServerProcess


async def kill_amid(
    server: ServerProcess,
    changers: Sequence[asyncio.Task[None]],
    done: Sized,
    dice: random.Random,
    *,
    kills: int,
    between: tuple[int, int],
    within: float,
) -> None:
    """Kill and start the server ``kills`` times, then end the changers and stop the server.

    Each kill waits for ``between`` (from, below) more acknowledged changes in ``done``, then up to ``within`` seconds.
    A changer that ends by itself fails the test.
    """
    try:
        for _ in range(kills):
            wanted = len(done) + dice.randrange(*between)
            async with asyncio.timeout(60):
                while len(done) < wanted:
                    assert not (ended := [task.exception() for task in changers if task.done()]), ended
                    await asyncio.sleep(0.005)
            await asyncio.sleep(dice.random() * within)
            server.kill()
            await asyncio.to_thread(server.start)
    finally:
        for task in changers:
            task.cancel()
        results = await asyncio.gather(*changers, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results), results
    server.stop()
