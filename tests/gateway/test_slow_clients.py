"""Clients that are slow: to take the answer of a getmsg, or to read what is pushed to a group of theirs."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import statistics
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sodam.gateway.catchup import DIGEST_SECONDS
from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import heard, make, rest, say
from tests.gateway.raw_client import RawClient
from tests.support.amounts import amounts
from tests.support.server import ServerFactory, ServerProcess

UserId = Callable[[str], str]
ROUNDS, BURST = int(os.environ.get("SODAM_TEST_READER_ROUNDS", "4")), 15
"""Rounds, half of them with a member who does not read, and messages of each."""


async def test_pushes_follow_when_the_answer_was_taken(server: ServerProcess) -> None:
    await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": ["slow", "quick"]})
    async with RawClient(server, "slow") as slow, RawClient(server, "quick") as quick:
        await quick.sign_in()
        await slow.sign_in(sync=False)
        assert slow._socket is not None
        catching_up = asyncio.create_task(slow.sync())
        await asyncio.sleep(0)  # the request is written
        slow._socket.transport.pause_reading()
        while not _unread(slow):  # the server has answered, before it has anything to push
            await asyncio.sleep(0.005)
        await quick.send_text("slow", "held back")
        await asyncio.sleep(2 * DIGEST_SECONDS)  # a quick client would have it by now
        slow._socket.transport.resume_reading()
        resumed = time.monotonic()
        await catching_up
        await slow.wait(lambda: slow.texts() == ["held back"])
        assert slow.arrived.index("openim.getmsg") < slow.arrived.index("im_open_push.msg_push")
        assert time.monotonic() - resumed >= DIGEST_SECONDS / 2 - 0.01  # timers of a loop go by milliseconds


def _unread(client: RawClient) -> int:
    """Bytes that have come to its socket and wait there."""
    assert client._socket is not None
    found = fcntl.ioctl(client._socket.transport.get_extra_info("socket").fileno(), termios.FIONREAD, bytes(4))
    return int.from_bytes(found, sys.byteorder)


def resident(pid: int) -> int:
    """MiB of a process in memory."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) // 1024  # type: ignore[index]


def cpu(pid: int) -> float:
    """Seconds of the processor that a process has used, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / 1e9


class Stamped(list[dict[str, Any]]):
    """Pushed events, with the moment in which each came."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def extend(self, events: Any) -> None:
        self.at.extend([time.perf_counter()] * len(events))
        super().extend(events)


@dataclass
class Crowd:
    """Members of a group on one server: one speaks, one stops reading now and then, the others read."""

    server: ServerProcess
    group: str
    speaker: RawClient
    stuck: RawClient
    others: list[RawClient]
    middle: float = 0.0

    async def burst(self, size: int) -> tuple[list[int], float, float]:
        """Write some messages, each when the others have the one before: their sequences, the 99th part of the times
        until the others had them, and the seconds of the processor that one delivery took. ``middle``: the median."""
        began, seqs, took = cpu(self.server.pid), [], list[float]()
        for number in range(BURST):
            sent = time.perf_counter()
            seqs.append(await say(self.speaker, self.group, f"{number} " + "x" * size))
            for client in self.others:
                await client.wait(lambda c=client: heard(c)[-1:] != [] and heard(c)[-1][0] == seqs[-1])
                assert isinstance(client.pushes, Stamped)
                took.append(client.pushes.at[-1] - sent)
        spent = (cpu(self.server.pid) - began) / len(took)
        for client in self.others:
            assert [seq for seq, _ in heard(client)] == seqs
            client.pushes = Stamped()
        self.middle = statistics.median(took)
        return seqs, statistics.quantiles(took, n=100)[98], spent


async def gather(server: ServerProcess, sign_in: SignIn, user_id: UserId, number: int) -> Crowd:
    clients = [await sign_in(server, user_id(f"s{n}")) for n in range(number)]
    names = [client.user_id for client in clients]
    group = await make(server, *names[:100])
    for start in range(100, number, 100):
        people = [{"Member_Account": name} for name in names[start : start + 100]]
        await rest(server, "add_group_member", GroupId=group, MemberList=people, Silence=1)
    speaker, stuck, *others = clients
    first = await say(speaker, group, "first")
    for client in clients:
        await client.call("heartbeat.alive", {})
    for client in (stuck, *others):  # what came so far goes first
        await client.wait(lambda c=client: bool(heard(c)) and heard(c)[-1][0] == first)
        client.pushes = Stamped()
    return Crowd(server, group, speaker, stuck, others)


