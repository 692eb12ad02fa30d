"""Custom fields of groups and members, over REST and for clients (rest-groups.md 1.9), on both engines."""

from __future__ import annotations

from typing import Any

import pytest_asyncio

from sodam.apps.group_fields import GroupField, GroupFieldRight, MemberField, MemberFieldRight
from tests.rest.test_group_lifecycle import SVC, code, create, info, ok
from tests.support.relations import Host, host

__all__ = ["host"]
FIELDS = (
    GroupField(
        name="floor", rights=(GroupFieldRight(type="Public", read="anyone"), GroupFieldRight(type="AVChatRoom"))
    ),
    GroupField(name="secret", rights=(GroupFieldRight(type="Public", read="owner", write="app"),)),
)
MEMBER_FIELDS = (
    MemberField(name="team", rights=(MemberFieldRight(type="Public"),)),
    MemberField(name="grade", rights=(MemberFieldRight(type="Public", read="admin", write="owner", own=False),)),
)


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


@pytest_asyncio.fixture
async def team(host: Host) -> Host:
    await host.configure(group_fields=FIELDS, group_member_fields=MEMBER_FIELDS)
    members = [{"Member_Account": "u2", "Role": "Admin", "AppMemberDefinedData": pairs(team="red", grade="7")}]
    await create(
        host,
        Owner_Account="u1",
        AppDefinedData=pairs(floor="3", secret="s\x00é"),
        MemberList=[*members, {"Member_Account": "u3"}],
    )
    return host


async def as_client(host: Host, user: str, command: str, **body: Any) -> int:
    return int((await host(SVC + command, body, client=user))["ErrorCode"])


async def test_values_are_read_whole_or_by_filters(team: Host) -> None:
    found = await info(team)
    assert found["AppDefinedData"] == pairs(floor="3", secret="s\x00é")
    assert [m.get("AppMemberDefinedData") for m in found["MemberList"]] == [None, pairs(team="red", grade="7"), None]
    some = await info(team, ResponseFilter={"AppDefinedDataFilter_Group": ["floor"], "GroupBaseInfoFilter": ["Name"]})
    assert some == {
        "GroupId": "team-7",
        "ErrorCode": 0,
        "ErrorInfo": "",
        "Name": "Team",
        "AppDefinedData": pairs(floor="3"),
    }
    page = await ok(team, "get_group_member_info", GroupId="team-7", MemberInfoFilter=["Role"])
    assert all("AppMemberDefinedData" not in m for m in page["MemberList"])
    named = await ok(
        team,
        "get_specified_group_member_info",
        GroupId="team-7",
        Member_List_Account=["u2"],
        MemberInfoFilter=["Role"],
        AppDefinedDataFilter_GroupMember=["grade"],
    )
    assert named["MemberList"] == [{"Member_Account": "u2", "Role": "Admin", "AppMemberDefinedData": pairs(grade="7")}]


async def test_pages_of_a_community_have_them(host: Host) -> None:
    fields = (MemberField(name="team", rights=(MemberFieldRight(type="Community"),)),)
    await host.configure(plan="Flagship", community=True, group_member_fields=fields)
    red = [{"Member_Account": "u2", "AppMemberDefinedData": pairs(team="red")}]
    await create(host, "@TGS#_city", "Community", Owner_Account="u1", MemberList=red)
    for filters, expected in (
        ({}, pairs(team="red")),
        ({"MemberInfoFilter": ["Role"]}, None),
        ({"MemberInfoFilter": ["Role"], "AppDefinedDataFilter_GroupMember": ["team"]}, pairs(team="red")),
    ):
        page = await ok(host, "get_group_member_info", GroupId="@TGS#_city", Next="", Limit=10, **filters)
        assert [m.get("AppMemberDefinedData") for m in page["MemberList"]] == [None, expected], filters


