"""Official accounts over REST, and what their subscribers find in their conversations, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from sodam import clock
from sodam.c2c import catch_up
from sodam.c2c.model import Position
from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import UNREAD, codes, history, people, seen, text

SERVICE = "official_account_open_http_svc/"
NEWS = "@TOA#_news"


async def make(rest: Rest, account: str = NEWS, **fields: Any) -> str:
    body = {"Owner_Account": "lena", "Name": "News", "OfficialAccountUserID": account, **fields}
    made = await rest(SERVICE + "create_official_account", body)
    assert made["ErrorCode"] == 0, made
    return str(made["OfficialAccountUserID"])


async def follow(rest: Rest, *user_ids: str, account: str = NEWS) -> dict[str, int]:
    users = [{"Subscriber_Account": user_id} for user_id in user_ids]
    answer = await rest(SERVICE + "add_subscriber", {"Official_Account": account, "SubscriberList": users})
    assert answer["ErrorCode"] == 0, answer
    return {one["Subscriber_Account"]: one["Result"] for one in answer["SubscriberList"]}


async def tell(rest: Rest, words: str, random: int = 1, **fields: Any) -> dict[str, Any]:
    body = {"Official_Account": NEWS, "Random": random, "MsgBody": text(words), **fields}
    answer = await rest(SERVICE + "send_official_account_msg", body)
    assert answer["ErrorCode"] == 0, answer
    return answer


async def unread(rest: Rest, user_id: str = "omar") -> tuple[int, int]:
    """In all, and of the official account."""
    every = await rest(UNREAD, {"To_Account": user_id})
    one = await rest(UNREAD, {"To_Account": user_id, "Peer_Account": [NEWS]})
    return every["AllC2CUnreadMsgNum"], one["C2CUnreadMsgNumList"][0]["C2CUnreadMsgNum"]


async def listed(rest: Rest, user_id: str = "omar") -> dict[str, dict[str, Any]]:
    body = {"From_Account": user_id, "TimeStamp": 0, "StartIndex": 0, "TopTimeStamp": 0, "TopStartIndex": 0}
    answer = await rest("recentcontact/get_list", {**body, "AssistFlags": 7})
    assert answer["ErrorCode"] == 0, answer
    return {one["To_Account"]: one for one in answer["SessionItem"] if one["Type"] == 1}


async def test_accounts(rest: Rest) -> None:
    await people(rest)
    fields = {"Introduction": "daily", "FaceUrl": "https://x/y.png", "Organization": "O", "CustomString": "c"}
    assert await make(rest, **fields) == NEWS
    drawn = await make(rest, "", Name="Other")
    assert drawn.startswith("@TOA#_@TOA#")
    assert await make(rest, "@TOA#_" + 42 * "x") == "@TOA#_" + 42 * "x"
    asked = {"OfficialAccountIdList": [{"Official_Account": NEWS}, {"Official_Account": "@TOA#_no"}]}
    one, other = (await rest(SERVICE + "get_official_account_info", asked))["OfficialAccountInfoList"]
    assert {name: one[name] for name in fields} == fields
    assert (one["Name"], one["Owner_Account"], one["SubscriberNum"], one["LastMsgTime"]) == ("News", "lena", 0, 0)
    assert (other["Official_Account"], other["ErrorCode"]) == ("@TOA#_no", 130004)
    only = {**asked, "ResponseFilter": {"OfficialAccountBaseInfoFilter": ["Name", "Nothing"]}}
    (one, _) = (await rest(SERVICE + "get_official_account_info", only))["OfficialAccountInfoList"]
    assert one == {"Official_Account": NEWS, "Name": "News", "ErrorCode": 0, "ErrorInfo": ""}
    change = {"OfficialAccount": NEWS, "Name": "Fresh news", "MaxSubscriberNum": 1}
    assert (await rest(SERVICE + "modify_official_account_base_info", change))["ErrorCode"] == 0
    account = await rest.server.accounts.find(SDKAPPID, NEWS)
    assert account is not None
    assert (account.nick, account.image) == ("Fresh news", "https://x/y.png")
    create = {"Owner_Account": "lena", "Name": "N"}
    await codes(
        rest,
        SERVICE + "create_official_account",
        [
            ({**create, "OfficialAccountUserID": NEWS}, 130008),
            ({**create, "OfficialAccountUserID": "news"}, 130007),
            ({**create, "OfficialAccountUserID": "@TOA#_"}, 130007),
            ({**create, "OfficialAccountUserID": "@TOA#_" + 43 * "x"}, 130007),
            ({**create, "Owner_Account": "nobody"}, 70107),
            ({**create, "Name": ""}, 10004),
            ({**create, "Name": 151 * "n"}, 10004),
            ({**create, "CustomString": 3001 * "n"}, 10004),
            ({**create, "MaxSubscriberNum": 0}, 10004),
            ({"Name": "N"}, 10004),
            (b"{", 10004),
        ],
    )
    for name in "de":
        await make(rest, "@TOA#_" + name)
    assert await rest.code(SERVICE + "create_official_account", create) == 130010, "five on the Trial plan"
    assert await follow(rest, "omar") == {"omar": 1}
    full = {"Official_Account": NEWS, "SubscriberList": [{"Subscriber_Account": "kim"}]}
    assert await rest.code(SERVICE + "add_subscriber", full) == 130006
    assert await rest.code(SERVICE + "destroy_official_account", {"Official_Account": NEWS}) == 0
    assert await rest.code(SERVICE + "destroy_official_account", {"Official_Account": NEWS}) == 130004
    assert await rest.server.accounts.find(SDKAPPID, NEWS) is None
    await make(rest)
    assert await follow(rest, "omar") == {"omar": 1}, "a new account has none of the old one's subscribers"


async def test_subscribers(rest: Rest) -> None:
    await people(rest)
    await make(rest)
    await make(rest, "@TOA#_b")
    assert await follow(rest, "omar", "nobody", "kim") == {"omar": 1, "nobody": 0, "kim": 1}
    assert await follow(rest, "omar", account="@TOA#_b") == {"omar": 1}
    assert await follow(rest, "omar", "lena") == {"omar": 2, "lena": 1}
    of = {"Official_Account": NEWS}
    custom = {**of, "Subscriber_Account": "kim", "CustomString": "gold"}
    assert await rest.code(SERVICE + "modify_subscriber_info", custom) == 0
    assert await rest.code(SERVICE + "modify_subscriber_info", {**custom, "Subscriber_Account": "x"}) == 131003
    sent = await rest(
        "openim/sendmsg", {"From_Account": "kim", "To_Account": NEWS, "MsgRandom": 1, "MsgBody": text("?")}
    )
    found, cursor = [], ""
    while True:
        page = await rest(SERVICE + "get_subscriber_info", {**of, "Limit": 2, "Next": cursor})
        found += page["SubscriberList"]
        if not (cursor := page["Next"]):
            break
    assert [one["Subscriber_Account"] for one in found] == ["kim", "lena", "omar"]
    assert (page["SubscriberNum"], found[0]["CustomString"], found[0]["MsgFlag"]) == (3, "gold", "AcceptAndNotify")
    assert [one["LastSendMsgTime"] for one in found] == [sent["MsgTime"], 0, 0]
    asked = {"Subscriber_Account": "omar", "Limit": 1, "ResponseFilter": {"SelfInfoFilter": ["SubscribeTime"]}}
    first = await rest(SERVICE + "get_subscribed_official_account_list", asked)
    assert (first["TotalCount"], first["CompleteFlag"], first["Next"]) == (2, 0, 1)
    second = await rest(SERVICE + "get_subscribed_official_account_list", {**asked, "Offset": 1})
    assert (second["CompleteFlag"], second["OfficialAccountInfoList"][0]["Official_Account"]) == (1, NEWS)
    assert set(second["OfficialAccountInfoList"][0]["SelfInfo"]) == {"SubscribeTime"}
    gone = {**of, "SubscriberToDel_Account": ["kim", "nobody"]}
    answer = await rest(SERVICE + "delete_subscriber", gone)
    assert [one["Result"] for one in answer["SubscriberList"]] == [1, 0]
    again = {**of, "SubscriberList": [{"Subscriber_Account": "kim"}]}
    assert (await rest(SERVICE + "delete_subscriber", again))["SubscriberList"][0]["Result"] == 2
    await rest.server.accounts.delete(rest.app, ["omar", "lena"])
    page = await rest(SERVICE + "get_subscriber_info", of)
    assert (page["SubscriberNum"], page["SubscriberList"]) == (0, [])
    info = await rest(SERVICE + "get_official_account_info", {"OfficialAccountIdList": [of]})
    assert info["OfficialAccountInfoList"][0]["Owner_Account"] == "", "its owner is gone, it stays"


async def test_messages_stand_in_conversations(rest: Rest) -> None:
    await people(rest)
    await make(rest)
    await tell(rest, "before")
    await follow(rest, "omar", "kim")
    first = await tell(rest, "one", 2)
    assert (await tell(rest, "one", 2))["MsgKey"] == first["MsgKey"], "the same message again"
    await rest("openim/sendmsg", {"From_Account": NEWS, "To_Account": "omar", "MsgRandom": 1, "MsgBody": text("you")})
    await tell(rest, "two", 3, CloudCustomData="{}")
    rows = await rest.server.db.scan("SELECT COUNT(*) FROM official_message")
    assert rows[0][0] == 3, "a message is one row"
    assert set(await seen(rest, "omar", NEWS)) == {"one", "you", "two"}
    assert await seen(rest, "kim", NEWS) == ["one", "two"]
    assert await seen(rest, "lena", NEWS) == []
    assert await unread(rest) == (3, 3)
    assert await unread(rest, "kim") == (2, 2)
    assert set(await listed(rest)) == set(await listed(rest, "kim")) == {NEWS}
    pages: list[str] = []
    last: dict[str, Any] = {}
    while True:
        page = await history(rest, "omar", NEWS, MaxCnt=1, **last)
        pages += [m["MsgBody"][0]["MsgContent"]["Text"] for m in page["MsgList"]]
        if page["Complete"]:
            break
        last = {"MaxTime": page["LastMsgTime"], "LastMsgKey": page["LastMsgKey"]}
    assert pages == (await seen(rest, "omar", NEWS))[::-1]
    missed = await catch_up.page_since(rest.server.services.c2c.histories, rest.app, "kim", Position(0, 0, 0))
    assert [m.msg_random for m in missed.messages] == [2, 3]
    assert all(m.tiny_id for m in missed.messages)
    assert await rest.code("openim/admin_set_msg_read", {"Report_Account": "omar", "Peer_Account": NEWS}) == 0
    assert await unread(rest) == (0, 0)
    got = await rest(SERVICE + "official_account_msg_get_simple", {"Official_Account": NEWS, "ReqMsgNumber": 2})
    assert ([m["MsgRandom"] for m in got["RspMsgList"]], got["IsFinished"]) == ([3, 2], 0)
    rest_of = {"Official_Account": NEWS, "ReqMsgNumber": 20, "LastMsgKey": got["LastMsgKey"]}
    got = await rest(SERVICE + "official_account_msg_get_simple", rest_of)
    assert ([m["MsgRandom"] for m in got["RspMsgList"]], got["IsFinished"]) == ([1], 1)
    recall = {"Official_Account": NEWS, "MsgKeyList": [first["MsgKey"], "1_1_1", "x"]}
    answer = await rest(SERVICE + "official_account_msg_recall", recall)
    assert [one["RetCode"] for one in answer["RecallRetList"]] == [0, 10030, 10030]
    assert await unread(rest, "kim") == (1, 1)
    page = await history(rest, "kim", NEWS)
    assert [m["MsgFlagBits"] for m in page["MsgList"]] == [8, 0]
    left = await rest(SERVICE + "official_account_msg_get_simple", {"Official_Account": NEWS, "ReqMsgNumber": 20})
    assert [m["MsgRandom"] for m in left["RspMsgList"]] == [3, 1]
    await codes(
        rest,
        SERVICE + "send_official_account_msg",
        [
            ({"Official_Account": "@TOA#_no", "Random": 1, "MsgBody": text("x")}, 130004),
            ({"Official_Account": NEWS, "Random": 1, "MsgBody": []}, 90002),
            ({"Official_Account": NEWS, "MsgBody": text("x")}, 10004),
            (
                {
                    "Official_Account": NEWS,
                    "Random": 1,
                    "MsgBody": text("x"),
                    "OnlineOnlyFlag": 1,
                    "SendMsgControl": ["NoLastMsg"],
                },
                10004,
            ),
        ],
    )


async def test_what_a_subscriber_does_with_them(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clears, deletes and hides for itself; what is kept no longer goes."""
    await people(rest)
    await make(rest)
    await follow(rest, "omar", "kim")
    services = rest.server.services
    await tell(rest, "one", 1)
    await tell(rest, "two", 2)
    page = await services.c2c.histories.history(rest.app, "omar", NEWS, limit=9)
    await services.c2c_changes.delete_for(rest.app, "omar", NEWS, [page[0].place])
    assert await seen(rest, "omar", NEWS) == ["one"]
    assert await unread(rest) == (1, 1)
    assert await services.c2c_changes.hide(rest.app, "omar", NEWS, clear=True)
    assert (await seen(rest, "omar", NEWS), await listed(rest), await unread(rest)) == ([], {}, (0, 0))
    await tell(rest, "three", 3)
    assert await seen(rest, "omar", NEWS) == ["three"]
    assert set(await listed(rest)) == {NEWS}
    assert await seen(rest, "kim", NEWS) == ["one", "two", "three"]
    days = rest.app.settings.history_days
    later = clock.now() + (days + 1) * 86400
    monkeypatch.setattr(services.officials, "_clock", lambda: later)
    assert await services.officials.sweep() == 3
    assert await services.officials.sweep() == 0
    assert (await seen(rest, "kim", NEWS), await unread(rest, "kim")) == ([], (0, 0))
    await tell(rest, "four", 4)
    got = await rest(SERVICE + "official_account_msg_get_simple", {"Official_Account": NEWS, "ReqMsgNumber": 20})
    assert got["IsFinished"] == 2, "what was before is kept no longer"
