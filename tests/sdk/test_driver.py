"""The machinery of these tests: one Node process serves them in turn, and none hears of another."""

from __future__ import annotations

import asyncio

from driver import Node, SdkDriver
from scene import Server, UserId


async def test_nothing_of_a_test_goes_on_in_the_next(node: Node, server: Server, user_id: UserId) -> None:
    amy = user_id("amy")
    await server.rest("im_open_login_svc/account_import", {"UserID": amy})
    await asyncio.to_thread(node.stop)  # a process that has grown too large is not used again
    async with SdkDriver(node) as first:
        client = await first.client("amy", sdkappid=server.sdkappid, server=server.url)
        await client.login(amy, server.usersig(amy))
        before = node.process_id
        await client.offline()  # from now on it tries to come back, with timers and sockets
    heard = len(client.events)
    async with SdkDriver(node) as second:
        assert node.process_id == before, "something was left, and the process with it"
        again = await second.client("amy", sdkappid=server.sdkappid, server=server.url)
        await again.login(amy, server.usersig(amy))
        assert (await again.call("getMyProfile"))["userID"] == amy
        assert second.problems == []
    assert len(client.events) == heard


async def test_a_process_that_ended_is_started_anew(node: Node, server: Server) -> None:
    async with SdkDriver(node) as first:
        await first.client("amy", sdkappid=server.sdkappid, server=server.url)
        before = node.process_id
        node.stop()
    async with SdkDriver(node) as second:
        assert node.process_id != before
        await second.client("amy", sdkappid=server.sdkappid, server=server.url)
