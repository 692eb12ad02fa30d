"""Before-callbacks: the app's ErrorCode decides, within two seconds; whoever is slow holds up nobody else."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from sodam_client.errors import RequestError
from tests.support.receiver import Answering, Got, Receiver, Reply, answering
from tests.webhooks.conftest import Shop, text

BEFORE, AFTER = "C2C.CallbackBeforeSendMsg", "C2C.CallbackAfterSendMsg"


def decides(code: int, info: str = "", status: str = "OK", **more: Any) -> Answering:
    return answering({"ActionStatus": status, "ErrorCode": code, "ErrorInfo": info, **more})


async def history(shop: Shop) -> list[str]:
    answer = await shop.rest(
        "openim/admin_getroammsg",
        {"Operator_Account": "ann", "Peer_Account": "bob", "MaxCnt": 100, "MinTime": 0, "MaxTime": 2**32 - 1},
    )
    return [json.dumps(one["MsgBody"]) for one in answer["MsgList"]]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (decides(0), 0),
        (decides(0, status="FAIL"), 0),
        (decides(1), 20006),
        (decides(1, status="FAIL"), 20006),
        (decides(120001, "quota used up"), 120001),
        (decides(130000), 130000),
        (decides(7), 20006),
        (decides(130001), 20006),
    ],
    ids=["agree", "0 and FAIL", "refuse", "1 and FAIL", "own code", "last own code", "unlisted", "behind the range"],
)
async def test_the_code_alone_decides(shop: Shop, receiver: Receiver, answer: Answering, code: int) -> None:
    """The same by REST and by a client; of what is refused nothing is stored, and no callback comes after."""
    await shop.configure([BEFORE, AFTER])
    await shop.users("ann", "bob")
    receiver.before = answer
    answered = await shop.say("ann", "bob", "by REST")
    assert answered["ErrorCode"] == code
    if code == 120001:
        assert answered["ErrorInfo"] == "quota used up"
    client = await shop.client("ann")
    if code:
        with pytest.raises(RequestError) as refused:
            await client.send_text("bob", "by a client")
        assert refused.value.code == code
        assert await history(shop) == []
        await shop.configure([AFTER])
        await shop.say("ann", "bob", "last")
    else:
        await client.send_text("bob", "by a client")
    found = await receiver.wait(AFTER, 1 if code else 2)
    assert len(found) == (1 if code else 2)


async def test_silently_dropped(shop: Shop, receiver: Receiver) -> None:
    await shop.configure([BEFORE, AFTER])
    await shop.users("ann", "bob")
    receiver.before = decides(2)
    answered = await shop.say("ann", "bob", "nobody gets this")
    assert answered["ErrorCode"] == 0
    assert answered["MsgTime"] > 0
    assert await history(shop) == []
    receiver.before = None
    await shop.say("ann", "bob", "this one they do")
    (after,) = await receiver.wait(AFTER)
    assert after.body["MsgBody"] == text("this one they do")


async def test_replaced(shop: Shop, receiver: Receiver) -> None:
    """The replaced body is stored, delivered and told; what nobody could send replaces nothing."""
    await shop.configure([BEFORE, AFTER])
    await shop.users("ann", "bob")
    bob = await shop.client("bob")
    receiver.before = decides(0, MsgBody=text("[filtered]"), CloudCustomData="seen")
    await shop.say("ann", "bob", "rude")
    async with asyncio.timeout(60):
        received = await anext(bob.messages())
    assert received.text == "[filtered]"
    (after,) = await receiver.wait(AFTER)
    assert (after.body["MsgBody"], after.body["CloudCustomData"]) == (text("[filtered]"), "seen")
    for wrong in ({"MsgBody": "x"}, {"MsgBody": [{"MsgType": "none"}]}, {"CloudCustomData": 7}):
        receiver.before = decides(0, **wrong)
        await shop.say("ann", "bob", "kept")
    bodies = [got.body["MsgBody"] for got in await receiver.wait(AFTER, 4)]
    assert bodies[1:] == [text("kept")] * 3


async def test_what_stands_beside_the_code_decides_nothing(shop: Shop, receiver: Receiver) -> None:
    """Another framework's null, number, object."""
    await shop.configure([BEFORE])
    await shop.users("ann", "bob")
    odd_ones: list[dict[str, Any]] = [
        *({"ErrorInfo": odd} for odd in (None, 7, {"text": "no"})),
        *({"ResultItem": odd} for odd in ({}, [None], [{"ResultInfo": None}], [{"To_Account": 5}])),
        *({"ActionStatus": odd} for odd in (None, 0)),
        {"RefusedMembers_Account": {}},
    ]
    for code, answered in ((1, 20006), (2, 0), (120_001, 120_001), (0, 0)):
        for beside in (*odd_ones, {"ErrorCode": str(code)}):
            receiver.before = answering({"ErrorCode": code, **beside})
            assert (await shop.say("ann", "bob", "x"))["ErrorCode"] == answered, beside
        assert len(await history(shop)) == (0 if code else len(odd_ones) + 1)


async def no_word(got: Got) -> Reply | None:
    return None


