"""Starting servers and being sure that they stop: nothing outlives the benchmark."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.ports import Reserved

OPEN_FILES = 20_000
"""File descriptors that a server and the load client are given: 5 000 connections and room."""

_held: list[Reserved] = []
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class TargetError(RuntimeError):
    """A target cannot be started; the message says why and what would help."""


def free_port() -> int:
    """A TCP port on the loopback that nobody uses, nor is given as long as this process runs."""
    _held.append(Reserved())
    return _held[-1].number


@contextlib.contextmanager
def run_folder(parent: Path) -> Iterator[Path]:
    """A fresh folder for one run's data, removed afterwards. Refuses a memory file system: syncs would cost nothing."""
    parent.mkdir(parents=True, exist_ok=True)
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(parent)], capture_output=True, text=True, check=True)
    if kind.stdout.strip() in ("tmpfs", "ramfs"):
        raise TargetError(f"{parent} is a memory file system; name a folder on a disk with --dir")
    folder = Path(tempfile.mkdtemp(prefix="sodam-bench-", dir=parent))
    folder.chmod(0o755)  # servers that refuse to run as root run as another user
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged_user(*names: str) -> str | None:
    """The first of these users that exists when we are root, else None: run as who we are."""
    if os.geteuid() != 0:
        return None
    for name in names:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise TargetError(f"none of the users {', '.join(names)} exists")


def give_to(folder: Path, user: str | None) -> Path:
    """Create a private folder that belongs to the user."""
    folder.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    return folder


def prepare_child() -> None:
    """In a child: die with the benchmark, even when that is killed with -9, and be allowed enough open files."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, hard), hard))


@contextlib.contextmanager
def running(
    command: Sequence[str],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
    grace: float = 15.0,
    cwd: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a process group of its own; leave with the group stopped, by force after `grace` seconds."""
    groups = [pwd.getpwnam(user).pw_gid] if user is not None else None
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            user=user,
            group=groups[0] if groups else None,
            extra_groups=groups,
            start_new_session=True,
            preexec_fn=prepare_child,
        )
    try:
        yield process
    finally:
        _stop(process, stop, grace)


def _stop(process: subprocess.Popen[bytes], how: signal.Signals, grace: float) -> None:
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    # The leader's group holds whatever it left behind; when it is empty there is nothing to kill.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float = 60.0) -> None:
    """Poll until the server says that it is ready. Raises `TargetError` with the end of its log otherwise."""
    deadline = time.monotonic() + seconds
    while not ready():
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            state = f"ended with {process.returncode}" if ended else f"was not ready after {seconds:.0f} s"
            raise TargetError(f"{Path(str(process.args[0])).name} {state}:\n{tail}")  # type: ignore[index]
        time.sleep(0.05)


def answers_http(port: int, path: str) -> bool:
    """Whether a GET is answered with 200."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return connection.recv(64).split(b" ", 2)[1:2] == [b"200"]
    return False


def accepts(port: int) -> bool:
    """Whether something listens."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False
