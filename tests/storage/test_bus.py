"""What `Bus` promises: locally, over NATS and over PostgreSQL, with real servers that go away and come back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from sodam.bus import Bus, BusError, Kick, Live, Topic, of_user
from sodam.bus.nats import STUCK_S, NatsBus
from sodam.bus.postgres import PostgresBus
from sodam.notices import Kind, Notice, Place
from sodam.storage.postgres import PostgresDatabase
from tests.support.buses import PATIENCE, Pair, sent, until
from tests.support.nats import Nats
from tests.support.postgres import Postgres


@dataclass
class Ear:
    heard: list[bytes] = field(default_factory=list)

    def __call__(self, data: bytes) -> None:
        self.heard.append(data)


async def test_a_publisher_never_hears_itself(bus: Bus) -> None:
    ear = Ear()
    subscription = bus.subscribe("u.1.x", ear)
    for n in range(10):
        bus.publish("u.1.x", b"%d" % n)
    await sent(bus)
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
    pair.stop()
    await until(lambda: not pair.one.connected() and not pair.two.connected(), "the loss")
    begin = time.thread_time()
    for n in range(100_000):
        pair.one.publish("before", b"lost %d" % n)
    assert time.thread_time() - begin < 5
    assert len(pair.one._calls if isinstance(pair.one, NatsBus) else pair.one._out) == 0
    pair.two.subscribe("during", during)
    gone.cancel()
    assert told == []
    pair.start()
    await until(lambda: pair.one.connected() and pair.two.connected(), "the reconnect")
    await until(lambda: {*told} == {"one", "two"}, "the news, of the other's return too")
    await pair.settled()
    for subject in ("gone", "before", "during"):
        pair.one.publish(subject, b"back")
    await until(lambda: during.heard and before.heard, "hints after the outage")
    assert (before.heard, during.heard, cancelled.heard) == ([b"back"], [b"back"], [])


@pytest_asyncio.fixture
async def postgres_pair(bus_url: str) -> AsyncIterator[tuple[PostgresBus, PostgresBus]]:
    one, two = await PostgresBus.open(bus_url), await PostgresBus.open(bus_url)
    yield one, two
    await one.close()
    await two.close()


async def test_a_server_that_hangs_is_an_outage(
    stoppable_postgres: Postgres, postgres_pair: tuple[PostgresBus, PostgresBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sockets stay open; that nothing comes through them is what tells."""
    monkeypatch.setattr("sodam.bus.postgres.PEER_SECONDS", 1.5)
    one, two = postgres_pair
    told: list[str] = []
    one.on_reconnect(lambda: told.append("one"))
    two.on_reconnect(lambda: told.append("two"))
    ear = Ear()
    two.subscribe("a", ear)
    stoppable_postgres.pause()
    try:
        await until(lambda: not one.connected() and not two.connected(), "the loss")
        one.publish("a", b"lost")
    finally:
        stoppable_postgres.resume()
    await until(lambda: one.connected() and two.connected(), "the reconnect")
    await until(lambda: {"one", "two"} <= set(told), "the news")
    await sent(one)
    await _until_heard(one, "a", b"back", ear)
    assert set(ear.heard) == {b"back"}


async def _until_heard(bus: Bus, subject: str, data: bytes, ear: Ear) -> None:
    """Say it again and again: a process that was held up for so long as others wait for it is away once more."""
    async with asyncio.timeout(PATIENCE):
        while not ear.heard:
            bus.publish(subject, data)
            await asyncio.sleep(0.05)


async def test_hints_that_were_not_sent_are_missed(postgres_pair: tuple[PostgresBus, PostgresBus]) -> None:
    """A process whose own connection failed comes back with a hole in its numbers, which the others see."""
    one, two = postgres_pair
    await sent(one)
    await until(lambda: two._peers, "the first batch")
    told: list[int] = []
    two.on_reconnect(lambda: told.append(1))
    await sent(one)
    assert told == []
    assert one._sender is not None
    one._sender.terminate()
    one.publish("a", b"x")
    await sent(one)
    assert one._listener is not None
    one._listener.terminate()
    async with asyncio.timeout(PATIENCE):
        while one.connected():  # it is back within milliseconds: look at every turn of the loop
            await asyncio.sleep(0)
    one.publish("a", b"lost")
    await until(one.connected, "the reconnect")
    await until(lambda: told, "the news of the hole")


