"""Permission groups and live rooms, field by field (rest-groups.md 2.32 to 2.38 and 2.45 to 2.55)."""

from __future__ import annotations

from typing import Any, Final

from tests.rest.fields import A, Field, G, Row, See
from tests.rest.fields_communities import CITY
from tests.rest.fields_groups import told
from tests.rest.fields_members import GROUP

# Permission groups
ONE: Final = {"GroupId": "$city", "PermissionGroupId": "$rights"}
_NO_RIGHTS: Final = Field(
    "PermissionGroupId", bad=(("@PMG#_gone", 110006), ("mods", 110006), ("a\0b", 110006)), absent=10004
)


def rights(name: str, value: Any, one: str = "$rights") -> See:
    body = {"GroupId": "$city", "PermissionGroupIdList": [one]}
    return See(f"PermissionGroupInfoList.0.{name}", value, G + "get_permission_group", body)


def _described(one: str) -> tuple[Field, ...]:
    return (
        Field(
            "Permission",
            good=((544, rights("Permission", 544, one)), ((1 << 63) - 1, rights("Permission", (1 << 63) - 1, one))),
            bad=told(-1, 1 << 63),
        ),
        Field(
            "CustomString", good=(("x" * 3000, rights("CustomString", "x" * 3000, one)),), bad=told("x" * 3001, "a\0b")
        ),
    )


_MAKE: Final = Row(
    G + "create_permission_group",
    {"GroupId": "$city", "PermissionGroupId": "@PMG#_new", "PermissionGroupName": "New"},
    {"PermissionGroupId": str},
    (
        CITY,
        Field(
            "PermissionGroupId",
            good=(("@PMG#_new", See("PermissionGroupId", "@PMG#_new")),),
            bad=(("mods", 10015), ("@PMG#_", 10015), ("@PMG#_@PMG#cX", 10015), ("@PMG#_팀", 10015)),
            absent=See("PermissionGroupId", "@PMG#_@PMG#c", begins=True),
        ),
        Field(
            "PermissionGroupName",
            good=(("x" * 150, rights("PermissionGroupName", "x" * 150, "@PMG#_new")),),
            bad=told("", "x" * 151, "a\0b"),
            absent=10004,
        ),
        *_described("@PMG#_new"),
        Field("Permission", absent=rights("Permission", 0, "@PMG#_new")),
        Field("CustomString", absent=rights("CustomString", "", "@PMG#_new")),
    ),
)
_UNMAKE: Final = Row(
    G + "destroy_permission_group",
    {"GroupId": "$city", "PermissionGroupIdList": ["$rights"]},
    {"PermissionGroupResultList": [{"ErrorCode": int, "ErrorInfo": str, "PermissionGroupId": str}]},
    (
        CITY,
        Field(
            "PermissionGroupIdList",
            good=(
                (["$rights", "@PMG#_gone"], See("PermissionGroupResultList.*.ErrorCode", [0, 110008])),
                (["$rights"], rights("ErrorCode", 110006)),
            ),
            bad=told([], ["x"] * 21),
            absent=10004,
        ),
    ),
)
_CHANGE: Final = Row(
    G + "modify_permission_group",
    ONE,
    {},
    (
        *(CITY, _NO_RIGHTS, *_described("$rights")),
        Field(
            "PermissionGroupName",
            good=(("Kept", rights("PermissionGroupName", "Kept")),),
            bad=told("", "x" * 151),
            absent=rights("PermissionGroupName", "Mods"),
        ),
        Field("Permission", absent=rights("Permission", 64)),
        Field("CustomString", absent=rights("CustomString", "")),
    ),
)
_READ: Final = Row(
    G + "get_permission_group",
    {"GroupId": "$city", "PermissionGroupIdList": ["$rights"]},
    {
        "PermissionGroupInfoList": [
            {
                "ErrorCode": int,
                "ErrorInfo": str,
                "PermissionGroupId": str,
                "PermissionGroupName": str,
                "CreateTime": int,
                "CustomString": str,
                "Permission": int,
                "MemberCount": int,
                "MemberNum": int,
            }
        ],
        "Next": str,
    },
    (
        CITY,
        Field(
            "PermissionGroupIdList",
            good=(
                (["$rights", "@PMG#_gone"], See("PermissionGroupInfoList.*.ErrorCode", [0, 110006])),
                ([], See("Next", "")),
            ),
            bad=told(["x"] * 21),
            absent=See("Next", ""),
        ),
        Field("Limit", good=((5, See("Next", "")), (0, See("Next", "")), (21, See("Next", ""))), bad=told(-1)),
        Field("Next", good=(("", See("Next", "")), (0, See("Next", ""))), loose=True),
    ),
)
_PAGES: Final = Row(
    G + "get_permission_group",
    {"GroupId": "$city"},
    {"PermissionGroupInfoList": [dict], "Next": str},
    (Field("Next", bad=told("x", "-1"), loose=True),),
)
_RESULTS: Final = {"TopicPermissionResultList": [{"ErrorCode": int, "ErrorInfo": str, "TopicId": str}]}


