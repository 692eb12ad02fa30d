"""A bot with a connection, as any user has one: it needs no key of the app, and answers by a message that it edits.

    pip install ./clients/python
    SODAM_URL=ws://127.0.0.1:8080 SDKAPPID=1400000001 BOT=echo USERSIG=$(sodam usersig make echo) \
        python examples/client_bot.py

The account is made in the console. The message is the custom element by which the official kits know a growing answer.
"""

from __future__ import annotations

import asyncio
import json
import os

from sodam_client import Client, Element, Sent

BOT = os.environ["BOT"]


def growing(chunks: list[str], *, finished: bool) -> list[Element]:
    data = {"chatbotPlugin": 2, "src": 2, "chunks": chunks, "isFinished": int(finished)}
    return [Element("TIMCustomElem", {"Data": json.dumps(data), "Desc": "An answer"})]


async def edit(bot: Client, sent: Sent, elements: list[Element], version: int) -> None:
    place = {"MsgTime": sent.time, "MsgSeq": sent.seq, "MsgRandom": sent.random, "MsgVersion": version}
    parties = {"From_Account": BOT, "To_Account": sent.recipient}
    await bot.request("openim.modify_c2c_msg", {**parties, **place, "MsgBody": elements})


async def answer(bot: Client, to: str, question: str) -> None:
    words = [f"{word} " for word in f"You asked: {question}".split(" ")]
    sent = await bot.send(to, growing(words[:1], finished=False))
    for count in range(2, len(words) + 1):
        await asyncio.sleep(0.2)
        await edit(bot, sent, growing(words[:count], finished=count == len(words)), count - 2)


async def main() -> None:
    url, app = os.environ["SODAM_URL"], int(os.environ["SDKAPPID"])
    answers = set()
    async with Client(url, app, BOT, os.environ["USERSIG"]) as bot:
        print("ready", flush=True)
        async for message in bot.messages():
            if message.sender != BOT and message.text:
                await bot.mark_read(message.sender, message.time)
                task = asyncio.create_task(answer(bot, message.sender, message.text))
                answers.add(task)
                task.add_done_callback(answers.discard)


asyncio.run(main())