async def test_a_hole_right_after_another_is_news_too(postgres_pair: tuple[PostgresBus, PostgresBus]) -> None:
    """The first news may have been acted upon before the second loss."""
    one, two = postgres_pair
    await sent(one)
    told: list[int] = []
    two.on_reconnect(lambda: told.append(1))
    for _ in range(3):
        told.clear()
        one._seq += 1
        await sent(one)
        await until(lambda: told, "the news of the hole")


async def test_nothing_is_sent_for_nobody(bus_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process alone on its database notifies nobody of its messages, and everybody who comes."""
    monkeypatch.setattr("sodam.bus.postgres.PEER_SECONDS", 2.0)
    one = await PostgresBus.open(bus_url)
    assert not one.heard(), "nobody is there"
    for _ in range(100):
        one.publish("a", b"x")
    assert not one._out
    two = await PostgresBus.open(bus_url)
    ear = Ear()
    two.subscribe("a", ear)
    told: list[int] = []
    two.on_reconnect(lambda: told.append(1))
    await until(one.heard, "the other one")
    await until(lambda: told, "that hints before were not heard")
    await _until_heard(one, "a", b"y", ear)
    await two.close()
    await until(lambda: not one.heard(), "being alone again")
    assert one.connected()
    await one.close()


async def test_who_comes_sends_to_whoever_is_there(bus_url: str) -> None:
    """Before anything was heard of it: it saw that it is not alone, and was heard before it was ready."""
    one = await PostgresBus.open(bus_url)
    ear, back = Ear(), Ear()
    one.subscribe("a", ear)
    two = await PostgresBus.open(bus_url)
    two.subscribe("b", back)
    assert two.heard()
    two.publish("a", b"x")
    await until(lambda: ear.heard, "the hint")
    one.publish("b", b"y")
    await until(lambda: back.heard, "the other's")
    await two.close()
    await one.close()


async def test_large_batches_are_rows_for_a_minute(
    bus_url: str, postgres_pair: tuple[PostgresBus, PostgresBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = postgres_pair
    ear = Ear()
    two.subscribe("a", ear)
    await until(one.heard, "the other one")
    for n in range(3000):
        one.publish("a", b"%d" % n * 10)
    await until(lambda: len(ear.heard) == 3000, "all hints")
    assert ear.heard == [b"%d" % n * 10 for n in range(3000)]
    database = await PostgresDatabase.open(bus_url)
    rows = await database.fetch("SELECT seq FROM bus_batch")
    assert 1 <= len(rows) <= 5, "many hints, few batches"
    await database.execute("UPDATE bus_batch SET at = at - 61")
    monkeypatch.setattr("sodam.bus.postgres._PURGE_SECONDS", 0.0)
    for _ in range(2):
        await sent(one)
    assert await database.fetch("SELECT seq FROM bus_batch") == []
    await database.close()


async def test_no_database(bus_url: str) -> None:
    with pytest.raises(BusError, match="cannot carry live events") as caught:
        await PostgresBus.open(bus_url.replace("test_", "none_"))
    assert "\n" not in str(caught.value)


async def test_a_client_that_stopped_trying_is_replaced(nats_server: Nats) -> None:
    """An error that the library does not expect ends its reconnecting for good; the bus begins anew."""
    one, two = await NatsBus.open(nats_server.url), await NatsBus.open(nats_server.url)
    before, ended, after, again = Ear(), Ear(), Ear(), Ear()
    one.subscribe("before", before)
    leaving = one.subscribe("ended", ended)
    await sent(one)
    back: list[int] = []
    other: list[int] = []
    one.on_reconnect(lambda: back.append(1))
    two.on_reconnect(lambda: other.append(1))
    nats_server.stop()
    await until(lambda: one.client.is_reconnecting, "the loss is noticed")
    assert one.client._reconnection_task is not None
    one.client._reconnection_task.cancel()
    first = one.client
    leaving.cancel()
    one.subscribe("meanwhile", after)
    nats_server.start()
    one._clock = lambda: time.monotonic() + STUCK_S + 1
    await until(lambda: one.connected() and bool(back), "a new client")
    assert one.client is not first
    one.subscribe("again", again)
    await until(lambda: two.connected() and bool(other), "the other is back")
    await sent(one)

    def heard() -> bool:  # what goes out at the moment of a return may be lost: hints are
        for subject in ("ended", "before", "meanwhile", "again"):
            two.publish(subject, b"x")
        return bool(before.heard and after.heard and again.heard)

    await until(heard, "what was asked for is heard")
    await sent(one)
    assert {*before.heard, *after.heard, *again.heard} == {b"x"}
    assert ended.heard == []
    await one.close()
    await two.close()


async def test_who_was_away_says_so_to_those_who_were_not(nats_server: Nats) -> None:
    """What it published meanwhile reached nobody, and who was back before it has looked already."""
    one, two = await NatsBus.open(nats_server.url), await NatsBus.open(nats_server.url)
    try:
        heard, told = Ear(), asyncio.Event()
        two.subscribe("topic", heard)
        two.on_reconnect(told.set)
        await _until_heard(one, "topic", b"before", heard)
        one.client._transport.close()
        async with asyncio.timeout(30):
            await told.wait()
        assert two.connected()
        assert one.connected()
    finally:
        await asyncio.gather(one.close(), two.close())


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
    login = 0

    def __init__(self, instid: int) -> None:
        self.instid = instid
        self.events: list[bytes] = []
        self.notices: list[Notice] = []
        self.kicks: list[Kick] = []

    def deliver(self, notice: Notice) -> None:
        self.events.append(notice.body)
        self.notices.append(notice)

    def kicked(self, kick: Kick) -> None:
        self.kicks.append(kick)


async def test_live_over_two_nodes(pair: Pair) -> None:
    """An event reaches a user's devices on every node, once each, but for the one that is left out."""
    one, two = Live(pair.one), Live(pair.two)
    here, there, other = Session(1), Session(2), Session(3)
    strange, elsewhere = of_user(7, "a b.*>"), of_user(8, "a b.*>")
    seen: list[tuple[Topic, bool]] = []
    two.watch("u", lambda topic, online: seen.append((topic, online)))
    one.add(strange, here)
    two.add(strange, there)
    two.add(elsewhere, other)
    await pair.settled()
    place = Place("a", "b", 1, 2, 3, seq=4, counts=True)
    one.send(strange, Notice(b'{"Event":1}', Kind.MESSAGE, place))
    one.send(strange, Notice(b'{"Event":2}'), exclude=1)
    two.send(strange, Notice(b'{"Event":3}'), exclude=2)
    await until(lambda: len(there.events) == 2 and len(here.events) == 2, "all events")
    assert here.events == [b'{"Event":1}', b'{"Event":3}']
    assert there.events == [b'{"Event":1}', b'{"Event":2}']
    assert [(notice.kind, notice.place) for notice in there.notices] == [(Kind.MESSAGE, place), (Kind.OTHER, None)]
    kick = Kick(kind=2, platform=7, newer=1, reason="字")
    one.kick(strange, kick)
    await until(lambda: there.kicks, "the kick")
    assert (here.kicks, there.kicks, other.kicks, other.events) == ([], [kick], [], [])
    two.remove(strange, there)
    assert (seen, two.sessions()) == ([(strange, True), (elsewhere, True), (strange, False)], 1)
    await pair.settled()
    one.send(strange, Notice(b'{"Event":4}'))
    await until(lambda: len(here.events) == 3, "the local one")
    assert len(there.events) == 2
