"""`sodam serve` with SODAM_APPLY: an app without a click, the same after a restart, one line for a bad file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sodam.storage import open_database
from tests.support.server import Engine, ServerFactory, ServerProcess

APP = 1400000888
FILE = f"""
[[app]]
sdkappid = {APP}
name = "Shop"
key_env = "SHOP_KEY"
[app.settings.messages]
friend_check = true
[[user]]
name = "mina"
policies = ["QcloudIMReadOnlyAccess"]
"""


def applied(server: ServerProcess) -> list[Any]:
    return [line["changes"] for line in server.log_lines() if line.get("event") == "applied"]


async def events(server: ServerProcess) -> int:
    db = await open_database(server._env.get("SODAM_DATABASE_URL"), server.directory / "data")
    try:
        rows = await db.fetch("SELECT COUNT(*) FROM audit_event")
        return int(rows[0][0])
    finally:
        await db.close()


async def test_a_signature_made_with_the_files_key_works(
    engine: Engine, server_factory: ServerFactory, tmp_path: Path
) -> None:
    file = tmp_path / "apps.toml"
    file.write_text(FILE)
    server = server_factory(engine, env={"SODAM_APPLY": str(file), "SHOP_KEY": "from-the-file"})
    server.sdkappid, server.key = APP, "from-the-file"
    answer = await server.rest("im_open_login_svc/account_import", {"UserID": "ann"})
    assert answer["ActionStatus"] == "OK", answer
    assert applied(server) == [4]
    server.stop()
    before = await events(server)
    server.start()
    assert (await server.rest("im_open_login_svc/account_import", {"UserID": "bob"}))["ActionStatus"] == "OK"
    server.stop()
    assert applied(server) == [4, 0]
    assert await events(server) == before


def test_a_bad_file_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    file = tmp_path / "apps.toml"
    file.write_text(FILE.replace("friend_check", "freind_check"))
    env = {name: value for name, value in os.environ.items() if not name.startswith("SODAM_")}
    env |= {"SODAM_APPLY": str(file), "SHOP_KEY": "k", "SODAM_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "sodam", "serve", "--port", "0"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'sodam: apps.toml:7: unknown setting "freind_check"\n'
    assert not (tmp_path / "data" / "sodam.db").exists()
