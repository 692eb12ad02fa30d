"""Signs a user in as a client does and sends one text: prints 0, or the code with which the server refuses it.

python say.py ws://127.0.0.1:8080 1400000001 ann USERSIG cho
"""

import asyncio
import sys

from sodam_client import Client, RequestError


async def say(url: str, app: str, sender: str, usersig: str, to: str) -> int:
    async with Client(url, int(app), sender, usersig) as client:
        try:
            await client.send_text(to, "hello")
        except RequestError as error:
            return error.code
    return 0


if __name__ == "__main__":
    print(asyncio.run(say(*sys.argv[1:])))
