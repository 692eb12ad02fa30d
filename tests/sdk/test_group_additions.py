"""Custom fields, receipts, pins, key-value pairs and reactions of groups in the official web SDK."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, message_ref
from scene import SignIn, UserId, learned
from tests.gateway.group_talk import make
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory, ServerProcess

HEART = "heart"


async def switch_on(server: ServerProcess) -> None:
    async with ConsoleClient(server.url) as root:
        await root.login()
        app = {"SDKAppID": server.sdkappid}

        async def change(action: str, **fields: Any) -> None:
            version = (await root.call("im/DescribeAbilityConfInfo", **app))["Version"]
            await root.call(f"im/{action}", **app, Version=version, **fields)

        await change("SetAbilityConfInfo", MessageExtension=True, PublicReceipts=True)
        rights = {"Type": "Public", "Read": "member", "Write": "admin"}
        await change("AddGroupField", Field={"Name": "floor", "Rights": [rights]})
        await change("AddGroupMemberField", Field={"Name": "desk", "Rights": [rights | {"Own": True}]})


def of(client: SdkClient, event: str) -> list[Any]:
    return [one.data for one in client.events if one.name == event]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_added_to_groups_and_their_messages(
    engine: Engine, server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId
) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    await switch_on(server)
    ids = [user_id(name) for name in ("ann", "bob")]
    ann, bob = [await sign_in_at(server, name) for name in ids]
    group = await make(server, *ids, GroupId=user_id("team"))
    await learned(group, bob)
    here = {"groupID": group}

    # Custom fields: the owner's of the group, one's own as a member.
    await ann.call("updateGroupProfile", here | {"groupCustomField": [{"key": "floor", "value": "3"}]})
    shown = (await bob.call("getGroupProfile", here))["group"]
    assert shown["groupCustomField"] == [{"key": "floor", "value": "3"}]
    await bob.call("setGroupMemberCustomField", here | {"memberCustomField": [{"key": "desk", "value": "7"}]})
    asked = here | {"userIDList": [ids[1]], "memberCustomFieldFilter": ["desk"]}
    (member,) = (await ann.call("getGroupMemberProfile", asked))["memberList"]
    assert member["memberCustomField"] == [{"key": "desk", "value": "7"}]

    # Receipts: counted, listed, and told to the author.
    options = {"conversationType": "GROUP", "needReadReceipt": True, "isSupportExtension": True}
    sent = await ann.send_text(group, "read me", **options)
    await bob.wait_until(lambda: any(m["ID"] == sent["ID"] for m in bob.received()))
    got = next(m for m in bob.received() if m["ID"] == sent["ID"])
    await bob.call("sendMessageReadReceipt", [message_ref(got)])
    await ann.wait_event("MESSAGE_READ_RECEIPT_RECEIVED")
    listed = await ann.call("getMessageReadReceiptList", [message_ref(sent)])
    info = listed["messageList"][0]["readReceiptInfo"]
    assert (info["readCount"], info["unreadCount"]) == (1, 0)
    detail = {"message": message_ref(sent), "filter": 0, "cursor": "", "count": 15}
    assert (await ann.call("getGroupMessageReadMemberList", detail))["readUserIDList"] == [ids[1]]

    # Pins: on both sides, taken off again.
    await ann.call("pinGroupMessage", here | {"message": message_ref(sent), "isPinned": True})
    pinned = await bob.wait_event("PINNED_GROUP_MESSAGE_UPDATED")
    assert pinned.data["groupID"] == group
    found = await bob.call("getPinnedGroupMessageList", group)
    assert [m["ID"] for m in found["messageList"]] == [sent["ID"]]
    await ann.call("pinGroupMessage", here | {"message": message_ref(sent), "isPinned": False})
    await bob.wait_until(lambda: len(of(bob, "PINNED_GROUP_MESSAGE_UPDATED")) == 2)

    # Key-value pairs and reactions.
    await bob.call("setMessageExtensions", message_ref(got), [{"key": "yes", "value": "1"}])
    await ann.wait_until(lambda: bool(of(ann, "MESSAGE_EXTENSIONS_UPDATED")))
    read = await ann.call("getMessageExtensions", message_ref(sent))
    assert [(one["key"], one["value"]) for one in read["extensions"]] == [("yes", "1")]
    await bob.call("addMessageReaction", message_ref(got), HEART)
    await ann.wait_until(lambda: bool(of(ann, "MESSAGE_REACTIONS_UPDATED")))
    stat = await ann.call("getMessageReactions", {"messageList": [message_ref(sent)], "maxUserCountPerReaction": 5})
    (summary,) = stat["resultList"][0]["reactionList"]
    assert (summary["reactionID"], summary["totalUserCount"], summary["reactedByMyself"]) == (HEART, 1, False)
