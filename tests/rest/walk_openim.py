"""What ``test_walk_messages`` knows of the service ``openim``: requests, what is seen after them, and the tables of its
commands (rest-messages.md 1 and 2)."""

from __future__ import annotations

import itertools
import time
from typing import Any

from tests.rest import openim
from tests.rest.conftest import Rest
from tests.rest.openim import (
    BATCH,
    DELETE,
    HISTORY,
    IMPORT,
    MODIFY,
    RECEIPT,
    SEND,
    SET_READ,
    UNREAD,
    WITHDRAW,
    message,
    text,
)
from tests.rest.walk import Body, Field, Walk

_numbers = itertools.count(10)
EXTENSIONS = "openim_msg_ext_http_svc"
LONG = 10**12
KEY = r"\d+_\d+_\d+"


def number() -> int:
    """One that no message has yet."""
    return next(_numbers)


# What is seen afterwards


async def newest(rest: Rest, owner: str = "omar", peer: str = "lena") -> Body:
    """The newest message in somebody's history, or nothing."""
    found: list[Body] = (await openim.history(rest, owner, peer))["MsgList"]
    return found[-1] if found else {}


async def arrived(rest: Rest, body: Body, answer: Body) -> bool:
    found = await newest(rest)
    return bool(found["MsgKey"] == answer["MsgKey"] and found["MsgBody"] == body["MsgBody"])


async def kept_by_sender(rest: Rest, body: Body, answer: Body) -> bool:
    return await arrived(rest, body, answer) and (await newest(rest, "lena", "omar"))["MsgKey"] == answer["MsgKey"]


async def kept_by_receiver_alone(rest: Rest, body: Body, answer: Body) -> bool:
    return await arrived(rest, body, answer) and (await newest(rest, "lena", "omar")).get("MsgKey") != answer["MsgKey"]


async def nowhere(rest: Rest, body: Body, answer: Body) -> bool:
    theirs, own = await newest(rest), await newest(rest, "lena", "omar")
    return answer["MsgKey"] not in (theirs.get("MsgKey"), own.get("MsgKey"))


async def with_data(rest: Rest, body: Body, answer: Body) -> bool:
    return bool((await newest(rest))["CloudCustomData"] == body["CloudCustomData"])


async def numbered(rest: Rest, body: Body, answer: Body) -> bool:
    found = await newest(rest)
    return bool(found["MsgSeq"] == int(body["MsgSeq"]) and found["MsgKey"].startswith(f"{found['MsgSeq']}_"))


async def numbered_by_the_server(rest: Rest, body: Body, answer: Body) -> bool:
    return bool((await newest(rest))["MsgSeq"] > 0)


async def extensible(rest: Rest, body: Body, answer: Body) -> bool:
    pair = [{"Key": "a", "Value": "b"}]
    named = {"From_Account": "lena", "To_Account": "omar", "MsgKey": answer["MsgKey"]}
    set_it = {**named, "OperateType": 1, "ExtensionList": pair}
    code = await rest.code(f"{EXTENSIONS}/set_key_values", set_it)
    return code == (0 if body["SupportMessageExtension"] else 23002)


async def unread(rest: Rest) -> int:
    answer = await rest(UNREAD, {"To_Account": "omar"})
    assert answer["ErrorCode"] == 0
    return int(answer["AllC2CUnreadMsgNum"])


def counts(words: list[str] | str) -> Any:
    """That a message like this counts as unread, or does not; and moves the conversation up, or does not."""

    async def effect(rest: Rest, body: Body, answer: Body) -> bool:
        await rest(SEND, message(From_Account="kim", MsgRandom=number()))
        before, top = await unread(rest), await first_of_list(rest)
        await rest(BATCH if isinstance(body["To_Account"], list) else SEND, {**body, "MsgRandom": number()})
        moved = await first_of_list(rest) != top
        return (await unread(rest) == before + ("NoUnread" not in words)) and moved == ("NoLastMsg" not in words)

    return effect


async def first_of_list(rest: Rest) -> str:
    asked = {
        "From_Account": "omar",
        "TimeStamp": 0,
        "StartIndex": 0,
        "TopTimeStamp": 0,
        "TopStartIndex": 0,
        "AssistFlags": 7,
    }
    listed = await rest("recentcontact/get_list", asked)
    return str(listed["SessionItem"][0]["To_Account"])


# Requests that are taken


async def sent(rest: Rest) -> Body:
    return message(MsgRandom=number(), MsgSeq=0, SyncOtherMachine=1)


async def batch(rest: Rest) -> Body:
    return await sent(rest) | {"To_Account": ["omar", "kim"]}


async def imported(rest: Rest) -> Body:
    return message(MsgRandom=number(), SyncFromOldSystem=2, MsgTimeStamp=int(time.time()) - 100)


