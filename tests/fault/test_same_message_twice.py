"""One message given to two servers over one PostgreSQL, which share nothing else, is stored once.

SODAM_TEST_TWICE is the number of messages of each case (60).
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio

from sodam.c2c.model import MAX_UNREAD
from tests.support.forkserver import constants
from tests.support.seeds import SEED
from tests.support.server import ServerFactory, ServerProcess

COUNT = int(os.environ.get("SODAM_TEST_TWICE", "60"))
TOGETHER = 20
_randoms = itertools.count(1)


class Nodes:
    def __init__(self, servers: list[ServerProcess], client: httpx.AsyncClient) -> None:
        self.servers = servers
        self._client = client

    async def call(self, node: int, command: str, body: Any) -> dict[str, Any]:
        answer = await self.servers[node].rest(command, body, client=self._client)
        assert answer["ErrorCode"] == 0, answer
        return answer

    async def texts(self) -> list[str]:
        """What amy and bob have said, oldest first, from the second node."""
        found: list[str] = []
        body = {"Operator_Account": "bob", "Peer_Account": "amy", "MaxCnt": 100, "MinTime": 0, "MaxTime": 1 << 33}
        while True:
            page = await self.call(1, "openim/admin_getroammsg", body)
            found = [*(m["MsgBody"][0]["MsgContent"]["Text"] for m in page["MsgList"]), *found]
            if page["Complete"]:
                return found
            body.update(MaxTime=page["LastMsgTime"], LastMsgKey=page["LastMsgKey"])

    async def unread(self) -> int:
        answer = await self.call(0, "openim/get_c2c_unread_msg_num", {"To_Account": "bob"})
        return int(answer["AllC2CUnreadMsgNum"])


def message(text: str, **fields: Any) -> dict[str, Any]:
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]
    return {"From_Account": "amy", "To_Account": "bob", "MsgRandom": next(_randoms), "MsgBody": body, **fields}


@pytest_asyncio.fixture
async def nodes(server_factory: ServerFactory) -> AsyncIterator[Nodes]:
    # PostgreSQL ends the transaction of a node that stands still after ten seconds: the other one waits for longer.
    env = constants(**{"sodam.storage.pools.COMMAND_SECONDS": 60})
    servers = server_factory("postgres", nodes=2, env=env).nodes
    async with httpx.AsyncClient(timeout=60) as client:
        both = Nodes(servers, client)
        for node in (0, 1):
            await both.call(node, "im_open_login_svc/multiaccount_import", {"Accounts": ["amy", "bob"]})
        yield both


async def test_at_once(nodes: Nodes) -> None:
    gate = asyncio.Semaphore(TOGETHER)

    async def twice(number: int) -> None:
        body = message(f"{number}", **({"MsgSeq": number} if number % 2 else {}))
        async with gate:
            one, two = await asyncio.gather(*(nodes.call(node, "openim/sendmsg", body) for node in (0, 1)))
        assert one == two

    await asyncio.gather(*map(twice, range(COUNT)))
    texts = await nodes.texts()
    print(f"{len(texts)} of {COUNT} stored, {len(set(texts))} different ones")
    assert sorted(texts, key=int) == [f"{n}" for n in range(COUNT)]
    assert await nodes.unread() == min(COUNT, MAX_UNREAD)


async def test_batches_and_imports_at_once(nodes: Nodes) -> None:
    async def twice(number: int) -> None:
        batch = message(f"batch {number}", To_Account=["bob"])
        old = message(f"import {number}", SyncFromOldSystem=5, MsgTimeStamp=int(1e9), MsgSeq=number + 1)
        old["MsgTimeStamp"] = (await nodes.call(0, "openim/sendmsg", message(f"time {number}")))["MsgTime"] - 1000
        for command, body in (("openim/batchsendmsg", batch), ("openim/importmsg", old)):
            one, two = await asyncio.gather(*(nodes.call(node, command, body) for node in (0, 1)))
            assert one == two

    await asyncio.gather(*map(twice, range(TOGETHER)))
    texts = await nodes.texts()
    assert len(texts) == len(set(texts)) == 3 * TOGETHER
    assert await nodes.unread() == 3 * TOGETHER


async def test_a_node_that_stands_still(nodes: Nodes) -> None:
    """Its clients send again elsewhere; then it goes on, and finds its work done."""
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    for server in nodes.servers:
        server.allow_errors("messages could not be stored")  # a transaction may have been ended meanwhile
    number = 0
    while number < COUNT:
        some = [message(f"{n}") for n in range(number, min(number + dice.randrange(1, 8), COUNT))]
        number += len(some)
        first = [asyncio.create_task(nodes.servers[0].rest("openim/sendmsg", body)) for body in some]
        await asyncio.sleep(dice.random() * 0.02)
        os.kill(nodes.servers[0].pid, signal.SIGSTOP)
        try:
            second = await asyncio.gather(*(nodes.call(1, "openim/sendmsg", body) for body in some))
        finally:
            os.kill(nodes.servers[0].pid, signal.SIGCONT)
        for one, two in zip(await asyncio.gather(*first), second, strict=True):
            assert one == two or one["ErrorCode"] == 20005, (one, two)
    texts = await nodes.texts()
    print(f"{len(texts)} of {COUNT} stored, {len(set(texts))} different ones")
    assert sorted(texts, key=int) == [f"{n}" for n in range(COUNT)]
    assert await nodes.unread() == min(COUNT, MAX_UNREAD)
