"""What tests do with a client's messages."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from sodam_client import Client, Message
from tests.support.server import ServerProcess

SignIn = Callable[..., Awaitable[Client]]
"""Sign a user in: the fixture `sign_in`."""
_numbers = itertools.count(1)
SECONDS = 90.0
"""Used up only where something is wrong."""
Names = Callable[[str], str]
"""Make a UserID of a test's own: the fixture `name`."""


async def read(client: Client, count: int, seconds: float = SECONDS) -> list[Message]:
    """The next `count` messages; fewer when the client ends."""
    found: list[Message] = []
    if count:
        async with asyncio.timeout(seconds):
            async for one in client.messages():
                found.append(one)
                if len(found) == count:
                    break
    return found


async def texts(client: Client, count: int, seconds: float = SECONDS) -> list[str]:
    return [message.text for message in await read(client, count, seconds)]


async def nothing_more(client: Client, server: ServerProcess, sender: str) -> None:
    """One message more is the next that comes: nothing came twice, nothing was left over."""
    await say(server, sender, client.user_id, "the last")
    assert await texts(client, 1) == ["the last"]


async def until(holds: Callable[[], Any], seconds: float = SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


async def say(server: ServerProcess, sender: str, recipient: str, *lines: str) -> None:
    """Send texts over REST, one after the other, as a back end does."""
    async with httpx.AsyncClient(verify=False, trust_env=False, timeout=30) as client:  # nothing is encrypted here
        for line in lines:
            number = next(_numbers)
            body = {
                "SyncOtherMachine": 2,
                "From_Account": sender,
                "To_Account": recipient,
                "MsgSeq": number,
                "MsgRandom": number,
                "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": line}}],
            }
            answer = await server.rest("openim/sendmsg", body, client=client)
            assert answer["ErrorCode"] == 0, answer


async def accounts(server: ServerProcess, *names: str) -> None:
    answer = await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": list(names)})
    assert answer["ErrorCode"] == 0, answer
