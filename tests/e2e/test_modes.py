"""Nobody else on the machine reads messages and keys, however lax the umask and whoever made the directory."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sodam.storage import open_database
from tests.support.server import ServerFactory, ServerProcess


@pytest.fixture
def lax() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(directory: Path) -> dict[str, int]:
    found = {}
    for path in directory.iterdir():
        with contextlib.suppress(FileNotFoundError):  # gone meanwhile
            if path.is_file():
                found[path.name] = mode(path)
    return found


def sodam(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sodam", *arguments, "--data-dir", str(directory)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def warnings(server: ServerProcess) -> list[str]:
    return [line["problem"] for line in server.log_lines() if "open to others" in str(line.get("event"))]


@pytest.mark.usefixtures("lax")
async def test_what_the_server_makes(server_factory: ServerFactory) -> None:
    server = server_factory()
    assert (await server.rest("im_open_login_svc/account_import", {"UserID": "u1"}))["ErrorCode"] == 0
    data = server.directory / "data"
    assert mode(data) == 0o700
    assert modes(data).keys() >= {"sodam.db", "sodam.db-wal", "sodam.db-shm", "sodam.lock"}
    assert set(modes(data).values()) == {0o600}
    assert warnings(server) == []
    server.stop()

    # As an older version, or somebody else, has left it.
    data.chmod(0o755)
    for path in data.iterdir():
        path.chmod(0o644)
    (data / "sodam.db-wal").touch(0o644)
    server.start()
    assert mode(data) == 0o755  # whoever made it may have meant it
    assert set(modes(data).values()) == {0o600}
    (problem,) = warnings(server)
    assert "chmod 700" in problem
    doctor = sodam(data, "doctor")
    assert "rights" in doctor.stdout
    assert "chmod 700" in doctor.stdout
    server.stop()

    target = data.parent / "relations.jsonl"
    target.touch(0o644)
    made = sodam(data, "relations", "export", "--sdkappid", str(server.sdkappid), str(target))
    assert made.returncode == 0, made.stderr
    assert mode(target) == 0o600


@pytest.mark.usefixtures("lax")
async def test_what_is_opened_without_a_server(tmp_path: Path) -> None:
    directory = tmp_path / "below" / "data"
    database = await open_database(None, directory)
    await database.execute("DELETE FROM server_state")
    assert mode(directory) == 0o700
    assert set(modes(directory).values()) == {0o600}
    await database.close()
