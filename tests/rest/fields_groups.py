"""Making and reading groups, field by field (rest-groups.md 2.1 to 2.3 and 2.17)."""

from __future__ import annotations

from typing import Any, Final

from tests.rest.fields import ABSENT, Body, Field, G, Row, See

LONG: Final = 4_294_967_296


def info(name: str, value: Any, group: str = "$public") -> See:
    """What a group's profile says under a name that a filter asks for."""
    body = {"GroupIdList": [group], "ResponseFilter": {"GroupBaseInfoFilter": [name]}}
    return See(f"GroupInfo.0.{name}", value, G + "get_group_info", body)


def whole(place: str, value: Any, group: str = "$public") -> See:
    """What stands at a place of a group's unfiltered profile."""
    return See(f"GroupInfo.0.{place}", value, G + "get_group_info", {"GroupIdList": [group]})


def names(group: str, *user_ids: str) -> See:
    return See("MemberList.*.Member_Account", list(user_ids), G + "get_group_member_info", {"GroupId": group})


def told(*filled: Any) -> tuple[tuple[Any, int], ...]:
    return tuple((value, 10004) for value in filled)


def lower(name: str) -> tuple[Field, ...]:
    """Names of a custom field's parts as lite-chat writes them; a part of neither name is refused."""
    return Field(f"{name}[].key", bad=told("Unknown")), Field(f"{name}[].value")


FLOOR: Final = [{"Key": "Floor", "Value": "3"}]
TEXTS: Final = (("Introduction", 400), ("Notification", 400), ("FaceUrl", 500))


