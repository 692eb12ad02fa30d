"""A client that is slow to take the answer of its getmsg has as long over it as any other before pushes follow."""

from __future__ import annotations

import asyncio
import time

from sodam.gateway.catchup import DIGEST_SECONDS
from tests.gateway.raw_client import RawClient
from tests.support.server import ServerProcess


async def test_pushes_follow_when_the_answer_was_taken(server: ServerProcess) -> None:
    await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": ["slow", "quick"]})
    async with RawClient(server, "slow") as slow, RawClient(server, "quick") as quick:
        await quick.sign_in()
        await slow.sign_in(sync=False)
        assert slow._socket is not None
        catching_up = asyncio.create_task(slow.sync())
        await asyncio.sleep(0)  # the request is written
        slow._socket.transport.pause_reading()
        await quick.send_text("slow", "held back")
        await asyncio.sleep(2 * DIGEST_SECONDS)  # a quick client would have it by now
        slow._socket.transport.resume_reading()
        resumed = time.monotonic()
        await catching_up
        assert slow.texts() == []
        await slow.wait(lambda: slow.texts() == ["held back"])
        assert time.monotonic() - resumed >= DIGEST_SECONDS / 2
