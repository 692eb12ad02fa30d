"""``sendmsg`` over REST and over a client's socket: the same field, the same answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient, Refused
from tests.support.server import ServerProcess

LIMIT = 12288


def text(words: str) -> list[dict[str, Any]]:
    return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]


def sized(size: int, cloud: str = "") -> dict[str, Any]:
    """A message whose MsgBody and CloudCustomData take ``size`` bytes together."""
    empty = len(json.dumps(text(""), separators=(",", ":")))
    return {"MsgBody": text("x" * (size - empty - len(cloud))), "CloudCustomData": cloud}


STORED, TRANSIENT = True, False
# The field, the code, and whether the receiver finds the message in its history.
CASES: list[tuple[dict[str, Any], int, bool]] = [
    ({}, 0, STORED),
    (sized(LIMIT - 2), 0, STORED),
    (sized(LIMIT - 1), 0, STORED),
    (sized(LIMIT), 0, STORED),
    (sized(LIMIT + 1), 93000, False),
    (sized(LIMIT - 1, "cloud"), 0, STORED),
    (sized(LIMIT, "cloud"), 0, STORED),
    (sized(LIMIT + 1, "cloud"), 93000, False),
    ({"SendMsgControl": "NoUnread"}, 0, STORED),
    ({"SendMsgControl": ["NoUnread", "Later"]}, 0, STORED),
    ({"SendMsgControl": {"NoUnread": 1}}, 90010, False),
    ({"SendMsgControl": [1]}, 90010, False),
    ({"SendMsgControl": None}, 0, STORED),
    ({"OnlineOnlyFlag": 1}, 0, TRANSIENT),
    ({"OnlineOnlyFlag": "1"}, 0, TRANSIENT),
    ({"OnlineOnlyFlag": 0}, 0, STORED),
    ({"OnlineOnlyFlag": 2}, 90010, False),
    ({"OnlineOnlyFlag": "x"}, 90010, False),
    ({"MsgLifeTime": 0}, 0, TRANSIENT),
    ({"MsgLifeTime": "0"}, 0, TRANSIENT),
    ({"MsgLifeTime": -1}, 90026, False),
    ({"MsgLifeTime": 1.5}, 90044, False),
    ({"MsgLifeTime": "long"}, 90044, False),
    ({"MsgLifeTime": 1 << 60}, 0, STORED),
    ({"MsgLifeTime": None}, 0, STORED),
    ({"IsNeedReadReceipt": 5}, 90010, False),
    ({"IsNeedReadReceipt": "1"}, 0, STORED),
    ({"SupportMessageExtension": "x"}, 90010, False),
    ({"ForbidCallbackControl": 7}, 90010, False),
    ({"CloudCustomData": {"v": 1}}, 90010, False),
    ({"CloudCustomData": 5}, 90010, False),
    ({"CloudCustomData": None}, 0, STORED),
    ({"OfflinePushInfo": "x"}, 90043, False),
    ({"OfflinePushInfo": {"PushFlag": 7}}, 90043, False),
    ({"OfflinePushInfo": {"PushFlag": "1", "AndroidInfo": {"VIVOClassification": "1"}}}, 0, STORED),
    ({"MsgRandom": None}, 90005, False),
    ({"MsgRandom": "x"}, 90005, False),
    ({"MsgRandom": -1}, 90005, False),
    ({"MsgRandom": 1 << 32}, 90005, False),
    ({"MsgSeq": "x"}, 90004, False),
    ({"MsgSeq": -1}, 90004, False),
    ({"MsgSeq": 1 << 32}, 90004, False),
    ({"MsgSeq": None}, 0, STORED),
    ({"MsgBody": None}, 90007, False),
    ({"MsgBody": {}}, 90007, False),
    ({"MsgBody": []}, 90002, False),
    ({"MsgBody": [5]}, 90002, False),
    ({"MsgBody": [{"MsgType": "TIMNewElem", "MsgContent": {}}]}, 90010, False),
    ({"MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": 5}}]}, 90010, False),
    ({"To_Account": None}, 90003, False),
    ({"To_Account": 5}, 90003, False),
    ({"To_Account": ""}, 90003, False),
    ({"To_Account": "nobody-at-all"}, 90012, False),
]


async def outcome(call: Any, body: dict[str, Any]) -> int:
    try:
        return int((await call(body))["ErrorCode"])
    except Refused as refused:
        return refused.code


async def listed(client: RawClient, peer: str) -> list[int]:
    """The MsgRandom of everything in the history with ``peer``."""
    page = await client.call("openim.getroammsg", {"Peer_Account": peer, "MaxCnt": 100, "LastMsgTime": 0})
    return [m["MsgRandom"] for m in page["MsgList"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{json.dumps(case[0])[:60]}")
async def test_the_same_answer_through_both_edges(
    server: ServerProcess, sign_in: SignIn, user_id: Any, case: tuple[dict[str, Any], int, bool]
) -> None:
    fields, code, stored = case
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(server, amy_id), await sign_in(server, bob_id)

    async def over_rest(body: dict[str, Any]) -> dict[str, Any]:
        return await server.rest("openim/sendmsg", body)

    async def as_client(body: dict[str, Any]) -> dict[str, Any]:
        return await amy.call("openim.sendmsg", body)

    for random, call in ((11, over_rest), (22, as_client)):
        body = {"From_Account": amy_id, "To_Account": bob_id, "MsgSeq": 1, "MsgRandom": random, "MsgBody": text("hi")}
        assert await outcome(call, body | fields) == code, call.__name__
    assert sorted(await listed(bob, amy_id)) == ([11, 22] if stored else [])
    if code == 0:
        await bob.wait(lambda: len(bob.messages()) == 2)
        first, second = bob.messages()
        for name in ("SendMsgControl", "MsgLifeTime", "IsNeedReadReceipt", "CloudCustomData", "MsgBody"):
            assert first.get(name) == second.get(name), name
