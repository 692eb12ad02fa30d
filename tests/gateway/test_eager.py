"""A send costs a task only where a step before the write may wait for the network; a step may refuse and change."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sodam import usersig
from sodam.apps.model import App
from sodam.c2c.model import Message
from sodam.errors import ApiError, Code
from sodam.gateway.connection import Connection
from sodam.gateway.session import Session
from sodam.gateway.table import commands
from sodam.server import Server, build
from sodam.settings import BootstrapApp, Settings

APP = 1400000009
KEY = "9f" * 32


class Transport:
    """Keeps the answers."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def write(self, payloads: list[bytes]) -> int:
        for payload in payloads:
            self.answers.put_nowait(json.loads(payload))
        return 0

    def write_frame(self, frame: bytes) -> int:
        raise AssertionError("nothing is pushed here")

    def ping(self) -> None:
        raise AssertionError("nobody catches up here")

    def waiting(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(reason)

    def abort(self) -> None:
        raise AssertionError

    def signed_in(self, signed_in: bool) -> None:
        return


class Slow:
    """A step that waits for the network where the app has this id."""

    def __init__(self, app: int) -> None:
        self.app = app
        self.answer = asyncio.Event()

    def waits(self, app: App) -> bool:
        return app.sdkappid == self.app

    def passes(self, app: App, message: Message) -> bool:
        return app.sdkappid != self.app

    async def check(self, app: App, message: Message) -> None:
        async with asyncio.timeout(60):  # which needs a task
            await self.answer.wait()
        if b"bad" in message.body:
            raise ApiError(Code.C2C_NOT_FRIENDS)
        message.body = message.body.replace(b"rude", b"****")


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    made = await build(Settings(data_dir=tmp_path, bootstrap_apps=(BootstrapApp(APP, KEY, "Flagship"),)))
    await made.accounts.ensure(APP, ["amy", "bob"])
    yield made
    await made.close()


class Client:
    def __init__(self, server: Server) -> None:
        self.transport = Transport()
        self.connection = Connection(server.hub, Session(APP, commands(), server.hub._tickets.open_ticket), "")
        self.connection.opened(self.transport)
        self._seq = 0

    def begin(self, servcmd: str, body: dict[str, Any], **head: Any) -> None:
        self._seq += 1
        frame = {"head": {"servcmd": servcmd, "seq": self._seq, **head}, "body": body}
        self.connection.received(json.dumps(frame).encode())

    async def answer(self) -> dict[str, Any]:
        async with asyncio.timeout(60):
            body: dict[str, Any] = (await self.transport.answers.get())["body"]
        return body

    async def sign_in(self, user_id: str) -> None:
        signature = usersig.generate(APP, KEY, user_id, expire=1000, now=int(time.time()))
        self.begin("im_open_status.wslogin", {"State": "Online"}, identifier=user_id, usersig=signature)
        assert (await self.answer())["ErrorCode"] == 0

    def send(self, words: str) -> None:
        content = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]
        body = {"To_Account": "bob", "MsgSeq": self._seq + 1, "MsgRandom": self._seq + 1, "MsgBody": content}
        self.begin("openim.sendmsg", body)


@pytest.fixture
def tasks(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The commands that were given a task."""
    given: list[object] = []
    spawn = server.hub.spawn

    def noted(coroutine: Coroutine[Any, Any, None]) -> None:
        given.append(coroutine)
        spawn(coroutine)

    monkeypatch.setattr(server.hub, "spawn", noted)
    return given


async def test_a_send_without_network_steps_costs_no_task(server: Server, tasks: list[object]) -> None:
    server.services.c2c.interceptors.add(Slow(APP + 1))
    client = Client(server)
    await client.sign_in("amy")
    client.send("hello")
    assert (await client.answer())["ErrorCode"] == 0
    assert tasks == []


async def test_a_step_that_waits_runs_in_a_task_and_may_refuse_and_change(server: Server, tasks: list[object]) -> None:
    step = Slow(APP)
    server.services.c2c.interceptors.add(step)
    client = Client(server)
    await client.sign_in("amy")
    client.send("bad")
    assert len(tasks) == 1
    client.begin("heartbeat.alive", {})
    assert (await client.answer())["ErrorCode"] == 0, "others are answered meanwhile"
    step.answer.set()
    assert (await client.answer())["ErrorCode"] == Code.C2C_NOT_FRIENDS
    client.send("a rude word")
    assert (await client.answer())["ErrorCode"] == 0
    app = server.apps.get(APP)
    assert app is not None
    (stored,) = await server.services.c2c.histories.history(app, "amy", "bob", limit=10)
    assert b"a **** word" in stored.body
