"""A backup taken under load is the source at one moment: an independent reader of that very moment finds the same.

The reader is none of the server's code: on PostgreSQL a connection of its own in the exported snapshot of the backup's
transaction, on SQLite one that begins to read while a lock keeps every writer out until the backup's reader has begun.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import pytest

from sodam.backup import store_postgres, store_sqlite, whole
from sodam.backup.whole import Place
from sodam.storage import Database
from sodam.storage.open import DATABASE_FILE
from tests.contract.test_backup import back_up, empty, filled, place, silent

__all__ = ["empty", "place"]
Hashes = dict[str, tuple[int, str]]
"""Of each table: how many rows, and a hash of them in the order of their texts."""


def _hashed(rows: Iterable[Any]) -> tuple[int, str]:
    texts = sorted(repr(tuple(row)) for row in rows)
    return len(texts), hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _sqlite(connection: apsw.Connection) -> Hashes:
    listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    names = [str(row[0]) for row in connection.execute(listed)]
    return {name: _hashed(connection.execute(f'SELECT * FROM "{name}"')) for name in names}


async def _postgres(connection: asyncpg.Connection[Any]) -> Hashes:
    listed = (
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
        " AND relpersistence = 'p'"
    )
    names = [str(row[0]) for row in await connection.fetch(listed)]
    return {name: _hashed(await connection.fetch(f'SELECT * FROM "{name}"')) for name in names}


async def _now(place: Place) -> Hashes:
    """What is there, by a reader that knows nothing of Sodam."""
    if place.url is None:
        connection = apsw.Connection(str(place.data_dir / DATABASE_FILE), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            return _sqlite(connection)
        finally:
            connection.close()
    one = await asyncpg.connect(place.url)
    try:
        async with one.transaction(isolation="repeatable_read", readonly=True):
            return await _postgres(one)
    finally:
        await one.close()


@pytest.fixture
def moment(place: Place, monkeypatch: pytest.MonkeyPatch) -> Hashes:
    """Filled by the backup: what the independent reader sees at its moment."""
    found: Hashes = {}
    source, copy = store_postgres.source, store_sqlite.copy

    @asynccontextmanager
    async def witnessed_source(url: str) -> AsyncIterator[store_postgres.Source]:
        async with source(url) as reading:
            snapshot = await reading._connection.fetchval("SELECT pg_export_snapshot()")
            witness = await asyncpg.connect(url)
            try:
                async with witness.transaction(isolation="repeatable_read", readonly=True):
                    await witness.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
                    found.update(await _postgres(witness))
            finally:
                await witness.close()
            yield reading

    def witnessed_copy(path: Path, target: Path, progress: Callable[[int], None]) -> None:
        if place.url is not None or path.name != DATABASE_FILE:
            return copy(path, target, progress)
        lock, witness = (apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE) for _ in range(2))
        try:
            lock.set_busy_timeout(60_000)
            lock.execute("BEGIN IMMEDIATE")
            witness.execute("BEGIN").execute("SELECT count(*) FROM sqlite_schema").fetchall()

            def begun(done: int) -> None:
                if lock.in_transaction:
                    lock.execute("ROLLBACK")
                progress(done)

            copy(path, target, begun)
            found.update(_sqlite(witness))
        finally:
            lock.close()
            witness.close()

    monkeypatch.setattr(store_postgres, "source", witnessed_source)
    monkeypatch.setattr(store_sqlite, "copy", witnessed_copy)
    return found


async def test_equals_the_source_at_that_moment(
    database: Database, place: Place, empty: Place, tmp_path: Path, moment: Hashes
) -> None:
    world, group = await filled(database)
    stop, sent = asyncio.Event(), itertools.count()
    acknowledged = 0

    async def send(sender: str, to: str) -> None:
        nonlocal acknowledged
        while not stop.is_set():
            text = f"{sender} {next(sent)}"
            await (world.tell(sender, group, text) if to == group else world.say(sender, to, text))
            acknowledged += to != group
            await asyncio.sleep(0.001)

    senders = [asyncio.create_task(send(*pair)) for pair in (("a", "b"), ("b", "a"), ("c", "a"), ("a", group))]
    path = tmp_path.with_suffix(".tar")
    try:
        while acknowledged < 40:
            await asyncio.sleep(0.005)
        await back_up(place, path)
        after = acknowledged
        while acknowledged < after + 8:
            await asyncio.sleep(0.005)
    finally:
        stop.set()
        await asyncio.gather(*senders)
    await whole.restore(empty, path, silent)
    restored = await _now(empty)
    assert moment, "the moment was seen"
    assert restored == moment
    assert restored["c2c_message"][0] > 20
    assert (await _now(place))["c2c_message"] != moment["c2c_message"], "the source went on"
