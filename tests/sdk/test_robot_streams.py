"""A robot's growing answer in the official web SDK: one message that is edited, also for who comes back."""

from __future__ import annotations

import json
from typing import Any

from driver import SdkClient
from scene import Server, SignIn, UserId


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
    await amy.wait_until(lambda: grown(amy, got["ID"]).get("isFinished") == 1, timeout=20)
    assert grown(amy, got["ID"])["chunks"] == ["The ", "answer", "."]
    assert len(amy.received()) == 1
