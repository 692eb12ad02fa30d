"""A message that grows, seen from the other node: each piece, and its end though its own node is killed.

Slow, since it ends by itself: ``-m long``. The same by a moved clock, on one node: tests/rest/test_streams.py.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient
from tests.support.nats import Nats
from tests.support.server import ServerFactory

UserId = Callable[[str], str]
SEND = "stream_msg/send_c2c_stream_msg"
pytestmark = pytest.mark.long


def piece(bot: str, to: str, words: str, index: int, stream: str = "", *, last: bool = False) -> dict[str, Any]:
    chunk = {"EventType": "data", "Index": index, "Markdown": words, "IsLast": last}
    content = {"Chunks": [chunk], **({"StreamMsgID": stream} if stream else {"CompatibleText": "update"})}
    body = [{"MsgType": "TIMStreamElem", "MsgContent": content}]
    return {"From_Account": bot, "To_Account": to, "MsgRandom": 7, "MsgBody": body}


def shown(client: RawClient) -> list[tuple[str, int]]:
    """What the device was shown of the message, one after the other: the text, and whether it has ended."""
    found = []
    for text in (json.dumps(push) for push in client.pushes):
        at = text.find('{\\"chatbotPlugin')
        if at >= 0:
            data = json.JSONDecoder().raw_decode(json.loads('"' + text[at : text.index('}"', at)] + '}"'))[0]
            found.append(("".join(data["chunks"]), data["isFinished"]))
    return found


@pytest.mark.parametrize("nats", [True, False], ids=["nats", "postgres alone"])
async def test_its_node_is_killed(server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, nats: bool) -> None:
    one, two = server_factory("postgres", nodes=2, nats=nats).nodes
    amy, bot = await sign_in(one, user_id("amy")), user_id("bot")
    await one.rest("im_open_login_svc/account_import", {"UserID": bot})
    begun = await two.rest(SEND, piece(bot, amy.user_id, "The ", 1))
    assert begun["ErrorCode"] == 0
    await amy.wait(lambda: shown(amy) == [("The ", 0)], timeout=60)
    assert (await two.rest(SEND, piece(bot, amy.user_id, "answer", 2, begun["StreamMsgID"])))["ErrorCode"] == 0
    await amy.wait(lambda: shown(amy)[1:] == [("The answer", 0)], timeout=60)
    two.kill()
    begin = time.monotonic()
    await amy.wait(lambda: shown(amy)[2:] == [("The answer", 1)], timeout=120)
    print(f"a killed node's message ended after {time.monotonic() - begin:.0f} s")


async def test_the_bus_is_away(
    server_factory: ServerFactory, nats_server: Nats, sign_in: SignIn, user_id: UserId
) -> None:
    """The last piece comes to the other node while neither hears of the other: it is shown when the bus is back."""
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    amy, bot = await sign_in(one, user_id("amy")), user_id("bot")
    await one.rest("im_open_login_svc/account_import", {"UserID": bot})
    begun = await two.rest(SEND, piece(bot, amy.user_id, "The ", 1))
    await amy.wait(lambda: shown(amy) == [("The ", 0)], timeout=60)
    for node in (one, two):
        node.allow_errors("the bus")
    asked = amy.flags
    nats_server.stop()
    try:
        last = piece(bot, amy.user_id, "answer", 2, begun["StreamMsgID"], last=True)
        assert (await two.rest(SEND, last))["ErrorCode"] == 0
    finally:
        nats_server.start()
    begin = time.monotonic()
    await amy.wait(lambda: amy.flags > asked, timeout=60)  # the node has its clients look, as the SDK does by itself
    await amy.sync()
    await amy.wait(lambda: shown(amy)[-1:] == [("The answer", 1)], timeout=60)
    print(f"the last piece was shown {time.monotonic() - begin:.1f} s after the bus was back")
