"""``@tencentcloud/lite-chat``, on which the newest UI kits stand, led here by ``connect.js``: a second client."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from driver import HERE, install, tool
from lite_wanted import CALLED_IN, WANTED
from tests.support.server import KEY, SDKAPPID, ServerProcess

USERS = ("amy", "bob", "cat", "dan")


SETTINGS = """
[[app]]
sdkappid = {app}
name = "{name}"
key = "{key}"
plan = "Flagship"
[app.settings.accounts]
user_status = true
[app.settings.messages]
cloud_search = true
message_extension = true
[app.settings.groups]
community = true
community_topics = true
work_receipts = true
public_receipts = true
[[app.group_fields]]
name = "floor"
[[app.group_fields.rights]]
type = "Public"
read = "anyone"
write = "admin"
[[app.group_member_fields]]
name = "desk"
[[app.group_member_fields.rights]]
type = "Public"
read = "anyone"
write = "admin"
"""
APPS = {name: SDKAPPID + 10 + at for at, name in enumerate(WANTED)}
"""Each walk has an app of its own."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    place = tmp_path_factory.mktemp("lite")
    texts = (SETTINGS.format(app=app, name=name, key=KEY) for name, app in APPS.items())
    (place / "apps.toml").write_text("".join(texts))
    started = ServerProcess(place, {"SODAM_APPLY": str(place / "apps.toml")})
    yield started
    assert started.stop() == 0
    started.check_log()


def walked(server: ServerProcess, name: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What each step gave, or the code of its refusal; the package's methods, and those that were called."""
    signatures = [*map(server.usersig, USERS), server.usersig("amy", expire=60, now=int(time.time()) - 3600)]
    command = [tool("node"), str(HERE / f"{name}.mjs"), server.url, str(server.sdkappid), *signatures]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    lines = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    assert lines, ended.stderr[-2000:]
    steps = [line for line in lines if "step" in line]
    return {line["step"]: line["value"] if line["ok"] else line["code"] or line["message"] for line in steps}, lines[-1]


@pytest.mark.parametrize("name", [*WANTED])
async def test_lite_chat(server: ServerProcess, name: str) -> None:
    install()
    server.sdkappid = APPS[name]
    made = await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": [*USERS]})
    assert made["ErrorCode"] == 0
    found, methods = walked(server, name)
    assert found == WANTED[name]
    assert {method for method, where in CALLED_IN.items() if where == name} <= set(methods["called"])
    assert set(methods["methods"]) == set(CALLED_IN), "each method is called somewhere, or is said not to be"
