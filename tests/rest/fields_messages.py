"""Writing, importing and reading messages of groups, field by field (rest-messages.md 4.1 to 4.5)."""

from __future__ import annotations

from typing import Any, Final

from tests.rest.fields import ABSENT, TEXT, Field, G, Row, See
from tests.rest.fields_communities import NO_TOPIC
from tests.rest.fields_groups import LONG, told
from tests.rest.fields_members import GROUP

NO_ROOM: Final = (*GROUP.bad, ("$room", 10007))
HISTORY: Final = {"GroupId": "$public", "ReqMsgNumber": 1}


def newest(name: str, value: Any, **more: Any) -> See:
    """What the newest message of a group has under a name."""
    return See(f"RspMsgList.0.{name}", value, G + "group_msg_get_simple", HISTORY | {"WithRecalledMsg": 1} | more)


def pinned(*seqs: Any) -> See:
    return See("PinnedMsgList.*.MsgSeq", list(seqs), G + "get_pinned_messages", {"GroupId": "$public"})


def in_topic(row: Row, see: See, wrong: int = 10004) -> Row:
    """The same command for a topic; the base of the row has one."""
    field = Field("TopicId", good=(("$topic", see),), bad=NO_TOPIC, wrong=wrong)
    return Row(row.path, row.base | {"GroupId": "$city", "TopicId": "$topic"}, row.answer, (field,))


