"""Does as users' clients do: each line is answered with 0, or with the code of the refusal.

Reads lines of JSON until the input ends: ["ws://127.0.0.1:8080", 1400000001, "ann", "USERSIG", "cho"] sends cho a text;
with [["im_open_status.ws_stat_settoken", {"BusiID": 1}]] in the place of "cho" these commands are given, and the user
stays signed in.
"""

import asyncio
import json
import sys
from typing import Any

from sodam_client import Client, RequestError


async def say(url: str, app: int, sender: str, usersig: str, what: Any) -> int:
    client = Client(url, app, sender, usersig)
    try:
        await client.open()
        if isinstance(what, str):
            await client.send_text(what, "hello")
            await client.close()
        else:
            for command, body in what:
                await client.request(command, body)
    except RequestError as error:
        return error.code
    return 0


if __name__ == "__main__":
    for line in sys.stdin:
        print(asyncio.run(say(*json.loads(line))), flush=True)
