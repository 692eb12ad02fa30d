"""Word lists in the official web SDK: what is refused, changed and left alone, in one-to-one and group messages."""

from __future__ import annotations

import pytest

from driver import SdkClient, SdkError, texts
from scene import SignIn, UserId
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory

WORDS = [
    {"Word": "坏蛋"},
    {"Word": "dolt", "Action": "Replace", "Replacement": "friend"},
    {"Word": "odd", "Action": "Mark"},
]


async def refused(client: SdkClient, to: str, text: str, **extra: str) -> int:
    with pytest.raises(SdkError) as stopped:
        await client.send_text(to, text, **extra)
    return stopped.value.code


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_words(server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in_at(server, amy_id), await sign_in_at(server, bob_id)
    await amy.send_text(bob_id, "坏蛋")
    async with ConsoleClient(server.url) as root:
        await root.login()
        await root.call("im/AddDirtyWords", SDKAppID=server.sdkappid, Words=WORDS)
    assert await refused(amy, bob_id, "你这个坏\u200b蛋！") == 80001
    await amy.send_text(bob_id, "you dolt")
    sent = await amy.send_text(bob_id, "odd, 你好蛋")
    assert texts(await bob.wait_received(3)) == ["坏蛋", "you friend", "odd, 你好蛋"]
    assert texts(await bob.messages(amy_id)) == ["坏蛋", "you friend", "odd, 你好蛋"]
    with pytest.raises(SdkError) as stopped:
        await amy.call("updateMyProfile", {"nick": "坏 蛋"})
    assert stopped.value.code == 40005
    assert sent["status"] == "success"
    made = {"GroupId": "crew", "Name": "crew", "Type": "Public", "Owner_Account": amy_id}
    assert (await server.rest("group_open_http_svc/create_group", made))["ErrorCode"] == 0
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "坏蛋"}}]
    group = {"GroupId": "crew", "From_Account": amy_id, "Random": 1, "MsgBody": body}
    assert (await server.rest("group_open_http_svc/send_group_msg", group))["ErrorCode"] == 80001
    unchecked = {**group, "Random": 2, "SendMsgControl": ["NoMsgCheck"]}
    assert (await server.rest("group_open_http_svc/send_group_msg", unchecked))["ErrorCode"] == 0
