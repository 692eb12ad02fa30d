"""PostgreSQL's connections: work of one kind does not wait for another, and nobody waits for a server that is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from sodam.messages.log import MessageLog
from sodam.storage import Database, DatabaseUnavailable, Tx, open_database
from sodam.storage.database import PoolSizes
from tests.support.postgres import Postgres


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """One of these tests' own: they stop it."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def as_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a server waits for PostgreSQL; tests do so longer (tests/conftest.py)."""
    monkeypatch.setattr("sodam.storage.pools.ANSWER_SECONDS", 1.5)
    monkeypatch.setattr("sodam.storage.pools.COMMAND_SECONDS", 10.0)
    monkeypatch.setattr("sodam.storage.pools._ACQUIRE_SECONDS", 10.0)


@pytest_asyncio.fixture
async def db(own_postgres: Postgres, tmp_path: Path) -> AsyncIterator[Database]:
    url = own_postgres.migrated()
    opened = await open_database(url, tmp_path, pools=PoolSizes(log=1, short=2, long=2))
    yield opened
    await opened.close()
    own_postgres.give_back(url)


async def put(tx: Tx, entries: list[str]) -> None:
    for entry in entries:
        await tx.execute("INSERT INTO server_state VALUES ($1, $2)", entry, b"")


def stored(db: Database) -> Callable[[list[str]], Awaitable[None]]:
    return lambda entries: db.write(lambda tx: put(tx, entries), lane="log")


