"""Changing, ending and listing groups, field by field (rest-groups.md 2.6, 2.10, 2.11, 2.16 and 2.56)."""

from __future__ import annotations

from typing import Final

from tests.rest.fields import ABSENT, Field, G, Row, See
from tests.rest.fields_groups import FLOOR, info, lower, texts, told, whole

_MODIFY: Final = Row(
    G + "modify_group_base_info",
    {"GroupId": "$public"},
    {},
    (
        Field(
            "Name", good=(("팀", info("Name", "팀")),), bad=told("", "x" * 101, "a\0b"), absent=info("Name", "public")
        ),
        *texts("$public"),
        Field(
            "MaxMemberNum",
            good=((3, info("MaxMemberNum", 3)), (2000, info("MaxMemberNum", 2000))),
            bad=told(0, -1, 1_000_000),
            absent=info("MaxMemberNum", 2000),
        ),
        *(
            Field(
                name,
                good=tuple((v, info(name, v)) for v in values),
                bad=told("", "Anything"),
                absent=info(name, default),
            )
            for name, values, default in (
                ("ApplyJoinOption", ("FreeAccess", "DisableApply"), "NeedPermission"),
                ("InviteJoinOption", ("FreeAccess", "NeedPermission"), "DisableInvite"),
                ("HistoryMsgBeforeJoin", ("On", "Off"), "Off"),
            )
        ),
        *(
            Field(
                name,
                good=(("On", info("MuteAllMember", "On")), ("On", info("ShutUpAllMember", "On"))),
                bad=told("on", "", "Yes"),
                absent=info("MuteAllMember", "Off"),
            )
            for name in ("MuteAllMember", "ShutUpAllMember")
        ),
        Field(
            "AppDefinedData",
            good=((FLOOR, whole("AppDefinedData", FLOOR)),),
            absent=whole("AppDefinedData", ABSENT),
        ),
        Field("AppDefinedData[].Key", bad=told("Unknown", ""), absent=10004),
        Field("AppDefinedData[].Value", bad=told("x" * 513)),
        *lower("AppDefinedData"),
        Field("From_Account", good=(("u2", info("InfoSeq", 1)),), bad=told("ghost", "a\0b"), wrong=60015),
        Field("EnablePermission", bad=told(2, 1)),
        Field("DefaultPermission", bad=told(-1, 1 << 63, 64)),
        Field("GroupId", bad=(("gone", 10010), ("팀", 10015), ("", 10015)), absent=10004),
    ),
)
_MODIFY_CITY: Final = Row(
    G + "modify_group_base_info",
    {"GroupId": "$city", "EnablePermission": 1},
    {},
    (
        Field("EnablePermission", good=((0, info("EnablePermission", 0, "$city")),), bad=told(2)),
        Field("DefaultPermission", good=((64, info("DefaultPermission", 64, "$city")),)),
        Field("ApplyJoinOption", good=(("DisableApply", info("ApplyJoinOption", "FreeAccess", "$city")),)),
    ),
)
_MODIFY_ROOM: Final = Row(
    G + "modify_group_base_info",
    {"GroupId": "$room"},
    {},
    (
        Field("MaxMemberNum", good=((5, info("Name", "room", "$room")),)),
        Field("Notification", good=(("live", info("Notification", "live", "$room")),)),
        Field("InviteJoinOption", good=(("FreeAccess", info("InviteJoinOption", "DisableInvite", "$room")),)),
    ),
)
_ONE: Final = Field("GroupId", bad=(("gone", 10010), ("팀", 10015), ("", 10015), ("a\0b", 10015)), absent=10004)
_DESTROY: Final = Row(
    G + "destroy_group",
    {"GroupId": "$public"},
    {},
    (_ONE, Field("GroupId", good=(("$public", whole("ErrorCode", 10010)),))),
)
_OWNER: Final = Row(
    G + "change_group_owner",
    {"GroupId": "$public", "NewOwner_Account": "u3"},
    {},
    (
        Field("GroupId", bad=(*_ONE.bad, ("$room", 10007)), absent=10004),
        Field(
            "NewOwner_Account",
            good=(
                ("u3", info("Owner_Account", "u3")),
                ("u3", whole("MemberList.*.Role", ["Member", "Admin", "Owner"])),
                ("u1", whole("MemberList.*.Role", ["Owner", "Admin", "Member"])),
            ),
            bad=(("u9", 10007), ("ghost", 10007), ("", 10007)),
            absent=10004,
        ),
        Field("From_Account", good=(("u2", info("Owner_Account", "u3")),), bad=told("ghost"), wrong=60015),
    ),
)
_ALL: Final = ["$public", "$work", "$meeting", "$plain", "$city"]


