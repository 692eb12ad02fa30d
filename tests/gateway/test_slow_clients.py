"""Clients that are slow: to take the answer of a getmsg, or to read what is pushed to a group of theirs."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

from sodam.gateway.catchup import DIGEST_SECONDS
from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import heard, make, say
from tests.gateway.raw_client import RawClient
from tests.support.server import ServerProcess

UserId = Callable[[str], str]


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
        assert time.monotonic() - resumed >= DIGEST_SECONDS / 2 - 0.01  # timers of a loop go by milliseconds


def resident(pid: int) -> int:
    """MiB of a process in memory."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) // 1024  # type: ignore[index]


async def test_one_of_fifty_members_stops_reading(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    """The others get everything, the server keeps little for it, and it catches up whole when it reads again."""
    clients = [await sign_in(server, user_id(f"s{n}")) for n in range(50)]
    speaker, stuck, *others = clients
    group = await make(server, *[client.user_id for client in clients])
    await others[-1].wait(lambda: bool(others[-1].pushes))
    assert stuck._socket is not None
    stuck._socket.transport.pause_reading()
    before = resident(server.pid)
    seqs = [await say(speaker, group, f"{number} " + "x" * 10_000) for number in range(60)]
    for client in others:
        await client.wait(lambda c=client: [seq for seq, _ in heard(c)] == seqs)
    assert resident(server.pid) - before < 64, "what one does not read is not kept for it"
    stuck._socket.transport.resume_reading()
    await stuck.wait(lambda: stuck.closed or len(heard(stuck)) == len(seqs))
    if stuck.closed:  # it was cut, and comes again
        await stuck.open()
        await stuck.sign_in()
    got: set[int] = set()
    while not got.issuperset(seqs):
        body = {"GroupId": group, "ReqMsgNumber": 50, "ReqMsgSeq": max(set(seqs) - got)}
        page = await stuck.call("group_open_http_svc.group_msg_get", body)
        found = {item["MsgSeq"] for item in page["RspMsgList"]}
        assert found - got, "nothing is missing"
        got |= found