async def test_ten_long_scans_stop_neither_the_log_nor_short_work(db: Database) -> None:
    done: list[str] = []
    log: MessageLog[str] = MessageLog(stored(db), lambda batch, error: done.extend(batch if error is None else []))
    scans = [asyncio.create_task(db.scan("SELECT pg_sleep(120)")) for _ in range(10)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(60):
        for n in range(5):
            log.append(f"message {n}")
            await log.drain()
            await db.fetch("SELECT 1")
            await db.execute("INSERT INTO server_state VALUES ($1, $2)", f"short {n}", b"")
    assert len(done) == 5
    assert not any(scan.done() for scan in scans)
    for scan in scans:
        scan.cancel()
    await asyncio.gather(*scans, return_exceptions=True)


async def test_short_work_that_waits_does_not_stop_the_log(db: Database) -> None:
    done: list[str] = []
    log: MessageLog[str] = MessageLog(stored(db), lambda batch, error: done.extend(batch if error is None else []))
    waiting = [asyncio.create_task(db.fetch("SELECT pg_sleep(120)")) for _ in range(10)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(60):
        log.append("message")
        await log.drain()
    assert done == ["message"]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_sizes_hold(db: Database) -> None:
    before = await db.fetch("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()")
    busy = [asyncio.create_task(db.fetch("SELECT pg_sleep(0.3)")) for _ in range(8)]
    busy += [asyncio.create_task(db.scan("SELECT pg_sleep(0.3)")) for _ in range(8)]
    url = f"{db._pools._url}"  # type: ignore[attr-defined]
    connection = await asyncpg.connect(url)
    most = 0
    async with asyncio.timeout(60):
        while not all(task.done() for task in busy):
            used = await connection.fetchval(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%sleep%'"
                " AND pid <> pg_backend_pid()"
            )
            most = max(most, used)
            await asyncio.sleep(0.02)
    await connection.close()
    assert most == 4, before
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)


async def test_a_server_that_hangs_is_noticed_and_calls_are_refused_at_once(
    own_postgres: Postgres, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sodam.storage.pools.ANSWER_SECONDS", 1.5)
    own_postgres.pause()
    try:
        with pytest.raises(DatabaseUnavailable):
            await db.ping()
        async with asyncio.timeout(60):
            while not db._pools.outage.away:  # type: ignore[attr-defined]
                await asyncio.sleep(0.02)
        taken = []
        for work in (
            db.fetch("SELECT 1"),
            db.fetch_one("SELECT 1"),
            db.scan("SELECT 1"),
            db.execute("DELETE FROM server_state"),
            db.write(lambda tx: tx.execute("DELETE FROM server_state")),
        ):
            begin = time.monotonic()
            with pytest.raises(DatabaseUnavailable):
                await work
            taken.append(time.monotonic() - begin)
        assert sorted(taken)[2] < 1, "no call waits for the server; one or two may wait for this machine"
    finally:
        own_postgres.resume()
    async with asyncio.timeout(60):
        while db._pools.outage.away:  # type: ignore[attr-defined]
            await asyncio.sleep(0.02)
    await _served(db)


async def _served(db: Database) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await db.ping()
                assert await db.fetch("SELECT 7") == [(7,)]
                return
            except DatabaseUnavailable:
                await asyncio.sleep(0.02)


async def test_a_process_that_stood_still_does_not_take_the_server_for_away(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sodam.storage.pools.ANSWER_SECONDS", 0.2)
    asked = 0

    async def ask() -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            time.sleep(1.2)  # all of the process; the answer comes as it goes on
            await asyncio.sleep(0.001)

    monkeypatch.setattr(db._pools, "_ask", ask)  # type: ignore[attr-defined]
    await db.ping()
    assert asked >= 2
    assert not db._pools.outage.away  # type: ignore[attr-defined]


async def test_a_connection_that_is_cut_amid_the_question_says_nothing_of_the_server(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a fail-over cuts them all: calls go on, on connections of their own."""
    await db.ping()
    fetchval, cut = asyncpg.Connection.fetchval, 0

    async def question(connection: Any, query: str, *args: Any) -> Any:
        nonlocal cut
        if query == "SELECT 1" and not cut:
            cut += 1
            query = "SELECT pg_terminate_backend(pg_backend_pid())"
        return await fetchval(connection, query, *args)

    began: list[BaseException] = []
    monkeypatch.setattr(asyncpg.Connection, "fetchval", question)
    monkeypatch.setattr(db._pools.outage, "begin", began.append)  # type: ignore[attr-defined]
    await db.ping()
    assert cut == 1
    assert began == []


async def test_closing_does_not_wait_for_a_server_that_hangs(
    own_postgres: Postgres, db: Database, tmp_path: Path
) -> None:
    url = own_postgres.migrated()
    other = await open_database(url, tmp_path)
    own_postgres.pause()
    try:
        reading = asyncio.create_task(other.fetch("SELECT 1"))
        writing = asyncio.create_task(_write(other))
        await asyncio.sleep(0.05)
        begin = time.monotonic()
        other.abandon()
        await other.close()
        assert time.monotonic() - begin < 30
        results = await asyncio.gather(reading, writing, return_exceptions=True)
        assert [type(result) for result in results] == [DatabaseUnavailable] * 2
    finally:
        own_postgres.resume()
    own_postgres.give_back(url)


async def _write(db: Database) -> None:
    await db.write(lambda tx: tx.execute("DELETE FROM server_state"))


async def test_who_is_cut_off_hears_it_and_the_next_one_is_served(db: Database, own_postgres: Postgres) -> None:
    """An administrator ends the connections: calls under way fail as unavailable, later ones find new ones."""
    waiting = asyncio.create_task(db.fetch("SELECT pg_sleep(120)"))
    connection = await asyncpg.connect(db._pools._url)  # type: ignore[attr-defined]
    async with asyncio.timeout(60):
        while not await connection.fetch(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
            " AND query LIKE '%pg_sleep(120)%' AND pid <> pg_backend_pid()"
        ):
            await asyncio.sleep(0.02)
    kept = own_postgres.ask(db._pools._url, lambda own: own.fetchval("SELECT pg_backend_pid()"))  # type: ignore[attr-defined]
    await connection.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), $1)",
        kept,
    )
    await connection.close()
    with pytest.raises(DatabaseUnavailable):
        await waiting
    await _served(db)


async def test_mistakes_stay_mistakes(db: Database) -> None:
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await db.fetch("SELEC 1")
    with pytest.raises(asyncpg.InterfaceError, match="argument"):
        await db.fetch("SELECT 1", 2)
    with pytest.raises(asyncpg.UniqueViolationError):
        await db.write(lambda tx: put(tx, ["x", "x"]))
    assert await db.fetch("SELECT 1 FROM server_state WHERE name = 'x'") == []


async def test_a_connection_that_is_ready_keeps_nobody_waiting(db: Database) -> None:
    """Whoever waits for a connection gets it before it is kept for the next call; and it goes back to its pool."""
    pools = db._pools  # type: ignore[attr-defined]
    for _ in range(3):
        async with asyncio.timeout(60):
            rows = await asyncio.gather(*(db.fetch("SELECT pg_backend_pid(), pg_sleep(0.001)") for _ in range(20)))
        assert len({row[0][0] for row in rows}) <= 2  # the pool's size
        assert "short" in pools._kept
        await pools._give_back()
        assert not pools._kept
    first = (await db.fetch("SELECT pg_backend_pid()"))[0][0]
    assert (await db.fetch("SELECT pg_backend_pid()"))[0][0] == first
