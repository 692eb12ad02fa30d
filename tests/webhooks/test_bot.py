"""The bot without a connection that is an example: told of a message, it answers in pieces."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import pytest

from tests.webhooks.conftest import Shop

BOT = Path(__file__).resolve().parents[2] / "examples" / "webhook_bot.py"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_bot_without_a_connection(shop: Shop) -> None:
    await shop.users("ann", "@RBT#helper")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = shop.server
    environment = {
        "SODAM_URL": server.url,
        "SDKAPPID": str(server.sdkappid),
        "USERSIG": server.usersig("administrator"),
        "PORT": str(port),
    }
    process = await asyncio.create_subprocess_exec(sys.executable, str(BOT), env=os.environ | environment)
    try:
        await shop.configure(["Bot.OnC2CMessage"], Url=f"http://127.0.0.1:{port}/")
        ann = await shop.client("ann")
        await ann.send_text("@RBT#helper", "how are you?")  # the bot may not listen yet: it is told again

        async def answered() -> str:
            async for message in ann.messages():
                if message.sender == "@RBT#helper":
                    return str(message.body[0].msg_content["Data"])
            return ""

        assert json.loads(await asyncio.wait_for(answered(), 30))["chunks"] == ["You "]
        for _ in range(100):
            (message,) = (m for m in (await ann.history("@RBT#helper")).messages if m.sender != "ann")
            data = json.loads(message.body[0].msg_content["Data"])
            if data["isFinished"]:
                break
            await asyncio.sleep(0.1)
        assert data["chunks"] == ["You asked: how are you? "]
    finally:
        process.kill()
        await process.wait()
