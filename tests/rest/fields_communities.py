"""Topics, field by field (rest-groups.md 2.40 to 2.44)."""

from __future__ import annotations

from typing import Any, Final

from tests.rest.fields import ABSENT, Field, G, M, Row, See
from tests.rest.fields_groups import told
from tests.rest.fields_members import GROUP

TOPIC: Final = {"GroupId": "$city", "TopicId": "$topic"}
CITY: Final = Field("GroupId", bad=(*GROUP.bad, ("$plain", 11000), ("$public", 11000)), absent=10004)
NO_TOPIC: Final = (("plain", 10015), ("$plain@TOPIC#_x", 10015), ("$city@TOPIC#_gone", 10010))


def topic(name: str, value: Any, topic_id: str = "$topic") -> See:
    """What stands about a topic."""
    return See(
        f"TopicAndSelfInfo.0.TopicInfo.{name}", value, M + "get_topic", {"GroupId": "$city", "TopicIdList": [topic_id]}
    )


NEW: Final = "$city@TOPIC#_new"
_SIZES: Final = (("CustomString", 3000), ("FaceUrl", 500), ("Notification", 400), ("Introduction", 400))


def _texts(topic_id: str) -> tuple[Field, ...]:
    return tuple(
        Field(
            name,
            good=(
                ("x" * most, topic(name, "x" * most, topic_id)),
                ("주제", topic(name, "주제", topic_id)),
                ("", topic(name, "", topic_id)),
            ),
            bad=told("x" * (most + 1), "a\0b"),
            absent=topic(name, "", topic_id),
        )
        for name, most in _SIZES
    )


