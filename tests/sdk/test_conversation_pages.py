"""A conversation list of several pages in the official web SDK: every page is read, and once more after a return."""

from __future__ import annotations

import asyncio

from scene import SignIn, UserId
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerFactory
from tests.support.waiting import eventually

PEERS = 230
LIMIT = 220
COUNTED = 100


async def test_all_pages_up_to_the_limit_of_the_app(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId
) -> None:
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD})
    amy_id, peers = user_id("amy"), [f"peer-{n:03}" for n in range(PEERS)]
    for at in range(0, PEERS, 100):
        accounts = {"AccountList": [{"UserID": peer} for peer in peers[at : at + 100]]}
        assert (await server.rest("im_open_login_svc/multiaccount_import", accounts))["ErrorCode"] == 0
    amy = await sign_in_at(server, amy_id)
    await amy.destroy()

    async def say(peer: str, number: int) -> None:
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": peer}}]
        sent = {"From_Account": peer, "To_Account": amy_id, "MsgRandom": number, "MsgBody": body}
        assert (await server.rest("openim/sendmsg", sent))["ErrorCode"] == 0

    for number, peer in enumerate(peers):
        await say(peer, number)
    pin = [{"Type": 1, "To_Account": peers[3]}]
    top = {"From_Account": amy_id, "OperationType": 1, "RecentContactItem": pin}
    assert (await server.rest("recentcontact/top", top))["ErrorCode"] == 0

    first = await sign_in_at(server, amy_id)
    expected = {f"C2C{peer}" for peer in [peers[3], *peers[: PEERS - 100 : -1]]}
    assert set(await first.conversations()) == expected, "100 unless the app says otherwise"
    await first.destroy()
    async with ConsoleClient(server.url) as root:
        await root.login()
        app = {"SDKAppID": server.sdkappid}
        version = (await root.call("im/DescribeAbilityConfInfo", **app))["Version"]
        await root.call("im/SetAbilityConfInfo", **app, Version=version, ConversationLimit=LIMIT)

    amy = await sign_in_at(server, amy_id)

    async def count() -> int:
        return len(await amy.conversations())

    await eventually(count, LIMIT)  # the third page may be under way
    listed = await amy.conversations()
    assert set(listed) == {f"C2C{peer}" for peer in [peers[3], *peers[: PEERS - LIMIT : -1]]}
    assert [key for key, one in listed.items() if one["isPinned"]] == [f"C2C{peers[3]}"]
    # Of so many unread conversations the newest count; the pinned one is older.
    assert {key for key, one in listed.items() if one["unreadCount"]} == {f"C2C{peer}" for peer in peers[-COUNTED:]}

    async def total() -> int:
        return int(await amy.call("getTotalUnreadMessageCount"))

    await eventually(total, COUNTED)  # the SDK adds them up some time after the last page

    # What moved while the device was away is on the first page of what it reads when it is back.
    await amy.offline()
    await asyncio.gather(say(peers[120], 5000), say(peers[15], 5001))
    await amy.online()
    await amy.wait_received(2)
    await amy.wait_until(lambda: {m["from"] for m in amy.received()} == {peers[120], peers[15]})
    again = await amy.conversations()
    assert [again[f"C2C{peers[n]}"]["unreadCount"] for n in (120, 15)] == [2, 2]
