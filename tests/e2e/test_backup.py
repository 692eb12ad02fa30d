"""`sodam backup` beside a server that runs, and `sodam restore` on an empty machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.server import ServerFactory, ServerProcess


def sodam(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SODAM_DATA_DIR": str(directory)}
    environment.pop("SODAM_DATABASE_URL", None)
    command = [sys.executable, "-m", "sodam", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


async def send(server: ServerProcess, text: str) -> None:
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]
    sent = {"From_Account": "ann", "To_Account": "bob", "MsgRandom": len(text), "MsgBody": body}
    assert (await server.rest("openim/sendmsg", sent))["ErrorCode"] == 0


async def texts(server: ServerProcess) -> list[str]:
    asked = {"Operator_Account": "ann", "Peer_Account": "bob", "MaxCnt": 100, "MinTime": 0, "MaxTime": 2**31}
    answer = await server.rest("openim/admin_getroammsg", asked)
    return [one["MsgBody"][0]["MsgContent"]["Text"] for one in answer["MsgList"]]


async def test_a_server_goes_on_elsewhere(server_factory: ServerFactory, tmp_path: Path) -> None:
    server = server_factory()
    await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": ["ann", "bob"]})
    await send(server, "before")
    data = Path(server.environment["SODAM_DATA_DIR"])
    archive = tmp_path / "backup.tar.gz"
    done = sodam(data, "backup", str(archive))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("backed up: "), done.stdout
    await send(server, "afterwards")
    checked = sodam(data, "restore", "--check", str(archive))
    assert "whole, hashes are equal" in checked.stdout, checked.stderr
    refused = sodam(data, "restore", str(archive))
    assert (refused.returncode, "in use by another Sodam process" in refused.stderr) == (2, True), refused.stderr

    place = tmp_path / "elsewhere"
    place.mkdir()
    restored = sodam(place / "data", "restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    server.kill()
    other = server_factory(env={"SODAM_DATA_DIR": str(place / "data")})
    assert await texts(other) == ["before"]
    await send(other, "and on it goes")
    assert await texts(other) == ["before", "and on it goes"]