async def sent_key(rest: Rest, **fields: Any) -> str:
    answer = await rest(SEND, message(**{"MsgRandom": number(), **fields}))
    assert answer["ErrorCode"] == 0, answer
    return str(answer["MsgKey"])


async def named(rest: Rest) -> Body:
    return {"From_Account": "lena", "To_Account": "omar", "MsgKey": await sent_key(rest)}


async def edited(rest: Rest) -> Body:
    return await named(rest) | {"MsgBody": text("new"), "CloudCustomData": "new"}


def viewed(**more: Any) -> Any:
    async def body(rest: Rest) -> Body:
        key = await sent_key(rest)
        out: Body = {"Operator_Account": "omar", "Peer_Account": "lena", **more}
        return {name: [key] if value is KEY else value for name, value in out.items()}

    return body


async def receipts(rest: Rest) -> Body:
    one = await named(rest)
    return {"Operator_Account": "omar", "Peer_Account": "lena", "C2CMsgInfo": [one]}


def just(**fields: Any) -> Any:
    async def body(rest: Rest) -> Body:
        return dict(fields)

    return body


# The tables

WORDS = Field(
    "one or list",
    90010,
    good=[(words, counts(words)) for words in ("NoUnread", ["NoLastMsg"], ["NoUnread", "NoLastMsg"], ["Unheard_Of"])],
)
FLAG = {90010: (2, -1)}
PUSH = Field(
    "object",
    90043,
    bad={
        90043: (
            {"PushFlag": 2},
            {"Title": 1},
            {"Ext": {}},
            {"AndroidInfo": []},
            {"ApnsInfo": {"BadgeMode": 3}},
            {"BadgeAddNum": 100},
        )
    },
    good=[
        ({}, arrived),
        ({"PushFlag": 1, "Title": "t", "Desc": "d", "Ext": "{}"}, arrived),
        ({"Title": None, "ApnsInfo": None}, arrived),
    ],
)
MANY_BYTES = text("x" * 12300)
BODY = Field(
    "array",
    90007,
    absent=90007,
    bad={
        90002: (
            [],
            [5],
            [[]],
            [{}],
            [{"MsgType": "TIMTextElem"}],
            [{"MsgType": 1, "MsgContent": {}}],
            [{"MsgType": "TIMTextElem", "MsgContent": "x"}],
        ),
        90010: ([{"MsgType": "X", "MsgContent": {}}], [{"MsgType": "TIMStreamElem", "MsgContent": {}}], text(5)),
    },
)  # type: ignore[arg-type]


def body_of(too_long: int) -> Field:
    return Field(BODY.kind, BODY.code, BODY.absent, {**BODY.bad, too_long: [MANY_BYTES]})


SENT: dict[str, Field] = {
    "From_Account": Field("text", 90008, bad={90048: ("ghost", "a\0b")}, good=[("kim", None)]),
    "MsgRandom": Field("u32", 90005, absent=90005, good=[("4711", None), (0xFFFFFFFF, None)]),
    "MsgSeq": Field(
        "u32", 90004, good=[(51277, numbered), ("51277", numbered), (0xFFFFFFFF, numbered), (0, numbered_by_the_server)]
    ),
    "SyncOtherMachine": Field(
        "code", 90031, good=[(2, kept_by_receiver_alone), (1, kept_by_sender), (0, kept_by_sender)]
    ),
    "OnlineOnlyFlag": Field("int", 90010, bad=FLAG, good=[(1, nowhere), (0, kept_by_sender)]),
    "MsgLifeTime": Field(
        "int",
        90044,
        bad={90026: (-1, -LONG)},
        good=[(0, nowhere), (60, kept_by_sender), (604800, kept_by_sender), (LONG, kept_by_sender)],
    ),
    "SendMsgControl": WORDS,
    "CloudCustomData": Field(
        "text", 90010, good=[('{"v":1}', with_data), ("", with_data), ("é\u2028\U0001f600", with_data)]
    ),
    "SupportMessageExtension": Field("int", 90010, bad=FLAG, good=[(1, extensible), (0, extensible)]),
    "IsNeedReadReceipt": Field("int", 90010, bad=FLAG, good=[(1, arrived), (0, arrived)]),
    "OfflinePushInfo": PUSH,
}
TIMES = {"MsgTime": int, "MsgKey": str, "MsgId": str}


async def read_now(rest: Rest, body: Body, answer: Body) -> bool:
    (counted,) = (await rest(UNREAD, {"To_Account": "omar", "Peer_Account": ["lena"]}))["C2CUnreadMsgNumList"]
    return bool(counted["C2CUnreadMsgNum"] == 0)


