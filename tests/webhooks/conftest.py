"""A server with an app whose webhook is a real HTTP server of the test's own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from sodam.apps.webhooks import SWITCHES
from sodam_client import Client
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.forkserver import constants
from tests.support.receiver import Receiver
from tests.support.server import Engine, ServerFactory, ServerProcess


def text(words: str) -> list[dict[str, Any]]:
    return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]


def through(words: str) -> list[dict[str, Any]]:
    """What a client signals to a robot."""
    data = json.dumps({"chatbotPlugin": 1, "src": 3, "data": words})
    return [{"MsgType": "TIMCustomElem", "MsgContent": {"Data": data, "Desc": "", "Ext": "", "Sound": ""}}]


@dataclass
class Shop:
    server: ServerProcess
    root: ConsoleClient
    receiver: Receiver
    count: int = 0
    stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    async def console(self, action: str, **fields: Any) -> dict[str, Any]:
        return await self.root.call(f"im/{action}", SDKAppID=self.server.sdkappid, **fields)

    async def configure(self, commands: Sequence[str] = tuple(SWITCHES), **fields: Any) -> None:
        """The receiver as the webhook of the app, with these commands on."""
        version = (await self.console("DescribeCallBack"))["Version"]
        fields = {"Url": f"{self.receiver.url}/hook?of=shop", "Commands": list(commands), **fields}
        await self.console("SetCallBack", Version=version, Confirmed=True, **fields)

    async def rest(self, command: str, body: Any) -> dict[str, Any]:
        answer = await self.server.rest(command, body)
        assert answer["ErrorCode"] == 0, (command, answer)
        return answer

    async def users(self, *names: str) -> None:
        await self.rest("im_open_login_svc/multiaccount_import", {"AccountList": [{"UserID": name} for name in names]})

    def message(self, sender: str, recipient: str, words: str, **fields: Any) -> dict[str, Any]:
        self.count += 1
        return {
            "From_Account": sender,
            "To_Account": recipient,
            "MsgRandom": 1000 + self.count,
            "MsgSeq": self.count,
            "MsgBody": text(words),
            **fields,
        }

    async def say(self, sender: str, recipient: str, words: str, **fields: Any) -> dict[str, Any]:
        return await self.server.rest("openim/sendmsg", self.message(sender, recipient, words, **fields))

    async def client(self, user_id: str) -> Client:
        """Signed in until the test ends."""
        server = self.server
        client = Client(server.ws_url, server.sdkappid, user_id, server.usersig(user_id))
        await self.stack.enter_async_context(client)
        return client


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as started:
        yield started


@pytest.fixture
def seconds() -> int:
    """As long as the shop's server waits for an answer. Two in earnest, which a busy machine may sleep through: a test
    of what comes when they are over says how many, as a parameter."""
    return 30


@pytest_asyncio.fixture
async def shop(engine: Engine, server_factory: ServerFactory, receiver: Receiver, seconds: int) -> AsyncIterator[Shop]:
    env = {"SODAM_ROOT_PASSWORD": PASSWORD} | constants(**{"sodam.webhooks.delivery.SECONDS": seconds})
    server = server_factory(engine, env=env)
    async with ConsoleClient(server.url) as root, contextlib.AsyncExitStack() as stack:
        await root.login()
        yield Shop(server, root, receiver, stack=stack)
