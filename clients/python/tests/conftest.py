"""Fixtures: a fake server, and a client that is signed in to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fake_server import FakeServer

from sodam_client import Client


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with FakeServer() as running:
        yield running


@pytest.fixture
async def client(server: FakeServer) -> AsyncIterator[Client]:
    async with Client(server.url, 1400000001, "alice", "sig", retry_delay=(0.01, 0.05)) as signed_in:
        yield signed_in
