"""Members and mutes of groups over REST (rest-groups.md section 2), on both engines."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.rest.test_group_lifecycle import code, create, info, ok
from tests.support.relations import APP, Host, host

__all__ = ["host"]


@pytest_asyncio.fixture
async def group(host: Host) -> Host:
    await create(host, Owner_Account="u1", MemberList=[{"Member_Account": "u2", "Role": "Admin"}])
    return host


def people(*user_ids: str) -> list[dict[str, str]]:
    return [{"Member_Account": user_id} for user_id in user_ids]


async def add(host: Host, *user_ids: str) -> list[int]:
    found = await ok(host, "add_group_member", GroupId="team-7", Silence=1, MemberList=people(*user_ids))
    assert [item["Member_Account"] for item in found["MemberList"]] == list(user_ids)
    return [item["Result"] for item in found["MemberList"]]


async def members(host: Host, **body: Any) -> list[str]:
    found = await ok(host, "get_group_member_info", GroupId="team-7", **body)
    return [item["Member_Account"] for item in found["MemberList"]]


async def test_add_and_pages(group: Host) -> None:
    assert await add(group, "u4", "u2", "ghost", "u3") == [1, 2, 0, 1]
    assert await members(group) == ["u1", "u2", "u4", "u3"]
    assert await members(group, Limit=2, Offset=1) == ["u2", "u4"]
    assert await members(group, MemberRoleFilter=["Owner", "Admin"]) == ["u1", "u2"]
    page = await ok(group, "get_group_member_info", GroupId="team-7", MemberInfoFilter=["NameCard", "y"], Limit=1)
    assert page == {"MemberNum": 4, "MemberList": [{"Member_Account": "u1", "NameCard": ""}]}
    named = await ok(
        group,
        "get_specified_group_member_info",
        GroupId="team-7",
        Member_List_Account=["u3", "u9"],
        MemberInfoFilter=["Role"],
    )
    assert named == {"GroupId": "team-7", "MemberList": [{"Member_Account": "u3", "Role": "Member"}]}
    roles = await ok(group, "get_role_in_group", GroupId="team-7", User_Account=["u1", "u2", "u3", "zoe"])
    assert [item["Role"] for item in roles["UserIdList"]] == ["Owner", "Admin", "Member", "NotMember"]


async def test_refused_adds(group: Host) -> None:
    for group_id, ids, expected in (
        ("team-7", ["ghost"], 10019),
        ("team-7", ["u3"] * 501, 10005),
        ("team-7", [], 10004),
        ("gone", ["u3"], 10010),
        ("é", ["u3"], 10015),
    ):
        assert await code(group, "add_group_member", GroupId=group_id, MemberList=people(*ids)) == expected


async def test_the_last_seats(group: Host) -> None:
    await ok(group, "modify_group_base_info", GroupId="team-7", MaxMemberNum=3)
    assert await add(group, "u3", "u4") == [1, 0]
    assert await code(group, "add_group_member", GroupId="team-7", MemberList=people("u5")) == 10014
    assert await add(group, "u3") == [2]
    assert (await info(group))["MemberNum"] == 3


async def test_remove_and_come_back_as_new(group: Host) -> None:
    await add(group, "u3")
    await ok(group, "modify_group_member_info", GroupId="team-7", Member_Account="u3", NameCard="C", MsgFlag="Discard")
    await ok(group, "forbid_send_msg", GroupId="team-7", Members_Account=["u3"], MuteTime=600)
    await ok(group, "delete_group_member", GroupId="team-7", MemberToDel_Account=["u3", "u9"], Reason="r")
    assert await members(group) == ["u1", "u2"]
    assert await code(group, "delete_group_member", GroupId="team-7", MemberToDel_Account=["u1"]) == 10004
    await ok(group, "delete_group_member", GroupId="team-7", MemberToDel_Account=["u2"])
    assert await add(group, "u2", "u3") == [1, 1]
    found = {m["Member_Account"]: m for m in (await info(group))["MemberList"]}
    assert found["u2"]["Role"] == "Member", "what he was before is forgotten"
    assert (found["u3"]["NameCard"], found["u3"]["MsgFlag"]) == ("", "AcceptAndNotify")
    assert found["u3"]["MuteUntil"] == found["u3"]["ShutUpUntil"] > 1_700_000_000, "a mute stays"


async def test_the_last_member_takes_the_group_along(host: Host) -> None:
    await create(host, MemberList=people("u1", "u2"))
    await ok(host, "delete_group_member", GroupId="team-7", MemberToDel_Account=["u1", "u2"])
    assert (await info(host))["ErrorCode"] == 10010


async def test_edit_a_member(group: Host) -> None:
    async def edit(user_id: str, **body: Any) -> int:
        return await code(group, "modify_group_member_info", GroupId="team-7", Member_Account=user_id, **body)

    assert await edit("u2", Role="Member", NameCard="Q", ShutUpTime=60) == 0
    found = (await info(group))["MemberList"][1]
    assert (found["Role"], found["NameCard"]) == ("Member", "Q")
    assert found["MuteUntil"] > 1_700_000_000
    assert await edit("u2", MuteTime=0) == 0
    assert (await info(group))["MemberList"][1]["MuteUntil"] == 0
    assert [await edit("u1", Role="Admin"), await edit("u9", NameCard="x"), await edit("u2", NameCard="x" * 51)] == [
        10004,
        10007,
        10004,
    ]
    assert await edit("u2", Role="Owner") == 10004
    await create(group, "w", "Work", MemberList=people("u2"))
    for body in ({"Role": "Admin"}, {"MuteTime": 5}):
        assert await code(group, "modify_group_member_info", GroupId="w", Member_Account="u2", **body) == 10007


async def test_mutes(group: Host) -> None:
    await ok(group, "forbid_send_msg", GroupId="team-7", Members_Account=["u5", "u2", "ghost"], ShutUpTime=4294967295)
    expected = [("u2", 4294967295), ("u5", 4294967295)]
    new = await ok(group, "get_group_muted_account", GroupId="team-7")
    old = await ok(group, "get_group_shutted_uin", GroupId="team-7")
    assert [(m["Member_Account"], m["MutedUntil"]) for m in new["MutedAccountList"]] == expected
    assert [(m["Member_Account"], m["ShuttedUntil"]) for m in old["ShuttedUinList"]] == expected
    await ok(group, "forbid_send_msg", GroupId="team-7", Members_Account=["u5", "u2"], MuteTime=0)
    assert (await ok(group, "get_group_muted_account", GroupId="team-7"))["MutedAccountList"] == []
    for body, expected_code in (
        ({"Members_Account": ["u2"]}, 10004),
        ({"Members_Account": ["u2"] * 501, "MuteTime": 1}, 10005),
        ({"Members_Account": ["u2"], "MuteTime": -1}, 10004),
        ({"Members_Account": ["u2"], "MuteTime": 1, "TopicId": "t"}, 11000),
    ):
        assert await code(group, "forbid_send_msg", GroupId="team-7", **body) == expected_code


async def test_joined_groups(group: Host) -> None:
    for n, kind in enumerate(("Work", "Meeting", "Public")):
        await create(group, f"g{n}", kind, MemberList=people("u2"))

    async def joined(**body: Any) -> list[str]:
        return sorted(
            i["GroupId"] for i in (await ok(group, "get_joined_group_list", Member_Account="u2", **body))["GroupIdList"]
        )

    assert await joined() == ["g1", "g2", "team-7"], "a Private group waits for its owner's first message"
    assert await joined(WithNoActiveGroups=1) == ["g0", "g1", "g2", "team-7"]
    assert await joined(GroupType="Meeting") == ["g1"]
    assert await joined(SupportTopic=1) == await joined(Type="Community") == []
    wanted = {"GroupBaseInfoFilter": ["Type"], "SelfInfoFilter": ["Role", "UnreadMsgNum", "MuteUntil"]}
    page = await ok(group, "get_joined_group_list", Member_Account="u1", ResponseFilter=wanted, Limit=5)
    own = {"Role": "Owner", "UnreadMsgNum": 0, "MuteUntil": 0}
    assert page == {"TotalCount": 1, "GroupIdList": [{"GroupId": "team-7", "Type": "Public", "SelfInfo": own}]}
    page = await ok(group, "get_joined_group_list", Member_Account="u2", Limit=1, Offset=1)
    assert page["TotalCount"] == 3
    assert len(page["GroupIdList"]) == 1


@pytest.mark.parametrize("gone", ["u1", "u2"])
async def test_a_deleted_account_leaves_its_groups(group: Host, gone: str) -> None:
    await create(group, "alone", MemberList=people(gone))
    await create(group, "room", "AVChatRoom", Owner_Account=gone)
    await ok(group, "forbid_send_msg", GroupId="team-7", Members_Account=[gone], MuteTime=600)
    app = group.server.apps.get(APP)
    assert app is not None
    assert await group.server.accounts.delete(app, [gone]) == {gone: 0}
    found = await info(group)
    assert gone not in [m["Member_Account"] for m in found["MemberList"]]
    assert found["MemberNum"] == 1
    assert found["Owner_Account"] == ("" if gone == "u1" else "u1")
    assert (await info(group, "alone"))["ErrorCode"] == 10010
    assert (await info(group, "room"))["Owner_Account"] == ""
    for table in ("group_member", "group_user", "group_mute"):
        [row] = await group.server.db.scan(f"SELECT count(*) FROM {table} WHERE user_id = $1", gone)
        assert row[0] == 0, table


async def test_who_of_the_members_is_online(group: Host) -> None:
    group.device("u2")
    page = await ok(group, "get_group_member_info", GroupId="team-7", MemberInfoFilter=["OnlineStatus"])
    assert [(m["Member_Account"], m["OnlineStatus"]) for m in page["MemberList"]] == [
        ("u1", "Offline"),
        ("u2", "Online"),
    ]
    named = await ok(
        group,
        "get_specified_group_member_info",
        GroupId="team-7",
        Member_List_Account=["u2"],
        MemberInfoFilter=["OnlineStatus"],
    )
    assert named["MemberList"] == [{"Member_Account": "u2", "OnlineStatus": "Online"}]
