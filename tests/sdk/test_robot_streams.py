"""A robot and the official web SDK: its growing answer is one message that is edited, also for who comes back; what a
user's page signals to it comes to the app's server.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from driver import SdkClient
from scene import Server, SignIn, UserId
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.receiver import Receiver
from tests.support.server import Engine, ServerFactory


def grown(client: SdkClient, message_id: str) -> dict[str, Any]:
    """The answer as last announced."""
    found: dict[str, Any] = {}
    for event in client.events:
        if event.name in ("MESSAGE_RECEIVED", "MESSAGE_MODIFIED"):
            for message in event.data:
                if message["ID"] == message_id:
                    found = json.loads(message["payload"]["data"])
    return found


async def test_an_answer_grows(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, robot = user_id("amy"), "@RBT#" + user_id("r")
    amy = await sign_in(amy_id)
    assert (await server.rest("im_open_login_svc/account_import", {"UserID": robot}))["ErrorCode"] == 0
    body = {"From_Account": robot, "To_Account": amy_id, "Chunk": "The "}
    key = (await server.rest("openim_robot_http_svc/send_stream_msg", body))["MsgKey"]
    (got,) = await amy.wait_received(1)
    assert grown(amy, got["ID"])["chunks"] == ["The "]
    await server.rest("openim_robot_http_svc/send_stream_msg", {**body, "MsgKey": key, "Chunk": "answer"})
    await amy.wait_until(lambda: grown(amy, got["ID"]).get("chunks") == ["The ", "answer"])
    await amy.offline()
    await server.rest("openim_robot_http_svc/send_stream_msg", {**body, "MsgKey": key, "Chunk": ".", "Finish": 1})
    await amy.online()
    await amy.wait_until(lambda: grown(amy, got["ID"]).get("isFinished") == 1)
    assert grown(amy, got["ID"])["chunks"] == ["The ", "answer", "."]
    assert len(amy.received()) == 1


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_what_a_page_signals(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine
) -> None:
    """What goes through in words of the app's own, and a kit's stop of an answer; each with the message's key."""
    server, amy_id, robot = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD}), user_id("amy"), "@RBT#helper"
    assert (await server.rest("im_open_login_svc/account_import", {"UserID": robot}))["ErrorCode"] == 0
    async with Receiver() as receiver, ConsoleClient(server.url) as root:
        await root.login()
        app = server.sdkappid
        version = (await root.call("im/DescribeCallBack", SDKAppID=app))["Version"]
        hook = {"Url": receiver.url, "Commands": ["Chatbot.OnC2CSignalMessage"], "Confirmed": True}
        await root.call("im/SetCallBack", SDKAppID=app, Version=version, **hook)
        amy = await sign_in_at(server, amy_id)
        through = {"chatbotPlugin": 1, "src": 3, "data": '{"cmd":"next"}'}
        stop = {"chatbotPlugin": 2, "src": 22, "msgKey": "1_2_3"}
        sent = [await _custom(amy, robot, said) for said in (through, {**through, "src": 7}, stop)]
        await amy.send_text(robot, "chatbotPlugin")
        first, second = [got.body for got in await receiver.wait("Chatbot.OnC2CSignalMessage", 2)]
    assert (first["From_Account"], first["To_Account"], first["Data"]) == (amy_id, robot, '{"cmd":"next"}')
    assert json.loads(second["Data"]) == stop
    keys = [f"{one['sequence']}_{one['random']}_{one['time']}" for one in sent]
    assert [first["MsgKey"], second["MsgKey"]] == [keys[0], keys[2]]


async def _custom(client: SdkClient, robot: str, said: dict[str, Any]) -> dict[str, Any]:
    data = {"data": json.dumps(said), "description": "", "extension": ""}
    return await client.send(robot, "custom", data)
