"""What devices learn of a recall in the official web SDK: once, by whom, and no longer the text."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, message_ref, texts
from scene import Phone, Server, SignIn, UserId, conversation, unread

ADMIN = "administrator"


def revoked(client: SdkClient) -> list[tuple[str, str]]:
    """Every recall that the application was told: message and revoker."""
    return [(m["ID"], m["revoker"]) for e in client.events if e.name == "MESSAGE_REVOKED" for m in e.data]


async def on_server(server: Server, reader: str, peer: str) -> int:
    answer = await server.rest("openim/get_c2c_unread_msg_num", {"To_Account": reader, "Peer_Account": [peer]})
    return int(answer["C2CUnreadMsgNumList"][0]["C2CUnreadMsgNum"])


async def withdraw(server: Server, sender: str, recipient: str, message: dict[str, Any]) -> None:
    key = f"{message['sequence']}_{message['random']}_{message['time']}"
    answer = await server.rest(
        "openim/admin_msgwithdraw", {"From_Account": sender, "To_Account": recipient, "MsgKey": key}
    )
    assert answer["ErrorCode"] == 0, answer


@pytest.mark.parametrize("by", ["administrator", "sender"])
async def test_a_recall_is_told_once_and_names_its_revoker(
    sign_in: SignIn, user_id: UserId, server: Server, phone: Phone, by: str
) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    phones = [await phone(bob_id), await phone(amy_id)]
    sent = [await amy.send_text(bob_id, f"secret {number}") for number in range(4)]
    await bob.wait_received(4)
    await bob.wait_until(lambda: unread(bob, amy_id) == 4)
    mark = len(bob.events)
    revoker = ADMIN if by == "administrator" else amy_id
    if by == "administrator":
        await withdraw(server, amy_id, bob_id, sent[1])
    else:
        await amy.call("revokeMessage", message_ref(sent[1]))
    await bob.wait_event("SYNCED", since=mark)  # it asks for a new cookie behind the recall
    await bob.wait_until(lambda: unread(bob, amy_id) == 3)
    await amy.send_text(bob_id, "after it")
    await bob.wait_until(lambda: unread(bob, amy_id) == 4)
    assert await on_server(server, bob_id, amy_id) == 4
    expected = [(sent[1]["ID"], revoker)]
    assert revoked(bob) == expected
    for device in phones:
        await device.wait(lambda device=device: len(device.texts()) == 5)  # type: ignore[misc]
        await device.sync()
        told = [info for notice in device.notices("WithdrawC2cMsgNotify") for info in notice["C2cWithdrawInfoArray"]]
        assert [(info["MsgRandom"], info["RevokerInfo"]["Revoker_Account"]) for info in told] == [
            (sent[1]["random"], revoker)
        ]
    if by == "administrator":
        assert revoked(amy) == expected
    else:  # once where its own hint came late: what is made up for from the log names no device
        assert revoked(amy) in ([], expected)

    # After a reconnect, which brings what was missed, the recall comes no second time.
    await bob.offline()
    await amy.send_text(bob_id, "missed")
    await bob.online()
    await bob.wait_received(6)
    await bob.wait_until(lambda: unread(bob, amy_id) == 5)
    assert revoked(bob) == expected
    assert await on_server(server, bob_id, amy_id) == 5

    # After a reload the history and the list name the same revoker.
    await bob.destroy()
    late = await sign_in(bob_id)
    history = await late.messages(amy_id)
    assert [(m["isRevoked"], m["revoker"]) for m in history] == [
        *[(False, ""), (True, revoker), (False, ""), (False, "")],
        *[(False, ""), (False, "")],
    ]
    assert (await late.conversations())[f"C2C{amy_id}"]["unreadCount"] == 5


@pytest.mark.parametrize("by", ["administrator", "sender"])
async def test_a_recall_while_the_device_is_away(sign_in: SignIn, user_id: UserId, server: Server, by: str) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    sent = [await amy.send_text(bob_id, f"secret {number}") for number in range(4)]
    await bob.wait_received(4)
    await bob.wait_until(lambda: unread(bob, amy_id) == 4)
    await bob.offline()
    revoker = ADMIN if by == "administrator" else amy_id
    if by == "administrator":
        await withdraw(server, amy_id, bob_id, sent[2])
    else:
        await amy.call("revokeMessage", message_ref(sent[2]))
    mark = len(bob.events)
    await bob.online()
    await bob.wait_event("SYNCED", since=mark)
    await bob.wait_until(lambda: unread(bob, amy_id) == 3)
    await amy.send_text(bob_id, "after it")
    await bob.wait_until(lambda: unread(bob, amy_id) == 4)
    assert revoked(bob) == [(sent[2]["ID"], revoker)]
    assert await on_server(server, bob_id, amy_id) == 4


async def test_a_recall_just_before_the_connection_drops(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    """The client knows of it, and has said so, though its cookie is from before it."""
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    for number in range(10):
        sent = [await amy.send_text(bob_id, f"secret {number} {part}") for part in range(2)]
        await bob.wait_received(3 * number + 2)
        before = len(revoked(bob))
        mark = len(bob.events)
        await withdraw(server, amy_id, bob_id, sent[0])
        await bob.wait_event("MESSAGE_REVOKED", since=mark)
        await bob.wait_event("ACKNOWLEDGED", since=mark)
        mark = len(bob.events)
        await bob.drop()
        if number:  # by itself it comes back with its next heartbeat, seconds later
            await bob.online()
        await bob.wait_event("SYNCED", since=mark)
        await amy.send_text(bob_id, f"after {number}")
        await bob.wait_received(3 * number + 3)
        assert len(revoked(bob)) == before + 1
    await bob.wait_until(lambda: unread(bob, amy_id) == 20)
    assert await on_server(server, bob_id, amy_id) == 20


async def test_only_the_sender_keeps_the_text_of_a_recalled_message(
    sign_in: SignIn, user_id: UserId, server: Server
) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await bob.offline()
    await amy.send_text(bob_id, "stays")
    wrong = await amy.send_text(bob_id, "my secret", cloudCustomData="my other secret")
    await amy.call("revokeMessage", message_ref(wrong))
    mark = len(bob.events)
    await bob.online()
    await bob.wait_event("SYNCED", since=mark)
    await bob.wait_received(1)
    await bob.destroy()
    await amy.destroy()
    late_bob, late_amy = await sign_in(bob_id), await sign_in(amy_id)
    for client, peer, text, cloud in (
        (late_bob, amy_id, "", ""),
        (late_amy, bob_id, "my secret", "my other secret"),
    ):
        history = await client.messages(peer)
        assert texts(history) == ["stays", text]
        assert [m["cloudCustomData"] for m in history] == ["", cloud]
        assert [m["isRevoked"] for m in history] == [False, True]
        last = (await client.conversations())[f"C2C{peer}"]["lastMessage"]
        assert (last["isRevoked"], last["payload"]["text"]) == (True, text)
    for client in (bob, late_bob):
        assert not [event for event in client.events if "secret" in repr(event.data)]
    roaming = await server.rest(
        "openim/admin_getroammsg",
        {"Operator_Account": bob_id, "Peer_Account": amy_id, "MaxCnt": 10, "MinTime": 0, "MaxTime": 1 << 33},
    )
    assert [(m["MsgFlagBits"], m["MsgBody"][0]["MsgContent"]["Text"]) for m in roaming["MsgList"]] == [
        (0, "stays"),
        (8, "my secret"),
    ]
    assert conversation(late_bob, amy_id)["lastMessage"]["isRevoked"] is True
