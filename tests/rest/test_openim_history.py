"""``openim``: admin_getroammsg and get_c2c_unread_msg_num (rest-messages.md 2.4 and 2.10)."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.rest.conftest import Rest
from tests.rest.openim import (
    BATCH,
    DELETE,
    HISTORY,
    IMPORT,
    OK,
    SEND,
    UNREAD,
    WITHDRAW,
    codes,
    history,
    message,
    people,
    seen,
    text,
)

ASKED = {"Operator_Account": "omar", "Peer_Account": "lena", "MaxCnt": 10, "MinTime": 0, "MaxTime": 1 << 33}
NOTHING: dict[str, Any] = {**OK, "Complete": 1, "MsgCnt": 0, "LastMsgTime": 0, "LastMsgKey": "", "MsgList": []}


def asked(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in {**ASKED, **fields}.items() if value is not ...}


async def old(rest: Rest, ago: int, words: str, **fields: Any) -> None:
    body = message(words, SyncFromOldSystem=2, MsgTimeStamp=int(time.time()) - ago, **{"MsgSeq": 1, **fields})
    assert await rest(IMPORT, body) == OK


async def pages(rest: Rest, **fields: Any) -> list[list[str]]:
    """All pages as a caller follows them: newest page first, each oldest first."""
    found = []
    request = asked(**fields)
    while True:
        answer = await rest(HISTORY, request)
        assert answer["MsgCnt"] == len(answer["MsgList"])
        found.append([m["MsgBody"][0]["MsgContent"]["Text"] for m in answer["MsgList"]])
        if answer["Complete"] == 1:
            return found
        first = answer["MsgList"][0]
        assert (answer["LastMsgTime"], answer["LastMsgKey"]) == (first["MsgTimeStamp"], first["MsgKey"])
        request.update(MaxTime=answer["LastMsgTime"], LastMsgKey=answer["LastMsgKey"])


async def test_every_field(rest: Rest) -> None:
    await people(rest)
    await codes(
        rest,
        HISTORY,
        [
            (b"", 90001),
            (asked(Operator_Account=...), 90008),
            (asked(Operator_Account=""), 90008),
            (asked(Operator_Account=5), 90008),
            (asked(Operator_Account="nobody"), 90008),
            (asked(Peer_Account=...), 90003),
            (asked(Peer_Account=[]), 90003),
            (asked(Peer_Account="nobody"), 90003),
            (asked(MaxCnt=...), 90001),
            (asked(MaxCnt="x"), 90001),
            (asked(MaxCnt=0), 90001),
            (asked(MinTime=...), 90001),
            (asked(MaxTime="x"), 90001),
            (asked(LastMsgKey="x"), 90054),
            (asked(LastMsgKey="1_2_-3"), 90054),
            (asked(LastMsgKey=5), 90054),
            (asked(LastMsgKey=""), 0),
            (asked(LastMsgKey=None, MaxCnt="5", MinTime="0", MaxTime="1790000000"), 0),
            (asked(MinTime=-(1 << 70), MaxTime=1 << 70, MaxCnt=1 << 70), 0),
            (asked(MinTime=5, MaxTime=-5), 0),
        ],
    )
    assert await rest(HISTORY, ASKED) == NOTHING


async def test_old_names(rest: Rest) -> None:
    await people(rest)
    await rest(SEND, message())
    request = asked(Operator_Account=..., Peer_Account=..., From_Account="omar", To_Account="lena")
    assert await rest(HISTORY, request) == await rest(HISTORY, ASKED)
    assert (await rest(HISTORY, request))["MsgCnt"] == 1
    both = asked(From_Account="kim", To_Account="kim")
    assert (await rest(HISTORY, both))["MsgCnt"] == 1


async def test_range_is_inclusive(rest: Rest) -> None:
    await people(rest)
    now = int(time.time())
    for ago in (50, 40, 30, 20):
        body = message(str(ago), SyncFromOldSystem=2, MsgTimeStamp=now - ago, MsgSeq=1)
        assert await rest(IMPORT, body) == OK
    assert await pages(rest, MinTime=now - 40, MaxTime=now - 30) == [["40", "30"]]
    assert await pages(rest, MinTime=now - 39, MaxTime=now - 31) == [[]]
    assert await rest(HISTORY, asked(MinTime=now, MaxTime=now + 5)) == NOTHING


async def test_pages_by_count(rest: Rest) -> None:
    await people(rest)
    for number in range(7):
        await old(rest, 100 - number // 3, str(number), MsgSeq=number)  # several in one second
    assert await pages(rest, MaxCnt=3) == [["4", "5", "6"], ["1", "2", "3"], ["0"]]
    assert await pages(rest, MaxCnt=7) == [["0", "1", "2", "3", "4", "5", "6"]]
    assert await pages(rest, MaxCnt=1) == [[str(n)] for n in range(6, -1, -1)]


async def test_pages_by_size(rest: Rest) -> None:
    await people(rest)
    words = "w" * 3000
    for number in range(10):
        await old(rest, 100 - number, f"{number}{words}")
    request = asked(MaxCnt=100)
    answer = await rest(HISTORY, request)
    assert answer["Complete"] == 0
    assert 9_000 < len(json.dumps(answer)) < 15_000
    found = await pages(rest, MaxCnt=100)
    assert [int(name[0]) for page in reversed(found) for name in page] == list(range(10))
    await old(rest, 50, "x" * 12_000)
    assert len((await pages(rest, MaxCnt=100))[0]) == 1


async def test_equal_keys_are_not_lost_between_pages(rest: Rest) -> None:
    await people(rest)
    now = (await rest(SEND, message("a", MsgSeq=1)))["MsgTime"]
    for sender, peer, words in (("omar", "lena", "b"), ("lena", "omar", "c"), ("omar", "lena", "d")):
        await rest(SEND, message(words, MsgSeq=1, From_Account=sender, To_Account=peer))
    found = await pages(rest, MaxCnt=1, MinTime=now)
    assert sorted(words for page in found for words in page) == ["a", "b", "c", "d"]


async def test_each_side_sees_its_own(rest: Rest) -> None:
    await people(rest)
    keys = {}
    for number, words in enumerate(("one", "two", "three")):
        keys[words] = (await rest(SEND, message(words, MsgSeq=number)))["MsgKey"]
    await rest(SEND, message("no copy", MsgSeq=9, SyncOtherMachine=2))
    await rest(BATCH, message("not from lena", MsgSeq=10, To_Account=["kim"]))
    await rest(DELETE, {"Operator_Account": "omar", "Peer_Account": "lena", "MsgKeyList": [keys["one"]]})
    assert await seen(rest, "omar", "lena") == ["two", "three", "no copy"]
    assert await seen(rest, "lena", "omar") == ["one", "two", "three"]
    await rest(WITHDRAW, {"From_Account": "lena", "To_Account": "omar", "MsgKey": keys["two"]})
    bits = [(m["MsgKey"], m["MsgFlagBits"], m["MsgBody"]) for m in (await history(rest, "lena", "omar"))["MsgList"]]
    assert bits == [(keys["one"], 0, text("one")), (keys["two"], 8, text("two")), (keys["three"], 0, text("three"))]


async def test_history_with_a_deleted_account(rest: Rest) -> None:
    await people(rest)
    await rest(SEND, message())
    await rest("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": "lena"}]})
    assert await seen(rest, "omar", "lena") == ["hi"]
    await codes(rest, HISTORY, [(asked(Operator_Account="lena", Peer_Account="omar"), 90008)])


async def test_unread(rest: Rest) -> None:
    await people(rest)
    await rest(SEND, message(MsgSeq=1))
    await rest(SEND, message(MsgSeq=2))
    await rest(SEND, message(MsgSeq=3, SendMsgControl=["NoUnread"]))
    await rest(SEND, message(From_Account="kim"))
    assert await rest(UNREAD, {"To_Account": "omar"}) == {**OK, "AllC2CUnreadMsgNum": 3}
    assert await rest(UNREAD, {"To_Account": "omar", "Peer_Account": []}) == {**OK, "AllC2CUnreadMsgNum": 3}
    assert await rest(UNREAD, {"To_Account": "omar", "Peer_Account": ["lena", "ghost", "kim", "lena"]}) == {
        **OK,
        "C2CUnreadMsgNumList": [
            {"Peer_Account": "lena", "C2CUnreadMsgNum": 2},
            {"Peer_Account": "kim", "C2CUnreadMsgNum": 1},
        ],
        "ErrorList": [{"Peer_Account": "ghost", "ErrorCode": 70107}],
    }
    assert await rest(UNREAD, {"To_Account": "lena", "Peer_Account": "omar"}) == {
        **OK,
        "C2CUnreadMsgNumList": [{"Peer_Account": "omar", "C2CUnreadMsgNum": 0}],
    }
    await codes(
        rest,
        UNREAD,
        [
            ({}, 90003),
            ({"To_Account": ""}, 90003),
            ({"To_Account": "nobody"}, 90003),
            ({"To_Account": 5}, 90003),
            ({"To_Account": "omar", "Peer_Account": 5}, 90008),
            ({"To_Account": "omar", "Peer_Account": [f"u{n}" for n in range(11)]}, 90001),
        ],
    )
