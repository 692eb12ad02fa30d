"""Fixtures for tests that drive the official web SDK (see driver.py).

The `server` fixture comes from tests/conftest.py.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import pytest
import pytest_asyncio

from driver import SdkClient, SdkDriver, install


class Server(Protocol):
    """What these tests need of a running server."""

    url: str
    sdkappid: int

    def usersig(self, user_id: str) -> str: ...

    async def rest(self, command: str, body: dict[str, Any]) -> dict[str, Any]: ...


SignIn = Callable[..., Awaitable[SdkClient]]


@pytest_asyncio.fixture
async def sdk_driver() -> AsyncIterator[SdkDriver]:
    """A Node process for SDK clients; fails the test when the SDK left an exception to nobody."""
    await install()
    async with SdkDriver() as driver:
        yield driver
    assert not driver.problems, driver.problems


@pytest.fixture
def user_id() -> Callable[[str], str]:
    """Names that no other test uses: ``user_id("amy")`` is the same within a test, new in the next."""
    suffix = secrets.token_hex(4)
    return lambda name: f"{name}_{suffix}"


@pytest_asyncio.fixture
async def sign_in(server: Server, sdk_driver: SdkDriver) -> SignIn:
    """``await sign_in(user_id)``: import the account and return a signed-in client; call again for a second device."""
    numbers = itertools.count(1)

    async def make(user: str, *, usersig: str | None = None, login: bool = True) -> SdkClient:
        await server.rest("im_open_login_svc/account_import", {"UserID": user})
        name = f"{user}#{next(numbers)}"
        client = await sdk_driver.client(name, sdkappid=server.sdkappid, server=server.url)
        if login:
            await client.login(user, usersig or server.usersig(user))
        return client

    return make
