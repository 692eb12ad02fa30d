"""Apps over both engines, with a clock of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from sodam.apps.service import AppService
from sodam.bus.local import LocalBus
from sodam.storage import Database


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_305_600.0  # 2026-11-22

    def __call__(self) -> float:
        return self.now


@pytest_asyncio.fixture
async def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def apps(database: Database, clock: Clock) -> AsyncIterator[AppService]:
    service = AppService(database, LocalBus(), clock)
    await service.start()
    yield service
    await service.stop()
