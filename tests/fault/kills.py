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
    """Kill and start the server, or each time one of its cluster's nodes, ``kills`` times; once another
    change is done, end the changers and stop all nodes.

    Each kill waits for ``between`` (from, below) more acknowledged changes in ``done``, then up to ``within`` seconds;
    where there are other nodes, half of those that are killed stay away until these have done some more.
    A changer that ends by itself fails the test.
    """

    async def wait(more: int) -> None:
        wanted = len(done) + more
        async with asyncio.timeout(120):
            while len(done) < wanted:
                assert not (ended := [task.exception() for task in changers if task.done()]), ended
                await asyncio.sleep(0.005)

    try:
        for _ in range(kills):
            await wait(dice.randrange(*between))
            await asyncio.sleep(dice.random() * within)
            node = dice.choice(server.nodes)
            node.kill()
            if len(server.nodes) > 1 and dice.random() < 0.5:
                await wait(dice.randrange(*between))
            await asyncio.to_thread(node.start)
        await wait(1)  # it works again: what is written at a stop has something to write
    finally:
        for task in changers:
            task.cancel()
        results = await asyncio.gather(*changers, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results), results
    for node in server.nodes:
        node.stop()