def _held(permission: int) -> See:
    return See("TopicPermissionResultList.0.Permission", permission, G + "get_topic_permission_group", ONE)


def _given(command: str, ok: int, other: int, *, named: str) -> Row:
    return Row(
        G + command,
        {
            "GroupId": "$city",
            "PermissionGroupId": named,
            "TopicPermissionList": [{"TopicId": "$topic", "Permission": 36}],
        },
        _RESULTS,
        (
            *(CITY, _NO_RIGHTS),
            Field(
                "TopicPermissionList",
                good=(
                    (
                        [{"TopicId": t, "Permission": 1} for t in ("$topic", "$city@TOPIC#_gone")],
                        See("TopicPermissionResultList.*.ErrorCode", [ok, other]),
                    ),
                ),
                bad=told([], [{"TopicId": "x", "Permission": 1}] * 51),
                absent=10004,
            ),
            Field(
                "TopicPermissionList[].TopicId",
                good=(("plain", See("TopicPermissionResultList.0.ErrorCode", other)),),
                absent=10004,
            ),
            Field("TopicPermissionList[].Permission", bad=told(-1, 1 << 63), absent=10004),
        ),
    )


_GIVE: Final = _given("add_topic_permission_group", 0, 110013, named="$rights")
_GIVE_HELD: Final = Row(
    G + "add_topic_permission_group",
    _GIVE.base,
    _RESULTS,
    (Field("TopicPermissionList[].Permission", good=((8, _held(8)),)),),
)
_AGAIN: Final = Row(
    G + "add_topic_permission_group",
    _GIVE.base | {"PermissionGroupId": "$granted"},
    _RESULTS,
    (Field("GroupId", good=(("$city", See("TopicPermissionResultList.0.ErrorCode", 110010)),)),),
)
_REGIVE: Final = _given("set_topic_permission_group", 0, 110013, named="$granted")
_UNGIVEN: Final = Row(
    G + "set_topic_permission_group",
    _GIVE.base,
    _RESULTS,
    (Field("GroupId", good=(("$city", See("TopicPermissionResultList.0.ErrorCode", 110011)),)),),
)
_TAKE: Final = Row(
    G + "delete_topic_permission_group",
    {"GroupId": "$city", "PermissionGroupId": "$granted", "TopicIdList": ["$topic"]},
    _RESULTS,
    (
        *(CITY, _NO_RIGHTS),
        Field(
            "TopicIdList",
            good=((["$topic", "$city@TOPIC#_gone"], See("TopicPermissionResultList.*.ErrorCode", [0, 110014])),),
            bad=told([], ["x"] * 51),
            absent=10004,
        ),
    ),
)
_RIGHT: Final = Row(
    G + "get_topic_permission_group",
    {"GroupId": "$city", "PermissionGroupId": "$granted", "TopicIdList": ["$topic"]},
    {"TopicPermissionResultList": [{"ErrorCode": int, "ErrorInfo": str, "TopicId": str, "Permission": int}]},
    (
        *(CITY, _NO_RIGHTS),
        Field(
            "TopicIdList",
            good=((["$topic", "$city@TOPIC#_gone"], See("TopicPermissionResultList.*.ErrorCode", [0, 110011])),),
            absent=See("TopicPermissionResultList.*.Permission", [36]),
        ),
    ),
)


def _holders(*user_ids: str) -> See:
    return See("MemberList.*.Member_Account", list(user_ids), G + "get_permission_group_member_list", ONE)


_IN: Final = Row(
    G + "add_permission_group_member",
    ONE | {"MemberList": [{"Member_Account": "u3"}]},
    {"MemberList": [{"Member_Account": str, "Result": int}]},
    (
        *(CITY, _NO_RIGHTS),
        Field(
            "MemberList",
            good=(
                ([{"Member_Account": u} for u in ("u3", "u9")], See("MemberList.*.Result", [0, 10007])),
                ([{"Member_Account": "u3"}], _holders("u3")),
            ),
            bad=told([], [{"Member_Account": "u3"}] * 101),
            absent=10004,
        ),
        Field("MemberList[].Member_Account", good=(("ghost", See("MemberList.0.Result", 10007)),), absent=10004),
    ),
)
_OUT: Final = Row(
    G + "delete_permission_group_member",
    ONE | {"PermissionGroupId": "$granted", "MemberList": [{"Member_Account": "u2"}]},
    {"MemberList": [{"Member_Account": str, "Result": int}]},
    (
        *(CITY, _NO_RIGHTS),
        Field(
            "MemberList",
            good=(([{"Member_Account": u} for u in ("u2", "u9")], See("MemberList.*.Result", [0, 0])),),
            bad=told([], [{"Member_Account": "u3"}] * 101),
            absent=10004,
        ),
        Field("MemberList[].Member_Account", good=(("u2", _holders()),), absent=10004),
    ),
)
_WHO: Final = Row(
    G + "get_permission_group_member_list",
    ONE | {"PermissionGroupId": "$granted"},
    {"MemberList": [{"Member_Account": str}], "Next": str},
    (
        *(CITY, _NO_RIGHTS),
        Field(
            "Limit",
            good=((1, See("MemberList.*.Member_Account", ["u2"])), (0, See("Next", "")), (51, See("Next", ""))),
            bad=told(-1),
        ),
        Field("Next", good=(("", See("MemberList.#", 1)), ("uzzz", See("MemberList", [])))),
    ),
)
# Live rooms
ROOM: Final = Field("GroupId", bad=(*GROUP.bad, ("$public", 10007), ("$plain", 10007)), absent=10004)


