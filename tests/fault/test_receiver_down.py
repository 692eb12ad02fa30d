"""An app's receiver is away while messages go on and the server is killed twice: nothing is lost, order stays within a
conversation, what comes twice has its ID, and who sends does not feel it. In real time.

It is compared with what it was before and after all that: a machine is quicker at one time than at another. What the
benchmark's probe took beside it says how quick (see bench/README.md).

``SODAM_TEST_OUTAGE_SECONDS``: how long it is away (90 in the long run); ``SODAM_TEST_OUTAGE_BESIDE``: how long before
and after it is measured, each time (a third); ``SODAM_TEST_OUTAGE_RATE``: messages a second.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bench.load.probe import Probe
from sodam.outbound import Outbound, OutboundError
from tests.support.amounts import amounts
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.receiver_process import ReceiverProcess, Taken
from tests.support.server import Engine, ServerFactory, ServerProcess

COMMAND = "C2C.CallbackAfterSendMsg"
OUTAGES = amounts("SODAM_TEST_OUTAGE_SECONDS", usual=3, long=90)
LONG_RATE, SHORT_RATE = 200, 30
CONVERSATIONS = 60
_MODULUS = 1 << 31


@dataclass
class Waits:
    """Seconds that each message took, sorted."""

    seconds: list[float]
    probe: float
    """Microseconds of CPU."""

    def __add__(self, other: Waits) -> Waits:
        return Waits(sorted(self.seconds + other.seconds), (self.probe + other.probe) / 2)


@dataclass
class Talk:
    """Conversations, each with one message after the other, at a rate together; what was acknowledged."""

    nodes: list[ServerProcess]
    rate: int
    outbound: Outbound = field(default_factory=lambda: Outbound(user_agent="test"))
    said: dict[int, int] = field(default_factory=dict)
    """By conversation, how many messages."""
    waits: list[float] = field(default_factory=list)
    """Seconds from a message's time to its acknowledgement, of those that no kill met."""
    again: int = 0
    """Those that a kill met."""
    killed: list[tuple[float, float]] = field(default_factory=list)
    """When no server was there for some of them, and a second more for what had gathered."""

    async def go_on(self, seconds: float) -> Waits:
        """A message whose server is killed is sent again until it is stored."""
        self.waits, self.killed = [], []
        probe = Probe()
        probe.start()
        begin = time.monotonic()
        pause = CONVERSATIONS / self.rate
        await asyncio.gather(*(self._one(n, begin + pause * n / CONVERSATIONS, begin + seconds, pause)
                               for n in range(CONVERSATIONS)))  # fmt: skip
        return Waits(sorted(self.waits), await asyncio.to_thread(probe.stop))

    async def _one(self, conversation: int, due: float, end: float, pause: float) -> None:
        while due < end:
            await asyncio.sleep(due - time.monotonic())
            tries = await self._send(conversation, self.said.get(conversation, 0))
            self.said[conversation] = self.said.get(conversation, 0) + 1
            if tries or any(start <= due <= stop for start, stop in self.killed):
                self.again += 1
            else:
                self.waits.append(time.monotonic() - due)
            due += pause

    async def _send(self, conversation: int, number: int) -> int:
        """How often in vain."""
        words = f"{conversation} {number:06}"
        message = {
            "From_Account": f"s{conversation}",
            "To_Account": f"r{conversation}",
            "MsgSeq": number + 1,
            "MsgRandom": (conversation * 1_000_003 + number) % _MODULUS,
            "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}],
        }
        tries = 0
        while True:
            node = self.nodes[(conversation + number + tries) % len(self.nodes)]
            if await self.post(node, "openim/sendmsg", message):
                return tries
            tries += 1
            await asyncio.sleep(0.05)

    async def post(self, node: ServerProcess, command: str, body: dict[str, Any]) -> bool:
        url = f"{node.url}/v4/{command}?{urlencode(node.query())}"
        try:
            answer = await self.outbound.post(url, json.dumps(body).encode(), seconds=10)
        except OutboundError:
            return False
        return answer.status == 200 and json.loads(answer.body)["ErrorCode"] == 0


async def failures(server: ServerProcess) -> list[Any]:
    """The newest in the delivery log."""
    async with ConsoleClient(server.url) as root:
        await root.login()
        found = await root.call("im/DescribeCallbackLog", SDKAppID=server.sdkappid, Failed=True, Limit=20)
        return [(one["Outcome"], one["Attempt"], one["Answer"][:60]) for one in found["Deliveries"]]


async def configure(server: ServerProcess, url: str) -> None:
    """Empty: no callbacks."""
    async with ConsoleClient(server.url) as root:
        await root.login()
        version = (await root.call("im/DescribeCallBack", SDKAppID=server.sdkappid))["Version"]
        fields = {"Url": url, "Commands": [COMMAND] if url else [], "Version": version, "Confirmed": True}
        await root.call("im/SetCallBack", SDKAppID=server.sdkappid, **fields)


def told(receiver: ReceiverProcess, since: int = 0) -> list[Taken]:
    """Without those of `known_everywhere`, which may come late, or again. ``since``: so many requests are left out."""
    receiver.look()
    return [got for got in receiver.got[since:] if got.body["To_Account"] != "s1"]


