"""Very many clients in a process of their own: they sign in and follow each other; for each line of standard input all
of them drop their connections and return within ten seconds."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.gateway.raw_client import RawClient

FOLLOWED = 20
SECONDS = 10.0
_AT_ONCE = 100


class Address:
    """What a client knows of a server."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.ws_url, self.sdkappid = told["ws_url"], told["sdkappid"]
        self._signatures = told["users"]

    def usersig(self, user_id: str) -> str:
        return str(self._signatures[user_id])

    async def listens(self, user_id: str) -> bool:
        return True


async def main() -> None:
    told = json.loads(sys.stdin.readline())
    address: Any = Address(told)
    users = list(told["users"])
    gate = asyncio.Semaphore(_AT_ONCE)
    clients = [RawClient(address, user) for user in users]

    async def begin(number: int) -> None:
        async with gate:
            await clients[number].open()
            await clients[number].sign_in()
            others = [users[(number + n) % len(users)] for n in range(1, FOLLOWED + 1)]
            await clients[number].call("im_open_status.ws_status_subscribe", {"To_Account": others}, timeout=60)

    async def again(number: int) -> None:
        await asyncio.sleep(SECONDS * number / len(users))
        await clients[number].close()
        await clients[number].open()
        await clients[number].sign_in()

    await asyncio.gather(*map(begin, range(len(clients))))
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        before = sum(len(client.pushes) for client in clients)
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*map(again, range(len(clients))))
        took = asyncio.get_running_loop().time() - begun
        pushed = sum(len(client.pushes) for client in clients) - before
        print(json.dumps({"seconds": took, "pushes": pushed}), flush=True)
    await asyncio.gather(*(client.close() for client in clients))


if __name__ == "__main__":
    asyncio.run(main())
