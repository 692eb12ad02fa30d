"""`sodam serve` as a process: started, asked, killed, restarted; its log is watched."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final, Literal, Protocol

import httpx

from sodam import usersig
from sodam.bus import of_user
from sodam.settings import PASSWORD_MEMORY
from tests.support.forkserver import CONSTANTS, PATIENT, SERVE, Process, fork_server
from tests.support.guard import guarded
from tests.support.nats import Nats
from tests.support.ports import Reserved
from tests.support.sqlite import prepare

Engine = Literal["sqlite", "postgres"]

SDKAPPID: Final = 1400000042
KEY: Final = "5a3c0e1b7d9f2468ace013579bdf02468ace13579bdf02468ace13579bdf0246"
_START_SECONDS: Final = 120.0
_STOP_SECONDS: Final = 90.0


class ServerProcess:
    """One running server with one app, of plan Flagship. `nodes` lists all of its cluster, itself included."""

    def __init__(self, directory: Path, env: Mapping[str, str], name: str = "server", *, fresh: bool = False) -> None:
        """`fresh`: it starts as a command does, also where a forked one would be as good (see forkserver.py)."""
        self.directory = directory
        self.sdkappid = SDKAPPID
        self.key = KEY
        self.nodes: list[ServerProcess] = [self]
        self.log = directory / f"{name}.log"
        self.output = directory / f"{name}.out"
        self.nats: Nats | None = None
        """What its cluster has for a bus, where that is NATS of a test's own."""
        self.exit_code: int | None = None
        self.started_in = 0.0
        """Seconds from starting the process to its port answering."""
        self._env = {
            **{variable: value for variable, value in os.environ.items() if not variable.startswith("SODAM_")},
            "SODAM_DATA_DIR": str(directory / "data"),
            "SODAM_BOOTSTRAP_APP": f"{SDKAPPID}:{KEY}:Flagship",
            "SODAM_LOG_FORMAT": "json",
            "SODAM_PASSWORD_MEMORY": str(PASSWORD_MEMORY[0]),
            **env,
            CONSTANTS: json.dumps(PATIENT | json.loads(env.get(CONSTANTS, "{}"))),
        }
        self.files: int | None = None
        """Its limit of open files, from the next start on."""
        self._fresh = fresh
        self._port = Reserved()
        self._process: Process | None = None
        self._allowed: list[str] = []
        self._checked = 0
        if not fresh and self.database_url is None:
            prepare(directory / "data")
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        """What it is started with, for a test that starts it otherwise."""
        return dict(self._env)

    @property
    def database_url(self) -> str | None:
        """Of PostgreSQL."""
        return self._env.get("SODAM_DATABASE_URL")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port.number}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self._port.number}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server does not run"
        return self._process.pid

    def usersig(self, user_id: str, *, expire: int = 86400, now: int | None = None) -> str:
        return usersig.generate(
            self.sdkappid, self.key, user_id, expire=expire, now=int(time.time()) if now is None else now
        )

    def query(self, identifier: str = "administrator") -> dict[str, str]:
        """Of a call of REST."""
        return {
            "sdkappid": str(self.sdkappid),
            "identifier": identifier,
            "usersig": self.usersig(identifier),
            "random": "1",
            "contenttype": "json",
        }

    async def rest(
        self, command: str, body: Any, *, identifier: str = "administrator", client: httpx.AsyncClient | None = None
    ) -> dict[str, Any]:
        """Call ``/v4/<command>`` as an administrator. Give a `client` to keep the connection over many calls."""
        if client is None:
            async with httpx.AsyncClient(verify=False, trust_env=False, timeout=60) as own:
                return await self.rest(command, body, identifier=identifier, client=own)
        query = self.query(identifier)
        response = await client.post(f"{self.url}/v4/{command}", params=query, content=json.dumps(body).encode())
        assert response.status_code == 200, f"{command}: HTTP {response.status_code} {response.text[:200]}"
        answer = response.json()
        assert isinstance(answer, dict)
        return answer

    async def listens(self, user_id: str) -> bool:
        """Whether what other nodes say of a user who has signed in here reaches this one, as far as a bus that is there
        can tell: with NATS a subscription takes a moment."""
        if self.nats is None or not self.nats.runs or self._process is None:
            return True
        return await self.nats.follows(self.pid, of_user(self.sdkappid, user_id).subject)

    def start(self) -> None:
        """Start it (again): the same data, the same port as before."""
        assert self._process is None, "the server runs already"
        offset = self.log.stat().st_size if self.log.exists() else 0
        begin = time.monotonic()
        with self.log.open("ab") as log, self.output.open("ab") as output:
            self._process = self._launch(output, log)
        guarded().watch(self._process.pid)
        while True:
            if _serves(self._since(offset)):
                break
            assert self._process.poll() is None, f"the server ended with {self._process.poll()}: {self._since(offset)}"
            assert time.monotonic() < begin + _START_SECONDS, f"the server did not start: {self._since(offset)}"
            time.sleep(0.005)
        self.started_in = time.monotonic() - begin

    def _launch(self, output: IO[bytes], log: IO[bytes]) -> Process:
        env = {**self._env, "SODAM_PORT": str(self._port.number)}
        if not self._fresh:
            return fork_server().start(SERVE, cwd=self.directory, env=env, stdout=output, stderr=log, files=self.files)
        command = [sys.executable, "-m", "sodam", *SERVE]
        if self.files is not None:
            command = ["sh", "-c", f'ulimit -n {self.files}; exec "$@"', "sh", *command]
        return subprocess.Popen(
            command, cwd=self.directory, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=log
        )

    def kill(self) -> None:
        """kill -9: nothing is flushed, nobody is told."""
        if self._process is not None:
            self._process.kill()
            self.exit_code = self._process.wait()
            self._process = None

    def stop(self) -> int:
        """SIGTERM, then wait for the drain; the exit code."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self.exit_code = self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"the server did not stop within {_STOP_SECONDS:.0f} s of SIGTERM") from None
            self._process = None
        assert self.exit_code is not None
        return self.exit_code

    def restart(self) -> None:
        self.stop()
        self.start()

    def allow_errors(self, *parts: str) -> None:
        """Errors whose log line contains one of these are part of what the test does."""
        self._allowed.extend(parts)

    def log_lines(self) -> list[dict[str, Any]]:
        """The log so far, one dictionary an event; a line that is not JSON as ``{"raw": line}``."""
        return [_event(line) for line in self._since(0).splitlines()]

    def check_log(self) -> None:
        """Fail on errors logged since the last call. The fixtures call it after every test."""
        text = self._since(self._checked)
        self._checked += len(text.encode())
        bad = [
            line for line in text.splitlines() if _is_error(line) and not any(part in line for part in self._allowed)
        ]
        assert not bad, "errors in the server's log:\n" + "\n".join(bad)

    def _since(self, offset: int) -> str:
        with self.log.open("rb") as file:
            file.seek(offset)
            return file.read().decode(errors="replace")


class ServerFactory(Protocol):
    """Start a server: `nodes` processes over one database (more than one needs postgres), joined by NATS if asked."""

    def __call__(
        self,
        engine: Engine = "sqlite",
        nodes: int = 1,
        nats: bool = False,
        env: dict[str, str] | None = None,
        *,
        fresh: bool = False,
    ) -> ServerProcess: ...


def _event(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {"raw": line}
    return value if isinstance(value, dict) else {"raw": line}


def _is_error(line: str) -> bool:
    event = _event(line)
    if "raw" in event:
        return "Traceback" in line or "Error" in line or line.startswith("sodam:")
    return event.get("level") in ("error", "critical") or "Traceback" in str(event.get("exception", ""))


def _serves(text: str) -> bool:
    return any(_event(line).get("event") == "serving" for line in text.splitlines())