_SAID: Final = {"GroupId": "$public", "From_Account": "u1", "Random": 7, "MsgBody": TEXT}
_MANY: Final = [{"GroupAtAllFlag": 0, "GroupAt_Account": f"m{n}"} for n in range(31)]
FLAG: Final = told(2, -1)
_SEND: Final = Row(
    G + "send_group_msg",
    _SAID,
    {"MsgTime": int, "MsgSeq": int, "MsgDropReason": str},
    (
        Field(
            "GroupId",
            good=tuple((g, See("MsgDropReason", "")) for g in ("$work", "$meeting", "$room", "$plain")),
            bad=(*GROUP.bad, ("$city", 10004)),
            absent=10004,
        ),
        Field(
            "Random",
            good=((0, See("MsgSeq", 1)), (LONG - 1, newest("MsgRandom", LONG - 1))),
            bad=told(-1, LONG),
            absent=10004,
        ),
        Field(
            "MsgBody",
            bad=(
                ([], 10004),
                ([{}], 10004),
                ([{"MsgType": "TIMTextElem"}], 10004),
                ([{"MsgType": "Nothing", "MsgContent": {}}], 10004),
            ),
            good=((TEXT * 3, newest("MsgBody", TEXT * 3)),),
            absent=10004,
        ),
        Field(
            "From_Account",
            good=(("u9", newest("From_Account", "u9")),),
            bad=told("ghost"),
            absent=newest("From_Account", "administrator"),
            wrong=60015,
        ),
        Field(
            "MsgPriority",
            good=tuple(
                (name, newest("MsgPriority", n)) for name, n in (("High", 1), ("Normal", 2), ("Low", 3), ("Lowest", 4))
            ),
            absent=newest("MsgPriority", 2),
        ),
        *(
            Field(name, good=((1, See("MsgSeq", 0)), (0, See("MsgSeq", 1))), bad=FLAG)
            for name in ("OnlineOnlyFlag", "MsgOnlineOnlyFlag")
        ),
        Field(
            "SendMsgControl",
            loose=True,
            good=(
                (
                    ["NoUnread"],
                    See(
                        "GroupIdList.0.SelfInfo.UnreadMsgNum",
                        ABSENT,
                        G + "get_joined_group_list",
                        {"Member_Account": "ghost"},
                    ),
                ),
                (["NoLastMsg"], See("MsgSeq", 1)),
            ),
        ),
        Field(
            "ForbidCallbackControl",
            loose=True,
            good=((["ForbidBeforeSendMsgCallback", "ForbidAfterSendMsgCallback"], See("MsgSeq", 1)),),
        ),
        Field(
            "CloudCustomData",
            good=(("자료", newest("CloudCustomData", "자료")), ("", newest("CloudCustomData", ABSENT))),
            bad=(("x" * 13_000, 80002),),
        ),
        Field("SupportMessageExtension", good=((1, See("MsgSeq", 1)),), bad=FLAG),
        Field(
            "NeedReadReceipt",
            good=(
                (
                    1,
                    See(
                        "GroupMsgReceiptList.0.Code",
                        0,
                        G + "get_group_msg_receipt",
                        {"GroupId": "$public", "MsgSeqList": [{"MsgSeq": 1}]},
                    ),
                ),
                (
                    0,
                    See(
                        "GroupMsgReceiptList.0.Code",
                        10062,
                        G + "get_group_msg_receipt",
                        {"GroupId": "$public", "MsgSeqList": [{"MsgSeq": 1}]},
                    ),
                ),
            ),
            bad=FLAG,
        ),
        Field(
            "GroupAtInfo",
            good=((_MANY[:30], See("MsgSeq", 1)), ([{"GroupAtAllFlag": 1}], See("MsgSeq", 1))),
            bad=((_MANY, 10053),),
        ),
        Field("GroupAtInfo[].GroupAtAllFlag", bad=FLAG),
        Field("GroupAtInfo[].GroupAt_Account", good=(("u2", See("MsgSeq", 1)),)),
        Field(
            "To_Account",
            good=((["u2"], See("MsgSeq", 1)), ([], See("MsgSeq", 1))),
            bad=told([f"m{n}" for n in range(51)]),
        ),
        Field(
            "OfflinePushInfo",
            good=(({"Title": "t", "Desc": "d"}, See("MsgSeq", 1)),),
            bad=told({"PushFlag": 2}, {"Title": 7}),
        ),
    ),
)
_LIVE: Final = Row(
    G + "send_group_msg",
    _SAID | {"GroupId": "$room"},
    _SEND.answer,
    (
        Field("OnlineOnlyFlag", bad=told(1)),
        Field("GroupAtInfo", bad=told([{"GroupAtAllFlag": 1}])),
        Field("To_Account", bad=((["u1"], 10007),)),
        Field("NeedReadReceipt", bad=((1, 10007),)),
    ),
)
_TO_CITY: Final = Row(
    G + "send_group_msg",
    _SAID | {"GroupId": "$city", "TopicId": "$topic"},
    _SEND.answer,
    (
        Field(
            "TopicId",
            good=(("$topic", newest("TopicId", "$topic", GroupId="$city", TopicId="$topic")),),
            bad=NO_TOPIC,
            absent=10004,
        ),
        Field("To_Account", bad=((["u1"], 10007),)),
        Field("NeedReadReceipt", bad=((1, 10007),)),
    ),
)
NOTIFY: Final = Row(
    G + "send_group_system_notification",
    {"GroupId": "$public", "Content": "hello"},
    {},
    (
        Field(
            "GroupId",
            good=tuple((g, See("", {})) for g in ("$work", "$meeting", "$room", "$plain")),
            bad=GROUP.bad,
            absent=10004,
        ),
        Field("Content", good=(("자료", See("", {})),), absent=10004),
        Field(
            "ToMembers_Account",
            good=((["u2", "u9"], See("", {})), ([], See("", {}))),
            bad=(([f"m{n}" for n in range(501)], 10005),),
        ),
    ),
)
_NOTIFY_ROOM: Final = Row(
    G + "send_group_system_notification",
    {"GroupId": "$room", "Content": "hello"},
    {},
    (Field("ToMembers_Account", bad=told(["u1"])),),
)
_CAST: Final = Row(
    G + "send_broadcast_msg",
    {"Random": 7, "MsgBody": TEXT, "From_Account": "u1"},
    {"MsgSeq": int},
    (
        Field("From_Account", bad=told("ghost"), wrong=60015),
        Field("Random", bad=told(-1, LONG), absent=10004),
        Field("MsgBody", bad=told([], [{"MsgType": "TIMTextElem"}]), absent=10004),
        Field("CloudCustomData", bad=(("x" * 13_000, 80002),)),
    ),
)
OLD: Final = {"From_Account": "u1", "SendTime": 1_600_000_100, "Random": 7, "MsgBody": TEXT}


