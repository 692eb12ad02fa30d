"""SQLite through apsw: one writer thread with group commit, readers apart.

Writes wait in a list while a commit is under way and then run together in the next transaction, each in its own
savepoint, so that one fsync serves them all and one failure harms nobody else. Bounded reads run in the event loop
on a connection of their own: a point read costs a few microseconds, a thread hop ten times that. So does a commit that
nobody shares, as long as the disk is fast (pace.py).
"""

from __future__ import annotations

import asyncio
import fcntl
import queue
import re
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from pathlib import Path
from types import CoroutineType
from typing import IO, Any, TypeVar

import apsw

from sodam.storage import private
from sodam.storage.checkpoints import Checkpoints
from sodam.storage.commit_hooks import current_hook
from sodam.storage.database import Bulk, Engine, Lane, Row, StorageError, Tx, Value
from sodam.storage.events import Callback, Events, Raised, run_callbacks
from sodam.storage.outage import Outage
from sodam.storage.pace import Pace

T = TypeVar("T")
_PLACEHOLDER = re.compile(r"\$(\d+)")
_CHUNKS = (128, 32, 8, 2, 1)  # few distinct statements, so that the statement cache holds them all
# A full or broken disk, a file that another program holds: nothing is wrong with the statement.
_GONE = (apsw.FullError, apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.BusyError, apsw.LockedError)
_WAIT_MS = 5000  # for another process that holds the file
_PATIENCE = 0.01  # seconds that a patient write waits for a commit of others
_MAX_JOBS = 512  # in one commit; bounds the time a job waits for its neighbours


@lru_cache(maxsize=1024)
def _translate(sql: str) -> str:
    return _PLACEHOLDER.sub(r"?\1", sql)


@lru_cache(maxsize=512)
def _bulk_sql(stmt: Bulk, count: int) -> str:
    row = "(" + ",".join("?" * len(stmt.types)) + ")"
    return f"{stmt.head} VALUES {','.join([row] * count)} {stmt.tail}"


CACHE_MIB = 64
"""Pages that the writer and the reader may each keep in memory, unless told otherwise."""
SCAN_CACHE_MIB = 8
"""The same of the connection for long reads, at most. They pass over more than any cache holds and do not come back;
what one catch-up of a client reads would stay in memory for good."""


def _connect(path: Path, *, read_only: bool, cache_mib: int) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(str(path), flags=flags, statementcachesize=256)
    connection.set_busy_timeout(_WAIT_MS)
    # A plan does not depend on the values given to it. Else every statement with an order or a join is prepared anew
    # each time that it is executed, which costs more than it does.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    if not read_only:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA journal_size_limit=67108864")
    connection.execute(f"PRAGMA cache_size=-{cache_mib * 1024}")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


class _SqliteTx(Raised):
    """Methods are coroutines that never wait: the writer drives them to their end in its own thread."""

    engine: Engine = "sqlite"
    __slots__ = ("_connection", "_cursor")

    def __init__(self, connection: apsw.Connection, cursor: apsw.Cursor) -> None:
        """``cursor``: of ``connection``, for statements whose rows are all read at once."""
        super().__init__()
        self._connection = connection
        self._cursor = cursor

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        return list(self._cursor.execute(_translate(sql), args))

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        return next(iter(self._connection.execute(_translate(sql), args)), None)

    async def execute(self, sql: str, *args: Value) -> int:
        self._connection.execute(_translate(sql), args)
        return self._connection.changes()

    async def bulk(self, stmt: Bulk, rows: Sequence[Sequence[Value]]) -> list[Row]:
        if len(rows) == 1:  # a message that goes alone
            return list(self._cursor.execute(_bulk_sql(stmt, 1), tuple(rows[0])))
        out: list[Row] = []
        at, total = 0, len(rows)
        for size in _CHUNKS:
            while total - at >= size:
                flat = tuple(chain.from_iterable(rows[at : at + size]))
                out.extend(self._cursor.execute(_bulk_sql(stmt, size), flat))
                at += size
        return out

    async def last_id(self) -> int:
        return self._connection.last_insert_rowid()


def _drive(awaitable: Awaitable[T]) -> T:
    coroutine = awaitable if isinstance(awaitable, CoroutineType) else _awaited(awaitable)
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    coroutine.close()
    raise RuntimeError("a write function may await only its transaction")


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable


