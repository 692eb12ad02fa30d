"""Credentials for calls against a real coturn: it lets in who has one, and nobody after it has ended."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sodam.apps.model import App, AppSettings
from sodam.calls.service import Calls
from sodam.settings import Settings
from sodam.usersig import Keys
from tests.support.ports import Reserved

pytestmark = pytest.mark.long
SECRET = "shared with coturn"


def _tool(name: str) -> str:
    if shutil.which(name) is None and os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "coturn"]
        subprocess.run(install, capture_output=True, timeout=300, check=False)
    return shutil.which(name) or pytest.skip("no coturn: install the package coturn")


@pytest.fixture
def coturn(tmp_path: Path) -> Iterator[int]:
    """The port of a TURN server on loopback that knows the secret."""
    reserved = Reserved()
    port = reserved.number
    command = [_tool("turnserver"), "-n", "-L", "127.0.0.1", "-p", str(port), "--no-cli", "--no-tls", "--no-dtls"]
    command += ["--use-auth-secret", f"--static-auth-secret={SECRET}", "-r", "sodam", "--allow-loopback-peers"]
    command += ["--log-file=stdout", "--pidfile", str(tmp_path / "pid"), "--db", str(tmp_path / "db")]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
        running.terminate()


def _relays(port: int, name: str, password: str) -> bool:
    """Whether messages pass through a relay that the credential got."""
    command = [_tool("turnutils_uclient"), "-y", "-n", "3", "-m", "1", "-e", "127.0.0.1", "-p", str(port), "-t"]
    command += ["-u", name, "-w", password, "127.0.0.1"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    print(ended.stdout[-1500:], ended.stderr[-500:])
    return ended.returncode == 0 and "Total lost packets 0" in ended.stdout


def test_coturn_lets_in_until_the_end(coturn: int) -> None:
    app = App(sdkappid=1400000042, name="calls", keys=Keys(), settings=AppSettings(calls=True))
    told = Settings(turn_urls=(f"turn:127.0.0.1:{coturn}",), turn_secret=SECRET)
    now = time.time()
    (fresh,), _ = Calls(told, lambda: now).turn(app, "amy", 60)
    (over,), _ = Calls(told, lambda: now - 120).turn(app, "amy", 60)
    assert _relays(coturn, fresh.username, fresh.credential)
    assert not _relays(coturn, over.username, over.credential)
    assert not _relays(coturn, fresh.username, over.credential)
