"""``openim``: recall, edit, one-sided deletion, read marks, receipts (rest-messages.md 2.5 to 2.9)."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from sodam.bus import of_user
from tests.contract.world import Device
from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import (
    DELETE,
    MODIFY,
    OK,
    RECEIPT,
    SEND,
    SET_READ,
    UNREAD,
    WITHDRAW,
    codes,
    history,
    message,
    people,
    seen,
    text,
    tiny,
)

PAIR = {"From_Account": "lena", "To_Account": "omar"}
SIDE = {"Operator_Account": "omar", "Peer_Account": "lena"}


async def sent(rest: Rest, words: str = "hi", **fields: Any) -> str:
    answer = await rest(SEND, message(words, **fields))
    return str(answer["MsgKey"])


def device(rest: Rest, user_id: str) -> Device:
    one = Device()
    rest.server.live.add(of_user(SDKAPPID, user_id), one)
    return one


async def unread(rest: Rest) -> int:
    return int((await rest(UNREAD, {"To_Account": "omar"}))["AllC2CUnreadMsgNum"])


async def test_withdraw(rest: Rest) -> None:
    await people(rest)
    key = await sent(rest, MsgSeq=7)
    await sent(rest, "stays", MsgSeq=8)
    both = [device(rest, "lena"), device(rest, "omar")]
    assert await unread(rest) == 2
    assert await rest(WITHDRAW, {**PAIR, "MsgKey": key}) == OK
    assert await unread(rest) == 1
    now = int(key.rsplit("_", 1)[1])
    for one in both:
        (event,) = one.take()
        assert event["C2cNotifyMsgArray"][0]["WithdrawC2cMsgNotify"]["C2cWithdrawInfoArray"] == [
            {
                **PAIR,
                "MsgSeq": 7,
                "MsgRandom": 1,
                "MsgTimeStamp": now,
                "MsgTime": now,
                "TinyId": str(await tiny(rest, "lena")),
                "MsgClientTime": now,
                "MsgKey": key,
                "RevokerInfo": {"Revoker_Account": "administrator", "Reason": ""},
            }
        ]
    await codes(
        rest,
        WITHDRAW,
        [
            ({**PAIR, "MsgKey": key}, 20023),
            ({**PAIR, "MsgKey": f"9_9_{now}"}, 20022),
            ({"From_Account": "omar", "To_Account": "lena", "MsgKey": key}, 20022),
            ({**PAIR, "MsgKey": "9_9"}, 90054),
            ({**PAIR, "MsgKey": "a_b_c"}, 90054),
            ({**PAIR, "MsgKey": "1_1_" + "1" * 50}, 90054),
            ({**PAIR, "MsgKey": "4294967296_1_1"}, 90054),
            ({**PAIR, "MsgKey": "²_1_1"}, 90054),
            ({**PAIR, "MsgKey": ""}, 90054),
            ({**PAIR, "MsgKey": 5}, 90054),
            (PAIR, 90054),
            ({"To_Account": "omar", "MsgKey": key}, 90008),
            ({"From_Account": "lena", "MsgKey": key}, 90003),
            ({**PAIR, "From_Account": "nobody", "MsgKey": key}, 90008),
            ({**PAIR, "To_Account": "nobody", "MsgKey": key}, 90003),
            ({**PAIR, "To_Account": None, "MsgKey": key}, 90003),
            (b"nonsense", 90001),
        ],
    )


async def test_withdraw_what_a_deleted_account_said(rest: Rest) -> None:
    await people(rest)
    key = await sent(rest)
    await rest("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": "lena"}]})
    assert await rest(WITHDRAW, {**PAIR, "MsgKey": key}) == OK
    assert (await history(rest))["MsgList"][0]["MsgFlagBits"] == 8


async def test_modify(rest: Rest) -> None:
    await people(rest)
    key = await sent(rest, "before", CloudCustomData="c", MsgSeq=7)
    now = int(key.rsplit("_", 1)[1])
    peer = device(rest, "omar")
    assert await rest(MODIFY, {**PAIR, "MsgKey": key, "MsgBody": text("after")}) == {**OK, "ErrorInfo": "succeed"}
    assert peer.take() == [
        {
            "Event": 17,
            "C2cMsgModNotifys": [
                {
                    **PAIR,
                    "MsgSeq": 7,
                    "MsgRandom": 1,
                    "MsgTime": now,
                    "MsgTimeStamp": now,
                    "MsgVersion": 1,
                    "MsgBody": text("after"),
                    "CloudCustomData": "c",
                }
            ],
        }
    ]
    assert (await rest(MODIFY, {**PAIR, "MsgKey": key, "CloudCustomData": ""}))["ErrorCode"] == 0
    (found,) = (await history(rest))["MsgList"]
    assert (found["MsgBody"], found["CloudCustomData"], found["MsgKey"]) == (text("after"), "", key)
    frame = len(msgspec.json.encode(text("")))
    await codes(
        rest,
        MODIFY,
        [
            ({**PAIR, "MsgKey": key}, 90010),
            ({**PAIR, "MsgKey": key, "MsgBody": None, "CloudCustomData": None}, 90010),
            ({**PAIR, "MsgKey": key, "MsgBody": {}}, 90007),
            ({**PAIR, "MsgKey": key, "MsgBody": [{}]}, 90002),
            ({**PAIR, "MsgKey": key, "MsgBody": [{"MsgType": "X", "MsgContent": {}}]}, 90010),
            ({**PAIR, "MsgKey": key, "CloudCustomData": 5}, 90010),
            ({**PAIR, "MsgKey": key, "MsgBody": text("x" * (12289 - frame))}, 93000),
            ({**PAIR, "MsgKey": key, "MsgBody": text("x" * (12280 - frame)), "CloudCustomData": "too long"}, 0),
            ({**PAIR, "MsgKey": key, "CloudCustomData": "too long!"}, 93000),
            ({**PAIR, "MsgKey": "1_1_1", "CloudCustomData": "x"}, 20022),
            ({**PAIR, "MsgKey": "x", "CloudCustomData": "x"}, 90054),
            ({"To_Account": "omar", "MsgKey": key, "CloudCustomData": "x"}, 90008),
            ({"From_Account": "lena", "MsgKey": key, "CloudCustomData": "x"}, 90003),
            ({**PAIR, "To_Account": "nobody", "MsgKey": key, "CloudCustomData": "x"}, 90003),
        ],
    )
    await rest(WITHDRAW, {**PAIR, "MsgKey": key})
    await codes(rest, MODIFY, [({**PAIR, "MsgKey": key, "CloudCustomData": "x"}, 20023)])


async def test_delete_for_one(rest: Rest) -> None:
    await people(rest)
    key = await sent(rest)
    await sent(rest, "stays", MsgSeq=3)
    assert await rest(DELETE, {**SIDE, "MsgKeyList": [key, "1_1_1"]}) == OK
    assert await seen(rest, "omar", "lena") == ["stays"]
    assert sorted(await seen(rest, "lena", "omar")) == ["hi", "stays"]
    await codes(
        rest,
        DELETE,
        [
            ({**SIDE, "MsgKeyList": key}, 0),
            ({**SIDE, "MsgKeyList": [key] * 30}, 0),
            ({**SIDE, "MsgKeyList": [key] * 31}, 90054),
            ({**SIDE, "MsgKeyList": []}, 90054),
            ({**SIDE, "MsgKeyList": ["x"]}, 90054),
            ({**SIDE, "MsgKeyList": [5]}, 90054),
            (SIDE, 90054),
            ({"Peer_Account": "lena", "MsgKeyList": [key]}, 90008),
            ({**SIDE, "Operator_Account": "nobody", "MsgKeyList": [key]}, 90008),
            ({"Operator_Account": "omar", "MsgKeyList": [key]}, 90003),
            ({**SIDE, "Peer_Account": "", "MsgKeyList": [key]}, 90003),
        ],
    )


async def test_set_read(rest: Rest) -> None:
    await people(rest)
    reader = {"Report_Account": "omar", "Peer_Account": "lena"}
    key = await sent(rest)
    now = int(key.rsplit("_", 1)[1])
    mine, peer = device(rest, "omar"), device(rest, "lena")
    await codes(rest, SET_READ, [({**reader, "MsgReadTime": now - 1}, 0)])
    assert await unread(rest) == 1
    mine.take(), peer.take()
    assert await rest(SET_READ, {**reader, "MsgReadTime": str(now)}) == OK
    assert await unread(rest) == 0
    assert mine.take()[0]["C2cNotifyMsgArray"][0]["ReadC2cMsgNotify"]["UinPairReadArray"][0]["LastReadTime"] == now
    assert peer.take()[0]["C2cNotifyMsgArray"][0]["C2cReadedReceipt"]["UinPairReadArray"][0]["LastReadTime"] == now
    await sent(rest, MsgSeq=5)
    assert await unread(rest) == 1
    assert await rest(SET_READ, reader) == OK
    assert await unread(rest) == 0
    assert [m["IsPeerRead"] for m in (await history(rest))["MsgList"]] == [0, 0]
    await codes(
        rest,
        SET_READ,
        [
            ({**reader, "MsgReadTime": 1 << 70}, 0),
            ({**reader, "MsgReadTime": -5}, 0),
            ({**reader, "MsgReadTime": None}, 0),
            ({**reader, "MsgReadTime": "today"}, 90001),
            ({"Peer_Account": "lena"}, 90008),
            ({**reader, "Report_Account": "nobody"}, 90008),
            ({"Report_Account": "omar"}, 90003),
            ({**reader, "Peer_Account": "nobody"}, 90003),
        ],
    )


async def test_receipts(rest: Rest) -> None:
    await people(rest)
    key = await sent(rest, IsNeedReadReceipt=1, MsgSeq=4)
    sender = device(rest, "lena")
    before = int(time.time())
    asked = {**SIDE, "C2CMsgInfo": [{**PAIR, "MsgKey": key}]}
    assert await rest(RECEIPT, asked) == OK
    (event,) = sender.take()
    now = int(key.rsplit("_", 1)[1])
    assert before <= event.pop("PeerReadTime") <= time.time()
    assert event == {
        "Event": 16,
        "Peer_Account": "omar",
        "C2cMsgInfo": [
            {
                **PAIR,
                "MsgSeq": 4,
                "MsgRandom": 1,
                "MsgTime": now,
                "MsgClientTime": now,
                "TinyId": str(await tiny(rest, "lena")),
            }
        ],
    }
    assert [m["IsPeerRead"] for m in (await history(rest))["MsgList"]] == [1]
    assert await rest(RECEIPT, asked) == OK
    assert sender.take() == []
    swapped = {"From_Account": "omar", "To_Account": "lena", "MsgKey": key}
    await codes(
        rest,
        RECEIPT,
        [
            ({**SIDE, "C2CMsgInfo": []}, 20001),
            (SIDE, 20001),
            ({**SIDE, "C2CMsgInfo": [{**PAIR, "MsgKey": key}] * 31}, 20001),
            ({**SIDE, "C2CMsgInfo": [swapped]}, 20001),
            ({**SIDE, "C2CMsgInfo": [{**PAIR, "MsgKey": "x"}]}, 90054),
            ({**SIDE, "C2CMsgInfo": [PAIR]}, 90054),
            ({**SIDE, "C2CMsgInfo": [{**PAIR, "MsgKey": "1_1_1"}]}, 20022),
            ({**asked, "Operator_Account": "nobody"}, 90008),
            ({**asked, "Peer_Account": "nobody"}, 90003),
        ],
    )