async def flagged(rest: Rest, body: Body, answer: Body) -> bool:
    return bool((await newest(rest))["MsgFlagBits"] == 8)


async def rewritten(rest: Rest, body: Body, answer: Body) -> bool:
    found = await newest(rest)
    return bool(found["MsgBody"] == body["MsgBody"] and found["CloudCustomData"] == body["CloudCustomData"])


async def gone_for_one(rest: Rest, body: Body, answer: Body) -> bool:
    keys = body["MsgKeyList"] if isinstance(body["MsgKeyList"], list) else [body["MsgKeyList"]]
    return (await newest(rest)).get("MsgKey") not in keys and (await newest(rest, "lena", "omar"))["MsgKey"] in keys


async def peer_read(rest: Rest, body: Body, answer: Body) -> bool:
    return bool((await newest(rest))["IsPeerRead"] == 1)


async def imported_so(rest: Rest, body: Body, answer: Body) -> bool:
    found = (await openim.history(rest, MinTime=int(body["MsgTimeStamp"]), MaxTime=int(body["MsgTimeStamp"])))[
        "MsgList"
    ]
    return any(one["MsgRandom"] == int(body["MsgRandom"]) and one["MsgBody"] == body["MsgBody"] for one in found)


def imports(live: bool) -> Any:
    async def effect(rest: Rest, body: Body, answer: Body) -> bool:
        before = await unread(rest)
        again = {**body, "MsgRandom": number(), "MsgTimeStamp": int(time.time())}
        assert await rest.code(IMPORT, again) == 0
        return await unread(rest) == before + live

    return effect


