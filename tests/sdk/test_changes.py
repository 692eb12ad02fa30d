"""Recall, edit and one-sided deletion in the official web SDK."""

from __future__ import annotations

from driver import message_ref, texts
from scene import Server, SignIn, UserId, conversation, unread


async def test_recall_within_the_window(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await amy.send_text(bob_id, "stays")
    wrong = await amy.send_text(bob_id, "goes")
    await bob.wait_received(2)
    await bob.wait_until(lambda: unread(bob, amy_id) == 2)
    revoked = await amy.call("revokeMessage", message_ref(wrong))
    assert revoked["message"]["isRevoked"] is True
    event = await bob.wait_event("MESSAGE_REVOKED")
    assert [(m["ID"], m["isRevoked"], m["revoker"]) for m in event.data] == [(wrong["ID"], True, amy_id)]
    await bob.wait_until(lambda: unread(bob, amy_id) == 1)
    await bob.wait_until(lambda: conversation(bob, amy_id)["lastMessage"]["isRevoked"] is True)

    await bob.destroy()
    late = await sign_in(bob_id)
    listed = (await late.conversations())[f"C2C{amy_id}"]
    assert listed["unreadCount"] == 1
    assert listed["lastMessage"]["isRevoked"] is True
    assert [(m["isRevoked"], m["revoker"]) for m in await late.messages(amy_id)] == [(False, ""), (True, amy_id)]


async def test_recall_while_the_receiver_is_away(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    wrong = await amy.send_text(bob_id, "goes")
    await bob.wait_received(1)
    await bob.offline()
    await amy.call("revokeMessage", message_ref(wrong))
    await amy.send_text(bob_id, "the right one")
    await bob.online()
    await bob.wait_received(2)
    await bob.wait_event("MESSAGE_REVOKED", lambda data: [m["ID"] for m in data] == [wrong["ID"]])


async def test_recall_over_rest_is_seen_live(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    message = await amy.send_text(bob_id, "goes")
    await bob.wait_received(1)
    key = f"{message['sequence']}_{message['random']}_{message['time']}"
    answer = await server.rest(
        "openim/admin_msgwithdraw", {"From_Account": amy_id, "To_Account": bob_id, "MsgKey": key}
    )
    assert answer["ErrorCode"] == 0, answer
    for client in (amy, bob):
        event = await client.wait_event("MESSAGE_REVOKED")
        assert [m["ID"] for m in event.data] == [message["ID"]]


async def test_deletion_for_oneself(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    for number in range(5):
        await amy.send_text(bob_id, f"message {number}")
    received = await bob.wait_received(5)
    await bob.call("deleteMessage", [message_ref(received[1]), message_ref(received[4])])
    await bob.destroy()
    late = await sign_in(bob_id)
    assert texts(await late.messages(amy_id)) == ["message 0", "message 2", "message 3"]
    assert (await late.conversations())[f"C2C{amy_id}"]["lastMessage"]["messageForShow"] == "message 3"
    assert len(await amy.messages(bob_id)) == 5


async def test_edit(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    message = await amy.send_text(bob_id, "helo", cloudCustomData="a")
    await bob.wait_received(1)
    changed = {**message_ref(message), "set": {"payload": {"text": "hello"}, "cloudCustomData": "b"}}
    result = await amy.call("modifyMessage", changed)
    assert result["message"]["payload"] == {"text": "hello"}
    event = await bob.wait_event("MESSAGE_MODIFIED")
    (seen,) = event.data
    assert (seen["ID"], seen["payload"], seen["cloudCustomData"]) == (message["ID"], {"text": "hello"}, "b")
    assert seen["isModified"] is True
    await bob.destroy()
    late = await sign_in(bob_id)
    assert texts(await late.messages(amy_id)) == ["hello"]
    assert (await late.conversations())[f"C2C{amy_id}"]["lastMessage"]["messageForShow"] == "hello"