def _robots(*user_ids: str) -> See:
    body = {"GroupId": "$room", "Timestamp": 0, "Mark": 500}
    return See("MemberList.*.Member_Account", list(user_ids), A + "get_members", body)


def _admins(*user_ids: str) -> See:
    return See("Admin_List.*.Admin_Account", list(user_ids), A + "get_admin_list", {"GroupId": "$room"})


_MANY: Final = Field("Member_Account", bad=(([], 10004), (["u1"] * 501, 10005)), absent=10004)
_ROOMS: Final = (
    Row(
        A + "get_members",
        {"GroupId": "$crowd", "Timestamp": 0},
        {
            "MemberList": [{"Member_Account": str, "JoinTime": int, "NickName": str, "Avatar": str, "Marks": [int]}],
            "NextTimestamp": int,
        },
        (
            ROOM,
            Field(
                "Timestamp",
                good=((0, See("MemberList.*.Member_Account", ["u5"])), (1, See("MemberList", []))),
                bad=told(-1),
                absent=See("NextTimestamp", 0),
            ),
            Field("Mark", good=((500, See("MemberList.#", 1)), (1000, See("MemberList", []))), bad=told(-1, 1 << 31)),
        ),
    ),
    Row(
        A + "modify_user_info",
        {"GroupId": "$room", "CommandType": 1, "MemberList": [{"Member_Account": "u5", "Marks": [500]}]},
        {"CommandType": int, "MemberList": [{"Member_Account": str, "Marks": [int]}]},
        (
            ROOM,
            Field("CommandType", good=((1, _robots("u5")), (2, _robots())), bad=told(0, 3), absent=10004),
            Field(
                "MemberList", bad=(([], 10004), ([{"Member_Account": "u5", "Marks": [500]}] * 501, 10005)), absent=10004
            ),
            Field("MemberList[].Member_Account", bad=(("ghost", 10019),), absent=10004),
            Field("MemberList[].Marks", bad=told([999], [1000], [-1], []), absent=10004),
        ),
    ),
    Row(
        A + "modify_admin",
        {"GroupId": "$room", "CommandType": 1, "Admin_Account": ["u5"]},
        {},
        (
            ROOM,
            Field("CommandType", good=((1, _admins("u5")), (2, _admins())), bad=told(0, 3), absent=10004),
            Field(
                "Admin_Account",
                good=(([f"u{n}" for n in range(2, 7)], _admins("u2", "u3", "u4", "u5", "u6")),),
                bad=(([], 10004), ([f"u{n}" for n in range(2, 8)], 10004), (["ghost"], 10019)),
                absent=10004,
            ),
        ),
    ),
    Row(
        A + "get_admin_list",
        {"GroupId": "$room"},
        {"Admin_List": [{"Admin_Account": str, "NickName": str, "Avatar": str}]},
        (ROOM,),
    ),
    Row(
        A + "check_members",
        {"GroupId": "$crowd", "Member_Account": ["u5", "u6", "ghost"]},
        {"Member_Account": [str]},
        (ROOM, _MANY, Field("Member_Account", good=((["u6", "u5"], See("Member_Account", ["u5"])),))),
    ),
    Row(
        A + "add_robots",
        {"GroupId": "$room", "Member_Account": ["u5"]},
        {},
        (ROOM, _MANY, Field("Member_Account", good=((["u5"], _robots("u5")),), bad=((["ghost"], 10019),))),
    ),
    Row(
        A + "del_robots",
        {"GroupId": "$crowd", "Member_Account": ["u5"]},
        {},
        (
            ROOM,
            _MANY,
            Field(
                "Member_Account",
                good=(
                    (
                        ["u5", "ghost"],
                        See("Member_Account", [], A + "check_members", {"GroupId": "$crowd", "Member_Account": ["u5"]}),
                    ),
                ),
            ),
        ),
    ),
)
ROWS: Final = (
    _MAKE,
    _UNMAKE,
    _CHANGE,
    _READ,
    _PAGES,
    _GIVE,
    _GIVE_HELD,
    _AGAIN,
    _REGIVE,
    _UNGIVEN,
    _TAKE,
    _RIGHT,
    _IN,
    _OUT,
    _WHO,
    *_ROOMS,
)
