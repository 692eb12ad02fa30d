"""The conversation list of the official web SDK: unread numbers, read marks, pins, mute, deletion."""

from __future__ import annotations

from driver import message_ref, texts
from scene import SignIn, UserId, conversation, unread
from tests.support.waiting import eventually


async def test_read_marks_reach_the_sender_and_stay(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    sent = [(await amy.send_text(bob_id, f"message {n}"))["ID"] for n in range(3)]
    await bob.wait_received(3)
    await bob.wait_until(lambda: unread(bob, amy_id) == 3)
    await bob.call("setMessageRead", {"conversationID": f"C2C{amy_id}"})
    await bob.wait_until(lambda: unread(bob, amy_id) == 0)
    await amy.wait_until(
        lambda: {m["ID"] for e in amy.events if e.name == "MESSAGE_READ_BY_PEER" for m in e.data} == set(sent)
    )

    async def read() -> bool:
        return bool((await amy.conversations())[f"C2C{bob_id}"]["lastMessage"]["isPeerRead"])

    await eventually(read, True)

    await amy.destroy()
    await bob.destroy()
    late_bob, late_amy = await sign_in(bob_id), await sign_in(amy_id)
    assert (await late_bob.conversations())[f"C2C{amy_id}"]["unreadCount"] == 0
    assert {m["isPeerRead"] for m in await late_amy.messages(bob_id)} == {True}
    await amy_says_one_more(late_amy, late_bob, amy_id, bob_id)


async def amy_says_one_more(amy, bob, amy_id: str, bob_id: str) -> None:  # type: ignore[no-untyped-def]
    await amy.send_text(bob_id, "one more")
    await bob.wait_received(1)
    await bob.wait_until(lambda: unread(bob, amy_id) == 1)


async def test_all_conversations_are_read_at_once(sign_in: SignIn, user_id: UserId) -> None:
    names = [user_id(name) for name in ("amy", "bob", "cat")]
    amy, bob, cat = [await sign_in(name) for name in names]
    await amy.send_text(names[2], "from amy")
    await bob.send_text(names[2], "from bob")
    await cat.wait_received(2)
    await cat.wait_until(lambda: unread(cat, names[0]) == unread(cat, names[1]) == 1)
    await cat.call("setAllMessageRead", {"scope": (await cat.constants())["TYPES"]["READ_ALL_C2C_MSG"]})
    await cat.wait_until(lambda: unread(cat, names[0]) == unread(cat, names[1]) == 0)
    await amy.wait_event("MESSAGE_READ_BY_PEER")
    await bob.wait_event("MESSAGE_READ_BY_PEER")
    await cat.destroy()
    late = await sign_in(names[2])
    assert await late.call("getTotalUnreadMessageCount") == 0


async def test_receipts_of_single_messages(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    wanted = await amy.send_text(bob_id, "sign here", needReadReceipt=True)
    await amy.send_text(bob_id, "no receipt")
    received = await bob.wait_received(2)
    assert [m["needReadReceipt"] for m in received] == [True, False]
    await bob.call("sendMessageReadReceipt", [message_ref(received[0])])
    event = await amy.wait_event("MESSAGE_READ_RECEIPT_RECEIVED")
    (receipt,) = event.data
    assert (receipt["messageID"], receipt["userID"], receipt["isPeerRead"]) == (wanted["ID"], bob_id, True)
    await amy.destroy()
    late = await sign_in(amy_id)
    assert [bool(m["readReceiptInfo"].get("isPeerRead")) for m in await late.messages(bob_id)] == [True, False]


async def test_pinned_conversations_come_first(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id, cat_id = user_id("amy"), user_id("bob"), user_id("cat")
    amy = await sign_in(amy_id)
    await sign_in(bob_id)
    await sign_in(cat_id)
    await amy.send_text(bob_id, "older")
    await amy.send_text(cat_id, "newer")
    await amy.call("pinConversation", {"conversationID": f"C2C{bob_id}", "isPinned": True})
    await amy.wait_until(lambda: conversation(amy, bob_id).get("isPinned") is True)
    await amy.destroy()
    late = await sign_in(amy_id)
    listed = await late.conversations()
    assert [(key, c["isPinned"]) for key, c in listed.items()] == [(f"C2C{bob_id}", True), (f"C2C{cat_id}", False)]
    await late.call("pinConversation", {"conversationID": f"C2C{bob_id}", "isPinned": False})
    await late.destroy()
    assert not (await (await sign_in(amy_id)).conversations())[f"C2C{bob_id}"]["isPinned"]


async def test_a_muted_conversation_says_so(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await amy.send_text(bob_id, "before")
    await bob.wait_received(1)
    await bob.call("setMessageRemindType", {"userIDList": [amy_id], "messageRemindType": "AcceptNotNotify"})
    await bob.wait_until(lambda: conversation(bob, amy_id).get("messageRemindType") == "AcceptNotNotify")
    await bob.destroy()
    late = await sign_in(bob_id)
    assert (await late.conversations())[f"C2C{amy_id}"]["messageRemindType"] == "AcceptNotNotify"
    await amy.send_text(bob_id, "still delivered")
    assert texts(await late.wait_received(1)) == ["still delivered"]


async def test_a_deleted_conversation_returns_with_the_next_message(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    for number in range(3):
        await amy.send_text(bob_id, f"message {number}")
    await bob.wait_received(3)
    await bob.call("deleteConversation", f"C2C{amy_id}")
    assert f"C2C{amy_id}" not in await bob.conversations()
    await bob.destroy()
    late = await sign_in(bob_id)
    assert f"C2C{amy_id}" not in await late.conversations()
    assert await late.call("getTotalUnreadMessageCount") == 0

    await amy.send_text(bob_id, "again")
    await late.wait_received(1)
    await late.wait_until(lambda: unread(late, amy_id) == 1)
    assert texts(await late.messages(amy_id)) == ["again"], "the SDK asks for the history to be cleared, too"
    assert len(await amy.messages(bob_id)) == 4, "only for the one who deleted it"


async def test_a_cleared_history_is_empty_for_one_side(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    for number in range(3):
        await amy.send_text(bob_id, f"message {number}")
    await bob.wait_received(3)
    await bob.call("clearHistoryMessage", f"C2C{amy_id}")
    await bob.destroy()
    late = await sign_in(bob_id)
    assert await late.messages(amy_id) == []
    listed = (await late.conversations())[f"C2C{amy_id}"]
    assert listed["unreadCount"] == 0
    assert listed["lastMessage"]["messageForShow"] == ""
    assert len(await amy.messages(bob_id)) == 3


async def test_history_in_pages_both_ways_from_a_moment(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    sent = [await amy.send_text(bob_id, f"message {number}") for number in range(40)]
    await bob.destroy()
    late = await sign_in(bob_id)
    first = await late.call("getMessageList", {"conversationID": f"C2C{amy_id}"})
    assert texts(first["messageList"]) == [f"message {n}" for n in range(25, 40)]
    assert first["isCompleted"] is False
    older = {"conversationID": f"C2C{amy_id}", "direction": 0, "count": 10, "time": sent[-1]["time"]}
    page = await late.call("getMessageListHopping", older)
    assert [m["ID"] for m in page["messageList"]] == [m["ID"] for m in sent[-10:]]
    newer = {"conversationID": f"C2C{amy_id}", "direction": 1, "count": 10, "time": sent[0]["time"]}
    page = await late.call("getMessageListHopping", newer)
    assert [m["ID"] for m in page["messageList"]] == [m["ID"] for m in sent[:10]]
