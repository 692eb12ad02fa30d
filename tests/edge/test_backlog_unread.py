"""A signed-in client that asks for what it missed, again and again, and never reads: its answers do not pile up."""

from __future__ import annotations

import asyncio
import json
import time

from tests.edge.clients import connect, flooding, send, upgrade
from tests.gateway.raw_client import RawClient
from tests.gateway.test_backlog import write
from tests.support.server import Engine, ServerFactory, ServerProcess

MISSED = 300
CALLS = 400
SLOW = 1.0
"""Seconds that most messages of others take less than meanwhile, also on a machine that is busy at times."""


async def test_a_backlog_that_is_asked_for_and_never_read(engine: Engine, server_factory: ServerFactory) -> None:
    server = server_factory(engine, env={"SODAM_CLIENT_RATE": "100000"})
    async with RawClient(server, "reader") as bob, RawClient(server, "amy") as amy, RawClient(server, "eve") as eve:
        for client in (bob, amy, eve):
            await client.sign_in()
        cookie = bob.cookie
        await bob.close()
        await write(server, "reader", MISSED)
        await bob.open()
        await bob.sign_in(sync=False)
        assert len((await bob.call("openim.getmsg", {"Cookie": cookie, "SyncFlag": 0}))["MsgList"]) > 50
        await bob.close()
        waits = []
        async with flooding(server, f"{engine}: three clients that ask {CALLS} times for a backlog and read nothing"):
            stuck = await asyncio.gather(*(_unread(server, bob, cookie) for _ in range(3)))
            for number in range(40):
                begin = time.monotonic()
                await amy.send_text("eve", f"{number}")
                await eve.wait(lambda number=number: f"{number}" in eve.texts())  # type: ignore[misc]
                waits.append(time.monotonic() - begin)
                await asyncio.sleep(0.05)
            for writer in stuck:
                writer.transport.abort()
        waits.sort()
        print(f"{engine}: others' messages took {waits[20]:.3f} s in the middle, {waits[-1]:.3f} s at most meanwhile")
        assert waits[30] < SLOW
        assert eve.texts() == [f"{number}" for number in range(40)]
        # Whoever reads has all of it.
        await bob.open()
        await bob.sign_in(sync=False)
        bob.cookie = cookie
        found = await bob.sync()
        assert len(found) == MISSED


async def _unread(server: ServerProcess, client: RawClient, cookie: str) -> asyncio.StreamWriter:
    """A socket that signs in, asks ``CALLS`` times and reads no byte of it."""
    _, writer = await connect(server, receive_buffer=4096)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    login = {**client.head, "servcmd": "im_open_status.wslogin", "seq": 1}
    asks = [
        {"head": {**client.head, "servcmd": "openim.getmsg", "seq": seq}, "body": {"Cookie": cookie, "SyncFlag": 0}}
        for seq in range(2, CALLS + 2)
    ]
    frames = [{"head": login, "body": {"State": "Online"}}, *asks]
    await send(writer, [upgrade(server), *map(_framed, frames)], limit=2)
    return writer


def _framed(frame: object) -> bytes:
    data = json.dumps(frame).encode()
    assert 126 <= len(data) < 65536
    return bytes([0x82, 0xFE]) + len(data).to_bytes(2, "big") + b"\0\0\0\0" + data
