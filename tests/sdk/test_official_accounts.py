"""Official accounts in the official web SDK: what they say stands in the subscriber's conversation with the account."""

from __future__ import annotations

from driver import texts
from scene import Server, SignIn, UserId, conversation, unread


async def test_a_subscriber_reads_an_official_account(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, news = user_id("amy"), "@TOA#_" + user_id("n")
    amy = await sign_in(amy_id)
    service, of = "official_account_open_http_svc/", {"Official_Account": news}

    async def rest(command: str, body: dict[str, object]) -> dict[str, object]:
        answer = await server.rest(service + command, body)
        assert answer["ErrorCode"] == 0, answer
        return answer

    async def tell(words: str, random: int) -> str:
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]
        return str((await rest("send_official_account_msg", {**of, "Random": random, "MsgBody": body}))["MsgKey"])

    await rest("create_official_account", {"Owner_Account": amy_id, "Name": "News", "OfficialAccountUserID": news})
    await rest("add_subscriber", {**of, "SubscriberList": [{"Subscriber_Account": amy_id}]})
    await tell("one", 1)
    await amy.wait_until(lambda: texts(amy.received()) == ["one"])
    await amy.wait_until(lambda: unread(amy, news) == 1)
    await amy.offline()
    key = await tell("two", 2)
    await amy.online()
    await amy.wait_until(lambda: texts(amy.received()) == ["one", "two"])
    await amy.wait_until(lambda: unread(amy, news) == 2)
    await rest("official_account_msg_recall", {**of, "MsgKeyList": [key]})
    await amy.wait_until(lambda: any(event.name == "MESSAGE_REVOKED" for event in amy.events))
    late = await sign_in(amy_id)
    listed = (await late.conversations())[f"C2C{news}"]
    assert listed["unreadCount"] == 1
    history = await late.call("getMessageList", {"conversationID": f"C2C{news}"})
    assert history["messageList"][0]["payload"]["text"] == "one"
    await late.call("setMessageRead", {"conversationID": f"C2C{news}"})
    await late.wait_until(lambda: conversation(late, news).get("unreadCount") == 0)
    answer = await server.rest("openim/get_c2c_unread_msg_num", {"To_Account": amy_id, "Peer_Account": [news]})
    assert answer["C2CUnreadMsgNumList"][0]["C2CUnreadMsgNum"] == 0
