"""Before-callbacks of groups: the app's ErrorCode decides about messages and about who applies."""

from __future__ import annotations

from typing import Any

import pytest

from sodam_client.errors import RequestError
from tests.gateway.raw_client import RawClient
from tests.support.receiver import Got, Receiver, Reply
from tests.webhooks.conftest import Shop, text
from tests.webhooks.test_before import decides

SVC = "group_open_http_svc/"
BEFORE, AFTER = "Group.CallbackBeforeSendMsg", "Group.CallbackAfterSendMsg"
FAILED, APPLY = "Group.CallbackSendMsgException", "Group.CallbackBeforeApplyJoinGroup"


async def no_word(got: Got) -> Reply | None:
    return None


async def test_the_app_decides(shop: Shop, receiver: Receiver) -> None:
    """Refused, with a code of its own, dropped, replaced, unanswered; by REST and by a client. In one server."""
    await shop.configure([BEFORE, AFTER, FAILED, APPLY])
    await shop.users("ann", "bob", "cat")
    made = await shop.rest(SVC + "create_group", {"Type": "ChatRoom", "Name": "Open", "Owner_Account": "ann"})
    of = {"GroupId": made["GroupId"]}
    ann, cat = await shop.client("ann"), await shop.client("cat")

    def said(words: str, **more: Any) -> dict[str, Any]:
        shop.count += 1
        return {**of, "Random": shop.count, "MsgBody": text(words), **more}

    async def by_rest(words: str, **more: Any) -> dict[str, Any]:
        return await shop.server.rest(SVC + "send_group_msg", said(words, From_Account="ann", **more))

    async def stored() -> list[Any]:
        found = await shop.rest(SVC + "group_msg_get_simple", {**of, "ReqMsgNumber": 20})
        return [item["MsgBody"] for item in found["RspMsgList"]]

    for answer, code in ((decides(1), 10016), (decides(10150, "quota"), 10150), (decides(7), 10016)):
        receiver.before = answer
        refused = await by_rest("no")
        assert refused["ErrorCode"] == code
        with pytest.raises(RequestError) as by_client:
            await ann.request("group_open_http_svc.send_group_msg", said("no"))
        assert by_client.value.code == code
    receiver.before = decides(2)
    dropped = await by_rest("nobody gets this")
    assert (dropped["ErrorCode"], dropped["MsgSeq"]) == (0, 1)
    assert await stored() == []
    receiver.before = decides(0, MsgBody=text("[filtered]"), CloudCustomData="seen")
    await by_rest("rude")
    assert await stored() == [text("[filtered]")]
    receiver.before = decides(1)
    await by_rest("not asked", ForbidCallbackControl=["ForbidBeforeSendMsgCallback"])
    receiver.before = no_word
    await by_rest("nobody answered: it goes")
    assert len(await stored()) == 3
    bodies = [got.body for got in await receiver.wait(AFTER, 3)]
    assert bodies[0]["MsgBody"] == text("[filtered]")
    assert [body["MsgSeq"] for body in bodies] == [1, 2, 3]
    assert not receiver.of(FAILED), "the app's own decisions are not told to it"

    receiver.before = decides(10199, "not today")
    with pytest.raises(RequestError) as out:
        await cat.request("group_open_http_svc.apply_join_group", of)
    assert out.value.code == 10199
    receiver.before = decides(0)
    joined = await cat.request("group_open_http_svc.apply_join_group", of)
    assert joined["JoinedStatus"] == "JoinedSuccess"
    assert [got.body["Requestor_Account"] for got in receiver.of(APPLY)] == ["cat", "cat"]


async def test_whence_it_came(shop: Shop, receiver: Receiver) -> None:
    """Platform and address of who caused it: a client's own, also where it lets others in, or the caller's of REST or
    of the console."""
    create, join = "Group.CallbackBeforeCreateGroup", "Group.CallbackAfterNewMemberJoin"
    await shop.configure([create, APPLY, join])
    await shop.users("ann", "bob", "cat")
    await shop.rest(SVC + "create_group", {"Type": "Public", "GroupId": "club", "Name": "Club", "Owner_Account": "ann"})
    await shop.console("CreateGroup", Name="Room", Type="AVChatRoom", GroupId="room", Owner="ann")
    async with RawClient(shop.server, "ann") as ann, RawClient(shop.server, "bob") as bob:
        await ann.sign_in(platform=3)
        await bob.sign_in(platform=2)
        await bob.call("group_open_http_svc.create_group", {"Type": "Public", "Name": "Bob's"})
        for group in ("club", "room"):
            await bob.call("group_open_http_svc.apply_join_group", {"GroupId": group})
        waiting = await ann.call("group_open_http_svc.get_pendency", {"Limit": 10, "StartTime": 0})
        (one,) = waiting["PendencyList"]
        agreed = {"Applicant_Account": "bob", "HandleMsg": "Agree", "Authentication": one["Authentication"]}
        await ann.call("group_open_http_svc.handle_apply_join_group", {"GroupId": "club", **agreed})
        await shop.rest(SVC + "add_group_member", {"GroupId": "club", "MemberList": [{"Member_Account": "cat"}]})

        def whence(command: str) -> list[tuple[str, str]]:
            return [(got.query["OptPlatform"], got.query["ClientIP"]) for got in receiver.of(command)]

        await receiver.wait(join, 2)
        here = "127.0.0.1"
        assert whence(create) == [("RESTAPI", here), ("RESTAPI", here), ("Android", here)]
        assert whence(APPLY) == [("Android", here)] * 2
        assert whence(join) == [("iOS", here), ("RESTAPI", here)]
