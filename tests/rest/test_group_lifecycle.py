"""Groups over REST: create, read, edit, dissolve, owner, import, limits (rest-groups.md section 2), on both engines."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sodam import clock
from sodam.apps.plans import Overrides
from tests.support.relations import APP, Host, host

__all__ = ["host"]
SVC = "group_open_http_svc/"


async def ok(host: Host, command: str, **body: Any) -> dict[str, Any]:
    return await host.ok(SVC + command, body)


async def code(host: Host, command: str, **body: Any) -> int:
    return int((await host(SVC + command, body))["ErrorCode"])


async def create(host: Host, group_id: str = "team-7", kind: str = "Public", **body: Any) -> str:
    found = await ok(host, "create_group", **({"Type": kind, "GroupId": group_id, "Name": "Team"} | body))
    return str(found["GroupId"])


async def info(host: Host, group_id: str = "team-7", **body: Any) -> dict[str, Any]:
    [item] = (await ok(host, "get_group_info", GroupIdList=[group_id], **body))["GroupInfo"]
    assert isinstance(item, dict)
    return item


async def override(host: Host, **limits: Any) -> None:
    await host.server.apps.edit(APP, lambda app: msgspec.structs.replace(app, overrides=Overrides(**limits)))


async def test_create_and_read_whole(host: Host) -> None:
    members = [{"Member_Account": "u2", "Role": "Admin"}, {"Member_Account": "u3"}, {"Member_Account": "u1"}]
    body = {"Owner_Account": "u1", "MemberList": members, "Introduction": "in", "Notification": "no", "FaceUrl": "f"}
    assert await create(host, **body, MaxMemberCount=15, ApplyJoinOption="FreeAccess") == "team-7"
    found = await info(host)
    created = found.pop("CreateTime")
    assert found.pop("LastInfoTime") == created > 1_700_000_000
    listed = found.pop("MemberList")
    assert found == {
        "GroupId": "team-7",
        "ErrorCode": 0,
        "ErrorInfo": "",
        "Type": "Public",
        "Name": "Team",
        "Appid": APP,
        "Introduction": "in",
        "Notification": "no",
        "FaceUrl": "f",
        "Owner_Account": "u1",
        "LastMsgTime": 0,
        "NextMsgSeq": 1,
        "MemberNum": 3,
        "MaxMemberNum": 15,
        "ApplyJoinOption": "FreeAccess",
        "InviteJoinOption": "DisableInvite",
        "MuteAllMember": "Off",
        "ShutUpAllMember": "Off",
    }
    assert [(m["Member_Account"], m["Role"]) for m in listed] == [("u1", "Owner"), ("u2", "Admin"), ("u3", "Member")]
    assert listed[2] == {
        "Member_Account": "u3",
        "Role": "Member",
        "JoinTime": created,
        "MsgSeq": 0,
        "MsgFlag": "AcceptAndNotify",
        "LastSendMsgTime": 0,
        "NameCard": "",
        "MuteUntil": 0,
        "ShutUpUntil": 0,
    }


async def test_filters_and_items_with_codes(host: Host) -> None:
    await create(host, Owner_Account="u1")
    wanted = {
        "GroupBaseInfoFilter": ["Name", "ShutUpAllMember", "InfoSeq", "x"],
        "MemberInfoFilter": ["Account", "Role"],
    }
    assert await info(host, ResponseFilter=wanted) == {
        "GroupId": "team-7",
        "ErrorCode": 0,
        "ErrorInfo": "",
        "Name": "Team",
        "ShutUpAllMember": "Off",
        "InfoSeq": 0,
        "MemberList": [{"Member_Account": "u1", "Role": "Owner"}],
    }
    assert "MemberList" not in await info(host, ResponseFilter={"GroupBaseInfoFilter": ["Type"]})
    many = (await ok(host, "get_group_info", GroupIdList=["gone", "team-7", "é"]))["GroupInfo"]
    assert [(item["GroupId"], item["ErrorCode"]) for item in many] == [("gone", 10010), ("team-7", 0), ("é", 10015)]
    assert await code(host, "get_group_info", GroupIdList=[]) == 10004
    assert await code(host, "get_group_info", GroupIdList=["g"] * 51) == 10004


@pytest.mark.parametrize(
    ("kind", "stored"), [("Work", "Private"), ("Meeting", "ChatRoom"), ("AVChatRoom", "AVChatRoom")]
)
async def test_types(host: Host, kind: str, stored: str) -> None:
    group_id = await create(host, "", kind, Owner_Account="u1")
    assert group_id.startswith("@TGS#1")
    found = await info(host, group_id)
    assert (found["Type"], found["Owner_Account"]) == (stored, "u1")
    room = kind == "AVChatRoom"
    assert ("MemberNum" in found, "MemberList" in found) == (not room, not room)
    add = await code(host, "add_group_member", GroupId=group_id, MemberList=[{"Member_Account": "u2"}])
    assert add == (10007 if room else 0)
    assert await code(host, "change_group_owner", GroupId=group_id, NewOwner_Account="u2") == (10007 if room else 0)
    assert await code(host, "import_group", Type=kind, Name="x") == (10007 if room else 0)
    muted = await code(host, "forbid_send_msg", GroupId=group_id, Members_Account=["u3"], MuteTime=5)
    assert muted == (10007 if kind == "Work" else 0)


async def test_refused_creations(host: Host) -> None:
    await create(host, Owner_Account="u1")
    cases: list[tuple[dict[str, Any], int]] = [
        ({"Owner_Account": "u2"}, 10021),
        ({"Owner_Account": "u1"}, 10025),
        ({"GroupId": "@TGS#x"}, 10015),
        ({"GroupId": "n", "Type": "Community"}, 11000),
        ({"GroupId": "n", "Type": "Nothing"}, 10004),
        ({"GroupId": "n", "Name": ""}, 10004),
        ({"GroupId": "n", "Name": "한" * 34}, 10004),
        ({"GroupId": "n", "Owner_Account": "ghost"}, 10019),
        ({"GroupId": "n", "MemberList": [{"Member_Account": "ghost"}]}, 10019),
        ({"GroupId": "n", "MemberList": [{"Member_Account": "u1"}] * 101}, 10005),
        ({"GroupId": "n", "Type": "AVChatRoom", "MemberList": [{"Member_Account": "u1"}]}, 10007),
        ({"GroupId": "n", "Type": "Work", "MemberList": [{"Member_Account": "u1", "Role": "Admin"}]}, 10007),
        ({"GroupId": "n", "MaxMemberCount": 1_000_000}, 10004),
        ({"GroupId": "n", "MaxMemberCount": 1, "MemberList": [{"Member_Account": f"u{n}"} for n in (1, 2)]}, 10038),
        ({"GroupId": "n", "AppDefinedData": [{"Key": "k", "Value": "v"}]}, 10004),
    ]
    for body, expected in cases:
        got = await code(host, "create_group", **({"Type": "Public", "GroupId": "team-7", "Name": "T"} | body))
        assert got == expected, body
    assert (await ok(host, "get_appid_group_list"))["TotalCount"] == 1


async def test_list_by_pages_and_types(host: Host) -> None:
    for n in range(5):
        await create(host, f"p{n}")
    await create(host, "w", "Work")
    seen, cursor = [], 0
    while True:
        page = await ok(host, "get_appid_group_list", Limit=2, Next=cursor, GroupType="Public")
        assert page["TotalCount"] == 5
        assert len(page["GroupIdList"]) <= 2
        seen += [item["GroupId"] for item in page["GroupIdList"]]
        if not (cursor := page["Next"]):
            break
    assert seen == [f"p{n}" for n in range(5)]
    whole = await ok(host, "get_appid_group_list", Type="Private")
    assert whole == {"TotalCount": 1, "GroupIdList": [{"GroupId": "w"}], "Next": 0}
    assert (await ok(host, "get_appid_group_list", GroupType="Community"))["TotalCount"] == 0
    assert await code(host, "get_appid_group_list", GroupType="Nothing") == 10004


async def test_edit(host: Host) -> None:
    await create(host, Owner_Account="u1")
    changes = {
        "Name": "New",
        "Notification": "hi",
        "MuteAllMember": "On",
        "MaxMemberNum": 9,
        "HistoryMsgBeforeJoin": "On",
    }
    await ok(host, "modify_group_base_info", GroupId="team-7", InviteJoinOption="NeedPermission", **changes)
    found = await info(host, ResponseFilter={"GroupBaseInfoFilter": [*changes, "InfoSeq", "InviteJoinOption"]})
    assert found == changes | {
        "GroupId": "team-7",
        "ErrorCode": 0,
        "ErrorInfo": "",
        "InfoSeq": 1,
        "InviteJoinOption": "NeedPermission",
    }
    await ok(host, "modify_group_base_info", GroupId="team-7", ShutUpAllMember="Off")
    assert (await info(host))["MuteAllMember"] == "Off"
    for body, expected in (({"Name": ""}, 10004), ({"From_Account": "ghost"}, 10004), ({"MuteAllMember": "x"}, 10004)):
        assert await code(host, "modify_group_base_info", GroupId="team-7", **body) == expected
    assert await code(host, "modify_group_base_info", GroupId="gone") == 10010
    await create(host, "w", "Work")
    await ok(host, "modify_group_base_info", GroupId="w", ApplyJoinOption="FreeAccess")
    assert (await info(host, "w"))["ApplyJoinOption"] == "DisableApply", "fixed for the type"


async def test_a_dissolved_group_is_gone_everywhere(host: Host) -> None:
    await create(host, Owner_Account="u1", MemberList=[{"Member_Account": "u2"}])
    await ok(host, "forbid_send_msg", GroupId="team-7", Members_Account=["u2"], MuteTime=600)
    await ok(host, "destroy_group", GroupId="team-7")
    one: dict[str, Any] = {"GroupId": "team-7"}
    for command, body in (
        ("destroy_group", {}),
        ("modify_group_base_info", {"Name": "x"}),
        ("add_group_member", {"MemberList": [{"Member_Account": "u3"}]}),
        ("delete_group_member", {"MemberToDel_Account": ["u2"]}),
        ("get_group_member_info", {}),
        ("get_specified_group_member_info", {"Member_List_Account": ["u2"]}),
        ("modify_group_member_info", {"Member_Account": "u2", "NameCard": "x"}),
        ("get_role_in_group", {"User_Account": ["u2"]}),
        ("forbid_send_msg", {"Members_Account": ["u2"], "MuteTime": 1}),
        ("get_group_muted_account", {}),
        ("get_group_shutted_uin", {}),
        ("change_group_owner", {"NewOwner_Account": "u2"}),
        ("import_group_member", {"MemberList": [{"Member_Account": "u3"}]}),
    ):
        assert await code(host, command, **one, **body) == 10010, command
    assert (await ok(host, "get_joined_group_list", Member_Account="u2"))["TotalCount"] == 0
    assert (await ok(host, "get_appid_group_list"))["TotalCount"] == 0
    await create(host, Owner_Account="u3")
    assert (await ok(host, "get_group_muted_account", GroupId="team-7"))["MutedAccountList"] == [], "a new group"


async def test_owner_change(host: Host) -> None:
    await create(host, MemberList=[{"Member_Account": "u1"}, {"Member_Account": "u2"}])
    assert (await info(host))["Owner_Account"] == ""
    for owner, before in (("u1", {}), ("u2", {"u1": "Member"}), ("u2", {})):
        await ok(host, "change_group_owner", GroupId="team-7", NewOwner_Account=owner)
        found = await info(host)
        roles = {m["Member_Account"]: m["Role"] for m in found["MemberList"]}
        assert found["Owner_Account"] == owner
        assert roles == roles | before | {owner: "Owner"}
    assert await code(host, "change_group_owner", GroupId="team-7", NewOwner_Account="u5") == 10007
    assert await code(host, "change_group_owner", GroupId="team-7", NewOwner_Account="u\x005") == 10007


async def test_import(host: Host) -> None:
    await ok(host, "import_group", Type="Public", GroupId="old", Name="Old", Owner_Account="u1", CreateTime=1448357837)
    people = [
        {"Member_Account": "u2", "Role": "Admin", "JoinTime": 1448357900, "UnreadMsgNum": 3},
        {"Member_Account": "u3", "JoinTime": 1448357837},
        {"Member_Account": "u4", "JoinTime": 9_999_999_999},
        {"Member_Account": "u1"},
        {"Member_Account": "ghost"},
    ]
    results = (await ok(host, "import_group_member", GroupId="old", MemberList=people))["MemberList"]
    assert [item["Result"] for item in results] == [1, 0, 0, 2, 0]
    found = await info(host, "old")
    assert found["CreateTime"] == 1448357837
    assert [(m["Member_Account"], m["JoinTime"]) for m in found["MemberList"]] == [
        ("u1", 1448357837),
        ("u2", 1448357900),
    ]


async def test_imported_members_read_what_came_since(host: Host) -> None:
    made = int(clock.now()) - 3600
    body = {"Type": "Public", "GroupId": "old", "Name": "Old", "Owner_Account": "u1", "CreateTime": made}
    await ok(host, "import_group", **body)
    text = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "x"}}]
    times = (made + 10, made + 20, made + 20, made + 30)
    await ok(
        host,
        "import_group_msg",
        GroupId="old",
        MsgList=[{"From_Account": "u1", "SendTime": at, "Random": n, "MsgBody": text} for n, at in enumerate(times)],
    )
    joined = {"u2": made + 1, "u3": made + 20, "u4": made + 21, "u5": made + 31}
    people = [{"Member_Account": user, "JoinTime": at} for user, at in joined.items()]
    await ok(host, "import_group_member", GroupId="old", MemberList=people)
    seen = {}
    for user in joined:
        before = await _unread(host, user, "old")
        # No more can be unread than a member may read.
        await ok(host, "set_unread_msg_num", GroupId="old", Member_Account=user, UnreadMsgNum=9)
        seen[user] = before, await _unread(host, user, "old")
    assert [before for before, _ in seen.values()] == [0] * 4
    assert [after for _, after in seen.values()] == [4, 3, 1, 0]


async def _unread(host: Host, user: str, group_id: str) -> int:
    filters = {"SelfInfoFilter": ["UnreadMsgNum"]}
    listed = (await ok(host, "get_joined_group_list", Member_Account=user, ResponseFilter=filters))["GroupIdList"]
    return next(int(item["SelfInfo"]["UnreadMsgNum"]) for item in listed if item["GroupId"] == group_id)


async def test_limits_of_the_app(host: Host) -> None:
    await override(host, avchatrooms=1, groups_joined=2)
    await create(host, "room", "AVChatRoom")
    assert await code(host, "create_group", Type="AVChatRoom", Name="x") == 10036
    for n in range(2):
        await create(host, f"g{n}", Owner_Account="u1")
    assert await code(host, "create_group", Type="Public", Name="x", Owner_Account="u1") == 10037
    await create(host, "other")
    one = [{"Member_Account": "u1"}]
    assert await code(host, "add_group_member", GroupId="other", MemberList=one) == 10037
    await ok(host, "destroy_group", GroupId="g0")
    assert await code(host, "add_group_member", GroupId="other", MemberList=one) == 0
