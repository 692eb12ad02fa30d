"""``@tencentcloud/lite-chat``, on which the newest UI kits stand, led here by ``connect.js``: a second client."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from driver import HERE, install, tool
from tests.support.server import SDKAPPID, Engine, ServerProcess


@pytest.fixture
def engine() -> Engine:
    """What is asked of the database is shown elsewhere on both: one is enough here."""
    return "sqlite"


WANTED: dict[str, Any] = {
    "amy signs in": None,
    "bob signs in": None,
    "a wrong signature is refused": 70003,
    "a user without a profile is found": ["bob"],
    "a profile is written": "Amy",
    "a message is sent": "hello",
    "it arrives with the nickname": "Amy",
    "it is edited": None,
    "the edit arrives": "hello again",
    "a reaction is read": [["smile", 1, True]],
    "the conversation is read": None,
    "the conversation is pinned": "C2Camy",
    "the conversation list": [["C2Camy", True, 0, "amy"]],
    "history": ["hello again"],
    "a custom message": {"data": "d", "description": "x", "extension": "y"},
    "a bundle": "two",
    "the message is recalled": None,
    "a friend is added": ["amy"],
    "a remark is written": ["Bobby"],
    "a group is made": None,
    "a group message arrives": "all",
    "it is read": None,
    "attributes": {"z": "1"},
    "members": [["amy", "Owner"], ["bob", "Member"]],
    "a member is made an administrator": None,
    "and muted": None,
    "who is muted is refused": 10017,
    "quit": None,
    "dismissed": None,
    "signed out": None,
    "features asked for": 2,
}


async def test_two_users_of_lite_chat(server: ServerProcess) -> None:
    install()
    made = await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": ["amy", "bob"]})
    assert made["ErrorCode"] == 0
    signatures = [server.usersig(user) for user in ("amy", "bob")]
    command = [tool("node"), str(HERE / "lite.mjs"), server.url, str(SDKAPPID), *signatures]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    lines = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    found = {line["step"]: line["value"] if line["ok"] else line["code"] or line["message"] for line in lines}
    assert found == WANTED, ended.stderr[-2000:]