async def known_everywhere(talk: Talk, receiver: ReceiverProcess) -> None:
    """Wait until each node sends events: a moment after the change none but the node that made it may know."""
    for node in talk.nodes:
        for number in range(100):
            message = {
                "From_Account": "s0",
                "To_Account": "s1",
                "MsgRandom": number,
                "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"{node.url} {number}"}}],
            }
            assert await talk.post(node, "openim/sendmsg", message)
            end = time.monotonic() + 1
            while not any(words(got).startswith(f"{node.url} ") for got in receiver.got) and time.monotonic() < end:
                await asyncio.sleep(0.01)
                receiver.look()
            if time.monotonic() < end:
                break
        else:
            pytest.fail(f"{node.url} sends no events")


def words(got: Taken) -> str:
    return str(got.body["MsgBody"][0]["MsgContent"]["Text"])


def check(found: list[Taken], said: dict[int, int], warmed: dict[int, int]) -> int:
    """Every acknowledged message since ``warmed`` has come, in its order; how many came again, with their ID."""
    known: dict[str, str] = {}
    order: dict[int, list[int]] = {}
    for got in found:
        text = words(got)
        if got.id in known:
            assert known[got.id] == text, "the same ID is the same event"
            continue
        known[got.id] = text
        conversation, number = map(int, text.split())
        order.setdefault(conversation, []).append(number)
    for conversation, count in said.items():
        assert order[conversation] == list(range(warmed.get(conversation, 0), count)), f"order of {conversation}"
    return len(found) - len(known)


def tell(name: str, waits: Waits) -> float:
    took = waits.seconds
    if not took:
        print(f"  {name}: every message met a killed server")
        return float("nan")
    p50, p99 = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.99))
    print(f"  {name}: {len(took)} messages, p50 {p50:.2f} ms, p99 {p99:.2f} ms; probe {waits.probe:.0f} us")
    return p99


@pytest.mark.parametrize("seconds", OUTAGES)
async def test_a_receiver_that_is_away(
    server_factory: ServerFactory, engine: Engine, seconds: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes = 1 if engine == "sqlite" else 2
    server = server_factory(engine, nodes=nodes, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    beside = float(os.environ.get("SODAM_TEST_OUTAGE_BESIDE", seconds / 3))
    usual = LONG_RATE if seconds > 10 else SHORT_RATE
    talk = Talk(server.nodes, int(os.environ.get("SODAM_TEST_OUTAGE_RATE", usual)))
    people = [f"{kind}{n}" for n in range(CONVERSATIONS) for kind in "sr"]
    for at in range(0, len(people), 100):
        body = {"AccountList": [{"UserID": name} for name in people[at : at + 100]]}
        await server.rest("im_open_login_svc/multiaccount_import", body)
    async with ReceiverProcess(tmp_path) as receiver:
        without = await talk.go_on(beside)
        warmed = dict(talk.said)
        await configure(server, receiver.url)
        await known_everywhere(talk, receiver)
        there = await talk.go_on(beside)
        await arrived(receiver, talk, warmed, 300)  # what timed out a few times waits two minutes
        await receiver.stop()
        away = asyncio.create_task(talk.go_on(seconds))
        for at, victim in enumerate((server.nodes[0], server.nodes[-1]), 1):
            await asyncio.sleep(seconds / 3 if at == 2 else seconds / 4)
            dead = time.monotonic() - 0.5
            talk.killed.append((dead, dead + 60))
            victim.kill()
            await asyncio.to_thread(victim.start)
            talk.killed[-1] = (dead, time.monotonic() + 1)
        absent = await away
        waiting = sum(talk.said.values()) - sum(warmed.values()) - len({got.id for got in told(receiver)})
        began, before = time.monotonic(), len(told(receiver))
        await receiver.start()
        after = await talk.go_on(beside)
        await arrived(receiver, talk, warmed, 300 + seconds * 3)
        took = time.monotonic() - began
        said = dict(talk.said)
        await configure(server, "")
        without_again = await talk.go_on(beside)
    with capsys.disabled():
        print(f"\n{engine}, {nodes} nodes, {talk.rate} a second, receiver away for {seconds} s:")
        tell("without webhooks, before", without)
        tell("without webhooks, afterwards", without_again)
        base = tell("both", without + without_again)
        for name, waits in (("with", there), ("away, servers killed twice", absent), ("catching up", after)):
            print(f"    {tell(name, waits) / base:.2f} times without")
        print(f"  {talk.again} messages met a killed server, or what had gathered meanwhile")
        print(f"  {waiting} events waited; the last was there {took:.1f} s after the receiver")
        again = check(told(receiver), said, warmed)
        print(f"  {len(told(receiver))} requests, {again} of them repetitions with the ID of the first")
    senders = {got.request[:24] for got in told(receiver)[before:]}
    assert len(senders) >= (nodes if seconds > 10 else 1), "every node has its share of what waited"
    await talk.outbound.close()


async def arrived(receiver: ReceiverProcess, talk: Talk, warmed: dict[int, int], seconds: float) -> None:
    """Wait for every event."""
    wanted = sum(talk.said.values()) - sum(warmed.values())
    end = time.monotonic() + seconds
    known: set[str] = set()
    looked = 0
    while len(known) < wanted:
        since, looked = looked, len(receiver.got)
        known.update(got.id for got in told(receiver, since))
        if len(known) < wanted:
            assert time.monotonic() < end, f"{len(known)} of {wanted} events; {await failures(talk.nodes[0])}"
            await asyncio.sleep(0.1)
