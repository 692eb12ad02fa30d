"""Fixtures that any test may ask for. What they start is real, and stopped when the test or the run ends."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
import uvloop
from httpx._config import DEFAULT_TIMEOUT_CONFIG
from hypothesis import HealthCheck, settings

from sodam.access import passwords
from sodam.settings import PASSWORD_MEMORY
from sodam.storage import Database, open_database, pools
from tests.support.barrier import Gate
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.forkserver import PATIENT
from tests.support.nats import Nats
from tests.support.postgres import Postgres
from tests.support.seeds import DRAWN
from tests.support.server import Engine, ServerFactory, ServerProcess
from tests.support.sqlite import prepare


def _keep_bytecode() -> None:
    """Let this process and what it starts keep compiled modules: a server then starts in a third of the time.

    They go beside the environment, so that the sources' directories stay as they are, also where the machine asks for
    no bytecode or the installer made none.
    """
    place = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "pycache"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.pycache_prefix, sys.dont_write_bytecode = place, False


_keep_bytecode()
# Tests run in the loop that the server runs in; it needs a fifth less of the processor than asyncio's own.
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


# Five seconds are what httpx waits where nothing else is said.
for _name in ("connect", "read", "write", "pool"):
    setattr(DEFAULT_TIMEOUT_CONFIG, _name, 60.0)
for _name, _value in PATIENT.items():  # for servers within the test's own process
    setattr(importlib.import_module(_name.rpartition(".")[0]), _name.rpartition(".")[2], _value)
pools.COMMAND_SECONDS = pools._ACQUIRE_SECONDS = 60.0  # type: ignore[misc]  # the same of a statement, and of its turn

# No example has a time of its own (200 ms by default): a busy machine needs longer now and then.
settings.register_profile(
    "one seed",
    derandomize=not DRAWN,
    database=None,
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow,),
)
settings.load_profile("one seed")

_LONGEST: Final = 900
"""Seconds that a test of a usual run may take on a busy machine; the longest take one minute on a quiet one."""
_LONGEST_FIRST: Final = ("console_e2e", "fault", "sdk", "clients", "e2e", "fuzz", "gateway", "console")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that take long come first, so that what is left at the end can be divided among the processes."""

    def rank(item: pytest.Item) -> int:
        found = [rank for rank, name in enumerate(_LONGEST_FIRST) if name in item.path.parts]
        return found[0] if found else len(_LONGEST_FIRST)

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """What all test modules hold stays to the end: the collector, which runs in most tests, need not look at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _ends(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that waits for what never comes fails, instead of holding up the run."""
    if request.node.get_closest_marker("long"):
        yield
        return

    def expired(*_: object) -> None:
        raise TimeoutError(f"the test has not ended within {_LONGEST} seconds")

    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(_LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def _cheap_passwords() -> None:
    """Hashing at full cost takes a quarter of a second; tests/unit/access/test_passwords.py sees it once."""
    passwords.use_memory(PASSWORD_MEMORY[0])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A database with all tables and no rows."""
    url = postgres.migrated()
    yield url
    postgres.give_back(url)


@pytest.fixture
def blank_postgres_url(postgres: Postgres) -> Iterator[str]:
    """A database without tables, for tests of the first start and of migrations."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[Nats]:
    """A NATS server of the test's own, which it may stop and start."""
    directory = tmp_path / "nats"
    directory.mkdir()
    with Nats(directory) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Both engines, one after the other: whoever asks for it is a contract test."""
    value: Engine = request.param
    return value


@pytest_asyncio.fixture
async def database(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An opened, migrated, empty database of the engine at hand."""
    url: str | None = request.getfixturevalue("postgres_url") if engine == "postgres" else None
    opened = await open_database(url, prepare(tmp_path))
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def gate(database: Database) -> Gate:
    """``database`` behind a gate, for tests that hold two writers at the same place (tests/support/barrier.py)."""
    return Gate(database)


@pytest.fixture
def server_factory(tmp_path: Path, postgres: Postgres, request: pytest.FixtureRequest) -> Iterator[ServerFactory]:
    """Servers of the test's own, which it may kill. An error in a log fails the test."""
    started: list[ServerProcess] = []
    urls: list[str] = []

    def start(
        engine: Engine = "sqlite",
        nodes: int = 1,
        nats: bool = False,
        env: dict[str, str] | None = None,
        *,
        fresh: bool = False,
    ) -> ServerProcess:
        assert nodes == 1 or engine == "postgres", "SQLite belongs to one process"
        settings = dict(env or {})
        if engine == "postgres":
            urls.append(postgres.migrated())
            settings["SODAM_DATABASE_URL"] = urls[-1]
        if nats:
            settings["SODAM_NATS_URL"] = request.getfixturevalue("nats_server").url
        together = []
        for _ in range(nodes):
            directory = tmp_path / f"node{len(started)}"
            directory.mkdir()
            together.append(ServerProcess(directory, settings, fresh=fresh))
            started.append(together[-1])
        for server in together:
            server.nodes = together
            server.nats = request.getfixturevalue("nats_server") if nats else None
        return together[0]

    yield start
    for server in started:
        server.kill()
    for url in urls:
        postgres.give_back(url)
    for server in started:
        server.check_log()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("shared"), {})
    yield server
    assert server.stop() == 0
    server.check_log()


@pytest.fixture
def server(shared_server: ServerProcess) -> Iterator[ServerProcess]:
    """A server on SQLite that all tests share: use UserIDs of your own and leave it running.

    A test that kills, restarts or configures takes `server_factory`.
    """
    yield shared_server
    shared_server.check_log()


class ConsoleProcesses:
    """One server after the other: the audit log has rows of 50 kinds of failures in ten minutes, of more only sums."""

    TESTS = 20

    def __init__(self, make: Callable[[], ServerProcess]) -> None:
        self._make = make
        self._served = 0
        self._now: ServerProcess | None = None

    def next(self) -> ServerProcess:
        if self._served % self.TESTS == 0:
            self.stop()
        self._served += 1
        self._now = self._now or self._make()
        return self._now

    def stop(self) -> None:
        server, self._now = self._now, None
        if server is not None:
            assert server.stop() == 0
            server.check_log()


@pytest.fixture(scope="session")
def console_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleProcesses]:
    servers = ConsoleProcesses(
        lambda: ServerProcess(tmp_path_factory.mktemp("console"), {"SODAM_ROOT_PASSWORD": PASSWORD})
    )
    yield servers
    servers.stop()


@pytest.fixture
def console_server(console_processes: ConsoleProcesses) -> Iterator[ServerProcess]:
    """A server that these tests share: use apps and names of your own."""
    server = console_processes.next()
    yield server
    server.check_log()


@pytest_asyncio.fixture
async def root(console_server: ServerProcess) -> AsyncIterator[ConsoleClient]:
    """Root, signed in."""
    async with ConsoleClient(console_server.url) as client:
        await client.login()
        yield client
