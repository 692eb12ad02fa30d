"""Communities in the official web SDK: found, joined, listed, written to and left."""

from __future__ import annotations

import pytest

from scene import SignIn, UserId
from test_group_life import create
from test_group_messages import history, texts, write
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory, ServerProcess
from tests.support.waiting import eventually


async def switch_on(server: ServerProcess) -> None:
    async with ConsoleClient(server.url) as root:
        await root.login()
        settings = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
        await root.call("im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=settings["Version"], Community=True)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_community(server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    await switch_on(server)
    ann_id, bob_id, city = user_id("ann"), user_id("bob"), "@TGS#_" + user_id("city")
    ann, bob = await sign_in_at(server, ann_id), await sign_in_at(server, bob_id)
    made = await create(ann, city, "Community")
    assert (made["type"], made["groupID"], made["isSupportTopic"]) == ("Community", city, False)
    joined = await bob.call("joinGroup", {"groupID": city})
    assert joined["status"] == "JoinedSuccess"
    found = await bob.call("getGroupMemberList", {"groupID": city, "count": 30, "offset": 0})
    assert [(m["userID"], m["role"]) for m in found["memberList"]] == [(ann_id, "Owner"), (bob_id, "Member")]
    await write(ann, city, "hello")
    await bob.wait_until(lambda: texts(bob) == ["hello"])
    assert "hello" in [m["payload"].get("text") for m in await history(bob, city)]
    await ann.call("setGroupMemberRole", {"groupID": city, "userID": bob_id, "role": "Admin"})
    await ann.call("setGroupAttributes", {"groupID": city, "groupAttributes": {"a": "1"}})
    attributes = await bob.call("getGroupAttributes", {"groupID": city, "keyList": []})
    assert attributes["groupAttributes"] == {"a": "1"}
    again = await sign_in_at(server, bob_id)

    async def listed() -> list[str]:
        return [g["groupID"] for g in (await again.call("getGroupList"))["groupList"]]

    await eventually(listed, [city])
    await again.call("quitGroup", city)
    await ann.call("dismissGroup", city)
