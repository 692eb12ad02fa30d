"""Messages of groups in the official web SDK: three users with two devices each."""

from __future__ import annotations

from typing import Any

from driver import SdkClient, message_ref
from scene import Phone, Server, SignIn, UserId
from tests.gateway.group_talk import heard, make, say


def texts(client: SdkClient) -> list[str]:
    return [m["payload"]["text"] for m in client.received() if m["type"] == "TIMTextElem"]


async def write(client: SdkClient, group: str, text: str, **extra: Any) -> dict[str, Any]:
    return await client.send_text(group, text, conversationType="GROUP", **extra)


async def history(client: SdkClient, group: str) -> list[dict[str, Any]]:
    found = await client.call("getMessageList", {"conversationID": f"GROUP{group}"})
    listed: list[dict[str, Any]] = found["messageList"]
    return listed


def entry(client: SdkClient, group: str) -> dict[str, Any]:
    """The group's conversation as it was last reported; {} when it is not listed."""
    for event in reversed(client.events):
        if event.name == "CONVERSATION_LIST_UPDATED" and isinstance(event.data, list):
            found = [c for c in event.data if c["conversationID"] == f"GROUP{group}"]
            return dict(found[0]) if found else {}
    return {}


async def test_three_users_with_two_devices(server: Server, sign_in: SignIn, phone: Phone, user_id: UserId) -> None:
    ids = [user_id(name) for name in ("ann", "bob", "cid")]
    ann, bob, cid = [await sign_in(name) for name in ids]
    phones = [await phone(name) for name in ids]
    group = await make(server, *ids, GroupId=user_id("team"))
    sent = [await write(client, group, f"of {n}") for n, client in enumerate((ann, bob, cid))]
    assert [m["sequence"] for m in sent] == [1, 2, 3]
    for n, client in enumerate((ann, bob, cid)):
        wanted = [f"of {k}" for k in range(3) if k != n]
        await client.wait_until(lambda c=client, w=wanted: texts(c) == w)
    for one in phones:
        await one.wait(lambda one=one: len(heard(one)) == 3)
        assert heard(one) == [(1, "of 0"), (2, "of 1"), (3, "of 2")]
    for client in (ann, bob, cid):
        found = await history(client, group)
        assert [(m["sequence"], m["payload"]["text"]) for m in found] == heard(phones[0])
    (first,) = [m for m in bob.received() if m["type"] == "TIMTextElem" and m["payload"]["text"] == "of 0"]
    assert (first["from"], first["conversationType"], first["flow"]) == (ids[0], "GROUP", "in")
    # One reads on the phone: the browser follows.
    await cid.wait_until(lambda: entry(cid, group).get("unreadCount", 0) > 0)
    await phones[2].call("group_open_http_svc.msg_read_report", {"GroupId": group, "MsgReadedSeq": 3})
    await cid.wait_until(lambda: entry(cid, group)["unreadCount"] == 0)


async def test_recall_and_edit(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    ann, bob = await sign_in(user_id("ann")), await sign_in(user_id("bob"))
    group = await make(server, user_id("ann"), user_id("bob"), GroupId=user_id("team"))
    wrong = await write(ann, group, "wrong")
    await bob.wait_until(lambda: texts(bob) == ["wrong"])
    await ann.call("revokeMessage", message_ref(wrong))
    event = await bob.wait_event("MESSAGE_REVOKED")
    assert [(m["ID"], m["sequence"], m["revoker"]) for m in event.data] == [(wrong["ID"], 1, user_id("ann"))]
    found = await history(bob, group)
    assert [(m["ID"], m["isRevoked"]) for m in found] == [(wrong["ID"], True)]


async def test_back_after_an_absence(server: Server, sign_in: SignIn, phone: Phone, user_id: UserId) -> None:
    """Who was away finds everything once, with the number of what is unread; who only lost the connection, too."""
    ann_id, bob_id = user_id("ann"), user_id("bob")
    for name in (ann_id, bob_id):
        await server.rest("im_open_login_svc/account_import", {"UserID": name})
    group = await make(server, ann_id, bob_id, GroupId=user_id("team"))
    ann = await phone(ann_id)
    for n in range(3):
        await say(ann, group, f"early {n}")
    bob = await sign_in(bob_id)
    await bob.wait_until(lambda: entry(bob, group).get("unreadCount") == 3)
    assert entry(bob, group)["lastMessage"]["payload"]["text"] == "early 2"
    assert [m["payload"]["text"] for m in await history(bob, group)] == [f"early {n}" for n in range(3)]
    await say(ann, group, "live")
    await bob.wait_until(lambda: texts(bob) == ["live"])
    await bob.wait_until(lambda: entry(bob, group)["unreadCount"] == 4)
    await bob.offline()
    for n in range(2):
        await say(ann, group, f"missed {n}")
    await bob.online()
    await bob.wait_until(lambda: texts(bob) == ["live", "missed 0", "missed 1"], timeout=30)
    await bob.wait_until(lambda: entry(bob, group)["unreadCount"] == 6)
    await bob.call("setMessageRead", {"conversationID": f"GROUP{group}"})
    again = await sign_in(bob_id)
    await again.wait_until(lambda: entry(again, group) != {})
    assert entry(again, group)["unreadCount"] == 0