_IDS: Final = (
    *(
        ("plain", 10015),
        ("$plain@TOPIC#_x", 10015),
        ("$city@TOPIC#_" + "x" * 96, 10015),
        ("$city@TOPIC#_a@TGS#_b", 10015),
    ),
    ("$city@TOPIC#_팀", 10015),
)
_NAME: Final = Field(
    "TopicName",
    good=(("주제", topic("TopicName", "주제", NEW)), ("x" * 100, topic("TopicName", "x" * 100, NEW))),
    bad=told("", "x" * 101, "a\0b"),
    absent=10004,
)
_ANYBODY: Final = Field("From_Account", good=(("u1", See("TopicId", NEW)),), bad=told("ghost", "a\0b"), wrong=60015)
_CREATE: Final = Row(
    M + "create_topic",
    {"GroupId": "$city", "TopicId": NEW, "TopicName": "New"},
    {"TopicId": str},
    (
        *(_NAME, _ANYBODY, *_texts(NEW)),
        Field(
            "TopicId",
            good=((NEW, See("TopicId", NEW)),),
            bad=(*_IDS, ("$city@TOPIC#_@TOPIC#cABC", 10015), ("$city@TOPIC#_@TOPIC#_x", 10015)),
            absent=See("TopicId", "$city@TOPIC#_@TOPIC#c", begins=True),
        ),
    ),
)
_TAKEN: Final = tuple(
    Row(
        path,
        {"GroupId": "$city", "TopicId": NEW, "TopicName": "x"},
        {"TopicId": str},
        (Field("TopicId", bad=(("$topic", code),)),),
    )
    for path, code in ((M + "create_topic", 10025), (G + "import_topic", 10021))
)
_ASSIGNED: Final = tuple(
    Row(path, {"GroupId": "$city", "TopicName": "x"}, {"TopicId": str}, (CITY,))
    for path in (M + "create_topic", G + "import_topic")
)
_IMPORT: Final = Row(
    G + "import_topic",
    {"GroupId": "$city", "TopicId": NEW, "TopicName": "New"},
    {"TopicId": str},
    (
        *(_NAME, _ANYBODY, *_texts(NEW)),
        Field(
            "TopicId",
            good=((NEW, See("TopicId", NEW)), ("$city@TOPIC#_@TOPIC#cABC", See("TopicId", "$city@TOPIC#_@TOPIC#cABC"))),
            bad=_IDS,
            absent=See("TopicId", "$city@TOPIC#_@TOPIC#c", begins=True),
        ),
        Field("Type", good=(("Community", See("TopicId", NEW)),), bad=told("Public", "community")),
        Field("CreateTime", good=((1_600_000_000, topic("CreateTime", 1_600_000_000, NEW)),), bad=told(-1)),
    ),
)
_INFO: Final = {
    "TopicName": str,
    "FaceUrl": str,
    "Introduction": str,
    "Notification": str,
    "CustomString": str,
    "CreateTime": int,
    "LastMsgTime": int,
    "NextMsgSeq": int,
    "MuteAllMember": str,
    "ShutUpAllFlag": int,
    "GroupID": str,
    "GroupId": str,
    "TopicId": str,
    "LastMsg?": dict,
}
_IDS_OF: Final = {"GroupID": "$city", "GroupId": "$city", "TopicId": "$topic"}
_SELF: Final = {"MsgSeq": int, "MsgFlag": str, "ShutUpTime": int, "NoUnreadSeqList": [int]}
_GET: Final = Row(
    M + "get_topic",
    {"GroupId": "$city", "From_Account": "u3", "TopicIdList": ["$topic"]},
    {"TopicAndSelfInfo": [{"ErrorCode": int, "ErrorInfo": str, "TopicInfo": _INFO, "SelfInfo": _SELF}]},
    (
        CITY,
        Field(
            "From_Account",
            good=(("u1", See("TopicAndSelfInfo.0.SelfInfo.MsgFlag", "AcceptAndNotify")),),
            bad=(("u9", 10007), ("ghost", 10007)),
            absent=See("TopicAndSelfInfo.0.SelfInfo", ABSENT),
            wrong=60015,
        ),
        Field(
            "TopicIdList",
            good=(
                ([], See("TopicAndSelfInfo", [])),
                (["$topic", "$city@TOPIC#_gone"], See("TopicAndSelfInfo.*.ErrorCode", [0, 110003])),
            ),
            bad=told([f"t{n}" for n in range(201)]),
            absent=See("TopicAndSelfInfo", []),
        ),
        Field(
            "ResponseFilter",
            good=(
                (
                    ["TopicName", "nothing"],
                    See(
                        "TopicAndSelfInfo.0.TopicInfo",
                        {"TopicName": "Food"} | _IDS_OF,
                    ),
                ),
            ),
            absent=See("TopicAndSelfInfo.0.TopicInfo.NextMsgSeq", 1),
        ),
    ),
)
_MODIFY: Final = Row(
    M + "modify_topic",
    TOPIC,
    {},
    (
        Field("GroupId", bad=(("gone", 10015), ("팀", 10015), ("", 10015), ("$plain", 10015)), absent=10004),
        Field("TopicId", bad=NO_TOPIC, absent=10004),
        Field(
            "TopicName",
            good=(("주제", topic("TopicName", "주제")),),
            bad=told("", "x" * 101, "a\0b"),
            absent=topic("TopicName", "Food"),
        ),
        *_texts("$topic"),
        Field("From_Account", good=(("u2", topic("TopicName", "Food")),), bad=told("ghost"), wrong=60015),
        *(
            Field(
                name,
                good=(
                    ("On", topic("MuteAllMember", "On")),
                    ("On", topic("ShutUpAllFlag", 1)),
                    ("Off", topic("ShutUpAllFlag", 0)),
                ),
                bad=told("on", "", "Yes"),
                absent=topic("MuteAllMember", "Off"),
            )
            for name in ("MuteAllMember", "ShutUpAllMember")
        ),
    ),
)
_DESTROY: Final = Row(
    M + "destroy_topic",
    {"GroupId": "$city", "TopicIdList": ["$topic"]},
    {"DestroyResultItem": [{"TopicId": str, "ErrorCode": int, "ErrorInfo": str}]},
    (
        CITY,
        Field(
            "TopicIdList",
            good=(
                (["$topic", "$city@TOPIC#_gone"], See("DestroyResultItem.*.ErrorCode", [0, 110003])),
                (["$topic"], See("TopicAndSelfInfo", [], M + "get_topic", {"GroupId": "$city"})),
            ),
            bad=told([], ["x"] * 201),
            absent=10004,
        ),
    ),
)
ROWS: Final = (
    _CREATE,
    *_TAKEN,
    *_ASSIGNED,
    _IMPORT,
    _GET,
    _MODIFY,
    _DESTROY,
)
