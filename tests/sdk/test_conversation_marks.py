"""Marks, custom data and groups of conversations in the official web SDK, on the device that changes them and on
another one, and after a new sign-in. The other device is a raw client on Android.
"""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, SdkError
from scene import Phone, SignIn, UserId, conversation
from tests.gateway.raw_client import RawClient
from tests.support.waiting import eventually

STAR = 1
UNREAD = 2
OWN = 1 << 33


async def changes(android: RawClient, push_type: int) -> dict[str, Any]:
    """The first RecentContactMod of this type that the device got."""

    def found() -> list[dict[str, Any]]:
        mods = [mod for push in android.pushes for mod in push.get("RecentContactMod", [])]
        return [mod for mod in mods if mod["PushType"] == push_type]

    await android.wait(lambda: bool(found()))
    return found()[0]


def groups(client: SdkClient, peer: str) -> list[str]:
    """The groups of the conversation with ``peer`` as last reported."""
    return sorted(conversation(client, peer).get("conversationGroupList", ["not listed"]))


async def start(sign_in: SignIn, amy_id: str, *peers: str) -> SdkClient:
    """amy, who has written to everybody."""
    amy = await sign_in(amy_id)
    for peer in peers:
        await sign_in(peer)
        await amy.send_text(peer, "hello")
    return amy


async def test_marks_and_custom_data_on_every_device(sign_in: SignIn, user_id: UserId, phone: Phone) -> None:
    amy_id, bob_id, cat_id = user_id("amy"), user_id("bob"), user_id("cat")
    amy = await start(sign_in, amy_id, bob_id, cat_id)
    android = await phone(amy_id)
    both = [f"C2C{bob_id}", f"C2C{cat_id}"]
    marked = await amy.call("markConversation", {"conversationIDList": both, "markType": STAR, "enableMark": True})
    assert sorted(marked["successConversationIDList"]) == sorted(both), marked
    (item,) = [
        item
        for item in (await changes(android, 4))["RecentContactMarkContact"]["RecentContactMarkContactItem"]
        if item["RecentContactItem"]["Peer_Account"] == bob_id
    ]
    assert (item["OptType"], item["StandardMark"]) == (1, "1")
    await amy.call("setConversationCustomData", {"conversationIDList": both[:1], "customData": "vip"})
    await amy.wait_until(lambda: conversation(amy, bob_id).get("customData") == "vip")

    contact = {"Type": 1, "To_Account": bob_id}
    mark = {"OptType": 3, "ContactItem": contact, "SetMark": [1, 33], "ClearMark": [0], "CustomMark": "friend"}
    await android.call("recentcontact.mark_contact", {"MarkItem": [mark]})
    await amy.wait_until(lambda: conversation(amy, bob_id).get("customData") == "friend")
    assert sorted(conversation(amy, bob_id)["markList"]) == [UNREAD, OWN]
    clear = {"OptType": 1, "ContactItem": {"Type": 1, "To_Account": cat_id}, "ClearMark": [0]}
    await android.call("recentcontact.mark_contact", {"MarkItem": [clear]})
    await amy.wait_until(lambda: conversation(amy, cat_id).get("markList") == [])

    await amy.destroy()
    late = await sign_in(amy_id)
    listed = await late.conversations()
    assert (sorted(listed[both[0]]["markList"]), listed[both[0]]["customData"]) == ([UNREAD, OWN], "friend")
    assert listed[both[1]]["markList"] == []


async def test_conversation_groups_on_every_device(sign_in: SignIn, user_id: UserId, phone: Phone) -> None:
    amy_id, bob_id, cat_id = user_id("amy"), user_id("bob"), user_id("cat")
    amy = await start(sign_in, amy_id, bob_id, cat_id)
    android = await phone(amy_id)
    bob, cat = f"C2C{bob_id}", f"C2C{cat_id}"
    made = await amy.call("createConversationGroup", {"groupName": "team", "conversationIDList": [bob]})
    assert made["successConversationIDList"] == [bob], made
    created = (await changes(android, 5))["RecentContactCreateContactGroup"]["MsgContactGroupContactItem"]
    assert created[0]["MsgGroupItem"]["GroupName"] == "team"
    assert created[0]["MsgRecentContactItem"] == [{"Type": 1, "Peer_Account": bob_id}]
    await amy.wait_until(lambda: groups(amy, bob_id) == ["team"])

    item = {"Type": 1, "To_Account": cat_id}
    shop = {"GroupContactItem": [{"GroupName": "shop", "ContactItem": [item]}]}
    await android.call("recentcontact.create_contact_group", shop)
    await amy.wait_until(lambda: groups(amy, cat_id) == ["shop"])
    rename = {"UpdateGroupType": 1, "OldGroupName": "shop", "NewGroupName": "market"}
    await android.call("recentcontact.update_contact_group", {"UpdateType": 1, "UpdateGroup": rename})
    await amy.wait_until(lambda: groups(amy, cat_id) == ["market"])
    added = {"ContactOptType": 1, "ContactItem": {"Type": 1, "To_Account": bob_id}}
    update = {"UpdateGroupType": 2, "OldGroupName": "market", "ContactUpdateItem": [added]}
    await android.call("recentcontact.update_contact_group", {"UpdateType": 1, "UpdateGroup": update})
    await amy.wait_until(lambda: groups(amy, bob_id) == ["market", "team"])
    assert sorted(await amy.call("getConversationGroupList")) == ["market", "team"]

    await amy.call("addConversationsToGroup", {"groupName": "team", "conversationIDList": [cat]})
    await amy.call("deleteConversationsFromGroup", {"groupName": "team", "conversationIDList": [bob]})
    await amy.call("renameConversationGroup", {"oldName": "team", "newName": "crew"})
    await amy.wait_until(lambda: groups(amy, cat_id) == ["crew", "market"])
    await android.call("recentcontact.del_contact_group", {"GroupName": ["market"]})
    await amy.wait_until(lambda: groups(amy, bob_id) == [])
    with pytest.raises(SdkError) as refused:
        await amy.call("deleteConversationGroup", "market")
    assert refused.value.code == 51009

    await amy.destroy()
    late = await sign_in(amy_id)
    await eventually(lambda: late.call("getConversationGroupList"), ["crew"])
    listed = await late.conversations()
    assert (listed[cat]["conversationGroupList"], listed[bob]["conversationGroupList"]) == (["crew"], [])
    await late.call("deleteConversationGroup", "crew")
    assert await late.call("getConversationGroupList") == []
