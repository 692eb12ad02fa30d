"""PostgreSQL through asyncpg: a pool, writes as retried transactions, many rows by ``unnest``."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

import asyncpg

from sodam.storage.address import ERRORS, unreachable
from sodam.storage.database import Bulk, Engine, Row, StorageError, Tx, Value
from sodam.storage.events import Events, Raised, run_callbacks
from sodam.storage.riding import boarding

T = TypeVar("T")
_NUL = "\ufdd0\ufdd1\ufdd0"  # characters that never stand in a text
_RETRIES = 5
_POOL_SIZE = 10
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


async def _keep(connection: Any) -> None:
    """Nothing to reset when a connection goes back: we leave no session state, and it saves a round trip each time."""


def _in_task(coroutine: Coroutine[Any, Any, T]) -> Awaitable[T]:
    """asyncpg's timeouts need a task around them; the gateway drives its hottest handlers without one."""
    return coroutine if asyncio.current_task() is not None else asyncio.create_task(coroutine)


class PostgresDatabase:
    """See ``Database``."""

    engine: Engine = "postgres"

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool
        self.events = Events()

    @classmethod
    async def open(cls, url: str) -> PostgresDatabase:
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=_POOL_SIZE,
                timeout=10,
                command_timeout=60,
                statement_cache_size=512,
                # An acknowledged message survives power loss, whatever the server's default is.
                reset=_keep,
                server_settings={
                    "synchronous_commit": "on",
                    "application_name": "sodam",
                    # Milliseconds for which a process that stands still amid a transaction holds others up.
                    "idle_in_transaction_session_timeout": "10000",
                },
            )
        except ERRORS as error:
            raise StorageError(unreachable(url, error)) from None
        assert pool is not None
        return cls(pool)

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        return cast("list[Row]", await _in_task(self._pool.fetch(sql, *_readable(args))))

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        return cast("Row | None", await _in_task(self._pool.fetchrow(sql, *_readable(args))))

    async def scan(self, sql: str, *args: Value) -> list[Row]:
        return cast("list[Row]", await self._pool.fetch(sql, *_readable(args), timeout=600))

    def write(self, fn: Callable[[Tx], Awaitable[T]], *, single: bool = False) -> Awaitable[T]:
        return _in_task(self._write(fn, single))

    async def _write(self, fn: Callable[[Tx], Awaitable[T]], single: bool) -> T:
        ride = boarding()
        if ride is None:
            return await self._retried(fn, single)
        committed = False
        try:
            result = await self._retried(ride.board(fn), single=False)
            committed = True
        finally:
            ride.left(committed)
        return result

    async def _retried(self, fn: Callable[[Tx], Awaitable[T]], single: bool) -> T:
        for attempt in range(_RETRIES):
            try:
                async with self._pool.acquire() as connection:
                    tx = _PostgresTx(connection)
                    if single:
                        result = await fn(tx)
                        assert not tx.raised, "a write of a single statement raises no events"
                    else:
                        async with connection.transaction():
                            result = await fn(tx)
                            if tx.raised:
                                await self.events.deliver(tx, tx.raised)
                if tx.callbacks:
                    run_callbacks(tx.callbacks)
                return result
            except _RETRIED:
                if attempt == _RETRIES - 1:
                    raise
                await asyncio.sleep(random.uniform(0.001, 0.01) * 2**attempt)  # noqa: S311 - no secret
        raise AssertionError("unreachable")

    async def execute(self, sql: str, *args: Value) -> int:
        if boarding() is not None:
            return await self.write(lambda tx: tx.execute(sql, *args))
        return _changed(await _in_task(self._pool.execute(sql, *args)))

    async def version(self) -> str:
        row = await self.fetch_one("SELECT current_setting('server_version')")
        return f"PostgreSQL {row[0] if row else '?'}"

    async def close(self) -> None:
        await self._pool.close()