async def caught_up(crowd: Crowd, seqs: list[int]) -> bool:
    """It reads again, and has every message once, in order: as they were pushed, or, where it was cut, from there on
    from the history, as the SDK does it. Whether it was cut."""
    stuck = crowd.stuck
    assert stuck._socket is not None
    stuck._socket.transport.resume_reading()
    await stuck.wait(lambda: stuck.closed or len(heard(stuck)) >= len(seqs), timeout=60)
    got = [seq for seq, _ in heard(stuck)]
    assert got == seqs[: len(got)], "what was pushed has no hole and nothing twice"
    if cut := stuck.closed:
        await stuck.open()
        await stuck.sign_in()
    while len(got) < len(seqs):
        last = await stuck.call("group_open_http_svc.group_msg_get", _page(crowd.group, seqs[len(got)] + 9))
        page = [item["MsgSeq"] for item in reversed(last["RspMsgList"]) if item["MsgSeq"] > (got[-1:] or [0])[0]]
        assert page, "nothing is missing"
        got += [seq for seq in page if seq >= seqs[0]]
    assert got == seqs
    stuck.pushes = Stamped()
    return cut


def _page(group: str, seq: int) -> dict[str, Any]:
    return {"GroupId": group, "ReqMsgNumber": 10, "ReqMsgSeq": seq}


@pytest.mark.parametrize("size", [100, 10_000])
@pytest.mark.parametrize("members", amounts("SODAM_TEST_READERS", usual=25, long=1000))
async def test_one_of_many_members_stops_reading(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, members: int, size: int
) -> None:
    """The others get everything as before, the server keeps little for it, and it catches up whole when it reads.

    Rounds with and without it, by turns. The others' times are printed, and judged by what the server has to do: times
    alone say more of the machine.
    """
    crowd = await gather(server_factory(), sign_in, user_id, members)
    times: dict[bool, list[float]] = {True: [], False: []}
    medians: dict[bool, list[float]] = {True: [], False: []}
    most = 0
    spent: dict[bool, list[float]] = {True: [], False: []}
    seqs, _, _ = await crowd.burst(size)  # buffers have their sizes
    await caught_up(crowd, seqs)
    before = resident(crowd.server.pid)
    for round in range(ROUNDS):
        for client in (crowd.stuck, *crowd.others):  # who says nothing for long is cut
            await client.call("heartbeat.alive", {})
        stopped = round % 2 == 1
        if stopped:
            assert crowd.stuck._socket is not None
            crowd.stuck._socket.transport.pause_reading()
        crowd.stuck.pushes = Stamped()
        seqs, took, used = await crowd.burst(size)
        times[stopped].append(took)
        medians[stopped].append(crowd.middle)
        spent[stopped].append(used)
        most = max(most, resident(crowd.server.pid) - before)
        assert most < 64, "what one does not read is not kept for it"
        await caught_up(crowd, seqs)
    with_it, without = min(times[True]), min(times[False])
    print(
        f"{members} members, {size} bytes: p99 {without * 1000:.1f} ms, {with_it * 1000:.1f} beside one that stopped;"
    )
    print(f"CPU of a delivery {min(spent[False]) * 1e6:.1f} and {min(spent[True]) * 1e6:.1f} microseconds, +{most} MiB")
    ratios = sorted(stopped / usual for usual, stopped in zip(times[False], times[True], strict=True))
    middle = {stopped: statistics.median(found) * 1000 for stopped, found in times.items()}
    print(
        f"medians of {len(ratios)} rounds each: p99 {middle[False]:.1f} ms without, {middle[True]:.1f} with:"
        f" {middle[True] / middle[False]:.3f} times; round by round {statistics.median(ratios):.3f}"
        f" [{ratios[0]:.2f} to {ratios[-1]:.2f}]"
    )
    assert min(spent[True]) < 1.5 * min(spent[False])
    # Whoever is held up waits for seconds, with every message; a busy machine holds up one now and then.
    assert min(medians[True]) < 10 * min(medians[False]) + 1.0


@pytest.mark.long
async def test_one_who_does_not_read_is_cut_and_catches_up(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId
) -> None:
    """Behind what the kernel takes at most 8 MiB are kept; the rest it fetches when it comes back."""
    crowd = await gather(server_factory(), sign_in, user_id, 3)
    before, most = resident(crowd.server.pid), 0
    assert crowd.stuck._socket is not None
    crowd.stuck._socket.transport.pause_reading()
    seqs: list[int] = []
    for _ in range(150):
        found, _, _ = await crowd.burst(11_000)
        seqs += found
        most = max(most, resident(crowd.server.pid) - before)
    print(f"{len(seqs)} messages of 11 kB, {most} MiB more in memory")
    assert most < 64
    assert await caught_up(crowd, seqs)
