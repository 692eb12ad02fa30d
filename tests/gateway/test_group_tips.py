"""What members are told of their group, and single users of theirs: on every device, on both nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import make, rest, say
from tests.gateway.raw_client import RawClient, Refused
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually

UserId = Callable[[str], str]
Nodes = tuple[ServerProcess, ServerProcess]
JOINED, QUIT, KICKED, ADMIN, NO_ADMIN, PROFILE, MEMBER = range(1, 8)


@pytest.fixture
def nodes(server_factory: ServerFactory) -> Nodes:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    return one, two


def tips(client: RawClient, group: str) -> list[dict[str, Any]]:
    return [
        item
        for event in client.pushes
        if event["Event"] == 4
        for item in event["GroupTips"]
        if item["ToGroupId"] == group
    ]


def reports(client: RawClient, group: str) -> list[int]:
    """Kinds of the notices about a group."""
    return [
        item["MsgBody"]["ReportType"]
        for event in client.pushes
        if event["Event"] == 5
        for item in event["GroupTips"]
        if item["ToGroupId"] == group and "ReportType" in item["MsgBody"]
    ]


async def act(client: RawClient, command: str, **body: Any) -> dict[str, Any]:
    return await client.call(f"group_open_http_svc.{command}", body)


async def test_tips_in_order_on_every_device_of_both_nodes(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    amy, phone = [await sign_in(nodes[n], user_id("amy"), platform=p) for n, p in ((0, 7), (1, 2))]
    bob, cid = await sign_in(nodes[1], user_id("bob")), await sign_in(nodes[0], user_id("cid"))
    group = await make(nodes[0], amy.user_id)
    one = {"GroupId": group, "Member_Account": bob.user_id}
    await rest(nodes[1], "add_group_member", GroupId=group, MemberList=[{"Member_Account": bob.user_id}])
    await act(amy, "modify_group_member_info", **one, Role="Admin")
    await act(bob, "modify_group_base_info", GroupId=group, Name="Renamed", ApplyJoinOption="FreeAccess")
    await act(cid, "apply_join_group", GroupId=group)
    await act(bob, "modify_group_member_info", GroupId=group, Member_Account=cid.user_id, ShutUpTime=60)
    await act(amy, "modify_group_member_info", **one, Role="Member")
    await act(phone, "change_group_owner", GroupId=group, NewOwner_Account=bob.user_id)
    # Who joins hears nothing of what was before, also where it has not come to the own node yet.
    # What is on its way when somebody leaves, that member hears no more.
    await cid.wait(lambda: len(tips(cid, group)) == 4)
    await act(bob, "delete_group_member", GroupId=group, MemberToDel_Account=[cid.user_id], Reason="noise")
    for device in (phone, amy):
        await device.wait(lambda d=device: len(tips(d, group)) == 8)  # type: ignore[misc]
    await act(amy, "quit_group", GroupId=group)
    last = await say(bob, group, "alone")
    await bob.wait(lambda: len(tips(bob, group)) == 9)
    kinds = [JOINED, ADMIN, PROFILE, JOINED, MEMBER, NO_ADMIN, PROFILE, KICKED, QUIT]
    got = tips(bob, group)
    assert [tip["MsgBody"]["OpType"] for tip in got] == kinds
    assert [tip["MsgSeq"] for tip in got] == list(range(last - 9, last)), "every tip takes a sequence"
    await bob.send_text(amy.user_id, "when this is here, the tip would be, too")
    for device in (phone, amy):
        await device.wait(lambda d=device: len(d.texts()) == 1)  # type: ignore[misc]
    assert tips(amy, group) == tips(phone, group) == got[:-1], "who has quit hears no more"
    await cid.wait(lambda: KICKED + 1 in reports(cid, group))
    assert tips(cid, group) == got[3:7], "from the own joining to the removal"

    bodies = [tip["MsgBody"] for tip in got]
    assert [b.get("MemberNum") for b in bodies] == [2, None, None, 3, None, None, None, 2, 1]
    assert [b.get("GroupJoinType") for b in bodies if b["OpType"] == JOINED] == [2, 1]
    assert bodies[2]["MsgGroupNewInfo"] == {"GroupName": "Renamed"}, "no tip of the options, as the type has it"
    assert bodies[4]["MsgMemberInfo"] == [{"User_Account": cid.user_id, "ShutupTime": 60}]
    assert bodies[6]["MsgGroupNewInfo"] == {"Owner_Account": bob.user_id}
    assert bodies[7]["MemberExtraInfo"] == {"Reason": "noise"}
    assert [b["List_Account"] for b in bodies[7:]] == [[cid.user_id], [amy.user_id]]
    assert (got[0]["From_Account"], got[0]["GroupInfo"]["GroupType"]) == ("@TIM#SYSTEM", "Public")
    assert reports(bob, group) == [7, 9, 10]


@pytest.mark.parametrize("kind", ["Private", "Public", "ChatRoom"])
async def test_which_tips_a_type_has(nodes: Nodes, sign_in: SignIn, user_id: UserId, kind: str) -> None:
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))
    group = await make(nodes[0], amy.user_id, bob.user_id, kind=kind)
    await say(amy, group, "begin")  # a Private group has no tips of members before
    cid = user_id("cid")
    await nodes[0].rest("im_open_login_svc/account_import", {"UserID": cid})
    person = [{"Member_Account": cid}]
    await rest(nodes[0], "add_group_member", GroupId=group, MemberList=person)
    if kind != "Private":
        await rest(nodes[0], "forbid_send_msg", GroupId=group, Members_Account=[cid], MuteTime=60)
    await rest(nodes[0], "delete_group_member", GroupId=group, MemberToDel_Account=[cid])
    await rest(nodes[0], "add_group_member", GroupId=group, MemberList=person, Silence=1)
    await rest(nodes[0], "delete_group_member", GroupId=group, MemberToDel_Account=[cid], Silence=1)
    await rest(nodes[0], "modify_group_base_info", GroupId=group, MuteAllMember="On")
    await rest(nodes[0], "modify_group_base_info", GroupId=group, Notification="new")
    expected = {
        "Private": [JOINED, KICKED, PROFILE],
        "Public": [JOINED, MEMBER, KICKED, PROFILE],
        "ChatRoom": [PROFILE],
    }[kind]
    await bob.wait(lambda: [t["MsgBody"]["OpType"] for t in tips(bob, group)][-1:] == [PROFILE])
    assert [tip["MsgBody"]["OpType"] for tip in tips(bob, group)] == expected
    with pytest.raises(Refused):
        await act(bob, "destroy_group", GroupId=group)
    await rest(nodes[1], "destroy_group", GroupId=group)
    await amy.wait(lambda: 5 in reports(amy, group))
    await bob.wait(lambda: 5 in reports(bob, group))
    with pytest.raises(Refused) as gone:
        await say(amy, group, "anybody?")
    assert gone.value.code == 10010


async def test_the_notices_of_a_while(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    """A device that was away gets what it missed, once, in order, from the other node; dealt with, it is gone."""
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))
    cookie = bob.cookie
    first, second = await make(nodes[0], amy.user_id, bob.user_id), await make(nodes[0], bob.user_id)
    await rest(nodes[1], "delete_group_member", GroupId=first, MemberToDel_Account=[bob.user_id])
    await act(amy, "apply_join_group", GroupId=second, ApplyMsg="hi")
    await bob.wait(lambda: 1 in reports(bob, second))

    async def missed(client: RawClient, since: str) -> tuple[list[tuple[int, str]], list[dict[str, Any]], str]:
        answer = await client.call("openim.getmsg", {"Cookie": since, "SyncFlag": 0})
        items = [item for event in answer["EventArray"] for item in event["GroupTips"]]
        return [(i["MsgBody"]["ReportType"], i["ToGroupId"]) for i in items], items, answer["Cookie"]

    kinds, items, later = await missed(bob, cookie)
    assert kinds == [(7, first), (4, first), (1, second)]
    assert (await missed(bob, later))[0] == []
    anew = await sign_in(nodes[0], bob.user_id, platform=2)
    assert (await missed(anew, ""))[0] == [(1, second)], "who signs in anew gets what waits"
    done = {"From_Account": "@TIM#SYSTEM", "MsgSeq": items[-1]["ClientSeq"], "MsgRandom": items[-1]["MsgRandom"]}
    await bob.call("openim.deletemsg", {"DelMsgList": [done]})
    assert (await missed(anew, ""))[0] == []


async def test_how_many_members_are_online(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))
    cid, stranger = user_id("cid"), await sign_in(nodes[0], user_id("eve"))
    await nodes[0].rest("im_open_login_svc/account_import", {"UserID": cid})
    group = await make(nodes[0], amy.user_id, bob.user_id, cid)

    async def online() -> list[int]:
        answers = [await rest(nodes[1], "get_online_member_num", GroupId=group)]
        answers.append(await act(bob, "get_online_member_num", GroupId=group))
        return [answer["OnlineMemberNum"] for answer in answers]

    await eventually(online, [2, 2], what="the number, once the nodes have heard of each other,")
    with pytest.raises(Refused) as refused:
        await act(stranger, "get_online_member_num", GroupId=group)
    assert refused.value.code == 10007
