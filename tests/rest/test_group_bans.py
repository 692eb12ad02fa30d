"""Bans over REST (rest-groups.md 2.21 to 2.23), on both engines."""

from __future__ import annotations

import time
from typing import Any

import pytest_asyncio

from tests.rest.test_group_lifecycle import code, create, ok
from tests.support.relations import Host, host

__all__ = ["host"]
FOREVER = 4_294_967_295


@pytest_asyncio.fixture
async def group(host: Host) -> Host:
    await create(host, Owner_Account="u1", MemberList=[{"Member_Account": "u2"}, {"Member_Account": "u3"}])
    return host


async def ban(host: Host, *user_ids: str, seconds: int = 600, **more: Any) -> int:
    return await code(
        host, "ban_group_member", GroupId="team-7", Members_Account=list(user_ids), Duration=seconds, **more
    )


async def members(host: Host) -> list[str]:
    found = await ok(host, "get_group_member_info", GroupId="team-7")
    return [item["Member_Account"] for item in found["MemberList"]]


async def banned(host: Host, **more: Any) -> tuple[list[str], int]:
    found = await ok(host, "get_group_ban_member", GroupId="team-7", **more)
    return [item["Member_Account"] for item in found["BannedAccountList"]], found["NextOffset"]


async def add(host: Host, *user_ids: str) -> list[int]:
    people = [{"Member_Account": user_id} for user_id in user_ids]
    found = await ok(host, "add_group_member", GroupId="team-7", MemberList=people)
    return [item["Result"] for item in found["MemberList"]]


async def test_who_is_banned_is_out_and_stays_out(group: Host) -> None:
    before = int(time.time())
    assert await ban(group, "u2", "u4", "ghost") == 0
    assert await members(group) == ["u1", "u3"]
    found = (await ok(group, "get_group_ban_member", GroupId="team-7"))["BannedAccountList"]
    assert [item["Member_Account"] for item in found] == ["u2", "u4"]
    assert all(before + 600 <= item["BannedUntil"] <= time.time() + 600 for item in found)
    assert await add(group, "u2", "u5", "u4") == [0, 1, 0]
    people = [{"Member_Account": "u2"}]
    assert await code(group, "add_group_member", GroupId="team-7", MemberList=people) == 10007
    await ok(group, "unban_group_member", GroupId="team-7", Members_Account=["u2", "ghost"])
    assert await members(group) == ["u1", "u3", "u5"]
    assert await add(group, "u2", "u4") == [1, 0]


async def test_pages_in_the_order_of_the_ends(group: Host) -> None:
    for number, user_id in enumerate(("u5", "u4", "u3")):
        assert await ban(group, user_id, seconds=FOREVER if number == 2 else 1000 + 100 * number) == 0
    assert await banned(group, Limit=2) == (["u5", "u4"], 2)
    assert await banned(group, Limit=2, Offset=2) == (["u3"], 0)


async def test_refusals(group: Host) -> None:
    assert await ban(group, "u1") == 10004
    assert await ban(group, *[f"x{n}" for n in range(21)]) == 10005
    assert await ban(group) == 10004
    assert await ban(group, "u2", seconds=0) == 10004
    assert await ban(group, "u2", Description="x" * 1001) == 10004
    assert await ban(group, "u2", seconds=FOREVER + 1) == 10004
    assert await code(group, "get_group_ban_member", GroupId="gone") == 10010
    assert await code(group, "get_group_ban_member", GroupId="team-7", Limit=101) == 10004
    assert await members(group) == ["u1", "u2", "u3"]
