"""What `Bus` promises, on the local one and on NATS with a real server that goes away and comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from sodam.bus import Bus, BusError, Kick, Live
from sodam.bus.local import LocalBus
from sodam.bus.nats import NatsBus
from tests.support.nats import Nats

PATIENCE = 10.0


async def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come about"
        await asyncio.sleep(0.005)


@dataclass
class Ear:
    heard: list[bytes] = field(default_factory=list)

    def __call__(self, data: bytes) -> None:
        self.heard.append(data)


@pytest_asyncio.fixture(params=["local", "nats"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    opened: Bus
    if request.param == "local":
        opened = LocalBus()
    else:
        opened = await NatsBus.open(request.getfixturevalue("nats_server").url)
    yield opened
    await opened.close()


@dataclass
class Pair:
    """Two nodes on one NATS server."""

    nats: Nats
    one: NatsBus
    two: NatsBus

    async def settled(self) -> None:
        """What was asked for before has reached the server: an answer of it came after."""
        for bus in (self.one, self.two):
            await asyncio.sleep(0)
            await until(lambda bus=bus: not bus._calls, "an empty queue")  # type: ignore[misc]
            await bus._client.flush()


@pytest_asyncio.fixture
async def pair(nats_server: Nats) -> AsyncIterator[Pair]:
    one, two = await NatsBus.open(nats_server.url), await NatsBus.open(nats_server.url)
    yield Pair(nats_server, one, two)
    await one.close()
    await two.close()


async def test_a_publisher_never_hears_itself(bus: Bus) -> None:
    ear = Ear()
    subscription = bus.subscribe("u.1.x", ear)
    for n in range(10):
        bus.publish("u.1.x", b"%d" % n)
    if isinstance(bus, NatsBus):
        await until(lambda: not bus._calls, "an empty queue")
        await bus._client.flush()  # the answer comes behind whatever the server had to deliver
    for _ in range(10):
        await asyncio.sleep(0)
    assert ear.heard == []
    subscription.cancel()
    subscription.cancel()


async def test_closing_is_quiet(bus: Bus) -> None:
    assert bus.connected()
    bus.on_reconnect(lambda: None)
    subscription = bus.subscribe("a", Ear())
    bus.publish("a", b"x")
    await bus.close()
    bus.publish("a", b"y")
    subscription.cancel()
    bus.subscribe("b", Ear())
    await bus.close()


async def test_interest(pair: Pair) -> None:
    """Only what was asked for comes, whole subjects only, until it is cancelled; several ears hear all."""
    ears = [Ear(), Ear(), Ear()]
    subscription = pair.two.subscribe("u.1.a", ears[0])
    pair.two.subscribe("u.1.a", ears[1])
    pair.two.subscribe("u.1.b", ears[2])
    await pair.settled()
    for subject in ("u.1.a", "u.1", "u.1.a.x", "u.2.a", "u.1.aa"):
        pair.one.publish(subject, subject.encode())
    pair.one.publish("u.1.b", b"last")
    await until(lambda: ears[2].heard, "the last")
    assert [ear.heard for ear in ears] == [[b"u.1.a"], [b"u.1.a"], [b"last"]]
    subscription.cancel()
    await pair.settled()
    pair.one.publish("u.1.a", b"again")
    await until(lambda: len(ears[1].heard) == 2, "the second")
    assert ears[0].heard == [b"u.1.a"]


async def test_cancelled_at_once(pair: Pair) -> None:
    ear = Ear()
    for _ in range(50):
        pair.two.subscribe("x", ear).cancel()
    end = Ear()
    pair.two.subscribe("x", end)
    await pair.settled()
    pair.one.publish("x", b"1")
    await until(lambda: end.heard, "the hint")
    assert ear.heard == []


async def test_order_and_content(pair: Pair) -> None:
    ear = Ear()
    pair.two.subscribe("u.1.a", ear)
    await pair.settled()
    sent = [b"", b"\0\xff\r\n", b"x" * 100_000, *(b"%d" % n for n in range(2000))]
    for data in sent:
        pair.one.publish("u.1.a", data)
    await until(lambda: len(ear.heard) >= len(sent), "everything")
    assert ear.heard == sent


async def test_a_handler_that_fails_harms_nobody(pair: Pair) -> None:
    ear, other = Ear(), Ear()

    def fail(data: bytes) -> None:
        raise ValueError(data)

    pair.two.subscribe("a", fail)
    pair.two.subscribe("a", ear)
    pair.two.subscribe("b", other)
    await pair.settled()
    for n in range(3):
        pair.one.publish("a", b"%d" % n)
    pair.one.publish("b", b"x")
    await until(lambda: len(ear.heard) == 3 and other.heard, "everything")


async def test_a_hint_too_large_is_dropped(pair: Pair) -> None:
    ear = Ear()
    pair.two.subscribe("a", ear)
    await pair.settled()
    pair.one.publish("a", b"x" * 3_000_000)
    pair.one.publish("a", b"small")
    await until(lambda: ear.heard, "the small one")
    assert ear.heard == [b"small"]


async def test_while_the_server_is_away(pair: Pair) -> None:
    """Publishing neither waits nor raises nor piles up; interest outlives the outage, and everybody is told of it."""
    told: list[str] = []
    pair.one.on_reconnect(lambda: told.append("one"))
    pair.two.on_reconnect(lambda: told.append("two"))
    before, during, cancelled = Ear(), Ear(), Ear()
    pair.two.subscribe("before", before)
    gone = pair.two.subscribe("gone", cancelled)
    await pair.settled()
    pair.nats.stop()
    await until(lambda: not pair.one.connected() and not pair.two.connected(), "the loss")
    begin = time.monotonic()
    for n in range(100_000):
        pair.one.publish("before", b"lost %d" % n)
    assert time.monotonic() - begin < 5
    assert len(pair.one._calls) == 0
    pair.two.subscribe("during", during)
    gone.cancel()
    assert told == []
    pair.nats.start()
    await until(lambda: pair.one.connected() and pair.two.connected(), "the reconnect")
    await until(lambda: sorted(told) == ["one", "two"], "the news")
    await pair.settled()
    for subject in ("gone", "before", "during"):
        pair.one.publish(subject, b"back")
    await until(lambda: during.heard and before.heard, "hints after the outage")
    assert (before.heard, during.heard, cancelled.heard) == ([b"back"], [b"back"], [])


async def test_no_server(nats_server: Nats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sodam.bus.nats._FIRST_CONNECTION_S", 0.5)
    nats_server.stop()
    begin = time.monotonic()
    with pytest.raises(BusError, match="cannot be reached") as caught:
        await NatsBus.open(nats_server.url.replace("nats://", "nats://user:secret@"))
    assert time.monotonic() - begin < PATIENCE
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


class Session:
    """A signed-in device that remembers."""

    platform = 7

    def __init__(self, instid: int) -> None:
        self.instid = instid
        self.events: list[bytes] = []
        self.kicks: list[Kick] = []

    def deliver(self, event: bytes) -> None:
        self.events.append(event)

    def kicked(self, kick: Kick) -> None:
        self.kicks.append(kick)


async def test_live_over_two_nodes(pair: Pair) -> None:
    """An event reaches a user's devices on every node, once each, but for the one that is left out."""
    one, two = Live(pair.one), Live(pair.two)
    here, there, other = Session(1), Session(2), Session(3)
    strange = "a b.*>"
    one.add(7, strange, here)
    two.add(7, strange, there)
    two.add(8, strange, other)
    await pair.settled()
    one.send(7, strange, b'{"Event":1}')
    one.send(7, strange, b'{"Event":2}', exclude=1)
    two.send(7, strange, b'{"Event":3}', exclude=2)
    await until(lambda: len(there.events) == 2 and len(here.events) == 2, "all events")
    assert here.events == [b'{"Event":1}', b'{"Event":3}']
    assert there.events == [b'{"Event":1}', b'{"Event":2}']
    kick = Kick(kind=2, platform=7, newer=1, reason="字")
    one.kick(7, strange, kick)
    await until(lambda: there.kicks, "the kick")
    assert (here.kicks, there.kicks, other.kicks, other.events) == ([], [kick], [], [])
    two.remove(7, strange, there)
    await pair.settled()
    one.send(7, strange, b'{"Event":4}')
    await until(lambda: len(here.events) == 3, "the local one")
    assert len(there.events) == 2
