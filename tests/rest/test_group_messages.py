"""Messages of groups over REST (rest-messages.md section 4), on both engines."""

from __future__ import annotations

import itertools
from typing import Any

import pytest_asyncio

from tests.rest.test_group_lifecycle import code, create, ok
from tests.support.relations import Host, host

__all__ = ["host"]
_random = itertools.count(1)


@pytest_asyncio.fixture
async def group(host: Host) -> Host:
    members = [{"Member_Account": "u2", "Role": "Admin"}, {"Member_Account": "u3"}]
    await create(host, Owner_Account="u1", MemberList=members)
    return host


def said(text: str = "hi", sender: str = "u1", **more: Any) -> dict[str, Any]:
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]
    return {"GroupId": "team-7", "From_Account": sender, "Random": next(_random), "MsgBody": body} | more


async def send(host: Host, text: str = "hi", sender: str = "u1", **more: Any) -> int:
    return int((await ok(host, "send_group_msg", **said(text, sender, **more)))["MsgSeq"])


async def test_sequences_and_repetitions(group: Host) -> None:
    assert [await send(group, f"m{n}") for n in range(3)] == [1, 2, 3]
    again = said("again")
    first = await ok(group, "send_group_msg", **again)
    assert first["MsgSeq"] == 4
    assert await ok(group, "send_group_msg", **again) == first
    assert await send(group, "again") == 5
    assert await send(group, "only now", OnlineOnlyFlag=1) == 0
    assert await send(group, "next") == 6


async def test_who_may_not(group: Host) -> None:
    assert await code(group, "send_group_msg", **said(GroupId="gone")) == 10010
    assert await code(group, "send_group_msg", **said(sender="ghost")) == 10004
    assert await code(group, "send_group_msg", **said() | {"MsgBody": "text"}) == 10004
    assert await code(group, "send_group_msg", **said("x" * 13_000)) == 80002
    assert await code(group, "send_group_msg", **said(TopicId="t")) == 11000
    at = [{"GroupAtAllFlag": 0, "GroupAt_Account": f"m{n}"} for n in range(31)]
    assert await code(group, "send_group_msg", **said(GroupAtInfo=at)) == 10053
    assert await code(group, "send_group_msg", **said(NeedReadReceipt=1, OnlineOnlyFlag=1)) == 10061
    assert await send(group, "of one who is no member", "u9") == 1
    await ok(group, "forbid_send_msg", GroupId="team-7", Members_Account=["u3"], MuteTime=600)
    assert await code(group, "send_group_msg", **said(sender="u3")) == 10017
    await ok(group, "modify_group_base_info", GroupId="team-7", MuteAllMember="On")
    assert await send(group, "of an admin", "u2") == 3, "the tip of the mute took 2"
    await ok(group, "forbid_send_msg", GroupId="team-7", Members_Account=["u3"], MuteTime=0)
    assert await code(group, "send_group_msg", **said(sender="u3")) == 10017
    await ok(group, "destroy_group", GroupId="team-7")
    assert await code(group, "send_group_msg", **said()) == 10010


async def history(host: Host, **body: Any) -> list[tuple[int, int, Any]]:
    found = await ok(host, "group_msg_get_simple", **{"GroupId": "team-7", "ReqMsgNumber": 20} | body)
    return [
        (m["MsgSeq"], m["IsPlaceMsg"], m["MsgBody"][0]["MsgContent"]["Text"] if m["MsgBody"] else "")
        for m in found["RspMsgList"]
    ]


async def test_history(group: Host) -> None:
    for n in range(1, 26):
        await send(group, f"m{n}", CloudCustomData="c" if n == 25 else "")
    assert [seq for seq, _, _ in await history(group)] == list(range(25, 5, -1))
    assert await history(group, ReqMsgSeq=3, ReqMsgNumber=2) == [(3, 0, "m3"), (2, 0, "m2")]
    newest = await ok(group, "group_msg_get_simple", GroupId="team-7", ReqMsgNumber=1)
    (item,) = newest["RspMsgList"]
    assert newest["IsFinished"] == 1
    assert {k: item[k] for k in ("From_Account", "CloudCustomData", "MsgPriority", "MsgSeq")} == {
        "From_Account": "u1",
        "CloudCustomData": "c",
        "MsgPriority": 2,
        "MsgSeq": 25,
    }
    assert await code(group, "group_msg_get_simple", GroupId="gone", ReqMsgNumber=1) == 10010
    assert await code(group, "group_msg_get_simple", GroupId="team-7", ReqMsgNumber=0) == 10004
    await create(group, "room", "AVChatRoom", Owner_Account="u1")
    assert await send(group, "in a room", GroupId="room") == 1
    assert await code(group, "group_msg_get_simple", GroupId="room", ReqMsgNumber=1) == 10044