async def test_an_empty_value_deletes_and_nothing_is_half_written(team: Host) -> None:
    change = {"GroupId": "team-7", "AppDefinedData": pairs(floor="4", other="x")}
    answer = await team(SVC + "modify_group_base_info", change)
    assert answer["ErrorCode"] == 10004
    assert "other" in answer["ErrorInfo"]
    assert (await info(team))["AppDefinedData"][0]["Value"] == "3"
    await ok(team, "modify_group_base_info", GroupId="team-7", AppDefinedData=pairs(floor="", secret="t"))
    assert (await info(team))["AppDefinedData"] == pairs(secret="t")
    await ok(
        team, "modify_group_member_info", GroupId="team-7", Member_Account="u2", AppMemberDefinedData=pairs(team="")
    )
    assert (await info(team))["MemberList"][1]["AppMemberDefinedData"] == pairs(grade="7")


async def test_what_does_not_fit_is_refused(team: Host) -> None:
    for fields in (pairs(floor="x" * 513), pairs(floor="é" * 257), pairs(secret="x" * 513)):
        assert await code(team, "modify_group_base_info", GroupId="team-7", AppDefinedData=fields) == 10004
    member = {"GroupId": "team-7", "Member_Account": "u2"}
    assert await code(team, "modify_group_member_info", **member, AppMemberDefinedData=pairs(team="x" * 65)) == 10004
    assert await code(team, "modify_group_member_info", **member, AppMemberDefinedData=pairs(floor="x")) == 10004
    room = {"Type": "AVChatRoom", "Name": "r"}
    assert await code(team, "create_group", **room, AppDefinedData=pairs(secret="1")) == 10004
    assert await code(team, "create_group", **room, AppDefinedData=pairs(floor="1")) == 0
    assert await code(team, "create_group", Type="Private", Name="p", AppDefinedData=pairs(floor="1")) == 10004


async def test_roles_decide_on_clients(team: Host) -> None:
    async def write(user: str, **values: str) -> int:
        return await as_client(team, user, "modify_group_base_info", GroupId="team-7", AppDefinedData=pairs(**values))

    assert [await write(user, floor="5") for user in ("u1", "u2", "u3", "u4")] == [0, 0, 10007, 10007]
    assert [await write(user, secret="x") for user in ("u1", "u2")] == [10007, 10007]

    async def mark(user: str, target: str, **values: str) -> int:
        body = {"GroupId": "team-7", "Member_Account": target, "AppMemberDefinedData": pairs(**values)}
        return await as_client(team, user, "modify_group_member_info", **body)

    assert [await mark("u3", "u3", team="blue"), await mark("u3", "u2", team="blue")] == [0, 10007]
    assert [await mark("u2", "u3", team="green"), await mark("u2", "u2", grade="1")] == [0, 10007]
    assert await mark("u1", "u3", grade="2") == 0

    async def seen(user: str) -> list[str]:
        body = {
            "GroupId": "team-7",
            "AppDefinedDataFilter_GroupMember": ["team", "grade"],
            "MemberInfoFilter": ["Role"],
        }
        page = await team.ok(SVC + "get_group_member_info", body, client=user)
        return [pair["Key"] for m in page["MemberList"] for pair in m.get("AppMemberDefinedData", [])]

    assert await seen("u2") == ["team", "grade", "team", "grade"]
    assert await seen("u3") == ["team", "team"]


async def test_profiles_show_what_the_role_may_read(team: Host) -> None:
    async def shown(user: str, command: str) -> list[str]:
        answer = await team.ok(SVC + command, {"GroupIdList": ["team-7"]}, client=user)
        return [pair["Key"] for pair in answer["GroupInfo"][0].get("AppDefinedData", [])]

    assert await shown("u1", "get_group_self_member_info") == ["floor", "secret"]
    assert await shown("u3", "get_group_self_member_info") == ["floor"]
    assert await shown("u4", "get_group_public_info") == ["floor"]
    joined = await team.ok(SVC + "get_joined_group_list", {}, client="u1")
    assert joined["GroupIdList"][0]["AppDefinedData"] == pairs(floor="3", secret="s\x00é")
