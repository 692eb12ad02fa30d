"""Receipts, pins, key-value pairs and reactions of messages of groups, over REST and for clients, on both engines."""

from __future__ import annotations

from typing import Any

import pytest_asyncio

from tests.rest.test_group_lifecycle import SVC, code, create, ok
from tests.rest.test_group_messages import said, send
from tests.support.relations import Device, Host, host

__all__ = ["host"]
EXT = "openim_msg_ext_http_svc/"


@pytest_asyncio.fixture
async def group(host: Host) -> Host:
    on = {"public_receipts": True, "meeting_receipts": True, "message_extension": True}
    await host.configure(plan="Flagship", **on)
    members = [{"Member_Account": "u2", "Role": "Admin"}, {"Member_Account": "u3"}]
    await create(host, Owner_Account="u1", MemberList=members)
    return host


async def client(host: Host, user: str, command: str, service: str = SVC, **body: Any) -> dict[str, Any]:
    return await host(service + command, {"GroupId": "team-7", **body}, client=user)


async def client_code(host: Host, user: str, command: str, service: str = SVC, **body: Any) -> int:
    return int((await client(host, user, command, service, **body))["ErrorCode"])


def bodies(device: Device, key: str) -> list[Any]:
    """What the tips that a device has got say under one key of their bodies."""
    tips = [tip for event in device.events for tip in event.get("GroupTips", [])]
    return [tip["MsgBody"][key] for tip in tips if key in tip.get("MsgBody", {})]


def named(*seqs: int) -> list[dict[str, int]]:
    return [{"MsgSeq": seq} for seq in seqs]


async def counts(host: Host, *seqs: int) -> list[tuple[int, int, int]]:
    found = await ok(host, "get_group_msg_receipt", GroupId="team-7", MsgSeqList=named(*seqs))
    return [(item["Code"], item["ReadNum"], item["UnreadNum"]) for item in found["GroupMsgReceiptList"]]


async def test_receipts_are_counted_once_and_told_to_the_author(group: Host) -> None:
    author, other = group.device("u1"), group.device("u2")
    asked, plain = await send(group, NeedReadReceipt=1), await send(group, "no receipt")
    assert await counts(group, asked, plain, 99) == [(0, 0, 2), (10062, 0, 0), (10062, 0, 0)]
    give = {"GroupId": "team-7", "MsgSeqList": named(asked, plain)}
    await ok(group, "group_msg_receipt", **give, From_Account="u2")
    await ok(group, "group_msg_receipt", **give, From_Account="u2")
    assert await client_code(group, "u1", "group_msg_receipt", MsgSeqList=named(asked)) == 0, (
        "one's own changes nothing"
    )
    assert await counts(group, asked) == [(0, 1, 1)]
    [[heard]] = bodies(author, "GroupMsgReceiptList")
    assert (heard["MsgSeq"], heard["ReadNum"], heard["UnreadNum"]) == (asked, 1, 1)
    assert not bodies(other, "GroupMsgReceiptList")
    assert await client_code(group, "u3", "group_msg_receipt", MsgSeqList=named(plain)) == 10062
    assert await client_code(group, "u9", "group_msg_receipt", MsgSeqList=named(asked)) == 10007
    assert await code(group, "group_msg_receipt", GroupId="team-7", MsgSeqList=named(asked)) == 10004
    assert await code(group, "get_group_msg_receipt", GroupId="team-7", MsgSeqList=named(*range(1, 52))) == 10004
    of_others = await client(group, "u2", "get_group_msg_receipt", MsgSeqList=named(asked))
    assert of_others["GroupMsgReceiptList"][0]["Code"] == 10062


