"""A message over REST by the fast path and by the long way: the same answers, frames, rows and counts, whatever is sent
and whatever changes in between."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from sodam import usersig
from sodam.errors import Code
from sodam.listener.direct import Asked
from sodam.rest.http import RestApp
from sodam.serving import application
from sodam.storage import StorageError
from tests.gateway.test_fast_path import APP, BODIES, KEY, USERS, Side, body_of, change_of, clean, let_pass, open_side
from tests.support.amounts import amounts
from tests.support.seeds import SEED

PATH = "openim/sendmsg"
ADMIN = "administrator"


class Caller:
    """The app's own server, as one of two sides sees it."""

    def __init__(self, side: Side, *, fast: bool) -> None:
        self.side = side
        self.taken = 0
        self._fast = fast
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=application(side.server), client=("10.9.9.9", 1)), base_url="http://x"
        )
        rest = side.server.plane.rest
        assert isinstance(rest, RestApp)
        self._rest = rest
        signature = usersig.generate(APP, KEY, ADMIN, now=int(time.time()))
        self._query = f"sdkappid={APP}&identifier={ADMIN}&usersig={signature}&random=7&contenttype=json"

    async def __call__(self, body: bytes) -> bytes:
        """The answer's body."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[tuple[bytes, bytes]] = loop.create_future()

        def answer(headers: bytes, body: bytes) -> None:
            answered.set_result((headers, body))

        query = self._query.encode()
        if self._fast and self._rest.fast.take(Asked(query, [(b"host", b"x")], body, "10.9.9.9", answer)):
            self.taken += 1
            headers, content = await asyncio.wait_for(answered, 90)
            assert b"x-request-id: " in headers
            return content
        response = await self._client.post(f"/v4/{PATH}?{self._query}", content=body)
        assert response.status_code == 200
        return response.content

    async def counted(self) -> dict[str, int]:
        """What statistics hold of a call and of a message."""
        await self.side.server.services.statistics.flush()
        rows = await self.side.server.db.fetch("SELECT what, SUM(value) FROM statistic GROUP BY what ORDER BY what")
        return {what: int(value) for what, value in rows if "online" not in what}


async def open_caller(stack: AsyncExitStack, directory: Path, *, fast: bool) -> Caller:
    caller = Caller(await open_side(stack, directory, fast=False), fast=fast)
    await caller.side.server.accounts.ensure(APP, [ADMIN])
    return caller


def body_by_rest(chance: random.Random, number: int) -> bytes:
    fields = [f'"From_Account":"{chance.choice((*USERS, "nobody"))}"'] if chance.random() < 0.9 else []
    if chance.random() < 0.4:
        fields.append(f'"SyncOtherMachine":{chance.choice((0, 1, 2, 1, 2, 3))}')
    return b"{" + "".join(field + "," for field in fields).encode() + body_of(chance, number)[1:]


@pytest.mark.parametrize("steps", amounts("SODAM_TEST_FAST_STEPS", usual=120, long=4000))
async def test_both_ways_do_the_same(tmp_path: Path, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.time()
    monkeypatch.setattr("sodam.clock.time", SimpleNamespace(time=lambda: begun))
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    async with AsyncExitStack() as stack:
        callers = [await open_caller(stack, tmp_path / str(fast), fast=fast) for fast in (True, False)]
        names = [await ids(caller.side) for caller in callers]
        for number in range(1, steps + 1):
            body = body_by_rest(chance, number)
            change = change_of(chance) if (luck := chance.random()) < 0.15 else let_pass if luck > 0.92 else None
            answers = []
            for caller, known in zip(callers, names, strict=True):
                if change is not None:
                    await change(caller.side)
                answers.append(clean(await caller(body), known))
            assert answers[0] == answers[1], body
        fast, long = [
            [
                [(one[0], clean(one[1], known)) if isinstance(one, tuple) else one for one in part]
                for part in await caller.side.seen()
            ]
            for caller, known in zip(callers, names, strict=True)
        ]
        assert fast == long
        assert await callers[0].counted() == await callers[1].counted()
        calls = [
            {(command, code): n for (edge, command, code), n in c.side.server.metrics._calls.items() if edge == "rest"}
            for c in callers
        ]
        assert calls[0] == calls[1]
        assert callers[0].taken > steps // 6, "many messages take the fast path"
        assert len(fast[0]) > steps // 4, "many messages are stored"


async def ids(side: Side) -> dict[bytes, bytes]:
    found = await side.server.accounts.find_many(APP, (*USERS, ADMIN))
    return {str(account.tiny_id).encode(): name.encode() for name, account in found.items()}


async def test_what_is_not_stored_is_answered_with_a_failure_and_may_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        caller = await open_caller(stack, tmp_path / "data", fast=True)
        body = b'{"From_Account":"amy","To_Account":"bob","MsgSeq":7,"MsgRandom":7,"MsgBody":' + BODIES[0] + b"}"
        await caller(body.replace(b":7,", b":6,"))
        log = caller.side.server.services.c2c.log
        write = log._write_batch

        async def broken(entries: list[Any]) -> None:
            raise StorageError("the disk is full")

        monkeypatch.setattr(log, "_write_batch", broken)
        taken = caller.taken
        assert json.loads(await caller(body))["ErrorCode"] == int(Code.C2C_INTERNAL)
        assert caller.taken == taken + 1
        monkeypatch.setattr(log, "_write_batch", write)
        assert json.loads(await caller(body))["ErrorCode"] == 0
        await caller.side.server.services.c2c.announced()
        assert b"".join(caller.side.devices[1][2].events).count(b'"MsgSeq":7,') == 1


async def test_a_withdrawn_signature_is_refused_at_once(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        caller = await open_caller(stack, tmp_path / "data", fast=True)
        body = b'{"From_Account":"amy","To_Account":"bob","MsgRandom":%d,"MsgBody":' + BODIES[0] + b"}"
        answers = [json.loads(await caller(body % number))["ErrorCode"] for number in range(3)]
        assert (answers, caller.taken) == ([0, 0, 0], 2)  # the first is checked by the long way, and remembered
        await caller.side.server.accounts.kick(APP, ADMIN)
        assert json.loads(await caller(body % 4))["ErrorCode"] == int(Code.LOGIN_KICKED)
