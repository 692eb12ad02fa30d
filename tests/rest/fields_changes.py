"""What is done to messages of groups, field by field (rest-messages.md 4.6 to 4.18)."""

from __future__ import annotations

from typing import Final

from tests.rest.fields import ABSENT, TEXT, Field, G, Row, See, X
from tests.rest.fields_groups import told
from tests.rest.fields_members import GROUP
from tests.rest.fields_messages import FLAG, IMPORT, NO_ROOM, NOTIFY, OLD, SIMPLE, in_topic, newest, pinned

_NAMED: Final = [{"MsgSeq": "$seq"}]
_RECALL: Final = Row(
    G + "group_msg_recall",
    {"GroupId": "$public", "MsgSeqList": _NAMED},
    {"RecallRetList": [{"MsgSeq": int, "RetCode": int}]},
    (
        Field("GroupId", bad=(*GROUP.bad, ("$room", 10033)), absent=10004),
        Field(
            "MsgSeqList",
            good=(
                ([{"MsgSeq": "$seq"}, {"MsgSeq": 99}], See("RecallRetList.*.RetCode", [0, 10030])),
                (_NAMED, newest("IsPlaceMsg", 2, ReqMsgSeq="$seq")),
            ),
            bad=told([], [{"MsgSeq": 1}] * 11),
            absent=10004,
        ),
        Field("MsgSeqList[].MsgSeq", bad=told(-1), absent=10004),
        Field("Reason", good=(("x" * 100, See("RecallRetList.0.RetCode", 0)),), bad=told("x" * 101)),
    ),
)
_SENDER: Final = Row(
    G + "delete_group_msg_by_sender",
    {"GroupId": "$public", "Sender_Account": "u1"},
    {},
    (
        Field("GroupId", good=(("$room", See("", {})),), bad=GROUP.bad, absent=10004),
        Field("Sender_Account", good=(("ghost", See("", {})),), bad=told("a\0b"), absent=10004),
    ),
)
_SENDER_GONE: Final = Row(
    G + "delete_group_msg_by_sender",
    {"GroupId": "$said", "Sender_Account": "u1"},
    {},
    (
        Field(
            "Sender_Account",
            good=(("u1", newest("IsPlaceMsg", 2, GroupId="$said")), ("u2", newest("IsPlaceMsg", 0, GroupId="$said"))),
        ),
    ),
)
_CLEAR: Final = Row(
    G + "clear_group_msg",
    {"GroupId": "$said"},
    {},
    (
        Field(
            "GroupId",
            good=(("$room", See("", {})),),
            bad=(*GROUP.bad, ("$plain", 10007), ("$city", 10007)),
            absent=10004,
        ),
        Field(
            "MsgSeq",
            good=((1, newest("MsgSeq", 1, GroupId="$said")), (99, newest("MsgSeq", 1, GroupId="$said"))),
            bad=told(-1),
        ),
    ),
)
_EDIT: Final = Row(
    "openim/modify_group_msg",
    {"GroupId": "$public", "MsgSeq": "$seq", "MsgBody": TEXT * 2},
    {},
    (
        Field("GroupId", bad=NO_ROOM, absent=90001, wrong=90001),
        Field("MsgSeq", bad=((99, 20022),), absent=90001, wrong=90001),
        Field(
            "MsgBody",
            good=((TEXT * 3, newest("MsgBody", TEXT * 3)),),
            bad=(([{"MsgType": "TIMTextElem"}], 90002),),
            absent=newest("MsgBody", TEXT),
            loose=True,
        ),
        Field("CloudCustomData", good=(("자료", newest("CloudCustomData", "자료")),), wrong=90001),
    ),
)
_RECEIPT: Final = Row(
    G + "group_msg_receipt",
    {"GroupId": "$public", "From_Account": "u3", "MsgSeqList": _NAMED},
    {},
    (
        Field("GroupId", bad=(*NO_ROOM, ("$plain", 10007), ("$city", 10007)), absent=10004),
        Field(
            "From_Account",
            good=(
                (
                    "u3",
                    See(
                        "GroupMsgReceiptList.0.ReadNum",
                        1,
                        G + "get_group_msg_receipt",
                        {"GroupId": "$public", "MsgSeqList": _NAMED},
                    ),
                ),
            ),
            bad=(("u9", 10007), ("ghost", 10007), ("", 10004), ("a\0b", 10004)),
            absent=10004,
            wrong=60015,
        ),
        Field("MsgSeqList", bad=(([], 10004), ([{"MsgSeq": 1}] * 51, 10004), ([{"MsgSeq": 99}], 10062)), absent=10004),
        Field("MsgSeqList[].MsgSeq", bad=told(-1), absent=10004),
    ),
)
_COUNTS: Final = Row(
    G + "get_group_msg_receipt",
    {"GroupId": "$public", "MsgSeqList": _NAMED},
    {"GroupMsgReceiptList": [{"Code": int, "MsgSeq": int, "ReadNum": int, "UnreadNum": int}]},
    (
        Field("GroupId", bad=(*NO_ROOM, ("$plain", 10007)), absent=10004),
        Field(
            "MsgSeqList",
            good=(([{"MsgSeq": "$seq"}, {"MsgSeq": 99}], See("GroupMsgReceiptList.*.Code", [0, 10062])),),
            bad=told([], [{"MsgSeq": 1}] * 51),
            absent=10004,
        ),
        Field(
            "MsgSeqList[].MsgSeq",
            good=(("$seq", See("GroupMsgReceiptList.0.UnreadNum", 2)),),
            bad=told(-1),
            absent=10004,
        ),
    ),
)
_DETAIL: Final = Row(
    G + "get_group_msg_receipt_detail",
    {"GroupId": "$public", "MsgSeq": "$seq", "Filter": 1, "Cursor": "", "Count": 100},
    {"Cursor": str, "IsFinish": int, "IsFinished": int, "MsgSeq": int, "UnreadList": [{"Unread_Account": str}]},
    (
        Field("GroupId", bad=NO_ROOM, absent=10004),
        Field("MsgSeq", bad=((99, 10062), (-1, 10004)), absent=10004),
        Field(
            "Filter",
            good=(
                (1, See("UnreadList.*.Unread_Account", ["u2", "u3"])),
                (0, See("ReadList", [])),
                (0, See("UnreadList", ABSENT)),
            ),
            bad=FLAG,
        ),
        Field("Cursor", good=(("", See("IsFinish", 1)), ("", See("Cursor", "0"))), absent=See("IsFinished", 1)),
        Field(
            "Count",
            good=((1, See("UnreadList.#", 1)), (1, See("IsFinish", 0)), (201, See("IsFinish", 1))),
            bad=told(-1),
            absent=See("IsFinish", 1),
        ),
    ),
)
_DETAIL_OLD: Final = Row(
    G + "get_group_msg_receipt_detail",
    {"GroupId": "$public", "MsgSeq": "$seq", "Flag": 1, "Num": 100},
    _DETAIL.answer,
    (
        Field("Flag", good=((0, See("ReadList", [])), (1, See("UnreadList.#", 2))), bad=FLAG),
        Field("Num", good=((1, See("UnreadList.#", 1)),), bad=told(-1)),
    ),
)
_PIN: Final = Row(
    G + "pin_message",
    {"GroupId": "$public", "MsgSeq": "$seq"},
    {},
    (
        Field("GroupId", bad=NO_ROOM, absent=10004),
        Field("MsgSeq", good=(("$seq", pinned("$seq")),), bad=((99, 10030), (-1, 10004), (0, 10030)), absent=10004),
        Field(
            "Pinner_Account",
            good=(
                ("u2", See("PinnedMsgList.0.Pinner_Account", "u2", G + "get_pinned_messages", {"GroupId": "$public"})),
            ),
            bad=told("ghost"),
            absent=See(
                "PinnedMsgList.0.Pinner_Account", "administrator", G + "get_pinned_messages", {"GroupId": "$public"}
            ),
        ),
    ),
)
_UNPIN: Final = Row(
    G + "unpin_message",
    {"GroupId": "$public", "MsgSeq": "$pinseq"},
    {},
    (
        Field("GroupId", bad=NO_ROOM, absent=10004),
        Field("MsgSeq", good=(("$pinseq", pinned()),), bad=((99, 10030), (-1, 10004)), absent=10004),
        Field("UnPinner_Account", good=(("u2", pinned()),), bad=told("ghost")),
    ),
)
_PINS: Final = Row(
    G + "get_pinned_messages",
    {"GroupId": "$public"},
    {"PinnedMsgList": [{"MsgSeq": int, "Pinner_Account": str}]},
    (Field("GroupId", good=(("$public", See("PinnedMsgList", [])),), bad=NO_ROOM, absent=10004),),
)
_SET: Final = Row(
    X + "group_set_key_values",
    {"GroupId": "$public", "MsgSeq": "$seq", "OperateType": 1, "ExtensionList": [{"Key": "a", "Value": "1", "Seq": 0}]},
    {"ExtensionList": [{"ErrorCode": int, "Extension": {"Key": str, "Value": str, "Seq": int}}], "Seq?": int},
    (
        Field("GroupId", bad=(*GROUP.bad,), absent=10004),
        Field("MsgSeq", bad=((99, 23004),), absent=10004),
        Field(
            "OperateType",
            good=((1, See("ExtensionList.0.ErrorCode", 0)), (3, See("ExtensionList", []))),
            bad=told(0, 4),
            absent=10004,
        ),
        Field(
            "ExtensionList[].Key",
            good=(("x" * 100, See("ExtensionList.0.Extension.Key", "x" * 100)),),
            bad=told("", "x" * 101),
            absent=10004,
        ),
        Field(
            "ExtensionList[].Value",
            good=(("x" * 1000, See("ExtensionList.0.Extension.Value", "x" * 1000)),),
            bad=told("x" * 1001),
        ),
        Field("ExtensionList[].Seq", good=((5, See("ExtensionList.0.ErrorCode", 0)),)),
    ),
)
_VALUES: Final = Row(
    X + "group_get_key_values",
    {"GroupId": "$public", "MsgSeq": "$seq"},
    {"CompleteFlag": int, "LatestSeq": int, "ClearSeq": int, "ExtensionList": [{"Key": str, "Value": str, "Seq": int}]},
    (
        Field("GroupId", bad=GROUP.bad, absent=10004),
        Field("MsgSeq", bad=((99, 23004),), absent=10004),
        Field("StartSeq", good=((0, See("CompleteFlag", 1)), (9, See("ExtensionList", [])))),
        Field("startSeq", good=((9, See("ExtensionList", [])),)),
    ),
)
_THERE: Final = {"GroupId": "$city", "TopicId": "$topic"}
_TOPICS: Final = (
    in_topic(SIMPLE, See("RspMsgList", [])),
    in_topic(_SENDER, See("", {})),
    in_topic(NOTIFY, See("", {})),
    in_topic(_PINS, See("PinnedMsgList", [])),
    in_topic(
        Row(_RECALL.path, {"MsgSeqList": [{"MsgSeq": "$topicseq"}]}, _RECALL.answer, ()),
        See("RecallRetList.0.RetCode", 0),
    ),
    in_topic(
        Row(_EDIT.path, {"MsgSeq": "$topicseq", "MsgBody": TEXT * 2}, {}, ()),
        newest("MsgBody", TEXT * 2, **_THERE),
        90001,
    ),
    in_topic(Row(IMPORT.path, {"MsgList": [OLD]}, IMPORT.answer, ()), See("ImportMsgResult.0.Result", 10004)),
    in_topic(
        Row(_PIN.path, {"MsgSeq": "$topicseq"}, {}, ()), See("PinnedMsgList.#", 1, G + "get_pinned_messages", _THERE)
    ),
    in_topic(
        Row(_SET.path, {**_SET.base, "MsgSeq": "$topicseq"}, _SET.answer, ()), See("ExtensionList.0.ErrorCode", 0)
    ),
    in_topic(Row(_VALUES.path, {"MsgSeq": "$topicseq"}, _VALUES.answer, ()), See("ExtensionList", [])),
)
_UNPIN_TOPIC: Final = Row(
    _UNPIN.path, _THERE | {"MsgSeq": "$topicseq"}, {}, (Field("TopicId", bad=(("$topic", 10030), ("plain", 10015))),)
)
ROWS: Final = (
    _RECALL,
    _SENDER,
    _SENDER_GONE,
    _CLEAR,
    _EDIT,
    _RECEIPT,
    _COUNTS,
    _DETAIL,
    _DETAIL_OLD,
    _PIN,
    _UNPIN,
    _PINS,
    _SET,
    _VALUES,
    *_TOPICS,
)

REFUSED_ONLY: Final = (_UNPIN_TOPIC,)
