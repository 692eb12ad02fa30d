"""What clients do is counted: who signs in, who is online."""

from __future__ import annotations

import asyncio

from tests.gateway.raw_client import RawClient
from tests.support.server import ServerProcess


async def test_who_signs_in_is_counted(server: ServerProcess) -> None:
    async def today() -> dict[str, str]:
        newest: dict[str, str] = (await server.rest("openconfigsvr/getappinfo", {}))["Result"][0]
        return newest

    before = await today()
    async with RawClient(server, "counted-online") as client, RawClient(server, "counted-online") as again:
        await client.sign_in()
        await again.sign_in(platform=2)
        async with asyncio.timeout(90):  # written within some seconds
            while True:
                after = await today()
                if before["Date"] != after["Date"]:
                    return  # midnight has passed
                names = ("LoginTimes", "LoginUserNum", "ActiveUserNum")
                grown = {name: int(after[name]) - int(before[name]) for name in names}
                if grown["LoginTimes"] >= 2 and int(after["MaxOnlineNum"]) >= 1:
                    break
                await asyncio.sleep(0.25)
    assert (grown["LoginUserNum"] >= 1, grown["ActiveUserNum"] >= 1) == (True, True)
