"""The web SDK beside a bot that answers over REST: order of arrival within a second, unread numbers that go down."""

from __future__ import annotations

from typing import Any

from driver import SdkClient, texts
from scene import Server, SignIn, UserId, conversation, unread

TURNS = 8


async def _answer(server: Server, sender: str, to: str, text: str, random: int, **fields: Any) -> dict[str, Any]:
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]
    message = {"From_Account": sender, "To_Account": to, "MsgRandom": random, "MsgBody": body, **fields}
    answer = await server.rest("openim/sendmsg", message)
    assert answer["ErrorCode"] == 0, answer
    return answer


async def test_an_answer_stands_below_its_question(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bot_id = user_id("amy"), user_id("bot")
    amy = await sign_in(amy_id)
    await server.rest("im_open_login_svc/account_import", {"UserID": bot_id})
    said = []
    for turn in range(TURNS):
        await amy.send_text(bot_id, f"question {turn}")
        chosen = {"MsgSeq": turn + 1} if turn % 2 else {}
        await _answer(server, bot_id, amy_id, f"answer {turn}", turn, **chosen)
        said += [f"question {turn}", f"answer {turn}"]
        await amy.wait_received(turn + 1)  # the SDK shows its own at once and others as they come
    assert texts(await amy.messages(bot_id)) == said
    await amy.destroy()
    late = await sign_in(amy_id)
    assert texts(await late.messages(bot_id)) == said
    listed = (await late.conversations())[f"C2C{bot_id}"]
    assert listed["lastMessage"]["messageForShow"] == said[-1]


async def test_forty_messages_of_a_second(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bot_id = user_id("amy"), user_id("bot")
    amy = await sign_in(amy_id)
    await server.rest("im_open_login_svc/account_import", {"UserID": bot_id})
    await amy.offline()
    said = [f"m{n}" for n in range(40)]
    times = [(await _answer(server, bot_id, amy_id, text, n))["MsgTime"] for n, text in enumerate(said)]
    assert len(set(times)) < 40  # several in a second, or this proves nothing
    await amy.online()
    assert texts(await amy.wait_received(40)) == said  # catch-up
    await amy.destroy()
    late = await sign_in(amy_id)
    assert texts(await late.messages(bot_id)) == said
    body = {"Operator_Account": amy_id, "Peer_Account": bot_id, "MaxCnt": 7, "MinTime": 0, "MaxTime": 1 << 33}
    found: list[str] = []
    while True:
        page = await server.rest("openim/admin_getroammsg", body)
        found = [*(m["MsgBody"][0]["MsgContent"]["Text"] for m in page["MsgList"]), *found]
        if page["Complete"]:
            break
        body |= {"MaxTime": page["LastMsgTime"], "LastMsgKey": page["LastMsgKey"]}
    assert found == said


async def _shows(client: SdkClient, peer: str, count: int) -> None:
    await client.wait_until(lambda: unread(client, peer) == count)


async def test_deleting_unread_messages_lowers_every_number(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bot_id = user_id("amy"), user_id("bot")
    amy = await sign_in(amy_id)
    await server.rest("im_open_login_svc/account_import", {"UserID": bot_id})
    keys = [(await _answer(server, bot_id, amy_id, f"m{n}", n))["MsgKey"] for n in range(4)]
    await _shows(amy, bot_id, 4)

    async def delete(*gone: str) -> None:
        body = {"Operator_Account": amy_id, "Peer_Account": bot_id, "MsgKeyList": list(gone)}
        assert (await server.rest("openim/delete_c2c_msg_ramble", body))["ErrorCode"] == 0

    await delete(keys[1])
    await _shows(amy, bot_id, 3)
    late = await sign_in(amy_id)
    assert (await late.conversations())[f"C2C{bot_id}"]["unreadCount"] == 3
    assert texts(await late.messages(bot_id)) == ["m0", "m2", "m3"]
    (first,) = [m for m in await late.messages(bot_id) if texts([m]) == ["m0"]]
    await late.call("deleteMessage", [{"$message": first["ID"]}])
    again = await sign_in(amy_id)
    assert (await again.conversations())[f"C2C{bot_id}"]["unreadCount"] == 2
    await delete(*keys)
    await _shows(again, bot_id, 0)
    assert conversation(again, bot_id)["unreadCount"] == 0
