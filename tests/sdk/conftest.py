"""Fixtures for tests that drive the official web SDK (see driver.py), on both engines."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from driver import Node, SdkClient, SdkDriver, install
from scene import Phone, Server, SignIn
from tests.gateway.raw_client import RawClient
from tests.support.postgres import Postgres
from tests.support.server import Engine, ServerProcess
from tests.support.waiting import eventually


@pytest.fixture(scope="session")
def servers(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[Callable[[Engine], ServerProcess]]:
    """One server an engine, started when first asked for, that all tests here share."""
    started: dict[Engine, ServerProcess] = {}

    def server_on(engine: Engine) -> ServerProcess:
        if engine not in started:
            env = {}
            if engine == "postgres":
                env["SODAM_DATABASE_URL"] = postgres.migrated()
            started[engine] = ServerProcess(tmp_path_factory.mktemp("sdk"), env)
        return started[engine]

    yield server_on
    for server in started.values():
        assert server.stop() == 0
        server.check_log()


@pytest.fixture
def server(engine: Engine, servers: Callable[[Engine], ServerProcess]) -> Iterator[ServerProcess]:
    """The shared server on each engine."""
    yield servers(engine)
    servers(engine).check_log()


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """A Node process that tests use one after the other."""
    install()
    process = Node()
    yield process
    process.stop()


@pytest_asyncio.fixture
async def sdk_driver(node: Node) -> AsyncIterator[SdkDriver]:
    """SDK clients of the test's own; fails the test when the SDK left an exception to nobody."""
    async with SdkDriver(node) as driver:
        yield driver
    assert not driver.problems, driver.problems


@pytest.fixture
def user_id() -> Callable[[str], str]:
    """Names that no other test uses: ``user_id("amy")`` is the same within a test, new in the next."""
    suffix = secrets.token_hex(4)
    return lambda name: f"{name}_{suffix}"


@pytest.fixture
def sign_in_at(sdk_driver: SdkDriver) -> SignIn:
    """``await sign_in_at(server, user_id)``: as ``sign_in``, to a server that the test names."""
    numbers = itertools.count(1)

    async def make(server: Server, user: str, *, usersig: str | None = None, login: bool = True) -> SdkClient:
        imported = await server.rest("im_open_login_svc/account_import", {"UserID": user})
        assert imported["ErrorCode"] == 0, imported
        name = f"{user}#{next(numbers)}"
        client = await sdk_driver.client(name, sdkappid=server.sdkappid, server=server.url)
        if login:
            await client.login(user, usersig or server.usersig(user))
            await eventually(lambda: server.listens(user), True)
        return client

    return make


@pytest.fixture
def sign_in(server: Server, sign_in_at: SignIn) -> SignIn:
    """``await sign_in(user_id)``: import the account and return a signed-in client; call again for a second device."""

    async def make(user: str, **options: object) -> SdkClient:
        return await sign_in_at(server, user, **options)

    return make


@pytest_asyncio.fixture
async def phone(server: ServerProcess) -> AsyncIterator[Phone]:
    """``await phone(user_id)``: the user's Android device, which speaks the protocol as it is."""
    async with AsyncExitStack() as stack:

        async def make(user: str) -> RawClient:
            client = await stack.enter_async_context(RawClient(server, user))
            return await client.sign_in(platform=2)

        yield make
