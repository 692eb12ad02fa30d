"""An app hears of each message that its word list refused, once, with scene and words: by REST and by clients."""

from __future__ import annotations

import pytest

from sodam_client.errors import RequestError
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Shop, text

COMMAND = "ContentCallback.ResultNotify"


async def test_refused_messages(shop: Shop, receiver: Receiver) -> None:
    await shop.users("ann", "bob")
    words = [
        {"Word": "fool"},
        {"Word": "坏蛋"},
        {"Word": "dolt", "Action": "Replace"},
        {"Word": "odd", "Action": "Mark"},
    ]
    await shop.console("AddDirtyWords", Words=words)
    club = {"Type": "Public", "Name": "club", "GroupId": "club", "Owner_Account": "ann"}
    await shop.rest("group_open_http_svc/create_group", club)
    assert (await shop.say("ann", "bob", "not told: you fool"))["ErrorCode"] == 80001

    await shop.configure([COMMAND])
    assert (await shop.say("ann", "bob", "a FOOL, 坏\u200b蛋, a fool", CloudCustomData="mine"))["ErrorCode"] == 80001
    for passed in ("a dolt", "how odd", "foolish"):
        assert (await shop.say("ann", "bob", passed))["ErrorCode"] == 0
    ann = await shop.client("ann")
    with pytest.raises(RequestError):
        await ann.send_text("bob", "fool")
    data = [{"MsgType": "TIMCustomElem", "MsgContent": {"Data": '{"say":"fool"}'}}]
    said = {"GroupId": "club", "From_Account": "ann", "Random": 1, "MsgBody": data}
    answer = await shop.server.rest("group_open_http_svc/send_group_msg", said)
    assert answer["ErrorCode"] == 80001
    assert (await shop.server.rest("group_open_http_svc/send_group_msg", {**said, "MsgBody": text("坏蛋")}))[
        "ErrorCode"
    ]

    found = await receiver.wait(COMMAND, 4)
    common = {"ContentType": "Text", "FileURL": "", "MsgID": "", "CtxcbResult": 1, "CtxcbSuggestion": "Block"}
    for got in found:
        assert {name: got.body[name] for name in common} == common
        assert got.body["From_Account"] == "ann"
    assert len({got.body["CtxcbRequestId"] for got in found}) == 4
    to_bob = {"Type": 1, "To_Account": "bob", "ToGroupId": ""}
    to_club = {"Type": 2, "To_Account": "", "ToGroupId": "club"}
    told = [
        (b["Scene"], b["ContactItem"], b["TextContent"], b["CtxcbKeywords"], b["CloudCustomData"])
        for b in (got.body for got in found)
    ]
    expected = [
        ("C2C", to_bob, ["a FOOL, 坏\u200b蛋, a fool"], ["fool", "坏蛋"], "mine"),
        ("C2C", to_bob, ["fool"], ["fool"], ""),
        ("Group", to_club, ["坏蛋"], ["坏蛋"], ""),
        ("GroupCustom", to_club, ['{"say":"fool"}'], ["fool"], ""),
    ]
    assert sorted(told, key=str) == sorted(expected, key=str)
    platforms = [got.query["OptPlatform"] for got in found if got.body["TextContent"] == ["fool"]]
    assert platforms == ["Web"]
