"""What a user does on another device is seen in the official web SDK. The other device is a raw client on Android."""

from __future__ import annotations

import pytest

from driver import texts
from scene import Phone, SignIn, UserId, conversation, unread
from tests.gateway.raw_client import Refused


async def test_own_messages_of_the_other_device(sign_in: SignIn, user_id: UserId, phone: Phone) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    android = await phone(amy_id)
    await android.send_text(bob_id, "from the phone")
    (copy,) = await amy.wait_received(1)
    assert (copy["flow"], copy["from"], copy["to"]) == ("out", amy_id, bob_id)
    assert texts(await bob.wait_received(1)) == ["from the phone"]
    await amy.send_text(bob_id, "from the web")
    await android.wait(lambda: android.texts() == ["from the web"])
    assert texts(await amy.messages(bob_id)) == ["from the phone", "from the web"]
    assert unread(amy, bob_id) in (0, -1)


async def test_the_list_as_the_other_device_leaves_it(sign_in: SignIn, user_id: UserId, phone: Phone) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    android = await phone(amy_id)
    await bob.send_text(amy_id, "hello")
    await amy.wait_until(lambda: unread(amy, bob_id) == 1)
    (message,) = amy.received()

    read = {"C2CMsgReaded": {"C2CMsgReadedItem": [{"To_Account": bob_id, "LastedMsgTime": message["time"]}]}}
    await android.call("openim.msgreaded", read)
    await amy.wait_until(lambda: unread(amy, bob_id) == 0)

    item = [{"Type": 1, "To_Account": bob_id}]
    for operation, pinned in ((1, True), (2, False)):
        await android.call("recentcontact.top", {"OperationType": operation, "RecentContactItem": item})
        await amy.wait_until(lambda pinned=pinned: conversation(amy, bob_id)["isPinned"] is pinned)

    mute = {"Peer_Account": [bob_id], "Mute_Notifications": 2}
    await android.call("openim.set_c2c_peer_mute_notifications", mute)
    await amy.wait_until(lambda: conversation(amy, bob_id)["messageRemindType"] == "AcceptNotNotify")


async def test_notifications_of_a_group_and_of_everything(sign_in: SignIn, user_id: UserId, phone: Phone) -> None:
    amy_id = user_id("amy")
    amy, android = await sign_in(amy_id), await phone(amy_id)
    made = await amy.call("createGroup", {"type": "Public", "name": "mutes"})
    group_id = made["group"]["groupID"]
    message = {"GroupId": group_id, "Random": 1, "ClientSeq": 1, "MsgClientTime": 1}
    text = {"MsgType": "TIMTextElem", "MsgContent": {"Text": "here"}}
    await android.call("group_open_http_svc.send_group_msg", message | {"From_Account": amy_id, "MsgBody": [text]})

    def remind() -> str:
        for event in reversed(amy.events):
            if event.name == "CONVERSATION_LIST_UPDATED" and isinstance(event.data, list):
                for one in event.data:
                    if one["conversationID"] == f"GROUP{group_id}":
                        return str(one["messageRemindType"])
        return ""

    await amy.wait_until(lambda: remind() == "AcceptAndNotify")
    change = {"GroupId": group_id, "Member_Account": amy_id, "MsgFlag": "AcceptNotNotify"}
    await android.call("group_open_http_svc.modify_group_member_info", change)
    await amy.wait_until(lambda: remind() == "AcceptNotNotify")
    await amy.call("setMessageRemindType", {"groupID": group_id, "messageRemindType": "Discard"})
    await android.wait(lambda: any(e.get("Event") == 5 for e in android.pushes))

    assert (await amy.call("getAllReceiveMessageOpt", None))["messageRemindType"] == "AcceptAndNotify"
    quiet = {"messageRemindType": "AcceptNotNotify", "startHour": 22, "duration": 36000, "isRepeated": True}
    await amy.call("setAllReceiveMessageOpt", quiet)
    await android.wait(lambda: any(e.get("Event") == 24 for e in android.pushes))
    told = next(e for e in android.pushes if e.get("Event") == 24)
    assert (told["Level"], told["IsRepeated"], told["EndTime"] - told["StartTime"]) == (2, 1, 36000)
    await android.call("im_msg_db_logic.ws_set_do_not_disturb", {"Level": 1, "StartTime": 5, "EndTime": 9})
    event = await amy.wait_event("ALL_RECEIVE_MESSAGE_OPT_UPDATED")
    await amy.destroy()
    late = await sign_in(amy_id)
    now = await late.call("getAllReceiveMessageOpt", None)
    expected = {"messageRemindType": "Discard", "startTime": 5, "endTime": 9, "isRepeated": False}
    assert event.data == now == expected
    assert (await late.conversations())[f"GROUP{group_id}"]["messageRemindType"] == "Discard"
    with pytest.raises(Refused):
        await android.call("im_msg_db_logic.ws_set_do_not_disturb", {"Level": 3})


async def test_a_long_session_needs_only_a_short_catch_up(sign_in: SignIn, user_id: UserId, phone: Phone) -> None:
    """The server has the client renew its cookie, so that a reconnect does not bring everything once more."""
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, android = await sign_in(amy_id), await phone(bob_id)
    for number in range(450):
        await android.send_text(amy_id, f"message {number}")
    await amy.wait_received(450)
    await amy.wait_until(lambda: unread(amy, bob_id) >= 250)  # more do not count where the server says a number
    await amy.offline()
    await android.send_text(amy_id, "while away")
    await amy.online()
    received = await amy.wait_received(451)
    assert texts(received) == [*(f"message {number}" for number in range(450)), "while away"]
    await amy.wait_until(lambda: unread(amy, bob_id) == 250)


async def test_reading_by_the_peer_while_away(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    sent = await amy.send_text(bob_id, "read me")
    await bob.wait_until(lambda: unread(bob, amy_id) == 1)
    await amy.offline()
    await bob.call("setMessageRead", {"conversationID": f"C2C{amy_id}"})
    await bob.wait_until(lambda: unread(bob, amy_id) == 0)
    await amy.online()
    event = await amy.wait_event("MESSAGE_READ_BY_PEER")
    assert [m["ID"] for m in event.data] == [sent["ID"]]
