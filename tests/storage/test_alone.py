"""A write that nothing shares: on a fast disk SQLite commits it in the event loop, and never waits there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from sodam.messages.log import MessageLog
from sodam.storage import Tx, sqlite
from sodam.storage.sqlite import SqliteDatabase
from tests.support.buses import until


class _Disk:
    """How fast it counts."""

    def __init__(self, fast: bool) -> None:
        self.fast = fast

    def took(self, seconds: float, *, in_loop: bool) -> None:
        return


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = await SqliteDatabase.open(tmp_path / "d.db")
    database._pace = _Disk(fast=True)  # type: ignore[assignment]
    await database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB)")
    yield database
    await database.close()


def _put(database: SqliteDatabase, number: int, size: int = 1) -> asyncio.Future[int]:
    return database.write(
        lambda tx: tx.execute("INSERT INTO t VALUES ($1, $2)", number, b"x" * size), lane="log", alone=True
    )


async def _all(database: SqliteDatabase) -> list[int]:
    return [row[0] for row in await database.fetch("SELECT id FROM t ORDER BY id")]


async def test_it_is_on_disk_when_write_returns(database: SqliteDatabase, tmp_path: Path) -> None:
    assert _put(database, 1).done()
    other = apsw.Connection(str(tmp_path / "d.db"))
    assert list(other.execute("SELECT id FROM t")) == [(1,)]
    other.close()


async def test_a_slow_disk_has_the_thread_wait(database: SqliteDatabase) -> None:
    database._pace = _Disk(fast=False)  # type: ignore[assignment]
    future = _put(database, 1)
    assert not future.done()
    assert await future == 1


async def test_what_others_write_in_this_turn_shares_its_commit(database: SqliteDatabase) -> None:
    first = database.execute("INSERT INTO t VALUES (1, NULL)")
    task = asyncio.ensure_future(first)
    await asyncio.sleep(0)
    second = _put(database, 2)
    assert not second.done()
    await asyncio.gather(task, second)
    assert _put(database, 3).done(), "and then nobody is waited for any more"
    assert await _all(database) == [1, 2, 3]


async def test_nothing_is_kept_of_one_that_fails(database: SqliteDatabase) -> None:
    called: list[int] = []

    async def fails(tx: Tx) -> None:
        tx.after_commit(lambda: called.append(1))
        await tx.execute("INSERT INTO t VALUES (1, NULL)")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await database.write(fails, lane="log", alone=True)
    assert await _all(database) == []
    assert called == []
    assert _put(database, 2).done()


async def test_callbacks_may_write_more(database: SqliteDatabase) -> None:
    more: list[asyncio.Future[int]] = []

    async def run(tx: Tx) -> None:
        tx.after_commit(lambda: more.append(_put(database, 2)))
        await tx.execute("INSERT INTO t VALUES (1, NULL)")

    assert database.write(run, lane="log", alone=True).done()
    await asyncio.gather(*more)
    assert await _all(database) == [1, 2]


async def test_the_thread_waits_for_whoever_holds_the_file(database: SqliteDatabase, tmp_path: Path) -> None:
    other = apsw.Connection(str(tmp_path / "d.db"))
    other.execute("BEGIN IMMEDIATE")
    future = _put(database, 1)
    assert not future.done()
    await asyncio.sleep(0)
    assert not future.done()
    other.execute("COMMIT")
    other.close()
    assert await future == 1
    assert _put(database, 2).done()


async def test_a_log_whose_batches_are_written_at_once(database: SqliteDatabase) -> None:
    done: list[tuple[list[int], BaseException | None]] = []

    def write(batch: list[int]) -> asyncio.Future[None]:
        async def run(tx: Tx) -> None:
            tx.after_commit(log.committed)
            for number in batch:
                await tx.execute("INSERT INTO t VALUES ($1, NULL)", number)

        return database.write(run, lane="log", alone=True)

    def said(batch: list[int], error: BaseException | None) -> None:
        done.append((batch, error))
        if batch == [1]:
            log.append(2)  # as an answer may bring the next message

    log = MessageLog(write, said)
    log.append(1)
    await until(lambda: len(done) == 2, "both are on disk")
    assert done == [([1], None), ([2], None)]
    log.append(2)
    await until(lambda: len(done) == 3, "the third is refused")
    assert isinstance(done[2][1], apsw.ConstraintError)
    log.append(3)
    await log.drain()
    await log.announced()
    assert done[3:] == [([3], None)]
    assert await _all(database) == [1, 2, 3]


async def test_the_patient_join_a_commit_of_others(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that would be made in the loop; and without others they wait for a moment only."""
    monkeypatch.setattr(sqlite, "_PATIENCE", 3600.0)
    commits: list[int] = []
    run = database._run

    def counted(jobs: list[sqlite.Job]) -> list[sqlite.Outcome]:
        commits.append(len(jobs))
        return run(jobs)

    monkeypatch.setattr(database, "_run", counted)
    patient = [
        database.write(lambda tx, n=n: tx.execute("INSERT INTO t VALUES ($1, $2)", n, b""), patient=True)  # type: ignore[misc]
        for n in (1, 2)
    ]
    await asyncio.sleep(0)
    assert (commits, await _all(database)) == ([], [])
    await _put(database, 3)
    await asyncio.gather(*patient)
    assert (commits, await _all(database)) == ([3], [1, 2, 3])
    monkeypatch.setattr(sqlite, "_PATIENCE", 0.0)
    await database.write(lambda tx: tx.execute("INSERT INTO t VALUES (4, $1)", b""), patient=True)
    assert commits == [3, 1]
    monkeypatch.setattr(sqlite, "_PATIENCE", 0.001)
    last = database.write(lambda tx: tx.execute("INSERT INTO t VALUES (5, $1)", b""), patient=True)
    await database.close()
    assert last.done()
