"""3 000 clients that follow each other's status reconnect within ten seconds: messages of others hardly notice.

Slow: ``-m long``; the fast twin is in tests/unit/presence/test_statuses.py.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient
from tests.gateway.storm import FOLLOWED
from tests.gateway.test_statuses import file_of
from tests.support.server import ServerFactory, ServerProcess

MANY = int(os.environ.get("SODAM_TEST_STORM", "3000"))
UserId = Callable[[str], str]


async def latencies(one: RawClient, two: RawClient, until: asyncio.Event) -> list[float]:
    """Milliseconds from a message's sending to its arrival, some thirty a second."""
    taken: list[float] = []
    while not until.is_set() or len(taken) < 100:
        begun, text = time.perf_counter(), f"{two.user_id} {len(two.pushes)}"
        await one.send_text(two.user_id, text)
        await two.wait(lambda text=text: text in two.texts()[-1:], timeout=60)  # type: ignore[misc]
        taken.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.03)
    return sorted(taken)


def shown(taken: list[float]) -> str:
    return f"median {taken[len(taken) // 2]:.1f} ms, p99 {taken[len(taken) * 99 // 100]:.1f} (of {len(taken)})"


def cpu(server: ServerProcess) -> float:
    """Seconds of CPU of the server so far."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.long
async def test_latency_while_all_reconnect(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, tmp_path: Path
) -> None:
    server = server_factory(env=file_of(tmp_path))
    one, two = await sign_in(server, user_id("one")), await sign_in(server, user_id("two"))
    names = [user_id(f"u{number}") for number in range(MANY)]
    for at in range(0, MANY, 100):
        await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": names[at : at + 100]})
    storm = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.gateway.storm", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert storm.stdin is not None
    assert storm.stdout is not None
    told = {
        "ws_url": server.ws_url,
        "sdkappid": server.sdkappid,
        "users": {name: server.usersig(name) for name in names},
    }
    try:
        storm.stdin.write(json.dumps(told).encode() + b"\n")
        async with asyncio.timeout(300):
            assert await storm.stdout.readline() == b"ready\n"
        done = asyncio.Event()
        done.set()
        quiet = await latencies(one, two, done)
        done.clear()
        begun = cpu(server)
        measured = asyncio.create_task(latencies(one, two, done))
        storm.stdin.write(b"again\n")
        async with asyncio.timeout(120):
            answer = json.loads(await storm.stdout.readline())
        done.set()
        busy = await measured
        spent = cpu(server) - begun
    finally:
        storm.stdin.close()
        if storm.returncode is None:
            storm.terminate()
        await storm.wait()
    print(f"a message among {MANY} connections: {shown(quiet)}; while they reconnect: {shown(busy)}")
    most = MANY * FOLLOWED * 2
    pushes = f"{answer['pushes']} status pushes, of {most} without merging"
    print(f"{answer['seconds']:.1f} s, {spent:.1f} s of CPU, {pushes}")
    assert answer["pushes"] <= most
    assert busy[len(busy) // 2] < 10 * quiet[len(quiet) // 2] + 50
    assert busy[len(busy) * 99 // 100] < 1000
