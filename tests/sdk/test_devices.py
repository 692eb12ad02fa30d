"""What a user does on another device is seen in the official web SDK. The other device is a raw client on Android."""

from __future__ import annotations

from driver import texts
from scene import Phone, SignIn, UserId, conversation, unread


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


async def test_a_long_session_needs_only_a_short_catch_up(sign_in: SignIn, user_id: UserId, phone: Phone) -> None:
    """The server has the client renew its cookie, so that a reconnect does not bring everything once more."""
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, android = await sign_in(amy_id), await phone(bob_id)
    for number in range(450):
        await android.send_text(amy_id, f"message {number}")
    await amy.wait_received(450)
    await amy.wait_until(lambda: unread(amy, bob_id) == 450)
    await amy.offline()
    await android.send_text(amy_id, "while away")
    await amy.online()
    received = await amy.wait_received(451, timeout=20)
    assert texts(received) == [*(f"message {number}" for number in range(450)), "while away"]
    await amy.wait_until(lambda: unread(amy, bob_id) == 451)


async def test_reading_by_the_peer_while_away(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    sent = await amy.send_text(bob_id, "read me")
    await bob.wait_until(lambda: unread(bob, amy_id) == 1)
    await amy.offline()
    await bob.call("setMessageRead", {"conversationID": f"C2C{amy_id}"})
    await bob.wait_until(lambda: unread(bob, amy_id) == 0)
    await amy.online()
    event = await amy.wait_event("MESSAGE_READ_BY_PEER", timeout=20)
    assert [m["ID"] for m in event.data] == [sent["ID"]]
