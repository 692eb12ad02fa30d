"""The floor, the least that a server in this language could do: see `floor_server`; and two that stand on it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bench.plan import Address
from bench.processes import accepts, free_port, running, wait_until
from bench.targets import postgres
from bench.targets.base import KEY, SDKAPPID, Started


class Floor:
    """One bare process, SQLite."""

    name = "floor"
    module = "bench.targets.floor_server"

    def unavailable(self) -> str:
        return ""

    def version(self) -> str:
        parts = " ".join(f"{name} {version(name)}" for name in ("uvloop", "picows", "msgspec", "apsw", "uvicorn"))
        return f"{self.name}: Python {sys.version.split()[0]} {parts}"

    @contextlib.contextmanager
    def start(self, folder: Path, workload: str) -> Iterator[Started]:
        with self._serve(folder, str(folder / "f.db")) as (address, pid):
            yield Started(address, (pid,))

    @contextlib.contextmanager
    def _serve(self, folder: Path, database: str) -> Iterator[tuple[Address, int]]:
        port, http_port = free_port(), free_port()
        log = folder / "floor.log"
        command = [sys.executable, "-m", self.module, database, str(port), str(http_port)]
        with running(command, log) as process:
            wait_until(lambda: accepts(port) and accepts(http_port), process, log)
            yield Address("floor", "127.0.0.1", port, http_port, SDKAPPID, KEY), process.pid


class Least(Floor):
    """The floor with what a server of this protocol cannot leave out."""

    name = "floor-least"
    module = "bench.targets.floor_least"


class FloorOnPostgres(Floor):
    """The floor with its rows in PostgreSQL."""

    name = "floor-postgres"
    module = "bench.targets.floor_postgres"

    def unavailable(self) -> str:
        return postgres.unavailable()

    @contextlib.contextmanager
    def start(self, folder: Path, workload: str) -> Iterator[Started]:
        with postgres.postgres(folder) as database, self._serve(folder, database.url) as (address, pid):
            yield Started(address, (pid,), (database.pid,))
