"""Who is online, bans, attributes and counters, field by field (rest-groups.md 2.20 to 2.31)."""

from __future__ import annotations

from typing import Final

from tests.rest.fields import Field, G, M, Row, See
from tests.rest.fields_groups import LONG, names, told
from tests.rest.fields_members import FOREVER, GROUP

_ONLINE: Final = tuple(
    Row(
        service + "get_online_member_num",
        {"GroupId": "$public"},
        {"OnlineMemberNum": int},
        (
            Field(
                "GroupId",
                good=tuple((g, See("OnlineMemberNum", 0)) for g in ("$public", "$work", "$meeting", "$room", "$city")),
                bad=GROUP.bad,
                absent=10004,
            ),
        ),
    )
    for service in (G, M)
)


def _banned(*user_ids: str) -> See:
    body = {"GroupId": "$public", "Offset": 0}
    return See("BannedAccountList.*.Member_Account", list(user_ids), G + "get_group_ban_member", body)


_BAN: Final = Row(
    G + "ban_group_member",
    {"GroupId": "$public", "Members_Account": ["u3"], "Duration": 60},
    {},
    (
        Field("GroupId", bad=GROUP.bad, absent=10004),
        Field(
            "Members_Account",
            good=((["u3", "u9"], _banned("u3", "u9")), (["u3"], names("$public", "u1", "u2"))),
            bad=(([], 10004), (["u3"] * 21, 10005), (["u1"], 10004)),
            absent=10004,
        ),
        Field("Duration", good=((FOREVER, _banned("u3")),), bad=told(0, -1, LONG), absent=10004),
        Field("Description", good=(("spam", _banned("u3")), ("x" * 1000, _banned("u3"))), bad=told("x" * 1001, "a\0b")),
    ),
)
_UNBAN: Final = Row(
    G + "unban_group_member",
    {"GroupId": "$public", "Members_Account": ["u3"]},
    {},
    (
        Field("GroupId", bad=GROUP.bad, absent=10004),
        Field(
            "Members_Account",
            good=((["u3", "ghost"], _banned()),),
            bad=(([], 10004), (["u3"] * 21, 10005)),
            absent=10004,
        ),
    ),
)
_BANS: Final = Row(
    G + "get_group_ban_member",
    {"GroupId": "$public", "Limit": 20, "Offset": 0},
    {"BannedAccountList": [{"Member_Account": str, "BannedUntil": int}], "NextOffset": int},
    (
        Field("GroupId", bad=GROUP.bad, absent=10004),
        Field("Limit", good=((1, See("NextOffset", 0)),), bad=told(0, -1, 101), absent=See("NextOffset", 0)),
        Field("Offset", good=((9, See("NextOffset", 0)),), bad=told(-1), absent=See("NextOffset", 0)),
    ),
)
ATTRIBUTES: Final = (G, M, "group_open_attr_http_svc/")
_PAIR: Final = [{"key": "a", "value": "1"}]


def _attributes(*pairs: tuple[str, str]) -> See:
    found = [{"key": key, "value": value} for key, value in pairs]
    return See("GroupAttrAry", found, ATTRIBUTES[2] + "get_group_attr", {"GroupId": "$public"})


_KEYS: Final = Field(
    "GroupAttr[].key",
    good=(("x" * 32, _attributes(("x" * 32, "1"))),),
    bad=(("x" * 33, 10045), ("", 10004)),
    absent=10004,
)
_VALUES: Final = Field(
    "GroupAttr[].value",
    good=(("x" * 4000, _attributes(("a", "x" * 4000))), ("", _attributes(("a", "")))),
    bad=(("x" * 4001, 10046), ("가" * 1334, 10046)),
    absent=10004,
)
_MANY: Final = tuple([{"key": f"k{n}", "value": "1"} for n in range(count)] for count in (16, 17))
_BIG: Final = [{"key": f"k{n}", "value": "x" * 4000} for n in range(5)]


