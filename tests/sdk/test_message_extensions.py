"""Message extensions and reactions in the official web SDK: on both sides, on another device, after a reconnect."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, SdkError, message_ref
from scene import SignIn, UserId
from tests.gateway.raw_client import RawClient, Refused
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory, ServerProcess

HEART = "heart"


def extensions(client: SdkClient, message: dict[str, Any]) -> dict[str, str]:
    """What the events of ``client`` said about the extensions of a message."""
    known: dict[str, str] = {}
    for event in client.events:
        if event.name == "MESSAGE_EXTENSIONS_UPDATED" and event.data["messageID"] == message["ID"]:
            known.update((one["key"], one["value"]) for one in event.data["extensions"])
        if event.name == "MESSAGE_EXTENSIONS_DELETED" and event.data["messageID"] == message["ID"]:
            for key in event.data["keyList"]:
                known.pop(key, None)
    return known


def reaction(client: SdkClient, message: dict[str, Any]) -> tuple[int, bool, list[str]]:
    """Number, whether one's own is among them, and users, of the heart as last announced."""
    found = (0, False, [""])
    for event in client.events:
        if event.name == "MESSAGE_REACTIONS_UPDATED" and event.data["messageID"] == message["ID"]:
            for one in event.data["reactionList"]:
                if one["reactionID"] == HEART:
                    users = [user["userID"] for user in one["partialUserList"]]
                    found = (one["totalUserCount"], one["reactedByMyself"], sorted(users))
    return found


async def switch_on(server: ServerProcess) -> None:
    async with ConsoleClient(server.url) as root:
        await root.login()
        settings = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
        await root.call(
            "im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=settings["Version"], MessageExtension=True
        )


async def refused_to_a_stranger(server: ServerProcess, user: str, named: dict[str, Any]) -> None:
    async with RawClient(server, user) as stranger:
        await stranger.sign_in()
        for command, more in (
            ("set_key_values", {"OperateType": 3}),
            ("get_key_values", {}),
            ("reaction_add", {"Reaction": HEART}),
            ("reaction_multi_stat", {"MsgKeyList": [named["MsgKey"]]}),
        ):
            with pytest.raises(Refused) as stopped:
                await stranger.call(f"openim_msg_ext_http_svc.{command}", {**named, **more})
            assert stopped.value.code == 10007


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_on_all_devices(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine
) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    await switch_on(server)
    amy_id, bob_id, eve_id = user_id("amy"), user_id("bob"), user_id("eve")
    amy, bob = await sign_in_at(server, amy_id), await sign_in_at(server, bob_id)
    eve = await sign_in_at(server, eve_id)
    async with RawClient(server, amy_id) as android:
        await android.sign_in(platform=2)
        vote = await amy.send_text(bob_id, "lunch?", isSupportExtension=True)
        (got,) = await bob.wait_received(1)
        assert got["isSupportExtension"]

        # Keys with values: both sides, the other device, and who did it.
        set_by_bob = await bob.call("setMessageExtensions", message_ref(got), [{"key": "yes", "value": bob_id}])
        assert [(one["code"], one["key"]) for one in set_by_bob["extensions"]] == [(0, "yes")]
        for client, message in ((amy, vote), (bob, got)):
            await client.wait_until(lambda c=client, m=message: extensions(c, m) == {"yes": bob_id})
        await android.wait(lambda: any("MsgExtensionNotify" in push for push in android.pushes))
        pairs = [{"key": "no", "value": "1"}, {"key": "tea", "value": "2"}]
        await amy.call("setMessageExtensions", message_ref(vote), pairs)
        await bob.wait_until(lambda: extensions(bob, got) == {"yes": bob_id, "no": "1", "tea": "2"})
        read = await bob.call("getMessageExtensions", message_ref(got))
        assert {one["key"]: one["value"] for one in read["extensions"]} == {"yes": bob_id, "no": "1", "tea": "2"}
        await bob.call("deleteMessageExtensions", message_ref(got), ["tea"])
        await amy.wait_until(lambda: extensions(amy, vote) == {"yes": bob_id, "no": "1"})

        # Reactions: everybody counts the same, and each client knows its own.
        await bob.call("addMessageReaction", message_ref(got), HEART)
        await amy.wait_until(lambda: reaction(amy, vote) == (1, False, [bob_id]))
        await bob.wait_until(lambda: reaction(bob, got) == (1, True, [bob_id]))
        await amy.call("addMessageReaction", message_ref(vote), HEART)
        both = sorted([amy_id, bob_id])
        await bob.wait_until(lambda: reaction(bob, got) == (2, True, both))
        await android.wait(lambda: any("MsgReactionNotify" in push for push in android.pushes))
        own = [push["MsgReactionNotify"] for push in android.pushes if "MsgReactionNotify" in push]
        assert [(one["Reaction"], one["MsgOptType"]) for one in own] == [(HEART, 1)]
        with pytest.raises(SdkError) as refused:
            await amy.call("addMessageReaction", message_ref(vote), HEART)
        assert refused.value.code == 23007
        asked = await amy.call(
            "getMessageReactions", {"messageList": [message_ref(vote)], "maxUserCountPerReaction": 1}
        )
        (summary,) = asked["resultList"][0]["reactionList"]
        assert (summary["totalUserCount"], summary["reactedByMyself"]) == (2, True)
        assert [user["userID"] for user in summary["partialUserList"]] == [bob_id]
        options = {"message": message_ref(got), "reactionID": HEART, "nextSeq": 0, "count": 100}
        listed = await bob.call("getAllUserListOfMessageReaction", options)
        assert ([user["userID"] for user in listed["userList"]], listed["isCompleted"]) == ([bob_id, amy_id], True)

        # Away meanwhile: what has changed is announced after the reconnect.
        await bob.offline()
        seen = len(bob.events)
        await amy.call("removeMessageReaction", message_ref(vote), HEART)
        await amy.call("setMessageExtensions", message_ref(vote), [{"key": "no", "value": "9"}])
        await amy.call("deleteMessageExtensions", message_ref(vote), ["yes"])
        await bob.online()
        await bob.wait_until(lambda: extensions(bob, got) == {"no": "9"})
        await bob.wait_until(lambda: reaction(bob, got) == (1, True, [bob_id]))
        assert [e for e in bob.events[seen:] if e.name == "MESSAGE_MODIFIED"] == []
        await amy.call("deleteMessageExtensions", message_ref(vote))
        await bob.wait_until(lambda: extensions(bob, got) == {})

        (push,) = [push for push in android.pushes if push.get("Event") == 9]
        key = push["C2cMsgArray"][0]["MsgKey"]
        await refused_to_a_stranger(server, eve_id, {"From_Account": amy_id, "To_Account": bob_id, "MsgKey": key})
    assert [e for e in eve.events if "EXTENSION" in e.name or "REACTION" in e.name] == []
