"""The word list of an app through the console's actions: add, try, export, import, delete."""

from __future__ import annotations

from typing import Any

import pytest

from tests.console.test_apps import new_app
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess


async def whole(root: ConsoleClient, app: int) -> list[dict[str, Any]]:
    """The list in parts of 1000."""
    words: list[dict[str, Any]] = []
    cursor = ""
    while True:
        part = await root.call("im/DescribeDirtyWords", SDKAppID=app, Cursor=cursor, Limit=1000)
        words += part["Words"]
        cursor = part["Cursor"]
        if not cursor:
            assert part["TotalCount"] == len(words)
            return words


async def test_a_list_moves_to_another_app(root: ConsoleClient, console_server: ServerProcess) -> None:
    one, other = [(await new_app(root, console_server, f"words{n}")).app for n in range(2)]
    words = [{"Word": f"word{number:04}"} for number in range(2500)]
    words.append({"Word": "坏蛋", "Action": "Replace", "Replacement": "朋友"})
    added = await root.call("im/AddDirtyWords", SDKAppID=one, Words=words)
    assert added["TotalCount"] == 2501
    exported = await whole(root, one)
    await root.call("im/AddDirtyWords", SDKAppID=other, Words=exported)
    assert await whole(root, other) == exported
    tried = await root.call("im/SearchDirtyWords", SDKAppID=other, Text="a word0007, 坏蛋!")
    assert (tried["Blocked"], tried["Marked"], tried["Text"]) == (True, False, "a word0007, 朋友!")
    assert [(w["Word"], w["Action"], w["Start"], w["End"]) for w in tried["Words"]] == [
        ("word0007", "Block", 2, 10),
        ("坏蛋", "Replace", 12, 14),
    ]
    left = await root.call("im/DeleteDirtyWords", SDKAppID=other, Words=["WORD0007", "nothing"])
    assert left["TotalCount"] == 2500
    tried = await root.call("im/SearchDirtyWords", SDKAppID=other, Text="a word0007")
    assert (tried["Blocked"], tried["Words"]) == (False, [])
    with pytest.raises(Refused, match="InvalidParameter"):
        await root.call("im/AddDirtyWords", SDKAppID=one, Words=[{"Word": "\u200b"}])
