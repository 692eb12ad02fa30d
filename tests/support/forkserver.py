"""Servers without the second that every Python process takes to import their modules: one process has them, and forks.

The forked process is a server as `python -m sodam serve` is one: own environment, directory, descriptors, signals. Run
as a program, this file is the process that forks; a test process starts one when it first needs it, and it ends with
the test process.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, Final, NoReturn, Protocol

from sodam.cli.main import finish, read

_LARGEST_ORDER: Final = 1 << 20
CONSTANTS: Final = "TEST_CONSTANTS"
"""Variable: constants of the server that are others in a test, as ``constants`` writes them."""
SHORT_LEASE: Final = {"sodam.outbox.service.LEASE_MS": 3000}
"""What a killed process had taken of the outbox another takes soon."""
SERVE: Final = ("serve",)
"""What a server is started with; the rest stands in its environment."""


PATIENT: Final = {"sodam.storage.pools.ANSWER_SECONDS": 30}
"""Those of every server that says nothing else of them: a database that is held up by a busy machine is not away. A
test of one that hangs sets fewer seconds."""


def constants(**values: int | list[int]) -> dict[str, str]:
    """The variable that gives a server these constants, by their full names."""
    return {CONSTANTS: json.dumps(values)}


class Process(Protocol):
    """What the tests use of a ``subprocess.Popen``."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def kill(self) -> None: ...


class Forked:
    """A process that the fork server made. Used as a ``subprocess.Popen`` is."""

    def __init__(self, pid: int, ended: int) -> None:
        self.pid = pid
        self._ended = ended
        self._code: int | None = None

    def poll(self) -> int | None:
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, negative for a signal. Raises subprocess.TimeoutExpired."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("sodam serve", timeout or 0)
        return code

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout: float | None) -> int | None:
        if self._code is None and select.select([self._ended], [], [], timeout)[0]:
            text = os.read(self._ended, 16)
            os.close(self._ended)
            self._code = int(text) if text else -signal.SIGKILL  # the fork server itself has ended
        return self._code


class ForkServer:
    """The process that forks, and the socket on which it takes orders."""

    def __init__(self) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LARGEST_ORDER)
            command = [sys.executable, "-m", "tests.support.forkserver", str(other.fileno())]
            root = Path(__file__).parents[2]
            self._process = subprocess.Popen(
                command, cwd=root, stdin=subprocess.DEVNULL, pass_fds=[other.fileno()], start_new_session=True
            )

    def start(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdout: IO[bytes],
        stderr: IO[bytes],
        files: int | None = None,
    ) -> Forked:
        """Run ``sodam`` with these arguments; `files` is its limit of open files."""
        order = {"arguments": list(arguments), "cwd": str(cwd), "env": dict(env), "files": files}
        ended, ending = os.pipe()
        try:
            descriptors = array.array("i", [stdout.fileno(), stderr.fileno(), ending])
            self._socket.sendmsg([json.dumps(order).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        finally:
            os.close(ending)
        answer = self._socket.recv(64)
        assert answer, "the process that forks servers has ended"
        return Forked(int(answer), ended)

    def close(self) -> None:
        """End it, once no server runs any more."""
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)


@cache
def fork_server() -> ForkServer:
    """The fork server of this process, started when first asked for; it ends with this process."""
    server = ForkServer()
    atexit.register(server.close)
    return server


def _serve(orders: socket.socket) -> None:
    """Fork for each order, and report who ended, until the test process is no more."""
    alarm, bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(bell)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    ends: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([orders.fileno(), alarm], [], [])
        if alarm in ready:
            os.read(alarm, 4096)
            for pid in list(ends):
                _report(pid, ends)
        if orders.fileno() in ready:
            data, ancillary, _, _ = orders.recvmsg(_LARGEST_ORDER, socket.CMSG_SPACE(3 * 4))
            if not data:
                return
            stdout, stderr, ending = array.array("i", ancillary[0][2])
            pid = os.fork()
            if pid == 0:
                orders.detach()
                _become(json.loads(data), stdout, stderr)
            ends[pid] = ending
            os.close(stdout)
            os.close(stderr)
            orders.send(str(pid).encode())


def _report(pid: int, ends: dict[int, int]) -> None:
    found, status = os.waitpid(pid, os.WNOHANG)
    if found:
        ending = ends.pop(pid)
        with contextlib.suppress(BrokenPipeError):
            os.write(ending, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(ending)


def _become(order: dict[str, Any], stdout: int, stderr: int) -> NoReturn:
    """In the forked process: be the command, and end as it does, without taking all modules apart first."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.closerange(3, 1024)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    if order["files"] is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (order["files"], order["files"]))
    for name, value in json.loads(os.environ.get(CONSTANTS, "{}")).items():
        module, _, constant = name.rpartition(".")
        found = importlib.import_module(module)
        assert hasattr(found, constant), f"{name} is none"
        setattr(found, constant, value)
    gc.enable()
    os._exit(_run(order["arguments"]))


@cache
def _command(arguments: tuple[str, ...]) -> Callable[[], object]:
    """Understanding a command line takes a tenth of a second: what most servers are started with is read once."""
    return read(arguments)


def _run(arguments: list[str]) -> int:
    try:
        code = finish(_command(tuple(arguments)))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    return code


if __name__ == "__main__":
    gc.disable()
    # With what a server imports only when it has begun.
    for module in ("nats", "uvicorn.lifespan.on", "uvicorn.protocols.http.httptools_impl", "sodam.cli.serve"):
        importlib.import_module(module)
    _command(SERVE)
    gc.freeze()  # what is shared stays so
    _serve(socket.socket(fileno=int(sys.argv[1])))
