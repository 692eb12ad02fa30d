"""Many REST calls: as setup, all of a list; as a load, a closed loop over keep-alive connections."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable

from bench.load.driver import Driver
from bench.load.meter import Meter
from bench.plan import Figure

_SETUP_CONNECTIONS = 8
LOAD_CONNECTIONS = 32


async def ask_all(driver: Driver, requests: Iterable[bytes]) -> None:
    """Send every request once and check its answer, some at a time."""
    waiting = iter(requests)

    async def work() -> None:
        connection = await driver.open_http()
        for request in waiting:
            driver.check(await connection.ask(request))
        connection.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(_SETUP_CONNECTIONS):
            group.create_task(work())


async def closed_loop(
    driver: Driver,
    meter: Meter,
    make: Callable[[int], bytes],
    label: tuple[str, str, str],
    connections: int = LOAD_CONNECTIONS,
) -> Figure:
    """Every connection sends `make(n)` for the next n as soon as its last answer is there, for one window.

    `label` is name, title and unit of the figure. Raises `LoadError` on the first answer that is not a success.
    """
    numbers = itertools.count()
    stopping = False

    async def work() -> None:
        connection = await driver.open_http()
        while not stopping:
            request = make(next(numbers))
            sent = time.perf_counter()
            answer = await connection.ask(request)
            meter.add(time.perf_counter() - sent)
            driver.check(answer)
        connection.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(work())
        figure = await meter.window(*label)
        stopping = True
    return figure
