"""Messages of groups in the official web SDK: three users with two devices each."""

from __future__ import annotations

import time
from typing import Any

from driver import SdkClient, message_ref
from scene import Phone, Server, SignIn, UserId, learned
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
    await learned(group, bob, cid)
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
    await learned(group, bob)
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
    await bob.wait_until(lambda: texts(bob) == ["live", "missed 0", "missed 1"])
    await bob.wait_until(lambda: entry(bob, group)["unreadCount"] == 6)
    await bob.call("setMessageRead", {"conversationID": f"GROUP{group}"})
    again = await sign_in(bob_id)
    await again.wait_until(lambda: entry(again, group) != {})
    assert entry(again, group)["unreadCount"] == 0


async def test_whoever_was_imported_reads_what_came_since(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    """A group that hides what came before joining was taken over: a member has it as it was at the other server."""
    ann, bob, new, group = user_id("ann"), user_id("bob"), user_id("new"), user_id("old")
    for name in (ann, bob, new):
        await server.rest("im_open_login_svc/account_import", {"UserID": name})
    made = int(time.time()) - 3600
    svc = "group_open_http_svc"
    body: dict[str, Any] = {"Type": "Work", "Name": "Old", "GroupId": group, "Owner_Account": ann, "CreateTime": made}
    assert (await server.rest(f"{svc}/import_group", body))["ErrorCode"] == 0
    times = [(made, "in the first second"), (made + 10, "before bob"), (made + 60, "with bob"), (made + 70, "last")]
    listed = [
        {
            "From_Account": ann,
            "SendTime": at,
            "Random": at,
            "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": t}}],
        }
        for at, t in times
    ]
    answer = await server.rest(f"{svc}/import_group_msg", {"GroupId": group, "RecentContactFlag": 1, "MsgList": listed})
    assert [item["Result"] for item in answer["ImportMsgResult"]] == [0] * 4
    people = [{"Member_Account": bob, "JoinTime": made + 60}, {"Member_Account": new}]
    answer = await server.rest(f"{svc}/import_group_member", {"GroupId": group, "MemberList": people})
    assert [item["Result"] for item in answer["MemberList"]] == [1, 1]
    unread = {"GroupId": group, "Member_Account": bob, "UnreadMsgNum": 1}
    assert (await server.rest(f"{svc}/set_unread_msg_num", unread))["ErrorCode"] == 0
    seen = {}
    for name in (ann, bob, new):
        client = await sign_in(name)
        seen[name] = [m["payload"]["text"] for m in await history(client, group) if m["type"] == "TIMTextElem"]
        if name == bob:
            await client.wait_until(lambda client=client: entry(client, group).get("unreadCount") == 1)
    assert seen == {ann: [t for _, t in times], bob: ["with bob", "last"], new: []}
