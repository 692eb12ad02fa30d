"""What happens to groups while the bus is away: members on the other node have it once it is back, once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import heard, make, rest, say
from tests.gateway.raw_client import RawClient, Refused
from tests.gateway.test_group_tips import JOINED, KICKED, act, tips
from tests.gateway.test_lost_kicks import away
from tests.support.nats import Nats
from tests.support.server import ServerFactory, ServerProcess

UserId = Callable[[str], str]
CREATED_WITH, TAKEN_OUT, DISSOLVED = 7, 4, 5


async def notices(client: RawClient) -> list[tuple[int, str]]:
    """The notices of its groups that a client catches up with: kind and group."""
    found: list[tuple[int, str]] = []
    flag = 0
    while flag != 2:
        answer = await client.call("openim.getmsg", {"Cookie": client.cookie, "SyncFlag": flag})
        client.cookie, flag = answer["Cookie"], answer["SyncFlag"]
        items = [item for event in answer["EventArray"] for item in event.get("GroupTips", ())]
        found += [(item["MsgBody"]["ReportType"], item["ToGroupId"]) for item in items]
    return found


async def texts(client: RawClient, group: str) -> list[str]:
    page = await client.call(
        "group_open_http_svc.group_msg_get", {"GroupId": group, "ReqMsgNumber": 20, "ReqMsgSeq": 0}
    )
    written = [item for item in reversed(page["RspMsgList"]) if item.get("Event") != 4]
    return [item["MsgBody"][0]["MsgContent"]["Text"] for item in written]


def numbers(client: RawClient, group: str) -> list[int]:
    """Sequences of one group, of messages and tips, in the order in which they came."""
    return [
        item["MsgSeq"]
        for event in client.pushes
        if event["Event"] in (3, 4)
        for item in (*event.get("GroupMsgArray", ()), *event.get("GroupTips", ()))
        if item["ToGroupId"] == group
    ]


def people(*users: str) -> list[dict[str, Any]]:
    return [{"Member_Account": user} for user in users]


async def test_what_happens_while_the_bus_is_away(
    server_factory: ServerFactory, nats_server: Nats, sign_in: SignIn, user_id: UserId
) -> None:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    for node in (one, two):
        node.allow_errors("the bus")
    amy, dan = [await sign_in(one, user_id(name)) for name in ("amy", "dan")]
    bob, cid = [await sign_in(two, user_id(name)) for name in ("bob", "cid")]
    phone = await sign_in(one, bob.user_id, platform=2)
    old = await make(one, amy.user_id, bob.user_id, GroupId=user_id("old"))
    left = await make(one, amy.user_id, bob.user_id, dan.user_id, GroupId=user_id("left"))
    gone = await make(one, amy.user_id, bob.user_id, GroupId=user_id("gone"))
    for group in (old, left, gone):
        await say(amy, group, "before")
    await bob.wait(lambda: len(heard(bob)) == 3)
    await notices(bob)
    await notices(cid)

    async with httpx.AsyncClient(verify=False) as http:
        nats_server.stop()
        for node in (one, two):
            await away(node, http)
    asked = [(client, client.flags) for client in (amy, bob, cid)]
    new = await make(one, amy.user_id, bob.user_id, GroupId=user_id("new"))  # created with bob
    await rest(one, "add_group_member", GroupId=old, MemberList=people(cid.user_id))  # joins
    await rest(one, "delete_group_member", GroupId=left, MemberToDel_Account=[bob.user_id])
    await act(dan, "quit_group", GroupId=left)
    await rest(one, "destroy_group", GroupId=gone)
    again = await make(one, amy.user_id, bob.user_id, GroupId=gone)  # another one, under its ID
    for group in (old, new, left, again):
        await say(amy, group, "meanwhile")
    with pytest.raises(Refused) as refused:  # rows decide, hints or not
        await say(bob, left, "still here?")
    assert refused.value.code == 10007
    await say(bob, new, "from the other node")
    assert "from the other node" not in [text for _, text in heard(amy)]

    nats_server.start()
    for client, flags in asked:  # on both nodes: what is said before would go nowhere
        await client.wait(lambda c=client, f=flags: c.flags > f)
    last = [await say(amy, group, "after") for group in (left, old, new, again)][1]
    for client in (bob, cid):
        await client.wait(lambda c=client: numbers(c, old)[-1:] == [last])
    await bob.wait(lambda: [text for _, text in heard(bob)].count("after") == 3)
    await phone.wait(lambda: [text for _, text in heard(phone)].count("after") == 3)
    await amy.wait(lambda: "from the other node" in [text for _, text in heard(amy)])

    assert numbers(bob, old) == list(range(1, last + 1)), "each once, in order, what came meanwhile too"
    assert numbers(phone, old) == numbers(bob, old)
    assert [tip["MsgBody"]["OpType"] for tip in tips(bob, old)] == [JOINED]
    assert numbers(bob, left) == numbers(phone, left)[:1] == [1], "who was taken out hears nothing more of it"
    assert KICKED in [tip["MsgBody"]["OpType"] for tip in tips(amy, left)]
    assert numbers(cid, old)[-1] == last
    assert len(set(numbers(cid, old))) == len(numbers(cid, old))
    found = await notices(bob)
    assert sorted(found) == sorted(
        [(CREATED_WITH, new), (TAKEN_OUT, left), (DISSOLVED, gone), (CREATED_WITH, again)]
    ), found
    assert await notices(bob) == []
    assert await notices(cid) == [(CREATED_WITH, old)]
    assert await texts(bob, new) == ["meanwhile", "from the other node", "after"]
    assert await texts(bob, again) == ["meanwhile", "after"]
    assert (await texts(cid, old))[-2:] == ["meanwhile", "after"]
    with pytest.raises(Refused):
        await texts(bob, left)
    await _alike((one, two), {bob: {old, new, again}, cid: {old}, dan: set()}, old)
    await asyncio.gather(*(say(client, old, f"of {client.user_id}") for client in (amy, bob, cid)))
    for client in (bob, phone, cid):  # and live again, from both nodes
        await client.wait(lambda c=client: numbers(c, old)[-1] >= last + 2)


async def _alike(nodes: Sequence[ServerProcess], joined: dict[RawClient, set[str]], group: str) -> None:
    """Lists of joined groups and of members say the same on both nodes, and their counts are right."""
    for client, groups in joined.items():
        found = await act(client, "get_joined_group_list", Limit=200, Offset=0)
        assert {item["GroupId"] for item in found["GroupIdList"]} == groups
    for node in nodes:
        members = await rest(node, "get_group_member_info", GroupId=group)
        assert members["MemberNum"] == len(members["MemberList"]) == 3
