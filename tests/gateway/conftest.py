"""Fixtures for tests of the client gateway."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from tests.gateway.raw_client import RawClient
from tests.support.server import ServerProcess

SignIn = Callable[..., Awaitable[RawClient]]


@pytest.fixture
def user_id() -> Callable[[str], str]:
    """Names that no other test uses."""
    suffix = secrets.token_hex(4)
    return lambda name: f"{name}_{suffix}"


@pytest_asyncio.fixture
async def sign_in() -> AsyncIterator[SignIn]:
    """``await sign_in(server, user_id)``: a signed-in client (signing in makes the account), closed after the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(server: ServerProcess, user: str, *, platform: int = 7, sync: bool = True) -> RawClient:
            client = await stack.enter_async_context(RawClient(server, user))
            return await client.sign_in(platform=platform, sync=sync)

        yield make