def _attribute_rows(service: str) -> tuple[Row, ...]:
    put = {"GroupId": "$public", "GroupAttr": _PAIR}
    lists = Field(
        "GroupAttr",
        good=((_MANY[0], See("GroupAttrAry.#", 16, service + "get_group_attr", {"GroupId": "$public"})),),
        bad=((_MANY[1], 10047), (_BIG, 10048)),
        absent=10004,
    )
    return (
        Row(
            service + "get_group_attr", {"GroupId": "$public"}, {"GroupAttrAry": [{"key": str, "value": str}]}, (GROUP,)
        ),
        Row(service + "modify_group_attr", put, {}, (GROUP, lists, _KEYS, _VALUES)),
        Row(service + "set_group_attr", put, {}, (GROUP, lists, _KEYS, _VALUES)),
        Row(
            service + "clear_group_attr",
            {"GroupId": "$public"},
            {},
            (GROUP, Field("GroupId", good=(("$public", _attributes()),))),
        ),
    )


def _attribute_deletion(service: str) -> Row:
    return Row(
        service + "delete_group_attr",
        {"GroupId": "$attributes", "GroupAttr": [{"key": "a"}]},
        {},
        (
            GROUP,
            Field("GroupAttr", bad=(([], 10004), ([{"key": "a"}, {"key": "none"}], 10050)), absent=10004),
            Field(
                "GroupAttr[].key",
                good=(("a", See("GroupAttrAry", [], service + "get_group_attr", {"GroupId": "$attributes"})),),
                bad=(("none", 10050),),
                absent=10004,
            ),
        ),
    )


def _counters(*pairs: tuple[str, int]) -> See:
    found = [{"Key": key, "Value": value} for key, value in pairs]
    return See("GroupCounter", found, G + "get_group_counter", {"GroupId": "$counters"})


_TWENTY: Final = tuple([{"Key": f"k{n:02}", "Value": n} for n in range(count)] for count in (19, 20))
_COUNT: Final = Row(
    G + "update_group_counter",
    {"GroupId": "$counters", "GroupCounter": [{"Key": "like", "Value": 5}]},
    {"GroupCounter": [{"Key": str, "Value": int}]},
    (
        Field("GroupId", bad=(*GROUP.bad, ("$plain", 10007), ("$city", 10007)), absent=10004),
        Field(
            "GroupCounter",
            good=((_TWENTY[0], See("GroupCounter.#", 20, G + "get_group_counter", {"GroupId": "$counters"})),),
            bad=(([], 10004), (_TWENTY[1], 10063)),
            absent=10004,
        ),
        Field(
            "GroupCounter[].Key",
            good=(("x" * 128, See("GroupCounter.0.Key", "x" * 128)),),
            bad=told("", "x" * 129),
            absent=10004,
        ),
        Field(
            "GroupCounter[].Value",
            good=(
                (-(1 << 63), See("GroupCounter.0.Value", -(1 << 63))),
                ((1 << 63) - 1, See("GroupCounter.0.Value", (1 << 63) - 1)),
            ),
            bad=told(1 << 63, -(1 << 63) - 1),
            absent=10004,
        ),
        Field(
            "Mode",
            good=(
                ("Set", _counters(("like", 5))),
                ("Increase", _counters(("like", 12))),
                ("Decrease", _counters(("like", 2))),
            ),
            bad=told("", "set", "Add"),
            absent=_counters(("like", 5)),
        ),
    ),
)
_COUNTS: Final = Row(
    G + "get_group_counter",
    {"GroupId": "$counters"},
    {"GroupCounter": [{"Key": str, "Value": int}], "GroupCounterSeq": int},
    (
        Field("GroupId", bad=(*GROUP.bad, ("$plain", 10007)), absent=10004),
        Field(
            "GroupCounterKeys",
            good=((["like"], See("GroupCounter.0.Value", 7)), (["none"], See("GroupCounter", []))),
            absent=See("GroupCounter.#", 1),
        ),
    ),
)
_UNCOUNT: Final = Row(
    G + "delete_group_counter",
    {"GroupId": "$counters"},
    {},
    (
        Field("GroupId", bad=(*GROUP.bad, ("$plain", 10007)), absent=10004),
        Field(
            "GroupCounterKeys", good=((["like"], _counters()), (["none"], _counters(("like", 7)))), absent=_counters()
        ),
    ),
)
ROWS: Final = (
    *_ONLINE,
    _BAN,
    _UNBAN,
    _BANS,
    _COUNT,
    _COUNTS,
    _UNCOUNT,
    *(row for service in ATTRIBUTES for row in (*_attribute_rows(service), _attribute_deletion(service))),
)
