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
