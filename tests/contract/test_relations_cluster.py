"""Two nodes: what one changes, the other says at once, though both keep answers in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.support.relations import SOURCE
from tests.support.server import ServerFactory, ServerProcess

SECONDS = 25.0
"""Less than the half minute for which an answer in memory is believed without the bus."""


async def ok(node: ServerProcess, command: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = await node.rest(command, body)
    assert answer["ErrorCode"] == 0, answer
    return answer


async def soon(read: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    end = time.monotonic() + SECONDS
    while (found := await read()) != wanted:
        assert time.monotonic() < end, f"{found} instead of {wanted}"
        await asyncio.sleep(0.01)


async def test_changes_are_seen_by_the_other_node(server_factory: ServerFactory) -> None:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    await ok(one, "im_open_login_svc/multiaccount_import", {"Accounts": ["u1", "u2", "u3"]})

    async def friends(node: ServerProcess) -> list[str]:
        page = await ok(node, "sns/friend_get", {"From_Account": "u1", "StartIndex": 0})
        return [item["To_Account"] for item in page["UserDataItem"]]

    for node in (one, two):
        assert await friends(node) == []
    for changing, reading in ((one, two), (two, one)):
        item = {"To_Account": "u2", "AddSource": SOURCE}
        await ok(changing, "sns/friend_add", {"From_Account": "u1", "AddFriendItem": [item]})
        await soon(lambda reading=reading: friends(reading), ["u2"])  # type: ignore[misc]
        assert await friends(changing) == ["u2"]
        body = {"From_Account": "u1", "To_Account": ["u2"], "DeleteType": "Delete_Type_Both"}
        await ok(changing, "sns/friend_delete", body)
        await soon(lambda reading=reading: friends(reading), [])  # type: ignore[misc]


async def test_both_nodes_add_at_the_limit(server_factory: ServerFactory) -> None:
    one, two = server_factory(
        "postgres", nodes=2, nats=True, env={"SODAM_BOOTSTRAP_APP": f"1400000042:{'5a' * 32}:Trial"}
    ).nodes
    for node in (one, two):
        node.key = "5a" * 32
    ids = [f"n{n:02}" for n in range(60)]
    await ok(one, "im_open_login_svc/multiaccount_import", {"Accounts": ["u1", *ids]})

    async def add(node: ServerProcess, peer: str) -> int:
        body = {"From_Account": "u1", "AddFriendItem": [{"To_Account": peer, "AddSource": SOURCE}]}
        return int((await ok(node, "sns/friend_add", body))["ResultItem"][0]["ResultCode"])

    codes = await asyncio.gather(*(add((one, two)[n % 2], peer) for n, peer in enumerate(ids)))
    assert sorted(codes) == [0] * 20 + [30010] * 40
