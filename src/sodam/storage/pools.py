"""Connections to PostgreSQL: one pool for each kind of work, and a watch that knows whether the server answers.

The message log, short reads and writes, and long scans have connections of their own, so that none of them waits for
another. A server that stops answering, paused or dead, is noticed by the watch within two seconds; from then on calls
are refused at once, until it answers again. A connection whose command timed out or was cancelled is thrown away: what
asyncpg does to keep it would wait for the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import asyncpg
import structlog

from sodam.observability.loops import Loop, Loops
from sodam.storage import arrays
from sodam.storage.address import ERRORS, unreachable
from sodam.storage.database import DatabaseUnavailable, Lane, PoolSizes, StorageError
from sodam.storage.outage import Outage
from sodam.storage.processes import WATCH

T = TypeVar("T")
log = structlog.get_logger(__name__)
CONNECT_SECONDS: Final = 10.0
COMMAND_SECONDS: Final = 10.0
"""For one statement of the message log and of short work, waiting for locks included."""
LONG_SECONDS: Final = 600.0
"""For one statement of a long scan."""
_ACQUIRE_SECONDS: Final = 10.0
_WATCH_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 1.5
"""A server that takes longer for ``SELECT 1`` does not answer."""
_STOOD_STILL_SECONDS: Final = 0.5
"""A time-out that comes so late is this process's own doing."""
_CLOSE_SECONDS: Final = 2.0
_KEPT_TURNS: Final = 60
# Failures that say nothing about the statement. 08 connection, 53 out of resources, 57P the server stops or starts,
# 58 its disk; 25006: it became a replica.
GONE: Final = (
    OSError,  # TimeoutError too
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InternalClientError,  # what asyncpg makes of a connection that breaks at an odd moment
)
# Of these, what keeps only writes from being done: 53100 a full disk, 58030 a broken one, 25006 a replica.
_UNWRITABLE: Final = (asyncpg.DiskFullError, asyncpg.PostgresIOError, asyncpg.ReadOnlySQLTransactionError)


async def _keep(connection: Any) -> None:
    """Nothing to reset when a connection goes back: we leave no session state, and it saves a round trip each time."""