async def test_who_has_read_and_who_has_not(group: Host) -> None:
    seq = await send(group, NeedReadReceipt=1)
    await ok(group, "add_group_member", GroupId="team-7", MemberList=[{"Member_Account": "u4"}])
    for reader in ("u2", "u3"):
        await ok(group, "group_msg_receipt", GroupId="team-7", MsgSeqList=named(seq), From_Account=reader)
    page = {"GroupId": "team-7", "MsgSeq": seq, "Filter": 0, "Cursor": "", "Count": 1}
    first = await ok(group, "get_group_msg_receipt_detail", **page)
    assert (first["ReadList"], first["IsFinish"], first["IsFinished"]) == ([{"Read_Account": "u2"}], 0, 0)
    second = await ok(group, "get_group_msg_receipt_detail", **page | {"Cursor": first["Cursor"]})
    assert (second["ReadList"], second["IsFinish"], second["Cursor"]) == ([{"Read_Account": "u3"}], 1, "0")
    rest = await client(group, "u1", "get_group_msg_receipt_detail", MsgSeq=seq, Flag=1, Cursor="", Num=50)
    assert "ReadList" not in rest
    assert {one["Unread_Account"] for one in rest["UnreadList"]} <= {"u4"}
    assert await code(group, "get_group_msg_receipt_detail", **page | {"MsgSeq": 99}) == 10062


async def test_which_of_some_members_have_read(group: Host) -> None:
    seq, other = await send(group, NeedReadReceipt=1), await send(group, NeedReadReceipt=1, From_Account="u2")
    await ok(group, "group_msg_receipt", GroupId="team-7", MsgSeqList=named(seq), From_Account="u2")
    users = ["u3", "u2", "nobody", "u3"]
    asked = [{"MsgSeq": one, "MemberList_Account": users} for one in (seq, other, 99)]
    got = await client(group, "u1", "get_group_msg_receipts_by_users", MemberReadMsgList=asked)
    assert got["MsgReadList"] == [
        {"MsgSeq": seq, "Code": 0, "ReadList_Account": ["u2"], "UnreadList_Account": ["u3", "nobody"]},
        {"MsgSeq": other, "Code": 10062, "ReadList_Account": [], "UnreadList_Account": []},
        {"MsgSeq": 99, "Code": 10062, "ReadList_Account": [], "UnreadList_Account": []},
    ]
    assert await client_code(group, "u9", "get_group_msg_receipts_by_users", MemberReadMsgList=asked) == 10007
    assert await client_code(group, "u1", "get_group_msg_receipts_by_users", MemberReadMsgList=[]) == 10004
    answer = {"Inviter_Account": "u1", "HandleMsg": "Agree"}
    assert await client_code(group, "u2", "handle_invite_join_group", **answer) == 10013
    assert await client_code(group, "u9", "handle_invite_join_group", **answer) == 10024, "no invitation waits for it"


async def test_groups_by_a_part_of_their_names(group: Host) -> None:
    await create(group, "work", "Private", Owner_Account="u1", Name="Team of one")
    for number in range(3):
        await create(group, f"more-{number}", Owner_Account="u1", Name=f"the team {number}")
    found = await ok(group, "search_group", Content="TEAM", PageNum=1, GroupPerPage=3)
    assert (found["TotalRecord"], len(found["GroupInfo"])) == (4, 3), "nobody finds Private groups"
    rest = await ok(
        group,
        "search_group",
        Content="team",
        PageNum=2,
        GroupPerPage=3,
        ResponseFilter={"GroupBasePublicInfoFilter": ["Name", "MemberNum"]},
    )
    (last,) = rest["GroupInfo"]
    assert last.keys() == {"GroupId", "ErrorCode", "Name", "MemberNum"}
    assert await code(group, "search_group", Content=" ") == 10004
    assert (await ok(group, "search_group", Content="nothing"))["GroupInfo"] == []


async def test_where_there_are_no_receipts(group: Host) -> None:
    await create(group, "work", "Private", Owner_Account="u1")
    assert await code(group, "send_group_msg", **said(GroupId="work", NeedReadReceipt=1)) == 10007, "it is off"
    await group.configure(plan="Pro")
    assert await code(group, "send_group_msg", **said(NeedReadReceipt=1)) == 10059
    assert await code(group, "get_group_msg_receipt", GroupId="team-7", MsgSeqList=named(1)) == 10059