Outcome = tuple["asyncio.Future[Any]", Any, "BaseException | None", "list[Callback]"]
Job = tuple[Callable[[Tx], Awaitable[Any]], "asyncio.Future[Any]"]


class SqliteDatabase:
    """See ``Database``. One process per file, guarded by a lock beside it."""

    engine: Engine = "sqlite"

    def __init__(self, path: Path, lock: IO[bytes], cache_mib: int = CACHE_MIB) -> None:
        self._lock = lock
        self._outage = Outage("SQLite")
        self._writer = _connect(path, read_only=False, cache_mib=cache_mib)
        self._reader = _connect(path, read_only=True, cache_mib=cache_mib)
        # A cursor for each statement would cost a quarter of what a point read costs.
        self._read, self._wrote = self._reader.cursor(), self._writer.cursor()
        self._scanner = _connect(path, read_only=True, cache_mib=min(cache_mib, SCAN_CACHE_MIB))
        self.events = Events()
        self._pace = Pace()
        self._waits = True
        """Whether the writer may wait for whoever holds the file: not in the event loop."""
        self._checkpoints = Checkpoints(_connect(path, read_only=False, cache_mib=1))
        self._writer.set_wal_hook(self._checkpoints.logged)  # in place of SQLite's own, which makes them
        # A queue and a thread: an executor makes a future with a lock for every commit, which nobody looks at.
        self._batches: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._write_thread = threading.Thread(target=self._write_all, name="sqlite-writer", daemon=True)
        self._write_thread.start()
        self._scan_thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-scan")
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Job] = []
        self._patient: list[Job] = []
        self._patience: asyncio.TimerHandle | None = None
        """While some are patient: when they have been for long enough."""
        self._busy = False
        self._closed = False

    @classmethod
    async def open(cls, path: Path, cache_mib: int = CACHE_MIB) -> SqliteDatabase:
        try:
            private.make_directory(path.parent)
            lock = open(path.with_suffix(".lock"), "wb", opener=private.opener)  # noqa: SIM115, ASYNC230 - held until close
        except OSError as error:
            raise StorageError(f"data directory {path.parent} cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise StorageError(
                f"data directory {path.parent} is in use by another Sodam process", in_use=True
            ) from None
        try:
            private.shut(path)  # SQLite gives the files beside it the same mode, when it makes them
            for beside in ("-wal", "-shm"):
                if (found := path.with_name(path.name + beside)).exists():
                    private.shut(found)
            return cls(path, lock, cache_mib)
        except (apsw.Error, OSError) as error:
            lock.close()
            raise StorageError(f"database {path} cannot be opened: {error}") from None

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        try:
            return list(self._read.execute(_translate(sql), args))
        except _GONE as error:
            raise self._outage.failed(error) from None

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        try:
            cursor = self._reader.execute(_translate(sql), args)
            row = next(iter(cursor), None)
        except _GONE as error:
            raise self._outage.failed(error) from None
        cursor.close(True)  # an open cursor would keep the read snapshot, and the WAL from being reset
        return row

    async def scan(self, sql: str, *args: Value) -> list[Row]:
        try:
            return await self._loop.run_in_executor(
                self._scan_thread, lambda: list(self._scanner.execute(_translate(sql), args))
            )
        except _GONE as error:
            raise self._outage.failed(error) from None

    def write(
        self,
        fn: Callable[[Tx], Awaitable[T]],
        *,
        single: bool = False,
        lane: Lane = "short",
        alone: bool = False,
        patient: bool = False,
        repeated: bool = False,
    ) -> asyncio.Future[T]:  # an awaitable, without a task's cost
        future: asyncio.Future[T] = self._loop.create_future()
        if self._closed:
            future.set_exception(StorageError("the database is closed"))
            return future
        if (hook := current_hook()) is not None:
            fn = hook.attach(fn)
            future.add_done_callback(lambda done: hook.finished(not done.cancelled() and done.exception() is None))
        if patient:
            self._patient.append((fn, future))
            if self._patience is None:
                self._patience = self._loop.call_later(_PATIENCE, self._no_longer)
            return future
        self._waiting.append((fn, future))
        if not self._busy:
            # One turn later: what other tasks of this turn want to write joins the same commit. The log has waited.
            self._busy = True
            if alone and self._pace.fast and not self._checkpoints.due and not self._patient:
                self._commit_here()
            elif lane == "log":
                self._start()
            else:
                self._loop.call_soon(self._start)
        return future

    async def execute(self, sql: str, *args: Value) -> int:
        return await self.write(lambda tx: tx.execute(sql, *args))

    def _no_longer(self) -> None:
        """Nobody made a commit that the patient could join."""
        self._patience = None
        self._waiting, self._patient = self._waiting + self._patient, []
        if not self._busy:
            self._busy = True
            self._start()

    def _start(self) -> None:
        jobs, self._waiting = self._waiting[:_MAX_JOBS], self._waiting[_MAX_JOBS:]
        if self._patience is not None:
            jobs, self._patient = jobs + self._patient, []
            self._patience.cancel()
            self._patience = None
        if not jobs:
            self._busy = False
            return
        self._batches.put(jobs)

    def _write_all(self) -> None:
        """The writer's thread."""
        while (jobs := self._batches.get()) is not None:
            self._commit(jobs)
            jobs = None  # what was written is not kept until something else is

    def _commit(self, jobs: list[Job]) -> None:
        """In the writer's thread."""
        self._may_wait(True)
        results = self._run(jobs)
        if self._checkpoints.due:
            self._checkpoints.finish(self._writer)
        try:
            self._loop.call_soon_threadsafe(self._finish, results)
        except RuntimeError:  # the loop was closed: nobody waits
            return

    def _commit_here(self) -> None:
        """In the event loop, while the thread has nothing to do. Where another process holds the file, it is the thread
        that waits."""
        jobs, self._waiting = self._waiting, []
        self._may_wait(False)
        results = self._run(jobs)
        if isinstance(results[0][2], apsw.BusyError):
            self._batches.put(jobs)
        else:
            self._finish(results)

    def _may_wait(self, may: bool) -> None:
        """For the next commits. Who changes it has the writer for himself, as whoever commits has."""
        if may is not self._waits:
            self._waits = may
            self._writer.set_busy_timeout(_WAIT_MS if may else 0)

    def _run(self, jobs: list[Job]) -> list[Outcome]:
        """All jobs in one transaction."""
        results: list[Outcome] = []
        connection, cursor = self._writer, self._wrote
        started = time.perf_counter()
        try:
            cursor.execute("BEGIN IMMEDIATE")
            single = len(jobs) == 1
            for fn, future in jobs:
                if not single:
                    cursor.execute("SAVEPOINT job")
                tx = _SqliteTx(connection, cursor)
                try:
                    value = _drive(fn(tx))
                    if tx.raised:
                        _drive(self.events.deliver(tx, tx.raised))
                except _GONE:
                    raise  # SQLite may have rolled back everything by itself: nothing of it is stored
                except BaseException as error:
                    connection.execute("ROLLBACK" if single else "ROLLBACK TO job")
                    results.append((future, None, error, []))
                else:
                    results.append((future, value, None, tx.callbacks))
                if not single:
                    cursor.execute("RELEASE job")
            if connection.in_transaction:
                cursor.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return [(future, None, error, []) for _, future in jobs]
        self._pace.took(time.perf_counter() - started, in_loop=not self._waits)
        return results

    def _finish(self, results: list[Outcome]) -> None:
        if self._outage.stuck and any(error is None for _, _, error, _ in results):
            self._outage.wrote()
        for future, value, error, callbacks in results:
            if callbacks:
                run_callbacks(callbacks)
            if future.cancelled():
                continue
            if error is not None:
                future.set_exception(self._outage.unwritten(error) if isinstance(error, _GONE) else error)
            else:
                future.set_result(value)
        if self._waiting:
            self._loop.call_soon(self._start)  # after the woken tasks: what they write next joins
        else:
            self._busy = False

    async def ping(self) -> None:
        await self.fetch_one("SELECT 1")

    def healthy(self) -> bool:
        return not self._outage.stuck

    def abandon(self) -> None:
        return

    async def version(self) -> str:
        return f"SQLite {apsw.sqlite_lib_version()}"

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        while self._busy or self._waiting or self._patient:
            await asyncio.sleep(0.001)
        self._batches.put(None)
        self._write_thread.join()
        self._checkpoints.stop()
        self._scan_thread.shutdown()
        for connection in (self._scanner, self._reader, self._writer):
            connection.close()
        self._lock.close()