def _joined(*groups: str) -> See:
    return See("GroupIdList.*.GroupId", list(groups), unordered=True)


_JOINED: Final = Row(
    G + "get_joined_group_list",
    {"Member_Account": "$rich"},
    {"TotalCount": int, "GroupIdList": [{"GroupId": str}]},
    (
        Field(
            "Member_Account", good=(("$rich", _joined(*_ALL)), ("ghost", _joined()), ("a\0b", _joined())), absent=10004
        ),
        Field(
            "Limit", good=((2, See("GroupIdList.#", 2)), (2, See("TotalCount", 5)), (0, _joined())), bad=told(-1, 5001)
        ),
        Field("Offset", good=((3, See("GroupIdList.#", 2)), (9, _joined()), (9, See("TotalCount", 5))), bad=told(-1)),
        Field("WithHugeGroups", good=((1, _joined(*_ALL)),)),
        Field("WithNoActiveGroups", good=((1, See("TotalCount", 6)),), absent=See("TotalCount", 5)),
        *(
            Field(
                name,
                good=tuple(
                    (kind, _joined(*groups))
                    for kind, *groups in (
                        ("Work", "$work"),
                        ("Private", "$work"),
                        ("Meeting", "$meeting"),
                        ("ChatRoom", "$meeting"),
                        ("Public", "$public"),
                        ("Community", "$plain", "$city"),
                        ("AVChatRoom",),
                        ("BChatRoom",),
                    )
                ),
                bad=told("Nothing", "public"),
            )
            for name in ("GroupType", "Type")
        ),
        Field(
            "SupportTopic",
            good=((1, _joined("$city")), (0, _joined(*_ALL[:4])), (1, See("GroupIdList.0.Type", "Community"))),
        ),
        Field(
            "ResponseFilter.GroupBaseInfoFilter",
            good=(
                (["Name"], See("GroupIdList.*.Name", ["public", "work", "meeting", "plain", "city"], unordered=True)),
            ),
        ),
        Field(
            "ResponseFilter.SelfInfoFilter",
            good=(
                (["Role"], See("GroupIdList.0.SelfInfo", {"Role": "Member"})),
                (["NameCard"], See("GroupIdList.*.SelfInfo.NameCard", [""] * 5)),
                (["UnreadMsgNum"], See("GroupIdList.*.SelfInfo.UnreadMsgNum", [0] * 5)),
                (
                    ["MsgFlag"],
                    See(
                        "GroupIdList.*.SelfInfo.MsgFlag", [*["AcceptAndNotify"] * 4, "AcceptNotNotify"], unordered=True
                    ),
                ),
            ),
        ),
    ),
)
_CITIES: Final = Row(
    G + "get_joined_group_list",
    {"Member_Account": "$rich", "SupportTopic": 1},
    {
        "TotalCount": int,
        "GroupIdList": [
            {
                "GroupId": str,
                "Type": str,
                "SupportTopic": int,
                "GrossTopicNextMsgSeq": int,
                "SelfInfo": {"GrossTopicReadSeq": int},
            }
        ],
    },
    (Field("Limit", good=((5, See("GroupIdList.0.GrossTopicNextMsgSeq", 0)),)),),
)
_FOUND: Final = {
    "GroupId": str,
    "ErrorCode": int,
    "Type": str,
    "Name": str,
    "ApplyJoinOption": str,
    "CreateTime": int,
    "FaceUrl": str,
    "Introduction": str,
    "Owner_Account": str,
    "MaxMemberNum": int,
    "MemberNum": int,
}
_SEARCH: Final = Row(
    G + "search_group",
    {"Content": "nothing like it"},
    {"GroupInfo": [_FOUND], "TotalRecord": int},
    (
        Field("Content", bad=told("", " "), absent=10004),
        Field("PageNum", good=((2, See("GroupInfo", [])),), bad=told(-1)),
        Field("GroupPerPage", good=((5, See("GroupInfo", [])),), bad=told(-1)),
        Field("ResponseFilter.GroupBasePublicInfoFilter", good=((["Name"], See("GroupInfo", [])),)),
    ),
)
ROWS: Final = (
    _MODIFY,
    _MODIFY_CITY,
    _MODIFY_ROOM,
    _DESTROY,
    _OWNER,
    _JOINED,
    _CITIES,
    _SEARCH,
)
