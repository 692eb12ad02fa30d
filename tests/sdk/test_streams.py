"""Messages in pieces, as the official web SDK shows them: one message that is edited, one-to-one and in groups, of the
REST commands and of the bot that is an example."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from driver import SdkClient
from scene import Server, SignIn, UserId
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.ports import Reserved
from tests.support.server import Engine, ServerFactory

ROOT = Path(__file__).resolve().parents[2]


def grown(client: SdkClient, message_id: str) -> tuple[str, int]:
    """The text as last announced, and whether it has ended."""
    data: dict[str, Any] = {"chunks": [], "isFinished": -1}
    for event in client.events:
        if event.name in ("MESSAGE_RECEIVED", "MESSAGE_MODIFIED"):
            for message in event.data:
                if message["ID"] == message_id:
                    data = json.loads(message["payload"]["data"])
    return "".join(data["chunks"]), data["isFinished"]


def answers(client: SdkClient) -> list[dict[str, Any]]:
    return [message for message in client.received() if message["type"] == "TIMCustomElem"]


def piece(words: str, index: int, stream: str = "", *, last: bool = False) -> dict[str, Any]:
    chunk = {"EventType": "data", "Index": index, "Markdown": words, "IsLast": last}
    content = {"Chunks": [chunk], "CompatibleText": "update", **({"StreamMsgID": stream} if stream else {})}
    return {"MsgRandom": 1, "MsgBody": [{"MsgType": "TIMStreamElem", "MsgContent": content}]}


async def test_streams_grow(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, robot = user_id("amy"), "@RBT#" + user_id("r")
    amy = await sign_in(amy_id)
    assert (await server.rest("im_open_login_svc/account_import", {"UserID": robot}))["ErrorCode"] == 0
    made = {"Owner_Account": amy_id, "Type": "Public", "Name": "g"}
    group = (await server.rest("group_open_http_svc/create_group", made))["GroupId"]
    to_user = ("send_c2c_stream_msg", {"From_Account": robot, "To_Account": amy_id})
    to_group = ("send_group_stream_msg", {"From_Account": robot, "GroupId": group})
    for count, (command, whom) in enumerate((to_user, to_group), 1):

        async def say(
            words: str, index: int, stream: str = "", *, last: bool = False, to: Any = (command, whom)
        ) -> str:
            sent = await server.rest(f"stream_msg/{to[0]}", {**to[1], **piece(words, index, stream, last=last)})
            assert sent["ErrorCode"] == 0, sent
            return str(sent["StreamMsgID"])

        stream = await say("The ", 1)
        await amy.wait_until(lambda count=count: len(answers(amy)) == count)
        got = answers(amy)[-1]
        assert grown(amy, got["ID"]) == ("The ", 0)
        await say("answer", 2, stream)
        await amy.wait_until(lambda message_id=got["ID"]: grown(amy, message_id) == ("The answer", 0))
        if command == to_user[0]:  # the SDK reads a group's messages anew when its user looks at them
            await amy.offline()
        await say(".", 3, stream, last=True)
        await amy.online()
        await amy.wait_until(lambda message_id=got["ID"]: grown(amy, message_id) == ("The answer.", 1))
        assert len(answers(amy)) == count
    other = await sign_in(amy_id)
    (kept,) = await other.messages(robot)
    page = await other.call("getMessageList", {"conversationID": f"GROUP{group}"})
    for message in (kept, page["messageList"][-1]):
        assert json.loads(message["payload"]["data"])["chunks"] == ["The answer."]
    listed = await other.conversations()
    assert listed[f"GROUP{group}"]["lastMessage"]["type"] == "TIMCustomElem"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_bot_with_a_connection(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bot = user_id("amy"), user_id("bot")
    assert (await server.rest("im_open_login_svc/account_import", {"UserID": bot}))["ErrorCode"] == 0
    amy = await sign_in(amy_id)
    environment = {
        "SODAM_URL": server.url.replace("http", "ws", 1),
        "SDKAPPID": str(server.sdkappid),
        "BOT": bot,
        "USERSIG": server.usersig(bot),
        "PYTHONPATH": str(ROOT / "clients" / "python"),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "examples" / "client_bot.py")),
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 90) == b"ready\n"
        await amy.send_text(bot, "how are you?")
        (got,) = await amy.wait_received(1)
        await amy.wait_until(lambda: grown(amy, got["ID"]) == ("You asked: how are you? ", 1))
        assert len(amy.received()) == 1
    finally:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_bot_without_a_connection(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine
) -> None:
    server, robot = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD}), "@RBT#helper"
    assert (await server.rest("im_open_login_svc/account_import", {"UserID": robot}))["ErrorCode"] == 0
    port = Reserved()
    async with ConsoleClient(server.url) as root:
        await root.login()
        app = server.sdkappid
        version = (await root.call("im/DescribeCallBack", SDKAppID=app))["Version"]
        hook = {"Url": f"http://127.0.0.1:{port.number}/", "Commands": ["Bot.OnC2CMessage"], "Confirmed": True}
        await root.call("im/SetCallBack", SDKAppID=app, Version=version, **hook)
    environment = {
        "SODAM_URL": server.url,
        "SDKAPPID": str(server.sdkappid),
        "USERSIG": server.usersig("administrator"),
        "PORT": str(port.number),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "examples" / "webhook_bot.py")), env=os.environ | environment
    )
    try:
        amy = await sign_in_at(server, user_id("amy"))
        await amy.send_text(robot, "how are you?")  # the bot may not listen yet: it is told again
        (got,) = await amy.wait_received(1)
        await amy.wait_until(lambda: grown(amy, got["ID"]) == ("You asked: how are you? ", 1))
        assert len(amy.received()) == 1
    finally:
        process.kill()
        await process.wait()
