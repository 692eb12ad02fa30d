"""The unread numbers after a sign-in are those of the conversations that the list shows, and of no others."""

from __future__ import annotations

from tests.gateway.raw_client import RawClient
from tests.support.server import Engine, ServerFactory

PEERS = 105
LISTED = 100
"""The app's limit of the list, unless its settings say otherwise."""


async def test_no_number_for_a_conversation_beyond_the_limit(engine: Engine, server_factory: ServerFactory) -> None:
    server = server_factory(engine)
    peers = [f"peer-{n:03}" for n in range(PEERS)]
    for some in (peers[:LISTED], peers[LISTED:]):
        assert (await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": some}))["ErrorCode"] == 0
    amy = {"UserID": "amy"}
    assert (await server.rest("im_open_login_svc/account_import", amy))["ErrorCode"] == 0
    for number, peer in enumerate(peers):
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": peer}}]
        sent = {"From_Account": peer, "To_Account": "amy", "MsgRandom": number, "MsgBody": body}
        assert (await server.rest("openim/sendmsg", sent))["ErrorCode"] == 0
    async with RawClient(server, "amy") as client:
        await client.sign_in(sync=False)
        page = await client.call("recentcontact.page_get", {"From_Account": "amy"})
        numbers = (await client.call("openim.getmsg", {"Cookie": "", "SyncFlag": 0}))["C2CPairUnreadCount"]
    assert [one["To_Account"] for one in page["SessionItem"]] == peers[: PEERS - LISTED - 1 : -1]
    assert {one["From_Account"]: one["UnreadCount"] for one in numbers} == dict.fromkeys(peers[PEERS - LISTED :], 1)
