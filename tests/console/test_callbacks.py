"""The configuration of callbacks through the console's actions: what is refused, whom it is shown, when it pauses."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.console.test_apps import new_app
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess


async def test_what_is_refused(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "callback refusals")).app
    other = (await new_app(root, console_server, "callbacks of others")).app
    version = (await root.call("im/DescribeCallBack", SDKAppID=app))["Version"]

    async def put(**fields: Any) -> dict[str, Any]:
        return await root.call("im/SetCallBack", SDKAppID=app, Version=version, **fields)

    wrong = ({"Url": "https://ba--ck.example"}, {"Commands": ["Group.CallbackNever"]}, {"Token": "é"}, {"Retry": "no"})
    for fields in wrong:
        with pytest.raises(Refused):
            await put(**fields)
    with pytest.raises(Refused, match="NoCallbackUrl"):
        await root.call("im/SendTestCallback", SDKAppID=app, Command="State.StateChange")
    set_ = await put(Url="https://back.example:443/im", Token="secret", Commands=["Sns.CallbackFriendAdd"])
    assert (set_["TokenSet"], set_["PausedUntil"], "secret" in str(set_)) == (True, 0, False)
    assert [c["Switch"] for c in set_["Commands"] if c["On"]] == ["Sns.CallbackFriendAdd"]
    version = set_["Version"]
    with pytest.raises(Refused, match="CallbackPorts"):
        await put(Url="https://back.example:4433/im")
    assert (await put(Url="https://back.example:4433/im", Confirmed=True))["Url"].endswith(":4433/im")
    with pytest.raises(Refused):
        await root.call("im/ResendCallback", SDKAppID=other, DeliveryId=1)
    assert (await root.call("im/DescribeCallBack", SDKAppID=other))["Url"] == ""


async def test_a_dead_receiver_shows(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "dead receiver")).app
    version = (await root.call("im/DescribeCallBack", SDKAppID=app))["Version"]
    command = "Group.CallbackAfterCreateGroup"
    at = {"SDKAppID": app, "Version": version}
    set_ = await root.call("im/SetCallBack", **at, Url="http://127.0.0.1:9/", Commands=[command])
    assert not set_["Refused"], "private addresses may be called, unless the operator denies them"
    for name in "abcdefg":
        await root.call("im/CreateGroup", SDKAppID=app, Name=name, Type="Public")
    end = time.monotonic() + 60
    while not (shown := await root.call("im/DescribeCallBack", SDKAppID=app))["PausedUntil"]:
        assert time.monotonic() < end, shown
        await asyncio.sleep(0.1)
    assert shown["Waiting"] == 7
    log = await root.call("im/DescribeCallbackLog", SDKAppID=app, Command=command, FailedOnly=True)
    assert {one["Outcome"] for one in log["Deliveries"]} == {"connect"}
