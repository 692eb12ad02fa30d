"""Fixtures: the real server (those of the repository's own tests), a wire that can be cut, clients."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
from reading import SECONDS, Names, SignIn
from wire import Wire

from sodam_client import Client
from tests.conftest import engine as engine
from tests.conftest import nats_server as nats_server
from tests.conftest import postgres as postgres
from tests.conftest import server as server
from tests.conftest import server_factory as server_factory
from tests.conftest import shared_server as shared_server
from tests.support.server import ServerProcess

_numbers = itertools.count(1)


@pytest.fixture
def name() -> Names:
    """A UserID that no other test uses."""
    number = next(_numbers)
    return lambda base: f"py-{base}-{number}"


@pytest.fixture
async def sign_in(server: ServerProcess) -> AsyncIterator[SignIn]:
    """Sign a user in, to the shared server unless another (or a wire) is given; closed when the test ends."""
    clients: list[Client] = []

    async def run(user_id: str, at: ServerProcess = server, *, url: str = "", **options: Any) -> Client:
        options = {"retry_delay": (0.02, 0.2), **options}
        client = Client(url or at.ws_url, at.sdkappid, user_id, lambda: at.usersig(user_id), **options)
        clients.append(client)
        await client.open()
        async with asyncio.timeout(SECONDS):
            while not url and not await at.listens(user_id):
                await asyncio.sleep(0.01)
        return client

    yield run
    for client in clients:
        await client.close()


@pytest.fixture
async def wire(server: ServerProcess) -> AsyncIterator[Wire]:
    """A wire to the shared server."""
    async with Wire(server.ws_url) as running:
        yield running
