"""Buses for contract tests: one of each kind, and two nodes on each kind of server, which the test may stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from sodam.bus import Bus
from sodam.bus.local import LocalBus
from sodam.bus.nats import NatsBus
from sodam.bus.postgres import PostgresBus
from tests.support.nats import Nats
from tests.support.postgres import Postgres

PATIENCE = 60.0


async def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come about"
        await asyncio.sleep(0.005)


@pytest.fixture(scope="session")
def stoppable_postgres() -> Iterator[Postgres]:
    """One of these tests' own: they stop it."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def bus_url(stoppable_postgres: Postgres) -> Iterator[str]:
    url = stoppable_postgres.migrated()
    yield url
    stoppable_postgres.give_back(url)


Clustered = NatsBus | PostgresBus


async def sent(bus: Bus) -> None:
    """What was asked for before has reached the server: an answer of it came after."""
    await asyncio.sleep(0)
    if isinstance(bus, NatsBus):
        await until(lambda: not bus._calls, "an empty queue")
        await bus.client.flush()
    elif isinstance(bus, PostgresBus):
        bus._wake.set()  # a batch or a heartbeat follows
        at = bus._echo_at
        await until(lambda: not bus._out and bus._echo_at > at, "an echo of what was sent")


@pytest_asyncio.fixture(params=["local", "nats", "postgres"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    opened: Bus
    if request.param == "local":
        opened = LocalBus()
    elif request.param == "nats":
        opened = await NatsBus.open(request.getfixturevalue("nats_server").url)
    else:
        opened = await PostgresBus.open(request.getfixturevalue("bus_url"))
    yield opened
    await opened.close()


@dataclass
class Pair:
    """Two nodes on one server."""

    one: Clustered
    two: Clustered
    stop: Callable[[], None]
    start: Callable[[], None]

    async def settled(self) -> None:
        for bus in (self.one, self.two):
            await sent(bus)


@pytest_asyncio.fixture(params=["nats", "postgres"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    one: Clustered
    two: Clustered
    if request.param == "nats":
        nats: Nats = request.getfixturevalue("nats_server")
        one, two = await NatsBus.open(nats.url), await NatsBus.open(nats.url)
        yield Pair(one, two, nats.stop, nats.start)
    else:
        url: str = request.getfixturevalue("bus_url")
        server: Postgres = request.getfixturevalue("stoppable_postgres")
        one, two = await PostgresBus.open(url), await PostgresBus.open(url)
        yield Pair(one, two, server.crash, server.start)
    await one.close()
    await two.close()