@pytest.mark.parametrize(
    ("answer", "seconds", "outcome"),
    [
        (answering({"ErrorCode": 1}, after=3600), 2, "timeout"),
        (answering(b"<html>"), 30, "no decision"),
        (answering(b"x" * 10_000_000), 30, "too long"),
        (answering({"ErrorCode": 1}, status=500), 30, "status"),
        (answering({"ErrorCode": 1}, status=302), 30, "status"),
        (no_word, 30, "broken"),
    ],
    ids=["late", "garbage", "10 MB", "HTTP 500", "redirect", "closes"],
)
async def test_no_proper_answer_is_none(
    shop: Shop, receiver: Receiver, answer: Answering, seconds: int, outcome: str
) -> None:
    """The message goes, or is refused with 80003 where the app wants that; the log says why."""
    await shop.configure([BEFORE])
    await shop.users("ann", "bob")
    receiver.before = answer
    begin = time.monotonic()
    assert (await shop.say("ann", "bob", "goes"))["ErrorCode"] == 0
    if outcome == "timeout":
        assert time.monotonic() - begin > seconds - 0.1
    await shop.configure([BEFORE], C2CFailure="refuse")
    assert (await shop.say("ann", "bob", "does not"))["ErrorCode"] == 80003
    assert len(await history(shop)) == 1
    log = await shop.console("DescribeCallbackLog", Limit=10)
    assert {one["Outcome"] for one in log["Deliveries"]} == {outcome}


async def test_a_connections_messages_keep_their_order_and_others_go_on(shop: Shop, receiver: Receiver) -> None:
    """The first waits for the app longest; what is sent behind it stays behind it, what others send does not wait."""
    await shop.configure([BEFORE])
    await shop.users("ann", "bob", "eve")
    slow = iter([0.3, 0.0, 0.0, 0.0])
    others_went = asyncio.Event()

    async def answer(got: Got) -> Reply | None:
        if got.body["From_Account"] == "ann":
            await others_went.wait()
            await asyncio.sleep(next(slow))
        return 200, json.dumps({"ErrorCode": 0}).encode()

    receiver.before = answer
    ann = await shop.client("ann")
    sending = [asyncio.create_task(ann.send_text("bob", word)) for word in ("1", "2", "3", "4")]
    await receiver.wait(BEFORE)
    await shop.say("eve", "bob", "mine")
    assert not any(one.done() for one in sending)
    others_went.set()
    await asyncio.gather(*sending)
    stored = await history(shop)
    assert sorted(stored, key=lambda one: one) == stored


async def test_a_friend_request_is_asked_about(shop: Shop, receiver: Receiver) -> None:
    """A client's: each item by its own code; a REST caller's is not."""
    await shop.configure(["Sns.CallbackPrevFriendAdd", "Sns.CallbackPrevFriendResponse", "Sns.CallbackFriendAdd"])
    await shop.users("ann", "bob", "cat")
    ann = await shop.client("ann")
    receiver.answer = decides(
        0, ResultItem=[{"To_Account": "bob", "ResultCode": 38001, "ResultInfo": "different tenant"}]
    )
    items = [{"To_Account": to, "AddSource": "AddSource_Type_Web"} for to in ("bob", "cat")]
    answer = await ann.request("sns.friend_add", {"From_Account": "ann", "AddFriendItem": items})
    results = [(one["To_Account"], one["ResultCode"], one["ResultInfo"]) for one in answer["ResultItem"]]
    assert results[0] == ("bob", 38001, "different tenant")
    assert results[1][:2] == ("cat", 0)
    (asked,) = receiver.of("Sns.CallbackPrevFriendAdd")
    assert [item["To_Account"] for item in asked.body["FriendItem"]] == ["bob", "cat"]
    await shop.rest("sns/friend_add", {"From_Account": "ann", "AddFriendItem": [items[0]]})
    (first, second) = await receiver.wait("Sns.CallbackFriendAdd", 2)
    assert [pair["To_Account"] for pair in first.body["PairList"]] == ["cat", "ann"]
    assert first.body["Admin_Account"] == ""
    assert second.body["Admin_Account"] == "administrator"
    assert len(receiver.of("Sns.CallbackPrevFriendAdd")) == 1


async def test_groups_are_asked_about(shop: Shop, receiver: Receiver) -> None:
    await shop.configure(["Group.CallbackBeforeCreateGroup", "Group.CallbackBeforeInviteJoinGroup"])
    await shop.users("ann", "bob", "cat")
    made = {"Type": "Public", "Name": "Hikers", "Owner_Account": "ann"}
    create = "group_open_http_svc/create_group"
    for code, expected in ((1, 10016), (10101, 10101), (10300, 10016)):
        receiver.before = decides(code, "no")
        assert (await shop.server.rest(create, made))["ErrorCode"] == expected
    receiver.before = None
    group = (await shop.rest(create, made))["GroupId"]
    receiver.before = decides(0, RefusedMembers_Account=["cat"])
    add = {"GroupId": group, "MemberList": [{"Member_Account": "bob"}, {"Member_Account": "cat"}]}
    answer = await shop.rest("group_open_http_svc/add_group_member", add)
    assert {one["Member_Account"]: one["Result"] for one in answer["MemberList"]} == {"bob": 1, "cat": 0}
    receiver.before = decides(1)
    refused = await shop.server.rest(
        "group_open_http_svc/add_group_member", {"GroupId": group, "MemberList": [{"Member_Account": "cat"}]}
    )
    assert refused["ErrorCode"] == 10016
