"""A table of the test's own, on each engine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from sodam.storage import Bulk, Database
from sodam.storage.migrations import _WORDS
from tests.support.buses import bus, bus_url, pair, stoppable_postgres

__all__ = ["bus", "bus_url", "db", "pair", "stoppable_postgres"]

ITEMS = "CREATE TABLE item (app BIGINT, name {key}, value BIGINT, data {blob}, PRIMARY KEY (app, name))"
TYPES = ("bigint", "text", "bigint", "bytea")
INSERT = Bulk("INSERT INTO item (app, name, value, data)", TYPES)
UPSERT = Bulk(
    INSERT.head,
    TYPES,
    "ON CONFLICT (app, name) DO UPDATE SET value = item.value + excluded.value RETURNING name, value",
)


async def make_table(database: Database) -> None:
    text = ITEMS
    for word, meaning in _WORDS[database.engine].items():
        text = text.replace(word, meaning)
    await database.execute(text)


@pytest_asyncio.fixture
async def db(database: Database) -> AsyncIterator[Database]:
    """`database` with the empty table `item` (app, name, value, data)."""
    await make_table(database)
    yield database
