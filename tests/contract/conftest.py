from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from sodam.storage import Database
from tests.contract.world import World


@pytest_asyncio.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """An app with the users a, b and c, on each engine."""
    opened = await World.open(database)
    yield opened
    await opened.c2c.drain()
