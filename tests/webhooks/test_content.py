"""An app hears of each text that its word list refused, and of each message that it marked, once, with scene and words:
by REST and by clients."""

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
    for passed in ("a dolt", "foolish"):
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


async def test_refused_texts_that_are_no_messages(shop: Shop, receiver: Receiver) -> None:
    """Profiles, groups' names and notices, name cards, requests to become friends; of messages they say nothing."""
    await shop.users("ann", "bob")
    await shop.console(
        "AddDirtyWords", Words=[{"Word": "fool"}, {"Word": "dolt", "Action": "Replace"}, {"Word": "坏蛋"}]
    )
    await shop.configure([COMMAND])
    ann, groups = await shop.client("ann"), "group_open_http_svc"
    club = {"Type": "Public", "Name": "club", "GroupId": "club", "Owner_Account": "ann"}
    await shop.rest(f"{groups}/create_group", club)
    card = {"GroupId": "club", "Member_Account": "ann", "NameCard": "坏蛋"}
    nick = {"From_Account": "ann", "ProfileItem": [{"Tag": "Tag_Profile_IM_Nick", "Value": "the fool"}]}
    friend = {"To_Account": "bob", "AddSource": "AddSource_Type_Web", "AddWording": "hi dolt"}
    signature = {"From_Account": "bob", "ProfileItem": [{"Tag": "Tag_Profile_IM_SelfSignature", "Value": "fool"}]}
    for name, body, code in (
        (f"{groups}.modify_group_base_info", {"GroupId": "club", "Notification": "a fool, 坏蛋"}, 80001),
        (f"{groups}.modify_group_base_info", {"GroupId": "club", "Introduction": "dolt"}, 80001),
        (f"{groups}.modify_group_member_info", card, 80001),
        ("profile.portrait_set", nick, 40005),
        ("sns.friend_add", {"From_Account": "ann", "AddFriendItem": [friend]}, 80001),
    ):
        with pytest.raises(RequestError) as error:
            await ann.request(name, body)
        assert error.value.code == code, name
    made = {**club, "GroupId": "other", "Name": "fool"}
    assert (await shop.server.rest(f"{groups}/create_group", made))["ErrorCode"] == 80001
    assert (await shop.server.rest("profile/portrait_set", signature))["ErrorCode"] == 40005
    found = await receiver.wait(COMMAND, 7)
    told = [
        (b["Scene"], b["From_Account"], b["TextContent"], b["CtxcbKeywords"], got.query["OptPlatform"])
        for got in found
        for b in [got.body]
    ]
    expected = [
        ("GroupInfo", "ann", ["a fool, 坏蛋"], ["fool", "坏蛋"], "Web"),
        ("GroupInfo", "ann", ["dolt"], ["dolt"], "Web"),
        ("GroupMemberInfo", "ann", ["坏蛋"], ["坏蛋"], "Web"),
        ("UserInfo", "ann", ["the fool"], ["fool"], "Web"),
        ("RelationChain", "ann", ["hi dolt"], ["dolt"], "Web"),
        ("GroupInfo", "administrator", ["fool"], ["fool"], "RESTAPI"),
        ("UserInfo", "bob", ["fool"], ["fool"], "RESTAPI"),
    ]
    assert sorted(told) == sorted(expected)
    for got in found:
        assert not {"ContactItem", "CloudCustomData"} & got.body.keys()
        assert (got.body["CtxcbResult"], got.body["CtxcbSuggestion"], got.body["MsgID"]) == (1, "Block", "")


async def test_marked_messages(shop: Shop, receiver: Receiver) -> None:
    """They are delivered, and named by what history knows them by; also where the sender wants no other callback."""
    await shop.users("ann", "bob")
    words = [
        {"Word": "odd", "Action": "Mark"},
        {"Word": "strange", "Action": "Mark"},
        {"Word": "dolt", "Action": "Replace"},
    ]
    await shop.console("AddDirtyWords", Words=words)
    club = {"Type": "Public", "Name": "an odd club", "GroupId": "club", "Owner_Account": "ann"}
    await shop.rest("group_open_http_svc/create_group", club)
    await shop.configure([COMMAND])
    silent = ["ForbidAfterSendMsgCallback"]
    one = await shop.say("ann", "bob", "how odd, dolt", ForbidCallbackControl=silent, CloudCustomData="mine")
    assert (await shop.say("ann", "bob", "a dolt"))["ErrorCode"] == 0, "what is replaced alone is not told"
    sent = await (await shop.client("ann")).send_text("bob", "strange and odd")
    said = {"GroupId": "club", "From_Account": "ann", "Random": 1}
    parts = [{"MsgType": "TIMCustomElem", "MsgContent": {"Data": "odd"}}, *text("strange")]
    two = await shop.rest("group_open_http_svc/send_group_msg", {**said, "MsgBody": parts})
    found = await receiver.wait(COMMAND, 3)
    told = [
        (b["Scene"], b["ContactItem"], b["MsgID"], b["TextContent"], b["CtxcbKeywords"], b["CloudCustomData"])
        for b in (got.body for got in found)
    ]
    to_bob = {"Type": 1, "To_Account": "bob", "ToGroupId": ""}
    to_club = {"Type": 2, "To_Account": "", "ToGroupId": "club"}
    expected = [
        ("C2C", to_bob, one["MsgKey"], ["how odd, dolt"], ["odd"], "mine"),
        ("C2C", to_bob, sent.key, ["strange and odd"], ["strange", "odd"], ""),
        ("GroupCustom", to_club, str(two["MsgSeq"]), ["odd", "strange"], ["odd", "strange"], ""),
    ]
    assert sorted(told, key=str) == sorted(expected, key=str)
    for got in found:
        assert (got.body["CtxcbResult"], got.body["CtxcbSuggestion"]) == (0, "Review")