ROAM = {
    "From_Account": str,
    "To_Account": str,
    "MsgSeq": int,
    "MsgRandom": int,
    "MsgTimeStamp": int,
    "MsgFlagBits": frozenset({0, 8}),
    "IsPeerRead": frozenset({0, 1}),
    "MsgKey": str,
    "MsgBody": list,
    "CloudCustomData": str,
    "MsgClientTime": int,
    "MsgId": str,
}
CHANGED = {
    "From_Account": Field("text", 90008, absent=90008),
    "To_Account": Field("text", 90003, absent=90003),
    "MsgKey": Field(
        "text",
        90054,
        absent=90054,
        bad={90054: ("", "x", "1_2", "1_2_3_4", "1_2_-3", "4294967296_1_1"), 20022: ("1_2_3",)},
    ),
}
VIEWER = {
    "Operator_Account": Field("text", 90008, absent=90008, bad={90008: ("", "ghost")}),
    "Peer_Account": Field("text", 90003, absent=90003, bad={90003: ("",)}),
}
OPENIM = [
    Walk(
        SEND,
        sent,
        {
            **SENT,
            "To_Account": Field("text", 90003, absent=90003, bad={90003: ("",), 90012: ("ghost", "x" * 99)}),
            "MsgBody": body_of(93000),
            "ForbidCallbackControl": Field(
                "one or list",
                90010,
                good=[(["ForbidBeforeSendMsgCallback", "ForbidAfterSendMsgCallback"], arrived), ([], arrived)],
            ),
        },
        TIMES,
        kept_by_sender,
    ),
    Walk(
        BATCH,
        batch,
        {
            **SENT,
            "To_Account": Field(
                "array",
                90028,
                absent=90028,
                bad={90028: ([5],), 90029: ([],), 90011: ([f"u{n}" for n in range(501)],), 90012: (["ghost"],)},
                good=[(["omar", "omar"], arrived)],
            ),
            "MsgBody": body_of(90055),
        },
        {"MsgKey": str},
        arrived,
    ),
    Walk(
        IMPORT,
        imported,
        {
            "SyncFromOldSystem": Field(
                "int",
                90030,
                absent=90030,
                bad={90030: (0, 1, 3, 4, 6, -2)},
                good=[(2, imports(False)), (5, imports(True)), ("2", imports(False))],
            ),
            "From_Account": Field("text", 90008, absent=90008, bad={90008: ("",), 90048: ("ghost",)}),
            "To_Account": Field("text", 90003, absent=90003, bad={90003: ("",), 90012: ("ghost",)}),
            "MsgSeq": Field("u32", 90004, good=[(12, imported_so), (0, imported_so)]),
            "MsgRandom": Field("u32", 90005, absent=90005),
            "MsgTimeStamp": Field(
                "int", 90006, absent=90006, bad={90006: (-1, 0, LONG)}, good=[(int(time.time()) - 3600, imported_so)]
            ),
            "MsgBody": body_of(93000),
            "CloudCustomData": Field("text", 90010),
            "SyncOtherMachine": Field("code", 90031),
        },
        {},
        imported_so,
    ),
    Walk(
        HISTORY,
        viewed(MaxCnt=5, MinTime=0, MaxTime=1 << 33, LastMsgKey=""),
        {
            **VIEWER,
            "MaxCnt": Field("int", 90001, absent=90001, bad={90001: (0, -1)}, good=[(LONG, None), ("1", None)]),
            "MinTime": Field("int", 90001, absent=90001, good=[(-LONG, None), (LONG, None)]),
            "MaxTime": Field("int", 90001, absent=90001, good=[(-1, None), (LONG * LONG, None)]),
            "LastMsgKey": Field("text", 90054, bad={90054: ("x", "1_2")}, good=[("1_2_3", None)]),
        },
        {"Complete": frozenset({0, 1}), "MsgCnt": int, "LastMsgTime": int, "LastMsgKey": str, "MsgList": [ROAM]},
    ),
    Walk(WITHDRAW, named, CHANGED, {}, flagged),
    Walk(
        MODIFY,
        edited,
        {
            **CHANGED,
            "MsgBody": Field("array", 90007, bad={**BODY.bad, 93000: [MANY_BYTES]}),
            "CloudCustomData": Field("text", 90010),
        },
        {},
        rewritten,
        {"ErrorInfo": "succeed"},
    ),
    Walk(
        DELETE,
        viewed(MsgKeyList=KEY),
        {
            **VIEWER,
            "MsgKeyList": Field(
                "one or list",
                90054,
                absent=90054,
                bad={90054: ([], "x", ["x"], [5], ["1_2_3"] * 31)},
                good=[(["1_2_3"], None)],
            ),
        },
        {},
        gone_for_one,
    ),
    Walk(
        SET_READ,
        just(Report_Account="omar", Peer_Account="lena", MsgReadTime="0"),
        {
            "Report_Account": Field("text", 90008, absent=90008, bad={90008: ("", "ghost")}),
            "Peer_Account": Field("text", 90003, absent=90003, bad={90003: ("", "ghost")}),
            "MsgReadTime": Field(
                "int", 90001, good=[(1, None), ("1790000500", None), (LONG * LONG, read_now), (-5, None)]
            ),
        },
        {},
    ),
    Walk(
        RECEIPT,
        receipts,
        {
            "Operator_Account": Field("text", 90008, absent=90008, bad={90008: ("", "ghost")}),
            "Peer_Account": Field("text", 90003, absent=90003, bad={90003: ("", "ghost")}),
            "C2CMsgInfo": Field(
                "array",
                20001,
                absent=20001,
                bad={20001: ([], [5], [{"From_Account": "kim", "To_Account": "omar", "MsgKey": "1_2_3"}])},
            ),
            "C2CMsgInfo.From_Account": Field("text", 90008, absent=90008, bad={20001: ("omar",)}),
            "C2CMsgInfo.To_Account": Field("text", 90003, absent=90003, bad={20001: ("lena",)}),
            "C2CMsgInfo.MsgKey": Field("text", 90054, absent=90054, bad={90054: ("x",), 20022: ("1_2_3",)}),
        },
        {},
        peer_read,
    ),
    Walk(
        UNREAD,
        just(To_Account="omar"),
        {
            "To_Account": Field("text", 90003, absent=90003, bad={90003: ("", "ghost")}),
            "Peer_Account": Field("one or list", 90008, bad={90001: (["u"] * 11,)}),
        },
        {"AllC2CUnreadMsgNum": int},
    ),
    Walk(
        UNREAD,
        just(To_Account="omar", Peer_Account=["lena", "ghost"]),
        {},
        {
            "C2CUnreadMsgNumList": [{"Peer_Account": str, "C2CUnreadMsgNum": int}],
            "ErrorList": [{"Peer_Account": str, "ErrorCode": frozenset({70107})}],
        },
    ),
    Walk(
        "openim/query_online_status",
        just(To_Account=["lena", "ghost"]),
        {
            "To_Account": Field(
                "one or list",
                90003,
                absent=90003,
                bad={90003: ([],), 70107: ("", "ghost"), 90011: ([f"u{n}" for n in range(501)],)},
            ),
            "IsNeedDetail": Field("int", 90001, good=[(1, None)]),
            "IsReturnInstid": Field("int", 90001, good=[(1, None)]),
            "IsReturnCustomStatus": Field("int", 90001, good=[(0, None)]),
        },
        {
            "QueryResult": [
                {"To_Account": str, "Status": frozenset({"Online", "PushOnline", "Offline"}), "State": str}
            ],
            "ErrorList": [{"To_Account": str, "ErrorCode": frozenset({70107})}],
        },
    ),
    Walk(
        "im_open_login_svc/kick",
        just(UserID="kim"),
        {"UserID": Field("text", 60015, absent=70402, bad={70107: ("ghost",)})},
    ),
]
