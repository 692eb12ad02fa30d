"""``openim``: sendmsg. Whole answers, every field's code, what reaches the receiver (rest-messages.md 1.2 and 2.1)."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import msgspec
import pytest

from sodam import clock
from sodam.bus import of_user
from tests.contract.world import Device
from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import OK, SEND, UNREAD, codes, history, message, people, seen, text, tiny

WITHOUT = object()


def changed(**fields: Any) -> dict[str, Any]:
    body = message(**fields)
    return {name: value for name, value in body.items() if value is not WITHOUT}


def device(rest: Rest, user_id: str) -> Device:
    one = Device()
    rest.server.live.add(of_user(SDKAPPID, user_id), one)
    return one


async def test_answer_and_what_is_stored(rest: Rest) -> None:
    await people(rest)
    before = int(time.time())
    answer = await rest(SEND, message("dinner at 8?", MsgSeq=51277, MsgRandom=880213, CloudCustomData='{"v":1}'))
    now = answer["MsgTime"]
    assert before <= now <= time.time()
    msg_id = f"{await tiny(rest, 'lena')}-{now}-880213"
    key = f"51277_880213_{now}"
    assert answer == {**OK, "MsgTime": now, "MsgKey": key, "MsgId": msg_id}
    assert await history(rest) == {
        **OK,
        "Complete": 1,
        "MsgCnt": 1,
        "LastMsgTime": now,
        "LastMsgKey": key,
        "MsgList": [
            {
                "From_Account": "lena",
                "To_Account": "omar",
                "MsgSeq": 51277,
                "MsgRandom": 880213,
                "MsgTimeStamp": now,
                "MsgFlagBits": 0,
                "IsPeerRead": 0,
                "MsgKey": key,
                "MsgBody": text("dinner at 8?"),
                "CloudCustomData": '{"v":1}',
                "MsgClientTime": now,
                "MsgId": msg_id,
            }
        ],
    }


async def test_every_field(rest: Rest) -> None:
    await people(rest)
    image = {"MsgType": "TIMImageElem", "MsgContent": {"UUID": "u", "ImageFormat": 1}}
    await codes(
        rest,
        SEND,
        [
            (b"", 90001),
            (b"{", 90001),
            (b"[]", 90001),
            (b'{"MsgRandom":1,"To_Account":"\xff"}', 90001),
            (changed(To_Account=WITHOUT), 90003),
            (changed(To_Account=""), 90003),
            (changed(To_Account=5), 90003),
            (changed(To_Account=["omar"]), 90003),
            (changed(To_Account="nobody"), 90012),
            (changed(To_Account="x" * 400), 90012),
            (changed(To_Account="a\u0000b"), 90012),
            (changed(From_Account=5), 90008),
            (changed(From_Account="nobody"), 90048),
            (changed(MsgRandom=WITHOUT), 90005),
            (changed(MsgRandom=None), 90005),
            (changed(MsgRandom="one"), 90005),
            (changed(MsgRandom=1.5), 90005),
            (changed(MsgRandom=-1), 90005),
            (changed(MsgRandom=1 << 32), 90005),
            (changed(MsgRandom=1 << 80), 90005),
            (changed(MsgRandom=True), 90005),
            (changed(MsgSeq="x"), 90004),
            (changed(MsgSeq=-1), 90004),
            (changed(MsgSeq=1 << 32), 90004),
            (changed(MsgBody=WITHOUT), 90007),
            (changed(MsgBody=None), 90007),
            (changed(MsgBody={}), 90007),
            (changed(MsgBody="hi"), 90007),
            (changed(MsgBody=[]), 90002),
            (changed(MsgBody=[5]), 90002),
            (changed(MsgBody=[{"MsgType": "TIMTextElem"}]), 90002),
            (changed(MsgBody=[{"MsgType": "TIMNewElem", "MsgContent": {}}]), 90010),
            (changed(MsgBody=[{"MsgType": "TIMTextElem", "MsgContent": {"Text": 5}}]), 90010),
            (changed(MsgBody=[{"MsgType": "TIMTextElem", "MsgContent": {}}]), 90010),
            (changed(MsgBody=[image]), 90010),
            (changed(SyncOtherMachine="yes"), 90031),
            (changed(SyncOtherMachine=[1]), 90031),
            (changed(SyncOtherMachine=-1), 90031),
            (changed(SyncOtherMachine=3), 90031),
            (changed(SyncOtherMachine=123), 90031),
            (changed(MsgLifeTime="long"), 90044),
            (changed(MsgLifeTime=1.5), 90044),
            (changed(MsgLifeTime=-1), 90026),
            (changed(OnlineOnlyFlag=2), 90010),
            (changed(OnlineOnlyFlag="x"), 90010),
            (changed(SendMsgControl={"NoUnread": 1}), 90010),
            (changed(SendMsgControl=[1]), 90010),
            (changed(ForbidCallbackControl=7), 90010),
            (changed(CloudCustomData={"v": 1}), 90010),
            (changed(SupportMessageExtension="x"), 90010),
            (changed(IsNeedReadReceipt=5), 90010),
            (changed(OfflinePushInfo="x"), 90043),
            (changed(OfflinePushInfo={"PushFlag": 7}), 90043),
            (changed(OfflinePushInfo={"PushFlag": "7"}), 90043),
            (changed(OfflinePushInfo={"AndroidInfo": {"Sound": 5}}), 90043),
        ],
    )
    assert await seen(rest) == []


async def test_what_real_clients_send_is_taken(rest: Rest) -> None:
    await people(rest)
    accepted: list[dict[str, Any]] = [
        {"MsgRandom": "12", "MsgSeq": "13"},
        {"MsgRandom": 0, "MsgSeq": 0},
        {"MsgRandom": (1 << 32) - 1, "MsgSeq": (1 << 32) - 1},
        {"SyncOtherMachine": "1", "MsgLifeTime": "604800"},
        {"SyncOtherMachine": 0},
        {"OfflinePushInfo": {"PushFlag": "0", "AndroidInfo": {"VIVOClassification": "1", "PushStyle": ""}}},
        {"MsgLifeTime": 1 << 60},
        {"SyncOtherMachine": None, "MsgLifeTime": None, "OnlineOnlyFlag": None, "MsgSeq": None},
        {"SendMsgControl": None, "ForbidCallbackControl": None, "CloudCustomData": None, "OfflinePushInfo": None},
        {"SendMsgControl": ["NoUnread", "NoLastMsg", "WithMuteNotifications", "NoMsgCheck", "Later"]},
        {"SendMsgControl": "NoUnread", "ForbidCallbackControl": "ForbidBeforeSendMsgCallback"},
        {"ForbidCallbackControl": ["ForbidBeforeSendMsgCallback", "ForbidAfterSendMsgCallback"]},
        {"SupportMessageExtension": "1", "IsNeedReadReceipt": 1},
        {"OfflinePushInfo": {"PushFlag": 0, "Desc": "words", "AndroidInfo": {}, "ApnsInfo": {"BadgeMode": 1}}},
        {"OfflinePushInfo": {}},
        {"MsgTimeStamp": 5, "Unknown": {"deep": [1]}},
    ]
    await codes(rest, SEND, [(message(str(n), **fields), 0) for n, fields in enumerate(accepted)])
    assert sorted(await seen(rest), key=int) == [str(n) for n in range(len(accepted))]


async def test_sender_is_the_administrator_who_calls(rest: Rest) -> None:
    await people(rest)
    for number, sender in enumerate((WITHOUT, None, "")):
        answer = await rest(SEND, changed(From_Account=sender, MsgSeq=number, words=str(number)))
        assert answer["ErrorCode"] == 0
    assert await seen(rest, "omar", "administrator") == ["0", "1", "2"]


async def test_length(rest: Rest) -> None:
    await people(rest)
    frame = len(msgspec.json.encode(text("")))
    full = "x" * (12288 - frame)
    await codes(
        rest,
        SEND,
        [
            (message(full, MsgSeq=1), 0),
            (message(full + "x", MsgSeq=2), 93000),
            (message(full[:-4], MsgSeq=3, CloudCustomData="four"), 0),
            (message(full[:-3], MsgSeq=4, CloudCustomData="four"), 93000),
            (message("한" * ((12288 - frame) // 3), MsgSeq=5), 0),  # sent as \u escapes, twice as long
            (message("한" * ((12288 - frame) // 3 + 1), MsgSeq=6), 93000),
        ],
    )


async def test_elements_are_kept_as_they_came(rest: Rest) -> None:
    await people(rest)
    body = (
        b'[{"MsgType":"TIMFaceElem","MsgContent":{"Index":6,"Data":"\\u0000abc","New":[1.50]}},'
        b'{"MsgType":"TIMCustomElem","MsgContent":{"Data":"{}","Ext":"e"}},'
        b'{"MsgType":"TIMLocationElem","MsgContent":{"Desc":"d","Latitude":29.34,"Longitude":1e2}}]'
    )
    request = b'{"To_Account":"omar","From_Account":"lena","MsgRandom":5,"MsgBody":' + body + b"}"
    assert (await rest(SEND, request))["ErrorCode"] == 0
    (found,) = (await history(rest))["MsgList"]
    assert found["MsgBody"] == json.loads(body)


async def test_again_is_answered_as_before(rest: Rest) -> None:
    await people(rest)
    first = await rest(SEND, message(MsgSeq=5))
    answers = await asyncio.gather(*(rest(SEND, message(MsgSeq=5)) for _ in range(5)))
    assert answers == [first] * 5
    assert await seen(rest) == ["hi"]
    assert (await rest(SEND, message("other", MsgSeq=5)))["ErrorCode"] == 0
    assert len(await seen(rest)) == 2


async def test_sides(rest: Rest) -> None:
    await people(rest)
    mine, peer = device(rest, "lena"), device(rest, "omar")
    for sync in (1, 2, WITHOUT, 0):
        await rest(SEND, changed(words=f"{sync}"[:1], SyncOtherMachine=sync, MsgSeq=9))
    assert peer.texts() == ["1", "2", "<", "0"]
    assert mine.texts() == ["1"]
    assert sorted(await seen(rest, "lena", "omar")) == ["0", "1", "<"]
    assert sorted(await seen(rest, "omar", "lena")) == ["0", "1", "2", "<"]


async def test_online_only(rest: Rest) -> None:
    await people(rest)
    peer = device(rest, "omar")
    for fields in ({"MsgLifeTime": 0}, {"OnlineOnlyFlag": 1}, {"MsgLifeTime": "0", "OnlineOnlyFlag": 0}):
        answer = await rest(SEND, message(MsgSeq=3, **fields))
        assert answer["ErrorCode"] == 0
        assert answer["MsgKey"] == f"3_1_{answer['MsgTime']}"
    assert peer.texts() == ["hi"] * 3
    assert await seen(rest) == []
    assert await rest(UNREAD, {"To_Account": "omar"}) == {**OK, "AllC2CUnreadMsgNum": 0}


async def test_wishes(rest: Rest) -> None:
    await people(rest)
    peer = device(rest, "omar")
    wishes = {
        "SendMsgControl": ["NoUnread", "NoLastMsg"],
        "IsNeedReadReceipt": 1,
        "SupportMessageExtension": 1,
        "MsgSeq": 8,
    }
    answer = await rest(SEND, message(**wishes))
    (event,) = peer.take()
    (pushed,) = event["C2cMsgArray"]
    assert pushed == {
        "From_Account": "lena",
        "To_Account": "omar",
        "MsgSeq": 8,
        "ConversationSeq": 1,
        "MsgRandom": 1,
        "MsgTimeStamp": answer["MsgTime"],
        "MsgTime": answer["MsgTime"],
        "MsgClientTime": answer["MsgTime"],
        "TinyId": str(await tiny(rest, "lena")),
        "MsgKey": answer["MsgKey"],
        "MsgBody": text("hi"),
        "CloudCustomData": "",
        "IsNeedReadReceipt": 1,
        "SendMsgControl": {"NoUnread": 1, "NoLastMsg": 1},
        "IsSupportExtension": 1,
    }
    assert await rest(UNREAD, {"To_Account": "omar"}) == {**OK, "AllC2CUnreadMsgNum": 0}


async def test_without_a_sequence_number_the_server_gives_the_next(rest: Rest) -> None:
    await people(rest)
    found: dict[int, list[int]] = {}
    for n, given in enumerate(({}, {"MsgSeq": 0}, {"MsgSeq": None}, {}, {"MsgSeq": 3_000_000_000}, {}, {"MsgSeq": 0})):
        answer = await rest(SEND, message(f"{n}", MsgRandom=n, **given))
        seq, random, time = map(int, answer["MsgKey"].split("_"))
        assert (random, time) == (n, answer["MsgTime"])
        found.setdefault(time, []).append(seq)
    for numbers in found.values():
        assert numbers == sorted(set(numbers))
        assert numbers[0] > 0
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) or 3_000_000_000 in numbers
    assert await seen(rest, "omar", "lena") == [str(n) for n in range(7)]
    again = [await rest(SEND, message("6", MsgRandom=6, **given)) for given in ({"MsgSeq": 0}, {})]
    assert again == [answer, answer]


async def test_a_life_time_is_no_limit_of_the_history(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    """MsgLifeTime says for how long a message is kept for devices that are away: nobody is pushed it later. It roams as
    long as any other."""
    await people(rest)
    await rest(SEND, message("soon", MsgLifeTime=60))
    monkeypatch.setattr(clock, "_ahead", 120.0)
    assert await seen(rest) == ["soon"]
    listed = {"From_Account": "omar", "TimeStamp": 0, "StartIndex": 0, "TopTimeStamp": 0, "TopStartIndex": 0}
    page = await rest("recentcontact/get_list", {**listed, "AssistFlags": 7})
    assert [item["To_Account"] for item in page["SessionItem"]] == ["lena"]
