"""Messages between official web SDKs: every kind, both ways, none lost, none twice, all in order."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from driver import SdkClient, SdkError, texts
from kinds import TYPES, essence, send_round
from scene import Server, SignIn, UserId, unread
from tests.support.server import ServerProcess
from tests.support.waiting import eventually

MISSED = 500


async def test_200_messages_of_all_kinds_both_ways(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)

    async def talk(client: SdkClient, to: str) -> list[dict[str, Any]]:
        return [message for turn in range(10) for message in await send_round(client, to, f"turn{turn}")]

    from_amy, from_bob = await asyncio.gather(talk(amy, bob_id), talk(bob, amy_id))
    assert len(from_amy) == len(from_bob) == 100
    assert [message["type"] for message in from_amy] == list(TYPES) * 10
    for sent, receiver in ((from_amy, bob), (from_bob, amy)):
        received = await receiver.wait_received(100)
        assert [essence(m) for m in received] == [essence(m) for m in sent]
        assert {m["flow"] for m in received} == {"in"}

    # A client that was not there reads the same from the history.
    everything = {m["ID"]: essence(m) for m in [*from_amy, *from_bob]}
    await bob.destroy()
    late = await sign_in(bob_id)
    history = await late.messages(amy_id)
    assert len(history) == 200
    assert {m["ID"]: essence(m) for m in history} == everything
    assert [m["ID"] for m in history if m["from"] == amy_id] == [m["ID"] for m in from_amy]
    assert [m["ID"] for m in history if m["from"] == bob_id] == [m["ID"] for m in from_bob]


async def _send_many(client: SdkClient, to: str, count: int) -> list[str]:
    return [(await client.send_text(to, f"message {number}"))["ID"] for number in range(count)]


async def test_500_messages_wait_for_a_fresh_login(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id, cat_id = user_id("amy"), user_id("bob"), user_id("cat")
    amy, bob, cat = await sign_in(amy_id), await sign_in(bob_id), await sign_in(cat_id)
    await cat.logout()
    await cat.destroy()
    from_amy, from_bob = await asyncio.gather(
        _send_many(amy, cat_id, MISSED // 2), _send_many(bob, cat_id, MISSED // 2)
    )
    late = await sign_in(cat_id)
    conversations = await late.conversations()
    for peer, sent in ((amy_id, from_amy), (bob_id, from_bob)):
        assert conversations[f"C2C{peer}"]["unreadCount"] == MISSED // 2
        assert [m["ID"] for m in await late.messages(peer)] == sent
    await eventually(lambda: late.call("getTotalUnreadMessageCount"), MISSED)
    assert late.received() == []


async def test_500_messages_arrive_after_a_lost_connection(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id, cat_id = user_id("amy"), user_id("bob"), user_id("cat")
    amy, bob, cat = await sign_in(amy_id), await sign_in(bob_id), await sign_in(cat_id)
    first = await amy.send_text(cat_id, "before")
    await cat.wait_received(1)
    await cat.offline()
    from_amy, from_bob = await asyncio.gather(
        _send_many(amy, cat_id, MISSED // 2), _send_many(bob, cat_id, MISSED // 2)
    )
    await cat.online()
    await cat.wait_received(1 + MISSED)
    last = await amy.send_text(cat_id, "after")
    received = await cat.wait_received(1 + MISSED + 1)
    ids = [m["ID"] for m in received]
    twice = [texts([m]) for m in received if ids.count(m["ID"]) > 1]
    assert not twice
    assert [m["ID"] for m in received if m["from"] == amy_id] == [first["ID"], *from_amy, last["ID"]]
    assert [m["ID"] for m in received if m["from"] == bob_id] == from_bob
    await cat.wait_until(
        lambda: (unread(cat, amy_id), unread(cat, bob_id)) == (MISSED // 2 + 1, MISSED // 2)
    )  # 250, and one more pushed
    assert texts(await cat.messages(amy_id)) == ["before", *(f"message {n}" for n in range(MISSED // 2)), "after"]


async def test_a_connection_lost_amid_messages(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    sending = asyncio.create_task(_send_many(amy, bob_id, 240))
    await bob.wait_received(100)
    await bob.drop()
    sent = await sending
    await bob.wait_received(len(sent))
    assert [m["ID"] for m in bob.received()] == sent
    await bob.wait_until(lambda: unread(bob, amy_id) == len(sent))


async def test_a_sender_whose_connection_is_lost(sign_in: SignIn, user_id: UserId) -> None:
    """The SDK sends again what was in flight, before it signs in anew: stored once."""
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    sending = [asyncio.create_task(amy.send_text(bob_id, f"message {number}")) for number in range(50)]
    await bob.wait_received(1)
    await amy.drop()
    sent = [(await task)["ID"] for task in sending]
    received = await bob.wait_received(50)
    assert sorted(m["ID"] for m in received) == sorted(sent)
    assert len(await bob.messages(amy_id)) == 50


async def test_own_messages_reach_the_other_device(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    """The second device is a REST-sent message with SyncOtherMachine 1: two web logins would displace each other."""
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    answer = await server.rest("openim/sendmsg", rest_text(amy_id, bob_id, "from elsewhere") | {"SyncOtherMachine": 1})
    assert answer["ErrorCode"] == 0, answer
    copy, original = (await amy.wait_received(1))[0], (await bob.wait_received(1))[0]
    assert copy["flow"] == "out"
    assert original["flow"] == "in"
    assert essence(copy) == essence(original)
    await amy.wait_until(lambda: unread(amy, bob_id) == 0)


def rest_text(sender: str, to: str, text: str) -> dict[str, Any]:
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]
    return {"From_Account": sender, "To_Account": to, "MsgRandom": 287657, "MsgBody": body}


async def test_online_only_messages_leave_nothing_behind(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await amy.send_text(bob_id, "typing", options={"onlineUserOnly": True})
    await amy.send_text(bob_id, "hello")
    assert texts(await bob.wait_received(2)) == ["typing", "hello"]
    await bob.wait_until(lambda: unread(bob, amy_id) == 1)
    await bob.destroy()
    late = await sign_in(bob_id)
    assert texts(await late.messages(amy_id)) == ["hello"]
    assert (await late.conversations())[f"C2C{amy_id}"]["unreadCount"] == 1


async def test_what_a_sender_keeps_out_of_unread_and_list(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await amy.send_text(bob_id, "seen")
    control = {"messageControlInfo": {"excludedFromUnreadCount": True, "excludedFromLastMessage": True}}
    await amy.send_text(bob_id, "quiet", options=control)
    assert texts(await bob.wait_received(2)) == ["seen", "quiet"]

    async def check(client: SdkClient) -> None:
        async def listed() -> tuple[int, str]:
            conversation = (await client.conversations())[f"C2C{amy_id}"]
            return conversation["unreadCount"], conversation["lastMessage"]["messageForShow"]

        await eventually(listed, (1, "seen"))
        assert texts(await client.messages(amy_id)) == ["seen", "quiet"]

    await check(bob)
    await bob.destroy()
    await check(await sign_in(bob_id))


async def test_a_rest_message_arrives_with_the_same_fields(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    body = [
        {"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi, beauty"}},
        {"MsgType": "TIMCustomElem", "MsgContent": {"Data": "{}", "Desc": "d", "Ext": "e", "Sound": "s"}},
    ]
    request = {
        "SyncOtherMachine": 2,
        "From_Account": amy_id,
        "To_Account": bob_id,
        "MsgSeq": 93847636,
        "MsgRandom": 1287657,
        "MsgBody": body,
        "CloudCustomData": "cloud 中",
        "IsNeedReadReceipt": 1,
        "SupportMessageExtension": 0,
    }
    answer = await server.rest("openim/sendmsg", request)
    assert answer["ErrorCode"] == 0, answer
    (message,) = await bob.wait_received(1)
    assert (message["from"], message["to"], message["flow"]) == (amy_id, bob_id, "in")
    assert (message["sequence"], message["random"], message["time"]) == (93847636, 1287657, answer["MsgTime"])
    assert message["cloudCustomData"] == "cloud 中"
    assert message["needReadReceipt"] is True
    assert message["ID"] == answer["MsgId"]
    assert message["payload"] == {"text": "hi, beauty"}
    assert message["_elements"] == [
        {"type": "TIMTextElem", "content": {"text": "hi, beauty"}},
        {"type": "TIMCustomElem", "content": {"data": "{}", "description": "d", "extension": "e"}},
    ]
    await bob.destroy()
    late = await sign_in(bob_id)
    (stored,) = await late.messages(amy_id)
    assert essence(stored) == essence(message)
    assert amy.received() == []


async def test_bad_receivers_and_bodies_are_refused_with_their_codes(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    for to, text, code in ((user_id("nobody"), "x", 90012), (bob_id, "x" * 12289, 93000)):
        with pytest.raises(SdkError) as refused:
            await amy.send_text(to, text)
        assert refused.value.code == code
    await amy.send_text(bob_id, "fine")
    assert texts(await bob.wait_received(1)) == ["fine"]


@pytest.mark.parametrize(
    "count", [pytest.param(700, id="some"), pytest.param(20_000, id="20000", marks=pytest.mark.long)]
)
async def test_many_large_messages_missed(sign_in: SignIn, user_id: UserId, server: ServerProcess, count: int) -> None:
    """They come in pages, each once, in order; in the end the unread number is right."""
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await amy.send_text(bob_id, "before")
    await bob.wait_received(1)
    await bob.offline()
    async with httpx.AsyncClient(timeout=30) as client:
        for number in range(count):
            body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"{number} ".ljust(11_000, "x")}}]
            message = {"From_Account": amy_id, "To_Account": bob_id, "MsgRandom": number, "MsgBody": body}
            assert (await server.rest("openim/sendmsg", message, client=client))["ErrorCode"] == 0
    mark = len(bob.events)
    await bob.online()
    await bob.wait_received(count, since=mark, timeout=90 + count / 50)
    await amy.send_text(bob_id, "after")
    received = await bob.wait_received(count + 1, since=mark)
    assert [text.split(" ")[0] for text in texts(received)] == [*map(str, range(count)), "after"]
    await bob.wait_until(lambda: unread(bob, amy_id) in (250, 251))  # "after" may come with the last page
    print(f"{count} missed messages of 11 KB: each once, in order, unread {unread(bob, amy_id)}")
