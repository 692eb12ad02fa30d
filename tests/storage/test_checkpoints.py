"""SQLite's log is moved to the database's file beside the commits, and does not grow for good."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from sodam.storage import checkpoints
from sodam.storage.checkpoints import PAGES, Checkpoints
from sodam.storage.sqlite import SqliteDatabase
from tests.support.buses import until

_PAGE = 4096
_OF_ONE = 300
"""Pages that one write adds."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = await SqliteDatabase.open(tmp_path / "d.db")
    await database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB)")
    yield database
    await database.close()


def _put(database: SqliteDatabase, number: int, *, alone: bool) -> asyncio.Future[int]:
    return database.write(
        lambda tx: tx.execute("INSERT INTO t VALUES ($1, $2)", number, b"x" * _OF_ONE * _PAGE), lane="log", alone=alone
    )


def _size(folder: Path) -> int:
    return (folder / "d.db-wal").stat().st_size // _PAGE


@pytest.fixture
def fast(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk counts as fast, however long it takes: what is alone is committed in the loop."""
    monkeypatch.setattr(type(database._pace), "took", lambda *_, **__: None)
    database._pace._left = 0


async def test_commits_in_the_loop_leave_the_rest_to_the_thread(
    database: SqliteDatabase, fast: None, tmp_path: Path
) -> None:
    """To copy takes long: it is not done in the loop, and the log does not grow for good."""
    here = 0
    for number in range(60):
        future = _put(database, number, alone=True)
        here += future.done()
        await future
        await until(lambda: not database._checkpoints.copying, "the thread has copied")
    assert 40 < here < 60, "some were the thread's, which copied the rest"
    assert _size(tmp_path) < PAGES + 2 * _OF_ONE


async def test_the_log_does_not_grow(database: SqliteDatabase, tmp_path: Path) -> None:
    for number in range(100):
        await _put(database, number, alone=False)
        await until(lambda: not database._checkpoints.copying, "the thread has copied")
    assert _size(tmp_path) < PAGES + 4 * _OF_ONE
    assert (tmp_path / "d.db").stat().st_size > (100 * _OF_ONE - PAGES) * _PAGE
    assert [row[0] for row in await database.fetch("SELECT id FROM t ORDER BY id")] == list(range(100))


async def test_commits_go_on_while_it_is_copied(
    database: SqliteDatabase, fast: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is copied by the writer's thread, and only then does the log begin anew."""
    begun, go = threading.Event(), threading.Event()
    copied: list[str] = []
    real = checkpoints._checkpoint

    def slow(connection: apsw.Connection) -> bool:
        copied.append(threading.current_thread().name)
        if len(copied) == 1:
            begun.set()
            assert go.wait(10)
        return real(connection)

    monkeypatch.setattr(checkpoints, "_checkpoint", slow)
    number = 0
    while not database._checkpoints.copying:
        await _put(database, number, alone=True)
        number += 1
    await until(begun.is_set, "the thread copies")
    for more in range(number, number + 5):
        assert _put(database, more, alone=True).done(), "in the loop, as ever"
    assert copied == ["sqlite-checkpoints"], "one at a time"
    go.set()
    await until(lambda: database._checkpoints.due, "most is copied")
    await _put(database, number + 5, alone=True)
    assert copied == ["sqlite-checkpoints", "sqlite-writer"]
    before = _size(tmp_path)
    for more in range(number + 6, number + 12):
        await _put(database, more, alone=True)
    assert _size(tmp_path) == before, "it is written from its beginning"


async def test_a_long_read_puts_it_off(database: SqliteDatabase, tmp_path: Path) -> None:
    await _put(database, 0, alone=False)
    reader = apsw.Connection(str(tmp_path / "d.db"))
    reader.execute("BEGIN")
    assert list(reader.execute("SELECT COUNT(*) FROM t")) == [(1,)]
    for number in range(1, 40):
        await _put(database, number, alone=False)
        await until(lambda: not database._checkpoints.copying, "the thread has copied")
    assert _size(tmp_path) > 39 * _OF_ONE
    assert list(reader.execute("SELECT COUNT(*) FROM t")) == [(1,)], "it goes on reading what it saw"
    reader.execute("COMMIT")
    reader.close()
    for number in range(40, 60):
        await _put(database, number, alone=False)
        await until(lambda: not database._checkpoints.copying, "the thread has copied")
    assert _size(tmp_path) < 50 * _OF_ONE, "it began anew soon after"


async def test_a_broken_disk_is_for_the_next_commit_to_notice() -> None:
    connection = apsw.Connection(":memory:")
    broken = apsw.Connection(":memory:")
    broken.close()
    found = Checkpoints(connection)
    found.logged(connection, "main", PAGES)
    await until(lambda: found.due, "the thread has copied")
    found.finish(broken)
    assert not found.due
    found.stop()
