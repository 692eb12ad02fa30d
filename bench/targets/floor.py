"""The floor: the least that a server in this language could do, see `floor_server`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bench.plan import Address
from bench.processes import accepts, free_port, running, wait_until
from bench.targets.base import KEY, SDKAPPID, Started


class Floor:
    """One bare process, SQLite."""

    name = "floor"

    def unavailable(self) -> str:
        return ""

    def version(self) -> str:
        parts = " ".join(f"{name} {version(name)}" for name in ("uvloop", "picows", "msgspec", "apsw", "uvicorn"))
        return f"floor: Python {sys.version.split()[0]} {parts}"

    @contextlib.contextmanager
    def start(self, folder: Path, workload: str) -> Iterator[Started]:
        port, http_port = free_port(), free_port()
        log = folder / "floor.log"
        command = [sys.executable, "-m", "bench.targets.floor_server", str(folder / "f.db"), str(port), str(http_port)]
        with running(command, log) as process:
            wait_until(lambda: accepts(port) and accepts(http_port), process, log)
            yield Started(Address("floor", "127.0.0.1", port, http_port, SDKAPPID, KEY), (process.pid,))
