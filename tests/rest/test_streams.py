"""Messages in pieces over REST, one-to-one and in groups."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sodam import clock
from sodam.messages import growing
from sodam.moderation.model import Action, Word
from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import codes, history, people

C2C = "stream_msg/send_c2c_stream_msg"
GROUP = "stream_msg/send_group_stream_msg"


def piece(words: str, index: int = 1, stream: str = "", *, last: bool = False, **fields: Any) -> dict[str, Any]:
    chunk = {"EventType": "data", "Index": index, "Markdown": words, "IsLast": last}
    content = {"Chunks": [chunk], **({"StreamMsgID": stream} if stream else {"CompatibleText": "update"})}
    return {
        "From_Account": "lena",
        "MsgRandom": 5501,
        "MsgBody": [{"MsgType": "TIMStreamElem", "MsgContent": content}],
        **({} if "GroupId" in fields else {"To_Account": "omar"}),
        **fields,
    }


def grown(item: dict[str, Any]) -> tuple[str, bool]:
    (element,) = item["MsgBody"]
    assert element["MsgType"] == "TIMStreamElem"
    (chunk,) = element["MsgContent"]["Chunks"]
    return chunk["Markdown"], chunk["IsLast"]


async def newest(rest: Rest) -> tuple[str, bool]:
    return grown((await history(rest, "omar", "lena"))["MsgList"][-1])


async def growing_now(rest: Rest) -> int:
    rows = await rest.server.db.scan("SELECT COUNT(*) FROM message_stream WHERE app = $1", SDKAPPID)
    return int(rows[0][0])


async def test_one_to_one(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(rest)
    first = await rest(C2C, piece("The "))
    assert (await rest(C2C, piece("The ")))["StreamMsgID"] == first["StreamMsgID"]  # an answer that was lost
    stream = first["StreamMsgID"]
    second = await rest(C2C, piece("answer", 2, stream))
    assert second == first
    assert await newest(rest) == ("The answer", False)
    await codes(
        rest,
        C2C,
        [
            (piece("again", 2, stream), 90010),
            (piece("x", 3, stream, To_Account="kim"), 90010),
            (piece("x", 3, stream, From_Account="kim"), 90010),
            (piece("x", 3, "st-nothing"), 90010),
            (piece("x" * growing.MAX_BYTES, 3, stream), 93000),
            (piece("x", To_Account="nobody"), 90012),
            (piece("x", From_Account="nobody"), 90048),
            (piece("x", To_Account=""), 90003),
            (piece("x", MsgRandom="x"), 90005),
            (piece("x", SyncOtherMachine=3), 90031),
            ({**piece("x"), "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "x"}}]}, 90010),
            (piece(".", 3, stream, last=True), 0),
            (piece("more", 4, stream), 90010),
        ],
    )
    assert await newest(rest) == ("The answer.", True)
    assert len((await history(rest, "omar", "lena"))["MsgList"]) == 1
    whole = await rest(C2C, piece("At once", MsgRandom=7, last=True))
    await codes(rest, C2C, [(piece("x", 2, whole["StreamMsgID"]), 90010)])
    # One that is given no more pieces ends by itself, whoever's it was.
    left = await rest(C2C, piece("Cut", MsgRandom=8))
    assert (await newest(rest), await growing_now(rest)) == (("Cut", False), 1)
    monkeypatch.setattr(clock, "_ahead", 16.0)
    await codes(rest, C2C, [(piece("x", 2, left["StreamMsgID"]), 90010)])
    assert await rest.server.services.streams.sweep() == 1
    assert (await newest(rest), await growing_now(rest)) == (("Cut", True), 0)


async def test_in_a_group(rest: Rest) -> None:
    await people(rest)
    made = {"Owner_Account": "omar", "Type": "Public", "Name": "g", "GroupId": "g1"}
    assert await rest.code("group_open_http_svc/create_group", made) == 0
    room = {"Owner_Account": "omar", "Type": "AVChatRoom", "Name": "r", "GroupId": "r1"}
    assert await rest.code("group_open_http_svc/create_group", room) == 0
    first = await rest(GROUP, piece("Hello ", GroupId="g1"))
    stream = first["StreamMsgID"]
    other = {k: v for k, v in piece("all", 2, stream, GroupId="g1").items() if k != "MsgRandom"}
    assert await rest(GROUP, {**other, "Random": 1}) == first
    await codes(
        rest,
        GROUP,
        [
            (piece("x", 2, stream, GroupId="g1"), 90010),
            (piece("x", GroupId="r1"), 10007),
            (piece("x", GroupId="none"), 10010),
            (piece("x", GroupId="g1", From_Account="nobody"), 10004),
            (other, 90005),
            (piece("!", 9, stream, GroupId="g1", last=True), 0),
            (piece("x", 10, stream, GroupId="g1"), 90010),
        ],
    )
    answer = await rest("group_open_http_svc/group_msg_get_simple", {"GroupId": "g1", "ReqMsgNumber": 20})
    (item,) = [m for m in answer["RspMsgList"] if not m.get("IsSystemMsg")]
    assert (grown(item), item["MsgSeq"]) == (("Hello all!", True), first["MsgSeq"])
    recalled = await rest(GROUP, piece("Gone", GroupId="g1", MsgRandom=9))
    recall = {"GroupId": "g1", "MsgSeqList": [{"MsgSeq": recalled["MsgSeq"]}]}
    assert await rest.code("group_open_http_svc/group_msg_recall", recall) == 0
    await codes(rest, GROUP, [(piece("x", 2, recalled["StreamMsgID"], GroupId="g1"), 20023)])


async def test_words_are_found_across_pieces(rest: Rest) -> None:
    await people(rest)
    words = [Word("forbidden", Action.BLOCK), Word("swap", Action.REPLACE, replacement="***")]
    await rest.server.services.words.add(SDKAPPID, words)
    stream = (await rest(C2C, piece("for")))["StreamMsgID"]
    await codes(rest, C2C, [(piece("bidden", 2, stream), 80001), (piece("mal swap", 3, stream), 0)])
    assert await newest(rest) == ("formal ***", False)
    assert "bidden" not in json.dumps(await history(rest, "omar", "lena"))
