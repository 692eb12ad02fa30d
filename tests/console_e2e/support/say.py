"""Signs users in as a client does and sends a text each: answers 0, or the code with which the server refuses it.

Reads lines of JSON until the input ends: ["ws://127.0.0.1:8080", 1400000001, "ann", "USERSIG", "cho"].
"""

import asyncio
import json
import sys

from sodam_client import Client, RequestError


async def say(url: str, app: int, sender: str, usersig: str, to: str) -> int:
    async with Client(url, app, sender, usersig) as client:
        try:
            await client.send_text(to, "hello")
        except RequestError as error:
            return error.code
    return 0


if __name__ == "__main__":
    for line in sys.stdin:
        print(asyncio.run(say(*json.loads(line))), flush=True)
