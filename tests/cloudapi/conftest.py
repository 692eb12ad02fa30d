"""A server for the console's tests, and who signs in to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerProcess


@pytest.fixture(scope="session")
def console_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("console"), {"SODAM_ROOT_PASSWORD": PASSWORD})
    yield server
    assert server.stop() == 0


@pytest.fixture
def console_server(console_process: ServerProcess) -> Iterator[ServerProcess]:
    """A server that these tests share: use apps and names of your own."""
    yield console_process
    console_process.check_log()


@pytest_asyncio.fixture
async def root(console_server: ServerProcess) -> AsyncIterator[ConsoleClient]:
    """Root, signed in."""
    async with ConsoleClient(console_server.url) as client:
        await client.login()
        yield client
