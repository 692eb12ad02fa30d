"""PostgreSQL through asyncpg: writes as retried transactions, many rows by ``unnest``. Connections: pools.py."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

import asyncpg

from sodam.observability.loops import Loops
from sodam.storage.commit_hooks import current_hook
from sodam.storage.database import Bulk, Engine, Lane, PoolSizes, Row, Tx, Value
from sodam.storage.events import Callback, Events, Raised, run_callbacks
from sodam.storage.pools import GONE, Pools

T = TypeVar("T")
_NUL = "\ufdd0\ufdd1\ufdd0"  # characters that never stand in a text
_RETRIES = 5
# Another transaction won: the function is run again. 40001 serialization, 40P01 deadlock.
_RETRIED = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


@lru_cache(maxsize=512)
def _bulk_sql(stmt: Bulk) -> str:
    arrays = ", ".join(f"${i}::{kind}[]" for i, kind in enumerate(stmt.types, 1))
    return f"{stmt.head} SELECT * FROM unnest({arrays}) {stmt.tail}"


def _changed(status: str) -> int:
    """The row count at the end of a command tag such as ``UPDATE 3``."""
    tail = status.rsplit(" ", 1)[-1]
    return int(tail) if tail.isdigit() else 0


def _readable(args: tuple[Value, ...]) -> tuple[Value, ...]:
    """What a read is given. PostgreSQL refuses text with U+0000; since none is stored, such text equals nothing."""
    for value in args:
        if isinstance(value, str) and "\0" in value:
            return tuple(v.replace("\0", _NUL) if isinstance(v, str) else v for v in args)
    return args


class _PostgresTx(Raised):
    engine: Engine = "postgres"
    __slots__ = ("_connection",)

    def __init__(self, connection: Any) -> None:
        super().__init__()
        self._connection = connection

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        return cast("list[Row]", await self._connection.fetch(sql, *args))

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        return cast("Row | None", await self._connection.fetchrow(sql, *args))

    async def execute(self, sql: str, *args: Value) -> int:
        return _changed(await self._connection.execute(sql, *args))

    async def bulk(self, stmt: Bulk, rows: Sequence[Sequence[Value]]) -> list[Row]:
        if not rows:
            return []
        return cast("list[Row]", await self._connection.fetch(_bulk_sql(stmt), *map(list, zip(*rows, strict=True))))

    async def last_id(self) -> int:
        return cast("int", await self._connection.fetchval("SELECT lastval()"))


def _in_task(coroutine: Coroutine[Any, Any, T]) -> Awaitable[T]:
    """asyncpg's timeouts need a task around them; the gateway drives its hottest handlers without one."""
    return coroutine if asyncio.current_task() is not None else asyncio.create_task(coroutine)


async def _commit(transaction: Any, callbacks: Sequence[Callback]) -> None:
    """Commit and run the callbacks. Who is cancelled meanwhile waits for the answer: what is on disk is announced."""
    commit = asyncio.ensure_future(transaction.commit())
    try:
        await asyncio.shield(commit)
    except asyncio.CancelledError:
        await asyncio.wait([commit])
        if not commit.cancelled() and commit.exception() is None:
            run_callbacks(callbacks)
        raise
    run_callbacks(callbacks)


class _Unsynced:
    """A transaction whose commit does not wait for the disk, as asyncpg's own one is used."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def start(self) -> None:
        await self._connection.execute("BEGIN; SET LOCAL synchronous_commit TO OFF")

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")

    async def rollback(self) -> None:
        await self._connection.execute("ROLLBACK")


class PostgresDatabase:
    """See ``Database``."""

    engine: Engine = "postgres"

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self.events = Events()

    @classmethod
    async def open(cls, url: str, sizes: PoolSizes | None = None, loops: Loops | None = None) -> PostgresDatabase:
        """Raises StorageError when the server cannot be reached."""
        return cls(await Pools.open(url, sizes or PoolSizes(), loops or Loops()))

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        values = _readable(args)
        return cast("list[Row]", await _in_task(self._pools.use("short", lambda c: c.fetch(sql, *values))))

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        values = _readable(args)
        return cast("Row | None", await _in_task(self._pools.use("short", lambda c: c.fetchrow(sql, *values))))

    async def scan(self, sql: str, *args: Value) -> list[Row]:
        values = _readable(args)
        return cast("list[Row]", await _in_task(self._pools.use("long", lambda c: c.fetch(sql, *values))))

    def write(
        self,
        fn: Callable[[Tx], Awaitable[T]],
        *,
        single: bool = False,
        lane: Lane = "short",
        alone: bool = False,
        patient: bool = False,
        repeated: bool = False,
    ) -> Awaitable[T]:
        return _in_task(self._write(fn, single, lane, repeated))

    async def _write(self, fn: Callable[[Tx], Awaitable[T]], single: bool, lane: Lane, repeated: bool) -> T:
        hook = current_hook()
        if hook is None:
            return await self._retried(fn, single, lane, repeated)
        committed = False
        try:
            result = await self._retried(hook.attach(fn), single=False, lane=lane, repeated=repeated)
            committed = True
        finally:
            hook.finished(committed)
        return result

    async def _retried(self, fn: Callable[[Tx], Awaitable[T]], single: bool, lane: Lane, repeated: bool) -> T:
        run = self._statement if single else self._unsynced if repeated else self._transaction
        for attempt in range(_RETRIES):
            try:
                result = await self._pools.use(lane, lambda connection: run(connection, fn))
            except _RETRIED:
                if attempt == _RETRIES - 1:
                    raise
                await asyncio.sleep(random.uniform(0.001, 0.01) * 2**attempt)  # noqa: S311 - no secret
            else:
                if self._pools.outage.stuck:
                    self._pools.outage.wrote()
                return result
        raise AssertionError("unreachable")

    async def _statement(self, connection: Any, fn: Callable[[Tx], Awaitable[T]]) -> T:
        tx = _PostgresTx(connection)
        result = await fn(tx)
        assert not tx.raised, "a write of a single statement raises no events"
        run_callbacks(tx.callbacks)
        return result

    async def _transaction(self, connection: Any, fn: Callable[[Tx], Awaitable[T]]) -> T:
        return await self._within(connection.transaction(), connection, fn)

    async def _unsynced(self, connection: Any, fn: Callable[[Tx], Awaitable[T]]) -> T:
        return await self._within(_Unsynced(connection), connection, fn)

    async def _within(self, transaction: Any, connection: Any, fn: Callable[[Tx], Awaitable[T]]) -> T:
        tx = _PostgresTx(connection)
        await transaction.start()
        try:
            result = await fn(tx)
            if tx.raised:
                await self.events.deliver(tx, tx.raised)
        except (*GONE, asyncio.CancelledError):
            raise  # the connection is thrown away; a rollback would wait for a server that may not answer
        except BaseException:
            await transaction.rollback()
            raise
        await _commit(transaction, tx.callbacks)
        return result

    async def execute(self, sql: str, *args: Value) -> int:
        if current_hook() is not None:
            return await self.write(lambda tx: tx.execute(sql, *args))
        return _changed(await _in_task(self._pools.use("short", lambda c: c.execute(sql, *args))))

    async def ping(self) -> None:
        await self._pools.ping()

    def healthy(self) -> bool:
        return not (self._pools.outage.away or self._pools.outage.stuck)

    def abandon(self) -> None:
        self._pools.abandon()

    async def version(self) -> str:
        row = await self.fetch_one("SELECT current_setting('server_version')")
        return f"PostgreSQL {row[0] if row else '?'}"

    async def close(self) -> None:
        await self._pools.close()