def _imported(name: str, value: Any) -> See:
    return newest(name, value, GroupId="$old")


IMPORT: Final = Row(
    G + "import_group_msg",
    {"GroupId": "$old", "MsgList": [OLD]},
    {"ImportMsgResult": [{"MsgSeq": int, "MsgTime": int, "Result": int}]},
    (
        Field("GroupId", bad=NO_ROOM, absent=10004),
        Field(
            "RecentContactFlag", good=((1, See("ImportMsgResult.0.Result", 0)), (0, See("ImportMsgResult.0.Result", 0)))
        ),
        Field(
            "MsgList",
            good=(
                (
                    [OLD, OLD | {"SendTime": 9_999_999_999}, OLD | {"SendTime": 5}],
                    See("ImportMsgResult.*.Result", [0, 10004, 10004]),
                ),
            ),
            bad=told([], [OLD] * 21),
            absent=10004,
        ),
        Field(
            "MsgList[].From_Account",
            good=(("ghost", See("ImportMsgResult.0.Result", 10004)), ("u9", _imported("From_Account", "u9"))),
            absent=10004,
            wrong=60015,
        ),
        Field(
            "MsgList[].SendTime",
            good=((1_600_000_200, _imported("MsgTimeStamp", 1_600_000_200)),),
            bad=told(-1),
            absent=10004,
        ),
        Field(
            "MsgList[].Random",
            good=((5, _imported("MsgRandom", 5)),),
            bad=told(-1, LONG),
            absent=See("ImportMsgResult.0.Result", 0),
        ),
        Field(
            "MsgList[].MsgBody",
            good=(([], See("ImportMsgResult.0.Result", 10004)), (TEXT * 2, _imported("MsgBody", TEXT * 2))),
            absent=10004,
            loose=True,
        ),
        Field(
            "MsgList[].CloudCustomData",
            good=(
                ("자료", _imported("CloudCustomData", "자료")),
                ("x" * 13_000, See("ImportMsgResult.0.Result", 80002)),
            ),
        ),
    ),
)
_MESSAGE: Final = {
    "From_Account": str,
    "IsPlaceMsg": int,
    "MsgBody": list,
    "MsgPriority": int,
    "MsgRandom": int,
    "MsgSeq": int,
    "MsgTimeStamp": int,
    "CloudCustomData?": str,
    "IsSystemMsg?": int,
    "TopicId?": str,
    "MsgVersion?": int,
}
SIMPLE: Final = Row(
    G + "group_msg_get_simple",
    {"GroupId": "$said", "ReqMsgNumber": 5, "ReqMsgSeq": 1},
    {"GroupId": str, "IsFinished": int, "RspMsgList": [_MESSAGE]},
    (
        Field("GroupId", bad=(*GROUP.bad, ("$room", 10044)), absent=10004),
        Field(
            "ReqMsgNumber",
            good=((1, See("RspMsgList.0.MsgSeq", 1)), (21, See("IsFinished", 1))),
            bad=told(0, -1),
            absent=10004,
        ),
        Field(
            "ReqMsgSeq",
            good=((999, See("RspMsgList.0.MsgSeq", 1)), (0, See("RspMsgList.#", 1))),
            bad=told(-1),
            absent=See("RspMsgList.0.MsgSeq", 1),
        ),
        Field("WithRecalledMsg", good=((1, See("RspMsgList.0.IsPlaceMsg", 0)),)),
    ),
)
ROWS: Final = (
    _SEND,
    _LIVE,
    _TO_CITY,
    NOTIFY,
    _NOTIFY_ROOM,
    _CAST,
    IMPORT,
    SIMPLE,
)
