"""User status in the official web SDK: asking, one's own text, following, and the switch that is off at first."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, SdkError
from scene import SignIn, UserId
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory

ONLINE, OFFLINE = 1, 2


def heard(client: SdkClient, user: str) -> tuple[int, str] | None:
    """The last status of a user that the SDK announced."""
    found = None
    for event in client.events:
        if event.name == "USER_STATUS_UPDATED":
            for status in event.data:
                if status["userID"] == user:
                    found = (status["statusType"], status["customStatus"])
    return found


async def ask(client: SdkClient, *users: str) -> dict[str, tuple[int, str]]:
    answer: dict[str, Any] = await client.call("getUserStatus", {"userIDList": list(users)})
    return {s["userID"]: (s["statusType"], s["customStatus"]) for s in answer["successUserList"]}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_status(server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    amy_id, bob_id, nobody = user_id("amy"), user_id("bob"), user_id("nobody")
    early = await sign_in_at(server, amy_id)
    with pytest.raises(SdkError) as refused:
        await early.call("setSelfStatus", {"customStatus": "early"})
    assert refused.value.code == 72001
    await early.logout()

    async with ConsoleClient(server.url) as root:
        await root.login()
        settings = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
        await root.call("im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=settings["Version"], UserStatus=True)
    amy = await sign_in_at(server, amy_id)
    await server.rest("im_open_login_svc/account_import", {"UserID": bob_id})
    assert await ask(amy, bob_id) == {bob_id: (OFFLINE, "")}
    answer = await amy.call("getUserStatus", {"userIDList": [bob_id, nobody]})
    assert [(f["userID"], f["code"]) for f in answer["failureUserList"]] == [(nobody, 70107)]

    await amy.call("subscribeUserStatus", {"userIDList": [bob_id]})
    bob = await sign_in_at(server, bob_id)
    await amy.wait_until(lambda: heard(amy, bob_id) == (ONLINE, ""))
    await bob.call("setSelfStatus", {"customStatus": "점심 시간 🍜"})
    await amy.wait_until(lambda: heard(amy, bob_id) == (ONLINE, "점심 시간 🍜"))
    await bob.wait_until(lambda: heard(bob, bob_id) == (ONLINE, "점심 시간 🍜"))
    assert await ask(amy, bob_id) == {bob_id: (ONLINE, "점심 시간 🍜")}
    asked = {"To_Account": [bob_id], "IsReturnCustomStatus": 1}
    assert (await server.rest("openim/query_online_status", asked))["QueryResult"][0]["CustomStatus"] == "점심 시간 🍜"
    await bob.logout()
    await amy.wait_until(lambda: heard(amy, bob_id) == (OFFLINE, "점심 시간 🍜"))

    await amy.call("unsubscribeUserStatus", {"userIDList": [bob_id]})
    seen = len(amy.events)
    bob = await sign_in_at(server, bob_id)
    await bob.send_text(amy_id, "I am back")  # when this is here, a notice would be, too
    await amy.wait_until(lambda: any(e.name == "MESSAGE_RECEIVED" for e in amy.events[seen:]))
    assert [e for e in amy.events[seen:] if e.name == "USER_STATUS_UPDATED"] == []
