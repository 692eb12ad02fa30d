"""Members and mutes, field by field (rest-groups.md 2.4, 2.5, 2.7 to 2.9, 2.12 to 2.15, 2.18 and 2.19)."""

from __future__ import annotations

from typing import Any, Final

from tests.rest.fields import ABSENT, Field, G, Row, See
from tests.rest.fields_groups import LONG, MEMBER, lower, names, told, whole

GROUP: Final = Field("GroupId", bad=(("gone", 10010), ("팀", 10015), ("", 10015), ("a\0b", 10015)), absent=10004)
NO_ROOM: Final = Field("GroupId", bad=(*GROUP.bad, ("$room", 10007)), absent=10004)
FOREVER: Final = 4_294_967_295


def member(name: str, value: Any, who: str = "u3", group: str = "$public", **more: Any) -> See:
    """What stands about a member under a name that a filter asks for."""
    body = {"GroupId": group, "Member_List_Account": [who], "MemberInfoFilter": [name], **more}
    return See(f"MemberList.0.{name}", value, G + "get_specified_group_member_info", body)


def muted(*user_ids: str, group: str = "$public", **more: Any) -> See:
    body = {"GroupId": group, **more}
    return See("MutedAccountList.*.Member_Account", list(user_ids), G + "get_group_muted_account", body)


def role(who: str, value: str, group: str = "$public") -> See:
    return See("UserIdList.0.Role", value, G + "get_role_in_group", {"GroupId": group, "User_Account": [who]})