async def test_pins(group: Host) -> None:
    seqs = [await send(group, f"m{n}") for n in range(11)]
    for seq in seqs[:9]:
        await ok(group, "pin_message", GroupId="team-7", MsgSeq=seq)
    assert await client_code(group, "u2", "pin_message", MsgSeq=seqs[9], Pinner_Account="u2") == 0
    assert await client_code(group, "u2", "pin_message", MsgSeq=seqs[8], Pinner_Account="u1") == 10007
    assert await client_code(group, "u3", "pin_message", MsgSeq=seqs[8]) == 10007
    assert await code(group, "pin_message", GroupId="team-7", MsgSeq=seqs[0]) == 10071
    assert await code(group, "pin_message", GroupId="team-7", MsgSeq=seqs[10]) == 10070
    assert await code(group, "pin_message", GroupId="team-7", MsgSeq=999) == 10030
    shown = (await client(group, "u3", "get_pinned_messages"))["PinnedMsgList"]
    assert (len(shown), shown[0]) == (10, {"MsgSeq": seqs[9], "Pinner_Account": "u2"})
    assert await client_code(group, "u9", "get_pinned_messages") == 10007
    await ok(group, "unpin_message", GroupId="team-7", MsgSeq=seqs[0], UnPinner_Account="u1")
    assert await code(group, "unpin_message", GroupId="team-7", MsgSeq=seqs[0]) == 10030
    await ok(group, "group_msg_recall", GroupId="team-7", MsgSeqList=named(seqs[1]))
    shown = (await ok(group, "get_pinned_messages", GroupId="team-7"))["PinnedMsgList"]
    assert [pin["MsgSeq"] for pin in shown] == [*reversed(seqs[2:10])]
    assert await code(group, "pin_message", GroupId="team-7", MsgSeq=seqs[1]) == 10030, "it was recalled"


async def test_key_value_pairs(group: Host) -> None:
    seq, plain = await send(group, SupportMessageExtension=1), await send(group)
    here = {"GroupId": "team-7", "MsgSeq": seq}
    put = {"OperateType": 1, "ExtensionList": [{"Key": "a", "Value": "1"}]}
    done = await group.ok(EXT + "group_set_key_values", here | put)
    assert done["ExtensionList"] == [{"ErrorCode": 0, "Extension": {"Key": "a", "Value": "1", "Seq": 1}}]
    conflict = await client(group, "u3", "group_set_key_values", EXT, MsgSeq=seq, **put)
    assert conflict["ExtensionList"][0]["ErrorCode"] == 23001
    read = await client(group, "u3", "group_get_key_values", EXT, MsgSeq=seq)
    assert read["ExtensionList"] == [{"Key": "a", "Value": "1", "Seq": 1}]
    assert await client_code(group, "u9", "group_get_key_values", EXT, MsgSeq=seq) == 10007
    assert await client_code(group, "u1", "group_set_key_values", EXT, MsgSeq=plain, **put) == 23002
    await ok(group, "group_msg_recall", GroupId="team-7", MsgSeqList=named(seq))
    assert await client_code(group, "u1", "group_get_key_values", EXT, MsgSeq=seq) == 23004


async def test_reactions(group: Host) -> None:
    seq = await send(group)
    for user in ("u1", "u3"):
        assert await client_code(group, user, "group_reaction_add", EXT, MsgSeq=seq, Reaction="heart") == 0
    assert await client_code(group, "u3", "group_reaction_add", EXT, MsgSeq=seq, Reaction="heart") == 23007
    assert await client_code(group, "u9", "group_reaction_add", EXT, MsgSeq=seq, Reaction="heart") == 10007
    found = await client(group, "u3", "group_reaction_multi_stat", EXT, MsgSeqList=[seq, 99], Count=1)
    summary = {"Reaction": "heart", "Count": 2, "Reaction_Account": ["u1"], "ReactedByMe": 1}
    assert found["Results"] == [{"MsgSeq": seq, "MsgReactionSummary": [summary], "ReactionList": [summary]}]
    page = await client(group, "u2", "group_reaction_iterate", EXT, MsgSeq=seq, Reaction="heart", Count=1)
    assert (page["Reaction_Account"], page["NextSeq"]) == (["u1"], 1)
    assert await client_code(group, "u3", "group_reaction_del", EXT, MsgSeq=seq, Reaction="heart") == 0
    assert await client_code(group, "u3", "group_reaction_del", EXT, MsgSeq=seq, Reaction="heart") == 23009
