"""``sodam root password``."""

from __future__ import annotations

import os
import subprocess
import sys

import pyotp

from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerFactory


def reset(data_dir: str, *words: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("SODAM_")}
    command = [sys.executable, "-m", "sodam", "root", "password", *words, "--data-dir", data_dir]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=180, check=True)
    return done.stdout.strip().removeprefix("root / ")


async def test_reset(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD})
    async with ConsoleClient(server.url) as root:
        await root.login()
        secret = (await root.call("session/BeginMFA", Password=PASSWORD))["Secret"]
        await root.call("session/ConfirmMFA", Code=pyotp.TOTP(secret).now())
    server.stop()
    data = str(server.directory / "data")
    made = reset(data)
    server.start()
    async with ConsoleClient(server.url) as root:
        assert not (await root.login(password=made))["MFA"]
    server.stop()
    assert reset(data, "Chosen-by-me-1") == "Chosen-by-me-1"
    server.start()
    async with ConsoleClient(server.url) as root:
        await root.login(password="Chosen-by-me-1")