class Pools:
    def __init__(
        self, url: str, first: asyncpg.Connection[Any], pools: dict[Lane, asyncpg.Pool[Any]], loops: Loops
    ) -> None:
        self._url = url
        self._pools = pools
        self.outage = Outage("PostgreSQL")
        self._connection: asyncpg.Connection[Any] | None = first
        self._asking = asyncio.Lock()
        self._abandoned = False
        self._acquiring: set[asyncio.Timeout] = set()
        """Of those who wait for a connection."""
        self._waiting: dict[Lane, int] = dict.fromkeys(pools, 0)
        """How many wait so for each pool."""
        self._kept: dict[Lane, Any] = {}
        """One connection of each pool, ready for whoever comes next: taking one from asyncpg and giving it back costs
        half as much as a short statement."""
        self._turns = itertools.count(1)
        self._look = asyncio.Event()
        self._watch: Loop = loops.start("database watch", self._turn)

    @classmethod
    async def open(cls, url: str, sizes: PoolSizes, loops: Loops) -> Pools:
        """Raises StorageError, one line that names what was tried."""
        pools: dict[Lane, asyncpg.Pool[Any]] = {}
        try:
            first = await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings={"application_name": WATCH})
            pools["short"] = await _pool(url, sizes.short, COMMAND_SECONDS)
            pools["log"] = await _pool(url, sizes.log, COMMAND_SECONDS)
            pools["long"] = await _pool(url, sizes.long, LONG_SECONDS)
        except ERRORS as error:
            raise StorageError(unreachable(url, error)) from None
        return cls(url, first, pools, loops)

    async def use(self, lane: Lane, fn: Callable[[Any], Awaitable[T]]) -> T:
        """Run ``fn`` on a connection. Raises DatabaseUnavailable when the server is the reason that it failed."""
        if self.outage.away or self._abandoned:
            raise self.outage.refused()
        pool = self._pools[lane]
        taken = self._kept.pop(lane, None)
        if taken is not None and _closed(taken):
            await pool.release(taken)
            taken = None
        if taken is None:
            try:
                taken = await self._acquire(lane)
            except (*GONE, asyncpg.InterfaceError) as error:
                raise self._failed(error) from None
        connection = taken._con
        try:
            return await fn(connection)
        except GONE as error:
            _drop(connection)
            raise self._failed(error) from None
        except asyncpg.InterfaceError as error:
            if _closed(connection):
                raise self._failed(error) from None
            raise
        except asyncio.CancelledError:
            _drop(connection)
            raise
        finally:
            if lane in self._kept or self._waiting[lane] or self._abandoned or _closed(taken):
                await pool.release(taken)
            else:
                self._kept[lane] = taken

    async def _acquire(self, lane: Lane) -> Any:
        async with asyncio.timeout(_ACQUIRE_SECONDS) as limit:
            self._acquiring.add(limit)
            self._waiting[lane] += 1
            try:
                return await self._pools[lane].acquire()
            finally:
                self._waiting[lane] -= 1
                self._acquiring.discard(limit)

    async def _give_back(self) -> None:
        """So that a pool ends the connections that nobody uses, and renews those that were used very often."""
        for lane, pool in self._pools.items():
            if (kept := self._kept.pop(lane, None)) is not None:  # a call may have taken it meanwhile
                await pool.release(kept)

    async def ping(self) -> None:
        """Raises DatabaseUnavailable unless the server answers within two seconds."""
        if self.outage.away:
            raise self.outage.refused()
        try:
            await self._answers()
        except Exception as error:  # whatever a broken connection makes of it
            raise self._failed(error) from None

    def abandon(self) -> None:
        """End every connection now: who waits for an answer on one, or for a connection, gets DatabaseUnavailable."""
        self._abandoned = True
        now = asyncio.get_running_loop().time()
        for limit in self._acquiring:
            limit.reschedule(now)
        for pool in self._pools.values():
            pool.terminate()

    async def close(self) -> None:
        """Close what can be closed within two seconds, and drop the rest: the server may never answer."""
        await self._watch.stop()
        await self._give_back()
        if self._connection is not None:
            self._connection.terminate()
        await asyncio.gather(*(_close(pool) for pool in self._pools.values()))

    def _failed(self, error: BaseException) -> DatabaseUnavailable:
        if isinstance(error, _UNWRITABLE):
            return self.outage.unwritten(error)
        self._look.set()
        return self.outage.failed(error)

    async def _turn(self) -> None:
        """Ask whether the server answers; every second, and at once when a call has failed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_WATCH_SECONDS):
                await self._look.wait()
        self._look.clear()
        if next(self._turns) % _KEPT_TURNS == 0:
            await self._give_back()
        try:
            await self._answers()
        except Exception as error:  # whatever a broken connection makes of it
            self.outage.begin(error)
            await asyncio.sleep(_WATCH_SECONDS / 4)
        else:
            self.outage.end()

    async def _answers(self) -> None:
        """Raises what a server causes that does not answer. Where this process stood still until its time was over, as
        a machine does that is moved, that says nothing of the server, which is asked once more."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS) as limit:
                await self._ask()
                return
        except TimeoutError:
            if asyncio.get_running_loop().time() < (limit.when() or 0.0) + _STOOD_STILL_SECONDS:
                raise
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._ask()

    async def _ask(self) -> None:
        """A connection that was cut, as by a fail-over, says nothing of the server: then on a new one."""
        async with self._asking:
            if self._connection is not None and not self._connection.is_closed():
                with contextlib.suppress(Exception):
                    await self._ask_on(self._connection)
                    return
            await self._ask_on(await asyncpg.connect(self._url, server_settings={"application_name": WATCH}))

    async def _ask_on(self, connection: Any) -> None:
        """It is kept where the server answers, and dropped otherwise."""
        self._connection = connection
        try:
            await connection.fetchval("SELECT 1")
        except BaseException:
            connection.terminate()
            self._connection = None
            raise


async def _pool(url: str, most: int, seconds: float) -> asyncpg.Pool[Any]:
    pool: asyncpg.Pool[Any] = asyncpg.create_pool(
        url,
        min_size=0,  # it connects when somebody needs it, and not again and again to a server that is away
        max_size=most,
        timeout=CONNECT_SECONDS,
        command_timeout=seconds,
        statement_cache_size=512,
        init=arrays.use_own,
        reset=_keep,
        # An acknowledged message survives power loss, whatever the server's default is.
        server_settings={
            "synchronous_commit": "on",
            "application_name": "sodam",
            # Milliseconds for which a process that stands still amid a transaction holds others up.
            "idle_in_transaction_session_timeout": "10000",
        },
    )
    await pool
    return pool


def _closed(connection: Any) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # it went back to its pool when it broke
        return True


def _drop(connection: Any) -> None:
    if not _closed(connection):
        connection.terminate()


async def _close(pool: asyncpg.Pool[Any]) -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await pool.close()
    except (*GONE, asyncpg.PostgresError, asyncpg.InterfaceError):
        pool.terminate()