def texts(group: str, *more: tuple[str, int]) -> tuple[Field, ...]:
    """Texts of a profile, with the most bytes that each may have."""
    return tuple(
        Field(
            name,
            good=(
                ("새 글", info(name, "새 글", group)),
                ("x" * most, info(name, "x" * most, group)),
                ("", info(name, "", group)),
            ),
            bad=told("x" * (most + 1), "가" * (most // 3 + 1), "a\0b"),
            absent=info(name, "", group),
        )
        for name, most in (*TEXTS, *more)
    )


NAME: Final = Field(
    "Name",
    good=(("x" * 100, info("Name", "x" * 100, "$new")), ("팀", info("Name", "팀", "$new"))),
    bad=told("", "x" * 101, "가" * 34, "a\0b"),
    absent=10004,
)
APPLY: Final = Field(
    "ApplyJoinOption",
    good=tuple((v, info("ApplyJoinOption", v, "$new")) for v in ("FreeAccess", "NeedPermission", "DisableApply")),
    bad=told("", "freeaccess", "Anything"),
    absent=info("ApplyJoinOption", "NeedPermission", "$new"),
)
INVITE: Final = Field(
    "InviteJoinOption",
    good=tuple((v, info("InviteJoinOption", v, "$new")) for v in ("FreeAccess", "NeedPermission", "DisableInvite")),
    bad=told("", "DisableApply"),
    absent=info("InviteJoinOption", "DisableInvite", "$new"),
)
CUSTOM: Final = (
    Field(
        "AppDefinedData",
        good=(
            (FLOOR, whole("AppDefinedData", FLOOR, "$new")),
            ([{"key": "Floor", "value": "3"}], whole("AppDefinedData", FLOOR, "$new")),
            ([], whole("AppDefinedData", ABSENT, "$new")),
        ),
        absent=whole("AppDefinedData", ABSENT, "$new"),
    ),
    Field("AppDefinedData[].Key", bad=told("Unknown", "", "floor"), absent=10004),
    Field("AppDefinedData[].Value", bad=told("x" * 513)),
    *lower("AppDefinedData"),
)
MAX_COUNT: Final = Field(
    "MaxMemberCount",
    good=((2, info("MaxMemberNum", 2, "$new")), (2000, info("MaxMemberNum", 2000, "$new"))),
    bad=told(-1, 1_000_000, LONG),
    absent=info("MaxMemberNum", 2000, "$new"),
)
OWNER: Final = Field(
    "Owner_Account",
    good=(("u5", info("Owner_Account", "u5", "$new")), ("u5", names("$new", "u5"))),
    bad=(("ghost", 10019), ("a\0b", 10019)),
    absent=info("Owner_Account", "", "$new"),
)
TYPE: Final = Field(
    "Type",
    good=(
        *((v, info("Type", v, "$new")) for v in ("Public", "Private", "ChatRoom")),
        ("Work", info("Type", "Private", "$new")),
        ("Meeting", info("Type", "ChatRoom", "$new")),
        ("Private", info("ApplyJoinOption", "DisableApply", "$new")),
        ("Private", info("InviteJoinOption", "FreeAccess", "$new")),
        ("ChatRoom", info("ApplyJoinOption", "FreeAccess", "$new")),
        ("ChatRoom", info("InviteJoinOption", "DisableInvite", "$new")),
        ("ChatRoom", info("HistoryMsgBeforeJoin", "On", "$new")),
        ("Private", info("HistoryMsgBeforeJoin", "Off", "$new")),
    ),
    bad=told("", "public", "BChatRoom", "Nothing"),
    absent=10004,
)
ID: Final = Field(
    "GroupId",
    good=(("a group of one's own ~", info("Name", "Team", "a group of one's own ~")), ("$new", See("GroupId", "$new"))),
    bad=(("@TGS#mine", 10015), ("@TGS#_mine", 10015), ("팀", 10015), ("x" * 49, 10015), ("a\x7fb", 10015)),
)
_LIST: Final = Row(
    G + "get_appid_group_list",
    {},
    {"TotalCount": int, "GroupIdList": [{"GroupId": str}], "Next": int},
    (
        Field("Limit", good=((1, See("TotalCount", 0)), (10_000, See("Next", 0))), bad=told(0, -1, 10_001)),
        Field("Next", good=((0, See("Next", 0)), (1 << 60, See("GroupIdList", []))), bad=told(-1)),
        *(
            Field(
                name,
                good=(("BChatRoom", See("TotalCount", 0)), ("", See("Next", 0)), ("Work", See("Next", 0))),
                bad=told("Nothing", "public"),
            )
            for name in ("GroupType", "Type")
        ),
    ),
)
_MADE: Final[Body] = {"Type": "Public", "GroupId": "$new", "Name": "Team"}
_FIRST: Final = {"MemberList": [{"Member_Account": "u4"}]}
_CREATE: Final = Row(
    G + "create_group",
    _MADE | {"Owner_Account": "u1"},
    {"GroupId": str, "Type?": str, "HugeGroupFlag?": int},
    (
        *(NAME, TYPE, ID, OWNER, APPLY, INVITE, MAX_COUNT, *CUSTOM, *texts("$new")),
        Field(
            "MemberList",
            good=(([{"Member_Account": "u4"}, {"Member_Account": "u1"}], names("$new", "u1", "u4")),),
            bad=(([{"Member_Account": "u4"}] * 101, 10005),),
            absent=names("$new", "u1"),
        ),
        Field("MemberList[].Member_Account", bad=(("ghost", 10019), ("a\0b", 10019)), absent=10004),
    ),
)
_ROLE: Final = Row(
    G + "create_group",
    _MADE | _FIRST,
    {"GroupId": str, "Type?": str, "HugeGroupFlag?": int},
    (
        Field(
            "MemberList[].Role",
            good=(("Admin", whole("MemberList.0.Role", "Admin", "$new")),),
            bad=told("Owner", "admin", "Boss"),
            absent=whole("MemberList.0.Role", "Member", "$new"),
        ),
        Field(
            "MemberList[].AppMemberDefinedData",
            good=(
                (
                    [{"Key": "Desk", "Value": "b"}],
                    whole("MemberList.0.AppMemberDefinedData", [{"Key": "Desk", "Value": "b"}], "$new"),
                ),
            ),
            absent=whole("MemberList.0.AppMemberDefinedData", ABSENT, "$new"),
        ),
        Field("MemberList[].AppMemberDefinedData[].Key", bad=told("Unknown", "")),
        Field("MemberList[].AppMemberDefinedData[].Value", bad=()),
        *lower("MemberList[].AppMemberDefinedData"),
        Field("GroupId", absent=See("GroupId", "@TGS#1", begins=True)),
    ),
)
_CITY: Final = Row(
    G + "create_group",
    {"Type": "Community", "GroupId": "$newcity", "Name": "City", "SupportTopic": 1, "EnablePermission": 1},
    {"GroupId": str, "Type": str, "HugeGroupFlag": int},
    (
        Field(
            "SupportTopic",
            good=((1, See("Type", "Community")), (1, See("HugeGroupFlag", 0))),
            bad=told(2, -1),
        ),
        Field(
            "EnablePermission",
            good=((0, info("EnablePermission", 0, "$newcity")), (1, info("EnablePermission", 1, "$newcity"))),
            bad=told(2, -1),
            absent=info("EnablePermission", 0, "$newcity"),
        ),
        Field(
            "DefaultPermission",
            good=((192, info("DefaultPermission", 192, "$newcity")),),
            bad=told(-1, 1 << 63),
            absent=info("DefaultPermission", 0, "$newcity"),
        ),
        Field(
            "GroupId",
            bad=(("mine", 10015), ("@TGS#_", 10015), ("@TGS#_@TGS#cABC", 10015), ("@TGS#_" + "x" * 49, 10015)),
        ),
        Field("ApplyJoinOption", good=(("DisableApply", info("ApplyJoinOption", "FreeAccess", "$newcity")),)),
        Field(
            "MaxMemberCount",
            good=((100_000, info("MaxMemberNum", 100_000, "$newcity")),),
            bad=told(100_001),
            absent=info("MaxMemberNum", 100_000, "$newcity"),
        ),
    ),
)
_PLAIN: Final = Row(
    G + "create_group",
    {"Type": "Community", "GroupId": "$newcity", "Name": "City"},
    {"GroupId": str},
    (
        Field(
            "SupportTopic", good=((0, info("SupportTopic", 0, "$newcity")),), absent=info("SupportTopic", 0, "$newcity")
        ),
        Field("EnablePermission", bad=((1, 10004),)),
    ),
)
_ROOM: Final = Row(
    G + "create_group",
    {"Type": "AVChatRoom", "GroupId": "$new", "Name": "Live"},
    {"GroupId": str},
    (
        Field(
            "MemberList", good=(([], info("Type", "AVChatRoom", "$new")),), bad=(([{"Member_Account": "u1"}], 10007),)
        ),
        Field("InviteJoinOption", good=(("FreeAccess", info("InviteJoinOption", "DisableInvite", "$new")),)),
        Field(
            "Owner_Account",
            good=(("u1", whole("MemberList", ABSENT, "$new")), ("u1", whole("MemberNum", ABSENT, "$new"))),
        ),
    ),
)
_IMPORT: Final = Row(
    G + "import_group",
    _MADE | {"Owner_Account": "u1"},
    {"GroupId": str},
    (
        *(NAME, TYPE, OWNER, APPLY, INVITE, MAX_COUNT, *CUSTOM, *texts("$new")),
        Field(
            "GroupId",
            bad=(("@TGS#_mine", 10015), ("팀", 10015), ("x" * 49, 10015)),
            absent=See("GroupId", "@TGS#1", begins=True),
        ),
        Field(
            "CreateTime",
            good=((1_448_357_837, info("CreateTime", 1_448_357_837, "$new")),),
            bad=told(-1),
        ),
        Field("SupportTopic", bad=told(2, 1)),
        Field("EnablePermission", bad=told(2)),
        Field("DefaultPermission", bad=told(-1, 1 << 63)),
    ),
)
_PROFILE: Final = {
    "GroupId": str,
    "ErrorCode": int,
    "ErrorInfo": str,
    "Type": str,
    "Name": str,
    "Appid": int,
    "Introduction": str,
    "Notification": str,
    "FaceUrl": str,
    "Owner_Account": str,
    "CreateTime": int,
    "LastInfoTime": int,
    "LastMsgTime": int,
    "NextMsgSeq": int,
    "MemberNum": int,
    "MaxMemberNum": int,
    "ApplyJoinOption": str,
    "InviteJoinOption": str,
    "MuteAllMember": str,
    "ShutUpAllMember": str,
}
MEMBER: Final = {
    "Member_Account": str,
    "Role": str,
    "JoinTime": int,
    "MsgSeq": int,
    "MsgFlag": str,
    "LastSendMsgTime": int,
    "NameCard": str,
    "MuteUntil": int,
    "ShutUpUntil": int,
}
_FILTERS: Final = (
    Field(
        "ResponseFilter.GroupBaseInfoFilter",
        good=(
            (
                ["Name", "nothing"],
                See("GroupInfo.0", {"GroupId": "$public", "ErrorCode": 0, "ErrorInfo": "", "Name": "public"}),
            ),
            (["MuteAllMember"], See("GroupInfo.0.ShutUpAllMember", ABSENT)),
            (["ShutUpAllMember"], See("GroupInfo.0.ShutUpAllMember", "Off")),
            (["ShutUpAllMember"], See("GroupInfo.0.MuteAllMember", ABSENT)),
            (["InfoSeq"], See("GroupInfo.0.InfoSeq", 0)),
            (["EnablePermission", "DefaultPermission"], See("GroupInfo.0.DefaultPermission", 0)),
            (["Name"], See("GroupInfo.0.MemberList", ABSENT)),
        ),
    ),
    Field(
        "ResponseFilter.MemberInfoFilter",
        good=(
            (["Account", "Role"], See("GroupInfo.0.MemberList.0", {"Member_Account": "u1", "Role": "Owner"})),
            (["Member_Account"], See("GroupInfo.0.MemberList.1", {"Member_Account": "u2"})),
            (["ShutUpUntil"], See("GroupInfo.0.MemberList.1", {"Member_Account": "u2", "ShutUpUntil": 0})),
            (["MuteUntil"], See("GroupInfo.0.MemberList.1", {"Member_Account": "u2", "MuteUntil": 0})),
            (["Role"], See("GroupInfo.0.Name", ABSENT)),
        ),
    ),
    Field("ResponseFilter.AppDefinedDataFilter_Group", good=((["Floor"], See("GroupInfo.0.AppDefinedData", ABSENT)),)),
    Field(
        "ResponseFilter.AppDefinedDataFilter_GroupMember",
        good=((["Desk"], See("GroupInfo.0.MemberList.0", {"Member_Account": "u1"})),),
    ),
)
_INFO: Final = Row(
    G + "get_group_info",
    {"GroupIdList": ["$public"]},
    {"GroupInfo": [_PROFILE | {"MemberList": [MEMBER]}]},
    (
        Field(
            "GroupIdList",
            good=(
                (["gone", "$public"], See("GroupInfo.*.ErrorCode", [10010, 0])),
                (["팀"], See("GroupInfo.0.ErrorCode", 10015)),
                (["gone"], See("GroupInfo.0.Name", ABSENT)),
                (["$room"], See("GroupInfo.0.MemberList", ABSENT)),
                (["$plain"], See("GroupInfo.0.MemberList", ABSENT)),
                (["$plain"], See("GroupInfo.0.MemberNum", 3)),
                (["$work"], See("GroupInfo.0.Type", "Private")),
                (["$meeting"], See("GroupInfo.0.Type", "ChatRoom")),
            ),
            bad=told([], ["x"] * 51),
            absent=10004,
        ),
        *_FILTERS,
    ),
)
ROWS: Final = (
    _LIST,
    _CREATE,
    _ROLE,
    _CITY,
    _PLAIN,
    _ROOM,
    _IMPORT,
    _INFO,
)