_FILTERS: Final = (
    Field(
        "MemberInfoFilter",
        good=(
            *((["Account"], See("MemberList.0", {"Member_Account": "u1"})),),
            (["Role", "nothing"], See("MemberList.0", {"Member_Account": "u1", "Role": "Owner"})),
            *(([name], See(f"MemberList.0.{name}", 0)) for name in ("MsgSeq", "LastSendMsgTime", "MuteUntil")),
            (["ShutUpUntil"], See("MemberList.0", {"Member_Account": "u1", "ShutUpUntil": 0})),
            (["MsgFlag"], See("MemberList.0.MsgFlag", "AcceptAndNotify")),
            (["NameCard"], See("MemberList.0.NameCard", "")),
            (["OnlineStatus"], See("MemberList.0.OnlineStatus", "Offline")),
        ),
        absent=See("MemberList.0.Role", "Owner"),
    ),
    Field(
        "MemberRoleFilter",
        good=(
            (["Owner", "Admin"], See("MemberList.*.Member_Account", ["u1", "u2"])),
            (["Member"], See("MemberList.*.Member_Account", ["u3"])),
            ([], See("MemberList.0.Role", "Owner")),
        ),
        bad=told(["Boss"], ["NotMember"]),
        absent=See("MemberList.1.Role", "Admin"),
    ),
    Field(
        "AppDefinedDataFilter_GroupMember",
        good=((["Desk"], See("MemberList.0.AppMemberDefinedData", ABSENT)),),
    ),
)
_PAGE: Final = Row(
    G + "get_group_member_info",
    {"GroupId": "$public"},
    {"MemberNum": int, "MemberList": [MEMBER]},
    (
        NO_ROOM,
        *_FILTERS,
        Field(
            "Limit",
            good=((2, See("MemberList.#", 2)), (6000, See("MemberNum", 3)), (1, See("MemberNum", 3))),
            bad=told(0, -1, 6001),
            absent=See("MemberList.#", 3),
        ),
        Field(
            "Offset",
            good=((1, See("MemberList.*.Member_Account", ["u2", "u3"])), (9, See("MemberList", []))),
            bad=told(-1),
            absent=See("MemberList.#", 3),
        ),
        Field("Next", good=(("", See("Next", ABSENT)), (0, See("MemberList.#", 3))), loose=True),
    ),
)
_AFTER: Final = Row(
    G + "get_group_member_info",
    {"GroupId": "$plain", "Limit": 2, "Next": ""},
    {"MemberNum": int, "MemberList": [MEMBER], "Next": str},
    (
        Field(
            "Next",
            good=(
                ("", See("MemberList.*.Member_Account", ["u1", "u2"])),
                ("0", See("MemberList.*.Member_Account", ["u1", "u2"])),
                (0, See("MemberList.#", 2)),
            ),
            bad=told("x", "-1", "１", [1]),
            absent=See("MemberList.#", 2),
            loose=True,
        ),
        Field("Limit", good=((3, See("Next", "")), (1000, See("MemberList.#", 3))), bad=told(0, 6001)),
        *_FILTERS[1:],
        Field(
            "MemberInfoFilter",
            good=((["OnlineStatus"], See("MemberList.0", {"Member_Account": "u1", "OnlineStatus": "Offline"})),),
        ),
    ),
)
_NAMED: Final = Row(
    G + "get_specified_group_member_info",
    {"GroupId": "$public", "Member_List_Account": ["u1", "u2", "u3"]},
    {"GroupId": str, "MemberList": [MEMBER]},
    (
        NO_ROOM,
        *_FILTERS,
        Field(
            "Member_List_Account",
            good=((["u3", "u9", "ghost", "u1", "u3"], See("MemberList.*.Member_Account", ["u3", "u1"])),),
            bad=told([], ["u1"] * 51),
            absent=10004,
        ),
    ),
)
_ADD: Final = Row(
    G + "add_group_member",
    {"GroupId": "$public", "MemberList": [{"Member_Account": "u4"}]},
    {"MemberList": [{"Member_Account": str, "Result": int}]},
    (
        NO_ROOM,
        Field(
            "MemberList",
            good=(
                (
                    [{"Member_Account": u} for u in ("u4", "u2", "ghost")],
                    See("MemberList.*.Result", [1, 2, 0]),
                ),
                ([{"Member_Account": "u4"}], names("$public", "u1", "u2", "u3", "u4")),
            ),
            bad=(([], 10004), ([{"Member_Account": "u4"}] * 501, 10005)),
            absent=10004,
        ),
        Field("MemberList[].Member_Account", bad=(("ghost", 10019), ("", 10019), ("a\0b", 10019)), absent=10004),
        Field(
            "Silence", good=((1, See("MemberList.0.Result", 1)), (0, See("MemberList.0.Result", 1))), bad=told(2, -1)
        ),
    ),
)
_DELETE: Final = Row(
    G + "delete_group_member",
    {"GroupId": "$public", "MemberToDel_Account": ["u3"]},
    {},
    (
        Field("GroupId", bad=(*GROUP.bad, ("$room", 10004)), absent=10004),
        Field(
            "MemberToDel_Account",
            good=((["u3"], names("$public", "u1", "u2")), (["u9", "ghost"], names("$public", "u1", "u2", "u3"))),
            bad=(([], 10004), (["u3"] * 101, 10005), (["u1"], 10004)),
            absent=10004,
        ),
        Field("Reason", good=(("left", names("$public", "u1", "u2")),)),
        Field("Silence", good=((1, names("$public", "u1", "u2")),), bad=told(2)),
    ),
)
_FLAGS: Final = ("AcceptAndNotify", "AcceptNotNotify", "Discard", "AcceptNotNotifyExceptAt")
_DESK: Final = [{"Key": "Desk", "Value": "b"}]
_MODIFY: Final = Row(
    G + "modify_group_member_info",
    {"GroupId": "$public", "Member_Account": "u3"},
    {},
    (
        NO_ROOM,
        Field("Member_Account", bad=(("u9", 10007), ("ghost", 10007), ("", 10007)), absent=10004),
        Field(
            "Role",
            good=(("Admin", role("u3", "Admin")), ("Member", role("u3", "Member"))),
            bad=told("Owner", "admin", "NotMember", ""),
            absent=role("u3", "Member"),
        ),
        Field(
            "MsgFlag",
            good=tuple((flag, member("MsgFlag", flag)) for flag in _FLAGS),
            bad=told("", "discard"),
            absent=member("MsgFlag", "AcceptAndNotify"),
        ),
        Field(
            "NameCard",
            good=(
                ("x" * 50, member("NameCard", "x" * 50)),
                ("카드", member("NameCard", "카드")),
                ("", member("NameCard", "")),
            ),
            bad=told("x" * 51, "가" * 17, "a\0b"),
            absent=member("NameCard", ""),
        ),
        Field("AppMemberDefinedData", good=((_DESK, whole("MemberList.2.AppMemberDefinedData", _DESK)),)),
        Field("AppMemberDefinedData[].Key", bad=told("Unknown", ""), absent=10004),
        Field("AppMemberDefinedData[].Value", bad=()),
        *lower("AppMemberDefinedData"),
        *(
            Field(
                name,
                good=((600, muted("u3")), (FOREVER, member("MuteUntil", FOREVER)), (0, muted())),
                bad=told(-1, LONG),
                absent=muted(),
            )
            for name in ("MuteTime", "ShutUpTime")
        ),
    ),
)
_VALUE: Final = Row(
    G + "modify_group_member_info",
    {"GroupId": "$public", "Member_Account": "u3", "AppMemberDefinedData": [{"Key": "Desk", "Value": "b"}]},
    {},
    (
        Field(
            "AppMemberDefinedData[].Value",
            good=(("", whole("MemberList.2.AppMemberDefinedData", ABSENT)),),
            bad=told("x" * 65),
            absent=whole("MemberList.2.AppMemberDefinedData", ABSENT),
        ),
        Field("AppMemberDefinedData[].Key", bad=told("Unknown", "")),
    ),
)
_IN_TOPIC: Final = Row(
    G + "modify_group_member_info",
    {"GroupId": "$city", "Member_Account": "u3", "TopicId": "$topic", "MuteTime": 60},
    {},
    (
        Field(
            "TopicId",
            good=(("$topic", muted("u3", group="$city", TopicId="$topic")), ("$topic", muted(group="$city"))),
            bad=(("$city", 10015), ("plain", 10015), ("$city@TOPIC#_gone", 10010)),
            absent=muted("u3", group="$city"),
        ),
        Field("MsgFlag", good=(("NotReceiveMsgExceptAt", muted("u3", group="$city", TopicId="$topic")),)),
        Field("NameCard", bad=told("x")),
        Field("Role", bad=told("Admin")),
    ),
)
_ROLES: Final = Row(
    G + "get_role_in_group",
    {"GroupId": "$public", "User_Account": ["u1", "u2", "u3", "u9", "ghost"]},
    {"UserIdList": [{"Member_Account": str, "Role": str}]},
    (
        NO_ROOM,
        Field(
            "User_Account",
            good=((["u1", "u2", "u3", "zoe"], See("UserIdList.*.Role", ["Owner", "Admin", "Member", "NotMember"])),),
            bad=told([], ["u1"] * 501),
            absent=10004,
        ),
    ),
)
_MUTE: Final = Row(
    G + "forbid_send_msg",
    {"GroupId": "$public", "Members_Account": ["u3"], "MuteTime": 600},
    {},
    (
        Field(
            "GroupId", good=(("$room", muted("u3", group="$room")),), bad=(*GROUP.bad, ("$work", 10007)), absent=10004
        ),
        Field(
            "Members_Account",
            good=((["u3", "u9"], muted("u3", "u9")),),
            bad=(([], 10004), (["u3"] * 501, 10005)),
            absent=10004,
        ),
        Field(
            "MuteTime", good=((FOREVER, member("MuteUntil", FOREVER)), (0, muted())), bad=told(-1, LONG), absent=10004
        ),
    ),
)
_MUTE_OLD: Final = Row(
    G + "forbid_send_msg",
    {"GroupId": "$city", "Members_Account": ["u3"], "ShutUpTime": 600},
    {},
    (
        Field(
            "ShutUpTime",
            good=((600, muted("u3", group="$city")), (0, muted(group="$city"))),
            bad=told(-1, LONG),
            absent=10004,
        ),
        Field(
            "TopicId",
            good=(("$topic", muted("u3", group="$city", TopicId="$topic")), ("$topic", muted(group="$city"))),
            bad=(("plain", 10015), ("$city@TOPIC#_gone", 10010)),
        ),
    ),
)
_MUTED: Final = tuple(
    Row(
        G + command,
        {"GroupId": "$public"},
        {"GroupId": str, lists: [{"Member_Account": str, until: int}]},
        (
            Field("GroupId", good=(("$room", See(lists, [])),), bad=GROUP.bad, absent=10004),
            Field("TopicId", bad=(("plain", 10015),)),
        ),
    )
    for command, lists, until in (
        ("get_group_muted_account", "MutedAccountList", "MutedUntil"),
        ("get_group_shutted_uin", "ShuttedUinList", "ShuttedUntil"),
    )
)
_MUTED_IN_TOPIC: Final = tuple(
    Row(
        G + command,
        {"GroupId": "$city", "TopicId": "$topic"},
        {"GroupId": str, lists: [{"Member_Account": str, until: int}]},
        (Field("TopicId", good=(("$topic", See(lists, [])),), bad=(("$city@TOPIC#_gone", 10010),)),),
    )
    for command, lists, until in (
        ("get_group_muted_account", "MutedAccountList", "MutedUntil"),
        ("get_group_shutted_uin", "ShuttedUinList", "ShuttedUntil"),
    )
)
_IMPORT: Final = Row(
    G + "import_group_member",
    {"GroupId": "$public", "MemberList": [{"Member_Account": "u4"}]},
    {"MemberList": [{"Member_Account": str, "Result": int}]},
    (
        NO_ROOM,
        Field(
            "MemberList",
            good=(([{"Member_Account": u} for u in ("u4", "u3", "ghost")], See("MemberList.*.Result", [1, 2, 0])),),
            bad=(([], 10004), ([{"Member_Account": "u4"}] * 301, 10005)),
            absent=10004,
        ),
        Field("MemberList[].Member_Account", good=(("ghost", See("MemberList.0.Result", 0)),), absent=10004),
        Field(
            "MemberList[].Role",
            good=(("Admin", role("u4", "Admin")), ("", role("u4", "Member"))),
            bad=told("Owner", "admin"),
            absent=role("u4", "Member"),
        ),
        Field(
            "MemberList[].JoinTime",
            good=((1, See("MemberList.0.Result", 0)), (9_999_999_999, See("MemberList.0.Result", 0))),
            bad=told(-1),
            absent=See("MemberList.0.Result", 1),
        ),
        Field("MemberList[].UnreadMsgNum", good=((5, See("MemberList.0.Result", 1)),), bad=told(-1)),
    ),
)
_UNREAD: Final = Row(
    G + "set_unread_msg_num",
    {"GroupId": "$public", "Member_Account": "u3", "UnreadMsgNum": 0},
    {},
    (
        Field("GroupId", bad=GROUP.bad, absent=10004),
        Field("Member_Account", bad=(("u9", 10007), ("ghost", 10007), ("a\0b", 10007)), absent=10004),
        Field("UnreadMsgNum", good=((99, member("MsgSeq", 0)),), bad=told(-1), absent=10004),
    ),
)
ROWS: Final = (
    _PAGE,
    _AFTER,
    _NAMED,
    _ADD,
    _DELETE,
    _MODIFY,
    _VALUE,
    _IN_TOPIC,
    _ROLES,
    _MUTE,
    _MUTE_OLD,
    *_MUTED,
    *_MUTED_IN_TOPIC,
    _IMPORT,
    _UNREAD,
)
