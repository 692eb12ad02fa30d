"""Two processes of Sodam that are one server: peers sign in to different ones, so that every message crosses."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.processes import accepts, free_port, running, wait_until
from bench.targets import postgres
from bench.targets.base import Started
from bench.targets.sodam import build, not_installed, serve

_NATS = Path(sys.executable).parent / "nats-server"


class Cluster:
    """PostgreSQL beneath; events between the processes go through it as well, or through NATS."""

    def __init__(self, with_nats: bool) -> None:
        self._with_nats = with_nats
        self.name = "cluster-nats" if with_nats else "cluster-postgres"

    def unavailable(self) -> str:
        if self._with_nats and not _NATS.exists():
            return f"{_NATS} is missing: run make dev"
        return not_installed() or postgres.unavailable()

    def version(self) -> str:
        bus = ""
        if self._with_nats:
            told = subprocess.run([_NATS, "--version"], capture_output=True, text=True, check=True).stdout
            bus = f", {told.strip()}"
        return f"{self.name}: {build()}, {postgres.version()}{bus}"

    @contextlib.contextmanager
    def start(self, folder: Path, workload: str) -> Iterator[Started]:
        with contextlib.ExitStack() as stack:
            database = stack.enter_context(postgres.postgres(folder))
            env, buses = {"SODAM_DATABASE_URL": database.url}, []
            if self._with_nats:
                url, pid = stack.enter_context(_nats(folder))
                env["SODAM_NATS_URL"] = url
                buses.append(pid)
            first, pid = stack.enter_context(serve(folder, env, name="one"))
            second, other = stack.enter_context(serve(folder, env, name="two"))
            address = msgspec.structs.replace(first, more_ports=(second.port,))
            yield Started(address, (pid, other, *buses), (database.pid,))


@contextlib.contextmanager
def _nats(folder: Path) -> Iterator[tuple[str, int]]:
    port = free_port()
    log = folder / "nats.log"
    command = [str(_NATS), "-a", "127.0.0.1", "-p", str(port)]
    with running(command, log, cwd=folder) as process:
        wait_until(lambda: accepts(port), process, log)
        yield f"nats://127.0.0.1:{port}", process.pid