async def test_recall_and_silent_recall(group: Host) -> None:
    for n in range(1, 5):
        await send(group, f"m{n}", "u1" if n < 4 else "u2")
    answer = await ok(group, "group_msg_recall", GroupId="team-7", MsgSeqList=[{"MsgSeq": 2}, {"MsgSeq": 9}])
    assert answer["RecallRetList"] == [{"MsgSeq": 2, "RetCode": 0}, {"MsgSeq": 9, "RetCode": 10030}]
    again = await ok(group, "group_msg_recall", GroupId="team-7", MsgSeqList=[{"MsgSeq": 2}])
    assert again["RecallRetList"] == [{"MsgSeq": 2, "RetCode": 10032}]
    assert [seq for seq, _, _ in await history(group)] == [4, 3, 1]
    await ok(group, "delete_group_msg_by_sender", GroupId="team-7", Sender_Account="u1")
    assert [seq for seq, _, _ in await history(group)] == [4]
    assert [(seq, place) for seq, place, _ in await history(group, WithRecalledMsg=1)] == [
        (4, 0),
        (3, 2),
        (2, 2),
        (1, 2),
    ]
    too_many = [{"MsgSeq": n} for n in range(11)]
    assert await code(group, "group_msg_recall", GroupId="team-7", MsgSeqList=too_many) == 10004


async def test_pages_go_on_below_what_was_recalled(group: Host) -> None:
    """Whoever asks for the sequence below the lowest of each page reads all, however much was recalled in a row."""
    await send(group, "first")
    for n in range(50):
        await send(group, f"m{n}", "u3")
    await ok(group, "delete_group_msg_by_sender", GroupId="team-7", Sender_Account="u3")
    read: list[str] = []
    high, pages = 51, 0
    while high > 0:
        page = await history(group, ReqMsgSeq=high, ReqMsgNumber=20)
        read += [text for _, place, text in page if not place]
        high, pages = min((seq for seq, _, _ in page), default=0) - 1, pages + 1
    assert (read, pages) == (["first"], 3)


async def unread(host: Host, user_id: str) -> int:
    filters = {"SelfInfoFilter": ["UnreadMsgNum"]}
    found = await ok(host, "get_joined_group_list", Member_Account=user_id, ResponseFilter=filters)
    return int(found["GroupIdList"][0]["SelfInfo"]["UnreadMsgNum"])


async def test_unread_numbers(group: Host) -> None:
    """One's own messages, those that ask for it, targeted and recalled ones do not count."""
    for n in range(5):
        await send(group, f"m{n}")
    await send(group, "of u3", "u3")
    assert [await unread(group, u) for u in ("u1", "u2", "u3")] == [1, 6, 5]
    await send(group, "quiet", SendMsgControl=["NoUnread"])
    assert await unread(group, "u2") == 6
    await ok(group, "group_msg_recall", GroupId="team-7", MsgSeqList=[{"MsgSeq": 1}, {"MsgSeq": 6}])
    assert [await unread(group, u) for u in ("u1", "u2", "u3")] == [0, 4, 4]
    for number, expected in ((2, 2), (0, 0), (4, 4), (99, 4)):
        await ok(group, "set_unread_msg_num", GroupId="team-7", Member_Account="u2", UnreadMsgNum=number)
        assert await unread(group, "u2") == expected
    assert await code(group, "set_unread_msg_num", GroupId="team-7", Member_Account="u9", UnreadMsgNum=0) == 10007


async def test_import(group: Host) -> None:
    made = 1_600_000_000
    await ok(group, "import_group", GroupId="old", Type="Public", Name="old", Owner_Account="u1", CreateTime=made)
    await ok(group, "import_group_member", GroupId="old", MemberList=[{"Member_Account": "u2"}])

    def item(at: int, text: str, sender: str = "u1") -> dict[str, Any]:
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]
        return {"From_Account": sender, "SendTime": at, "Random": next(_random), "MsgBody": body}

    items = [item(made + 10, "a"), item(made + 5, "b"), item(made + 20, "c"), item(made + 30, "d", "ghost")]
    items.append(item(made + 30, "x" * 13_000))
    answer = await ok(group, "import_group_msg", GroupId="old", MsgList=items)
    results = [(r["MsgSeq"], r["Result"]) for r in answer["ImportMsgResult"]]
    assert results == [(1, 0), (0, 10004), (2, 0), (0, 10004), (0, 80002)]
    again = await ok(group, "import_group_msg", GroupId="old", MsgList=items[:1])
    assert again["ImportMsgResult"] == answer["ImportMsgResult"][:1]
    assert [(seq, text) for seq, _, text in await history(group, GroupId="old")] == [(2, "c"), (1, "a")]
    await create(group, "room", "AVChatRoom")
    assert await code(group, "import_group_msg", GroupId="room", MsgList=items[:1]) == 10007


async def test_edit_and_clear(group: Host) -> None:
    for n in range(1, 4):
        await send(group, f"m{n}")
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "new"}}]
    for seq, expected in ((2, []), (9, [20022])):
        edit = {"GroupId": "team-7", "MsgSeq": seq, "MsgBody": body}
        answer = await group("openim/modify_group_msg", edit)
        assert [answer["ErrorCode"]] == (expected or [0])
    await ok(group, "clear_group_msg", GroupId="team-7", MsgSeq=2)
    assert [text for _, _, text in await history(group)] == ["m3", "new", "m1"]


async def test_private_group_waits_for_its_owner(host: Host) -> None:
    await create(host, kind="Private", Owner_Account="u1", MemberList=[{"Member_Account": "u2"}])
    listed = await ok(host, "get_joined_group_list", Member_Account="u2")
    assert listed["TotalCount"] == 0
    await send(host, "first")
    listed = await ok(host, "get_joined_group_list", Member_Account="u2")
    assert listed["TotalCount"] == 1
