"""Two nodes with NATS: what an official account says reaches each follower once, with a node killed amid the pages.

``SODAM_TEST_OFFICIAL_KILLS``: how many (3 in the long run), each of the node that has the message to pass on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import Any

import asyncpg
import pytest

from sodam_client import Client
from tests.support.amounts import amounts
from tests.support.forkserver import SHORT_LEASE, constants
from tests.support.server import ServerFactory

OFFICIALS, NEWS = "official_account_open_http_svc", "@TOA#_news"
FOLLOWERS = 60
LISTENING = range(0, FOLLOWERS, 6)
KILLS = amounts("SODAM_TEST_OFFICIAL_KILLS", usual=1, long=3)
PAGE = "sodam.officials.fanout.PAGE"
HALF, LOCK = FOLLOWERS // 2, 1
_HOLD = f"""
CREATE FUNCTION hold_page() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF position('"after":"f{HALF}"'::bytea IN NEW.body) > 0 THEN PERFORM pg_advisory_xact_lock({LOCK}); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_page BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION hold_page();
"""
"""Whoever notes that half of the pages are done waits for as long as the test holds the lock."""


@pytest.mark.parametrize("kills", KILLS)
async def test_each_follower_once(server_factory: ServerFactory, kills: int) -> None:
    """Pages of one follower; the node is killed when the first has the message, and cannot have come past half of
    the pages then."""
    server = server_factory("postgres", nodes=2, nats=True, env=constants(**SHORT_LEASE, **{PAGE: 1}))
    nodes = server.nodes
    names = [f"f{n:02}" for n in range(FOLLOWERS)]
    heard: dict[str, list[str]] = {}

    async def listen(client: Client, user_id: str) -> None:
        async for message in client.messages():
            heard.setdefault(user_id, []).append(message.text)

    async def rest(command: str, body: Any) -> Any:
        answer = await nodes[0].rest(command, body)
        assert answer["ErrorCode"] == 0, answer
        return answer

    await rest("im_open_login_svc/multiaccount_import", {"AccountList": [{"UserID": name} for name in [*names, "own"]]})
    made = {"Owner_Account": "own", "Name": "News", "OfficialAccountUserID": NEWS}
    await rest(f"{OFFICIALS}/create_official_account", made)
    followers = [{"Subscriber_Account": name} for name in names]
    await rest(f"{OFFICIALS}/add_subscriber", {"Official_Account": NEWS, "SubscriberList": followers})
    holder = await asyncpg.connect(server.database_url)
    await holder.execute(_HOLD)
    async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        stack.push_async_callback(holder.close)
        listeners = []
        for n in LISTENING:
            node = nodes[n // 6 % 2]
            client = Client(node.ws_url, node.sdkappid, names[n], node.usersig(names[n]))
            await stack.enter_async_context(client)
            listeners.append(group.create_task(listen(client, names[n])))
        said = []
        for kill in range(kills):
            said.append(f"news {kill}")
            await holder.execute("SELECT pg_advisory_lock($1)", LOCK)
            body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": said[-1]}}]
            victim, first = nodes[kill % 2], names[(1 - kill % 2) * 6]
            sent = {"Official_Account": NEWS, "Random": kill, "MsgBody": body}
            assert (await victim.rest(f"{OFFICIALS}/send_official_account_msg", sent))["ErrorCode"] == 0
            await until(lambda first=first: said[-1] in heard.get(first, []))  # type: ignore[misc]
            victim.kill()
            had = sum(said[-1] in found for found in heard.values())
            assert had < len(LISTENING), "it was killed amid the pages"
            await holder.execute("SELECT pg_advisory_unlock($1)", LOCK)
            await asyncio.to_thread(victim.start)
            await until(lambda: all(said[-1] in heard.get(names[n], []) for n in LISTENING))
        for listener in listeners:
            listener.cancel()
    assert {name: Counter(found) for name, found in heard.items()} == {names[n]: Counter(said) for n in LISTENING}
    for name in (names[1], names[-1]):  # who was away
        asked = {"Operator_Account": name, "Peer_Account": NEWS, "MaxCnt": 20, "MinTime": 0, "MaxTime": 2**32 - 1}
        kept = (await rest("openim/admin_getroammsg", asked))["MsgList"]
        assert [one["MsgBody"][0]["MsgContent"]["Text"] for one in kept] == said


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)
