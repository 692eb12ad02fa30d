"""Messages of groups between clients: on one server, and on two over PostgreSQL and NATS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import heard, make, rest, said, say
from tests.gateway.raw_client import RawClient, Refused
from tests.support.server import Engine, ServerFactory, ServerProcess

UserId = Callable[[str], str]
Nodes = tuple[ServerProcess, ServerProcess]
SENDERS, EACH = 50, 6


@pytest.fixture
def nodes(server_factory: ServerFactory) -> Nodes:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    return one, two


async def test_fifty_senders_on_two_nodes(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    """Sequences without holes or repetitions, and everyone reads the same messages in the same order."""
    names = [user_id(f"s{n}") for n in range(SENDERS)]
    clients = [await sign_in(nodes[n % 2], name) for n, name in enumerate(names)]
    group = await make(nodes[0], *names)

    async def talk(number: int) -> list[tuple[int, str]]:
        client = clients[number]
        texts = [f"{number} {turn}" for turn in range(EACH)]
        return [(await say(client, group, text), text) for text in texts]

    answers = await asyncio.gather(*(talk(n) for n in range(SENDERS)))
    everything = sorted(pair for pairs in answers for pair in pairs)
    first = everything[0][0]
    assert [seq for seq, _ in everything] == list(range(first, first + SENDERS * EACH))
    for client, own in zip(clients, answers, strict=True):
        wanted = [pair for pair in everything if pair not in own]
        await client.wait(lambda c=client, w=wanted: len(heard(c)) >= len(w))
        assert heard(client) == wanted, f"{client.user_id} reads them in another order"


async def test_one_message_given_to_both_nodes_at_a_time(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    amy, phone = [await sign_in(nodes[n], user_id("amy"), platform=p) for n, p in ((0, 7), (1, 2))]
    bob = await sign_in(nodes[1], user_id("bob"))
    group = await make(nodes[0], amy.user_id, bob.user_id)
    for n in range(30):
        body = said(amy, group, f"m{n}")
        both = await asyncio.gather(*(c.call("group_open_http_svc.send_group_msg", body) for c in (amy, phone)))
        assert both[0] == both[1]
    await bob.wait(lambda: len(heard(bob)) >= 30)
    assert [text for _, text in heard(bob)] == [f"m{n}" for n in range(30)]
    last = await say(bob, group, "end")
    assert last == heard(bob)[-1][0] + 1, "a repetition took a sequence"


async def test_joining_and_leaving(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    """Who joins gets what is written from then on, on every node; who is removed gets nothing more."""
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))
    group = await make(nodes[0], amy.user_id)
    before = await say(amy, group, "alone")
    with pytest.raises(Refused) as refused:
        await say(bob, group, "may I?")
    assert refused.value.code == 10007
    await rest(nodes[0], "add_group_member", GroupId=group, MemberList=[{"Member_Account": bob.user_id}])
    seq = await say(amy, group, "welcome")
    await bob.wait(lambda: bool(heard(bob)))
    assert heard(bob) == [(seq, "welcome")]
    assert seq > before
    await say(bob, group, "thanks")
    await amy.wait(lambda: heard(amy)[-1:] and heard(amy)[-1][1] == "thanks")
    await rest(nodes[1], "delete_group_member", GroupId=group, MemberToDel_Account=[bob.user_id])
    with pytest.raises(Refused):
        await say(bob, group, "still here")
    other = await make(nodes[0], amy.user_id, bob.user_id)
    await say(amy, group, "without bob")
    await say(amy, other, "with bob")
    await bob.wait(lambda: heard(bob)[-1][1] == "with bob")
    assert "without bob" not in [text for _, text in heard(bob)]


async def sessions(client: RawClient) -> dict[str, dict[str, Any]]:
    """The conversation list, by group."""
    answer = await client.call("recentcontact.page_get", {"From_Account": client.user_id})
    return {item["ToAccount"]: item for item in answer["SessionItem"] if item["Type"] == 2}


async def history(client: RawClient, group: str, **body: Any) -> dict[str, Any]:
    asked = {"GroupId": group, "ReqMsgNumber": 21, "ReqMsgSeq": 0, "WithRecalledMsg": 1} | body
    return await client.call("group_open_http_svc.group_msg_get", asked)


async def test_list_history_reading(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    amy, bob = await sign_in(server, user_id("amy")), await sign_in(server, user_id("bob"))
    phone = await sign_in(server, bob.user_id, platform=2)
    group = await make(server, amy.user_id, bob.user_id, GroupId=user_id("g"))
    joined = await bob.call("group_open_http_svc.get_joined_group_list", {"Limit": 200, "Offset": 0})
    (item,) = [item for item in joined["GroupIdList"] if item["GroupId"] == group]
    assert (item["SelfInfo"]["Role"], item["MuteAllMember"], item["NextMsgSeq"]) == ("Member", "Off", 1)
    seqs = [await say(amy, group, f"m{n}") for n in range(1, 6)]
    listed = (await sessions(bob))[group]
    assert (listed["UnreadMsgCount"], listed["MsgSeq"], listed["MsgGroupFrom_Account"]) == (5, 5, amy.user_id)
    assert listed["LastMsg"]["MsgBody"][0]["MsgContent"]["Text"] == "m5"
    assert (await sessions(amy))[group]["UnreadMsgCount"] == 0

    page = await history(bob, group, ReqMsgNumber=3)
    assert [m["MsgSeq"] for m in page["RspMsgList"]] == seqs[:1:-1]
    assert (page["IsFinished"], page["NextReqMsgSeq"]) == (1, 2)
    page = await history(bob, group, ReqMsgSeq=2)
    assert [m["MsgSeq"] for m in page["RspMsgList"]] == [2, 1]
    assert page["IsFinished"] == 2

    await bob.call("group_open_http_svc.msg_read_report", {"GroupId": group, "MsgReadedSeq": 3})
    await phone.wait(lambda: "GroupReadInfoArray" in str(phone.pushes))
    assert (await sessions(bob))[group]["UnreadMsgCount"] == 2
    await bob.call("group_open_http_svc.delete_group_ramble_msg_by_seq", {"GroupId": group, "Seqs": ["5"]})
    listed = (await sessions(bob))[group]
    assert (listed["UnreadMsgCount"], listed["LastMsg"]["MsgBody"][0]["MsgContent"]["Text"]) == (1, "m4")
    assert (await history(bob, group))["InvisibleMsgSeq"] == [5]

    everything = {"C2CReadAllMsg": 0, "GroupReadInfo": [{"GroupId": group, "MsgSeq": 5}]}
    await bob.call("openim.read_all_unread_msg", everything)
    assert (await sessions(bob))[group]["UnreadMsgCount"] == 0
    await bob.call("recentcontact.clear_msg", {"From_Account": bob.user_id, "Type": 2, "ToGroupid": group})
    assert (await history(bob, group))["RspMsgList"] == []
    assert len((await history(amy, group))["RspMsgList"]) == 5
    contact = {"ContactItem": [{"Type": 2, "ToGroupid": group}], "From_Account": bob.user_id}
    await bob.call("recentcontact.batch_delete", contact)
    assert group not in await sessions(bob)
    await say(amy, group, "again")
    assert (await sessions(bob))[group]["UnreadMsgCount"] == 1


async def test_newcomers_read_what_the_type_lets_them(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    amy, bob = await sign_in(server, user_id("amy")), await sign_in(server, user_id("bob"))
    for kind, seen in (("Public", ["after"]), ("ChatRoom", ["after", "before"])):
        group = await make(server, amy.user_id, kind=kind)
        await say(amy, group, "before")
        with pytest.raises(Refused) as refused:
            await history(bob, group)
        assert refused.value.code == 10007
        await rest(server, "add_group_member", GroupId=group, MemberList=[{"Member_Account": bob.user_id}])
        await say(amy, group, "after")
        page = await history(bob, group)
        written = [m for m in page["RspMsgList"] if m.get("Event") != 4]
        assert [m["MsgBody"][0]["MsgContent"]["Text"] for m in written] == seen
        tips = [m["MsgBody"]["OpType"] for m in page["RspMsgList"] if m.get("Event") == 4]
        assert tips == ([1] if kind == "Public" else []), "the tip of the own joining is in the history"
        assert page["IsFinished"] == 2


async def test_recall_and_edit(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    amy, bob = await sign_in(server, user_id("amy")), await sign_in(server, user_id("bob"))
    group = await make(server, amy.user_id, bob.user_id)
    await say(amy, group, "one")
    await say(bob, group, "two")

    async def recall(client: RawClient, seq: int) -> int:
        body = {"GroupId": group, "MsgSeqList": [{"MsgSeq": seq}]}
        return int((await client.call("group_open_http_svc.group_msg_recall", body))["RecallRetList"][0]["RetCode"])

    assert await recall(bob, 1) == 10007, "a member recalls the owner's message"
    assert await recall(amy, 2) == 0
    await bob.wait(lambda: "GroupWithdrawInfoArray" in str(bob.pushes))
    tips = [tip for event in bob.pushes if event["Event"] == 5 for tip in event["GroupTips"]]
    (tip,) = [tip for tip in tips if "GroupWithdrawInfoArray" in tip["MsgBody"]]
    (item,) = tip["MsgBody"]["GroupWithdrawInfoArray"]
    assert (item["MsgSeq"], tip["RevokerInfo"]["Revoker_Account"]) == (2, amy.user_id)
    missed = await bob.call(
        "group_open_http_svc.batch_get_group_notify", {"NotifyReqList": [{"GroupId": group, "BeginTime": 0}]}
    )
    assert [i["MsgSeq"] for i in missed["NotifyRspList"][0]["NotifyMsgList"]] == [2]
    page = (await history(amy, group))["RspMsgList"]
    assert [(m["MsgSeq"], m.get("IsPlaceMsg", 0)) for m in page] == [(2, 2), (1, 0)]
    assert page[0]["MsgBody"][0]["MsgContent"]["Text"] == ""

    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "new"}}]
    edit = {"GroupId": group, "MsgSeq": 1, "MsgVersion": 0, "MsgBody": body, "CloudCustomData": "c"}
    assert (await bob.call("openim.modify_group_msg", edit))["MsgVersion"] == 1
    await amy.wait(lambda: "GroupMsgModNotifys" in str(amy.pushes))
    with pytest.raises(Refused) as refused:
        await amy.call("openim.modify_group_msg", edit)
    assert (refused.value.code, refused.value.body["MsgVersion"]) == (20027, 1)


async def test_for_some_members_and_mentions(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, cid = [await sign_in(server, user_id(name)) for name in ("amy", "bob", "cid")]
    group = await make(server, amy.user_id, bob.user_id, cid.user_id)
    mentions = [{"GroupAtAllFlag": 0, "GroupAt_Account": bob.user_id}]
    await say(amy, group, "@bob", GroupAtInfo=mentions)
    await bob.wait(lambda: any(event["Event"] == 12 for event in bob.pushes))
    secret = await say(amy, group, "for bob", To_Account=[bob.user_id])
    await bob.wait(lambda: (secret, "for bob") in heard(bob))
    (tips,) = [event["GroupTips"][0]["GroupAtTips"] for event in bob.pushes if event["Event"] == 12]
    assert (tips["GroupId"], tips["AtMsgSeq"], tips["AtFlagList"]) == (group, 1, [1])
    await cid.wait(lambda: bool(heard(cid)))
    assert not any(event["Event"] == 12 for event in cid.pushes)
    await rest(server, "send_group_system_notification", GroupId=group, Content="c", ToMembers_Account=[cid.user_id])
    await cid.wait(lambda: "UserDefinedField" in str(cid.pushes))
    await say(amy, group, "end")
    await bob.wait(lambda: heard(bob)[-1][1] == "end")
    assert "UserDefinedField" not in str(bob.pushes)
    await cid.wait(lambda: heard(cid)[-1][1] == "end")
    assert [seq for seq, _ in heard(cid)] == [1, 3]
    assert (await history(cid, group))["InvisibleMsgSeq"] == [secret]
    assert (await sessions(cid))[group]["UnreadMsgCount"] == 2


async def test_a_history_that_one_device_clears(
    engine: Engine, server_factory: ServerFactory, sign_in: SignIn, user_id: UserId
) -> None:
    """The user's other devices show nothing as unread at once, and find it empty when they look; nobody else's is."""
    server = server_factory(engine)
    amy, bob = await sign_in(server, "amy"), await sign_in(server, "bob")
    phone = await sign_in(server, "bob", platform=2)
    group = await make(server, "amy", "bob")
    for number in range(3):
        await say(amy, group, f"m{number}")
    await phone.wait(lambda: len(heard(phone)) == 3)
    words = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]
    one = {"From_Account": "amy", "To_Account": "bob", "MsgRandom": 1, "MsgSeq": 1, "MsgBody": words}
    assert (await server.rest("openim/sendmsg", one))["ErrorCode"] == 0

    def read(event: dict[str, Any]) -> list[tuple[str, int]]:
        tips = event.get("GroupTips", [])
        return [(i["GroupId"], i["LastReadMsgSeq"]) for t in tips for i in t["MsgBody"].get("GroupReadInfoArray", [])]

    await bob.call("recentcontact.clear_msg", {"From_Account": "bob", "Type": 2, "ToGroupid": group})
    await bob.call("recentcontact.clear_msg", {"From_Account": "bob", "Type": 1, "To_Account": "amy"})
    await phone.wait(lambda: [one for event in phone.pushes for one in read(event)] == [(group, 3)])
    await phone.wait(lambda: "ReadC2cMsgNotify" in str(phone.pushes))
    away = await sign_in(server, "bob", platform=9)
    for client in (bob, phone, away):
        answer = await client.call("recentcontact.page_get", {"From_Account": "bob"})
        assert [item["UnreadMsgCount"] for item in answer["SessionItem"]] == [0, 0], answer
        assert (await history(client, group))["RspMsgList"] == []
        pages = {"Peer_Account": "amy", "MaxCnt": 15, "LastMsgTime": 0, "WithRecalledMsg": 1, "From_Account": "bob"}
        assert (await client.call("openim.getroammsg", pages))["MsgList"] == []
    assert len((await history(amy, group))["RspMsgList"]) == 3
    await say(amy, group, "again")
    await phone.wait(lambda: heard(phone)[-1] == (4, "again"))
    assert (await sessions(phone))[group]["UnreadMsgCount"] == 1
