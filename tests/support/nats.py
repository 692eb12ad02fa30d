"""A real nats-server process that tests may stop and start again at the same address."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

from tests.support.guard import guarded
from tests.support.ports import Reserved

_BINARY: Final = Path(sys.executable).parent / "nats-server"
_START_SECONDS: Final = 60.0


class Nats:
    """`directory` takes the log. Its port stays the same."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._port = Reserved()
        self._monitor = ""
        self._process: subprocess.Popen[bytes] | None = None
        self.log = directory / "nats.log"
        self.start()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._port.number}"

    def start(self) -> None:
        assert self._process is None
        for stale in self._directory.glob("nats-server_*.ports"):
            stale.unlink()
        options = [
            "-a",
            "127.0.0.1",
            "-p",
            str(self._port.number),
            "-l",
            str(self.log),
            "-m",
            "-1",
            "--ports_file_dir",
            str(self._directory),
        ]
        command = [str(_BINARY), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        guarded().watch(self._process.pid)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            if self._listens():
                return
            assert self._process.poll() is None, f"nats-server ended: {self.log.read_text()}"
            assert time.monotonic() < deadline, "nats-server did not listen"
            time.sleep(0.01)

    def stop(self) -> None:
        """End it at once; clients see a broken connection."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def runs(self) -> bool:
        return self._process is not None

    async def follows(self, pid: int, subject: str) -> bool:
        """Whether the server has taken a subscription of a process. Until then hints for it go nowhere."""
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            answer = await client.get(f"{self._monitor}/connz", params={"subs": 1, "limit": 1024})
        return any(
            connection.get("name", "").split()[-1:] == [str(pid)]
            and f"sodam.{subject}" in connection.get("subscriptions_list", ())
            for connection in answer.json()["connections"]
        )

    def _listens(self) -> bool:
        """It writes its ports when it does."""
        for path in self._directory.glob("nats-server_*.ports"):
            with contextlib.suppress(ValueError):  # half written
                ports = json.loads(path.read_text())
                self._monitor = str(ports["monitoring"][0])
                return bool(ports["nats"])
        return False
