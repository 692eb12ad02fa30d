"""Sodam itself, on SQLite or on PostgreSQL, started as its users start it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from bench.plan import Address
from bench.processes import answers_http, free_port, running, wait_until
from bench.targets import postgres, receiver
from bench.targets.base import KEY, SDKAPPID, Started

Webhooks = Literal["", "taken", "waiting"]
_PROGRAM = Path(sys.executable).parent / "sodam"


class Sodam:
    """`sodam serve`, with every rule on and full durability: nothing is configured but where it listens."""

    def __init__(
        self,
        on_postgres: bool,
        *,
        counted: bool = True,
        webhooks: Webhooks = "",
        apart: bool = False,
    ) -> None:
        """``counted`` False: without statistics and troubleshooting log, to see what they cost. ``webhooks``:
        a receiver takes every message, or is away, so that all are written and wait; ``apart``: a second process
        delivers, so that the first only serves.

        The receiver and the second process are not counted, nor what the database does for the latter.
        """
        self._on_postgres = on_postgres
        self._webhooks = webhooks
        self._apart = apart
        self._more = {} if counted else dict.fromkeys(("SODAM_STATISTICS", "SODAM_TROUBLESHOOTING"), "off")
        self.name = ("sodam-postgres" if on_postgres else "sodam") + ("" if counted else "-uncounted")
        if webhooks:
            self._more["SODAM_ROOT_PASSWORD"] = receiver.PASSWORD
            self.name += "-webhooks" if webhooks == "taken" else "-webhooks-waiting"
        if apart:
            self.name += "-apart"

    def unavailable(self) -> str:
        return not_installed() or (postgres.unavailable() if self._on_postgres else "")

    def version(self) -> str:
        database = postgres.version() if self._on_postgres else f"SQLite (apsw {version('apsw')})"
        return f"{self.name}: {build()}, {database}"

    @contextlib.contextmanager
    def start(self, folder: Path, workload: str) -> Iterator[Started]:
        with contextlib.ExitStack() as stack:
            more = dict(self._more)
            databases: tuple[int, ...] = ()
            beside: tuple[int, ...] = ()
            if self._on_postgres:
                database = stack.enter_context(postgres.postgres(folder))
                more["SODAM_DATABASE_URL"], databases = database.url, (database.pid,)
            if self._apart:
                beside = (stack.enter_context(serve(folder, more, name="working"))[1],)
                more["SODAM_BACKGROUND_WORK"] = "off"
            address, pid = stack.enter_context(serve(folder, more, workload))
            if self._webhooks:
                away = self._webhooks == "waiting"
                to = free_port() if away else stack.enter_context(receiver.receiver(folder))
                receiver.configure(address.port, to)
            yield Started(address, (pid,), databases, beside)


@contextlib.contextmanager
def serve(folder: Path, more: dict[str, str], workload: str = "", name: str = "sodam") -> Iterator[tuple[Address, int]]:
    """One process, ready when entered: its address and its process id."""
    port = free_port()
    data = folder / f"data-{name}"
    data.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SODAM_")}
    env = inherited | {
        "SODAM_HOST": "127.0.0.1",
        "SODAM_PORT": str(port),
        "SODAM_DATA_DIR": str(data),
        "SODAM_BOOTSTRAP_APP": f"{SDKAPPID}:{KEY}:Flagship",
        **more,
    }
    log = folder / f"{name}.log"
    command = [str(_PROGRAM), "serve"]
    if workload == "fanout":
        command = [sys.executable, "-m", "bench.targets.fanout_server"]
        env["PYTHONPATH"] = str(Path(__file__).parents[2])
    with running(command, log, env=env, cwd=folder) as process:
        wait_until(lambda: answers_http(port, "/readyz"), process, log)
        yield Address("sodam", "127.0.0.1", port, port, SDKAPPID, KEY), process.pid


def not_installed() -> str:
    """Empty, or what to do."""
    return "" if _PROGRAM.exists() else f"{_PROGRAM} is missing: run make install"


def build() -> str:
    """Version and commit of Sodam, and Python's version."""
    here = Path(__file__).parent
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False, cwd=here
    ).stdout.strip()
    return f"{version('sodam')} {commit}, Python {sys.version.split()[0]}"
