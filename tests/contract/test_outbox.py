"""The outbox: what is committed is done at least once, what is not committed never, whichever node lives."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sodam.observability.loops import Loops
from sodam.outbox import service, store, store_ready
from sodam.outbox.model import DAY, Entry, Failed, Gate, New, Open, Schedule
from sodam.outbox.pace import Pace
from sodam.outbox.service import LEASE_MS, Outbox
from sodam.storage import Database, Tx
from tests.contract.lossy import Hub, LossyBus
from tests.contract.world import Clock

TOPIC = "test"
APP = 7


@dataclass(frozen=True)
class Happened:
    app: int
    words: str


class Running(Clock):
    """Goes on by itself, too: what stands behind an entry at work is looked at again after a moment."""

    def __call__(self) -> float:
        return self.now + time.monotonic()


class Consumer:
    """Remembers what it was given; ``fail`` says what fails, ``hold`` keeps it at work."""

    def __init__(self) -> None:
        self.seen: list[Entry] = []
        self.fail: Callable[[Entry], bool] = lambda entry: False
        self.hold = asyncio.Event()
        self.hold.set()

    async def __call__(self, entry: Entry) -> None:
        self.seen.append(entry)
        await self.hold.wait()
        if self.fail(entry):
            raise ValueError(f"no luck with {entry.body.decode()}")

    def words(self) -> list[str]:
        return [entry.body.decode() for entry in self.seen]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


def node(db: Database, clock: Clock, consumer: Consumer, schedule: Schedule = DAY, gate: Gate | None = None) -> Outbox:
    outbox = Outbox(db, Loops(), clock)
    outbox.consume(TOPIC, consumer, schedule=schedule, gate=gate)
    return outbox


async def left(db: Database) -> list[tuple[int, int, str]]:
    """(tries, dead, error) of what the outbox holds and nobody works on; one that is at work shows -1 tries."""
    tries = "CASE WHEN lease_owner = '' THEN tries ELSE -1 END"
    rows = await db.fetch(f"SELECT {tries}, dead, error FROM outbox ORDER BY id")
    fresh = await db.fetch("SELECT entries FROM outbox_bundle ORDER BY id")
    return [(row[0], row[1], row[2]) for row in rows] + [(0, 0, "")] * sum(row[0] for row in fresh)


async def until_left(db: Database, number: int) -> None:
    async with asyncio.timeout(60):
        while len(await left(db)) != number:
            await asyncio.sleep(0.005)


async def put(outbox: Outbox, db: Database, *words: str) -> None:
    await db.write(lambda tx: outbox.put(tx, [New(APP, TOPIC, word.encode()) for word in words]))


async def lanes(outbox: Outbox, db: Database, *words: str, app: int = APP) -> None:
    """Entries of the lane that their first letter names."""
    await db.write(lambda tx: outbox.put(tx, [New(app, TOPIC, word.encode(), lane=word[0]) for word in words]))


async def test_what_a_write_raises_is_done_once_it_is_committed(database: Database) -> None:
    consumer = Consumer()
    outbox = node(database, Clock(), consumer)
    outbox.follow(Happened, TOPIC, lambda event: New(event.app, TOPIC, event.words.encode()) if event.words else None)
    outbox.follow(Happened, "nobody's", lambda event: New(event.app, "nobody's"))
    outbox.start()

    async def good(tx: Tx) -> None:
        for words in ("one", "", "two"):
            tx.emit(Happened(APP, words))

    async def bad(tx: Tx) -> None:
        tx.emit(Happened(APP, "never"))
        await outbox.put(tx, [New(APP, TOPIC, b"never")])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(bad)
    await database.write(good)
    await until(lambda: len(consumer.seen) == 2)
    assert sorted(consumer.words()) == ["one", "two"]
    while await left(database):
        await asyncio.sleep(0.005)
    await outbox.stop()


async def test_a_failure_is_tried_again_later_and_at_last_set_aside(database: Database) -> None:
    clock, consumer = Clock(), Consumer()
    consumer.fail = lambda entry: entry.body == b"bad"
    outbox = node(database, clock, consumer)
    await put(outbox, database, "bad", "good")
    outbox.start()
    await until(lambda: len(consumer.seen) == 2)
    pauses = []
    for tries in range(1, DAY.tries):
        while not (rows := await left(database)) or rows[0] != (tries, 0, "no luck with bad"):
            await asyncio.sleep(0.002)
        ((_, _, due, _),) = await store_ready.ready(database, [TOPIC])
        pauses.append(due // 1000 - int(clock.now))
        assert len(consumer.seen) == tries + 1, "not before its time"
        clock.now = due / 1000 + 0.001
        outbox.wake()
    assert pauses[:4] == [1, 2, 4, 8]
    assert max(pauses) == 3600
    assert 20 * 3600 < sum(pauses) < 30 * 3600
    while (await left(database))[0][1] != 1:
        await asyncio.sleep(0.002)
    clock.now += 1e6
    outbox.wake()
    await put(outbox, database, "after")
    await until(lambda: consumer.words()[-1] == "after")
    assert consumer.words().count("bad") == DAY.tries
    await outbox.stop()


async def test_what_a_killed_worker_held_goes_to_another_when_its_lease_is_over(database: Database) -> None:
    clock = Clock()
    first, second = Consumer(), Consumer()
    first.hold.clear()
    killed, other = node(database, clock, first), node(database, clock, second)
    await put(killed, database, "x")
    killed.start()
    await until(lambda: first.seen)
    assert killed._loop is not None
    await killed._loop.stop()  # and nothing more is heard of it
    other.start()
    await put(other, database, "y")
    await until(lambda: second.words() == ["y"])
    clock.now += LEASE_MS / 1000
    other.wake()
    await until(lambda: second.words() == ["y", "x"])
    while await left(database):
        await asyncio.sleep(0.005)
    first.hold.set()  # it was only slow: what it ends is another's now
    await until(lambda: not killed._tasks)
    await other.stop()


async def test_who_goes_on_with_a_long_entry_says_how_far_it_is(database: Database) -> None:
    """Its lease begins anew, another begins where it was, and whoever lost the lease hears of that."""
    clock, first, second = Clock(), Consumer(), Consumer()
    one = node(database, clock, first)
    await put(one, database, "begun")
    first.hold.clear()
    one.start()
    await until(lambda: first.seen)
    assert one._loop is not None
    await one._loop.stop()  # it takes nothing more, but goes on with what it has
    clock.now += LEASE_MS / 1000 - 1
    assert await one.note(first.seen[0], b"half")
    clock.now += 2  # the first lease would be over
    two = node(database, clock, second)
    two.start()
    two.wake()
    assert (
        await database.write(lambda tx: store.take(tx, "three", store.Free(TOPIC, APP, 9, 64), two.now, two.now + 1))
        == []
    )
    clock.now += LEASE_MS / 1000
    two.wake()
    await until(lambda: second.seen)
    assert second.words() == ["half"]
    assert not await one.note(first.seen[0], b"late")
    await until_left(database, 0)
    first.hold.set()
    await one.stop()
    await two.stop()


async def test_who_is_slow_keeps_what_it_has(database: Database) -> None:
    """However long the entry takes: another node, which would do it twice, finds it held, and what stands behind it."""
    clock, first, second = Clock(), Consumer(), Consumer()
    slow, other = node(database, clock, first), node(database, clock, second)
    await lanes(slow, database, "a1", "a2", "a3")
    first.hold.clear()
    slow.start()
    await until(lambda: first.seen)
    other.start()
    for _ in range(12):
        clock.now += LEASE_MS / 3000

        async def held() -> int:
            rows = await database.fetch("SELECT MIN(lease_until) FROM outbox")
            return int(rows[0][0])

        slow.wake()
        async with asyncio.timeout(60):
            while await held() < slow.now + LEASE_MS / 2:
                await asyncio.sleep(0.002)
        other.wake()
        await asyncio.sleep(0)
    await lanes(other, database, "b1")
    await until(lambda: "b1" in consumer_words(first, second))
    first.hold.set()
    await until_left(database, 0)
    assert sorted(consumer_words(first, second)) == ["a1", "a2", "a3", "b1"]
    assert [word for word in first.words() if word[0] == "a"] == ["a1", "a2", "a3"]
    await slow.stop()
    await other.stop()


def consumer_words(*consumers: Consumer) -> list[str]:
    return [word for consumer in consumers for word in consumer.words()]


async def test_who_stops_gives_back_at_once(database: Database) -> None:
    clock, consumer, second = Clock(), Consumer(), Consumer()
    consumer.hold.clear()
    outbox, other = node(database, clock, consumer), node(database, clock, second)
    await put(outbox, database, "x")
    outbox.start()
    await until(lambda: consumer.seen)
    await outbox.stop()
    assert await left(database) == [(0, 0, "")]
    other.start()
    await until(lambda: second.words() == ["x"])
    await other.stop()


async def test_two_nodes_share_and_none_is_done_twice(database: Database) -> None:
    clock = Clock()
    consumers = [Consumer(), Consumer()]
    nodes = [node(database, clock, consumer) for consumer in consumers]
    await put(nodes[0], database, *(str(n) for n in range(300)))
    for outbox in nodes:
        outbox.start()
        outbox.wake()
    await until(lambda: sum(len(consumer.seen) for consumer in consumers) >= 300)
    while await left(database):
        await asyncio.sleep(0.005)
    assert sorted([*consumers[0].words(), *consumers[1].words()], key=int) == [str(n) for n in range(300)]
    for outbox in nodes:
        await outbox.stop()


async def test_a_lane_keeps_its_order_and_holds_up_no_other(database: Database) -> None:
    """What failed is not overtaken by what stands behind it; other lanes go on; what is set aside blocks nothing."""
    clock, consumer = Running(), Consumer()
    outbox = node(database, clock, consumer, Schedule((1_000, 5_000)))
    broken = {b"a2"}
    consumer.fail = lambda entry: entry.body in broken
    await lanes(outbox, database, "a1", "b1", "a2", "a3", "b2", "a4", "c1")
    outbox.start()
    await until(lambda: len(consumer.seen) == 5)
    await lanes(outbox, database, "a5", "b3")
    await until(lambda: "b3" in consumer.words())
    assert [word for word in consumer.words() if word[0] == "a"] == ["a1", "a2"]
    assert [word for word in consumer.words() if word[0] == "b"] == ["b1", "b2", "b3"]
    clock.now += 1.001
    outbox.wake()
    await until(lambda: consumer.words().count("a2") == 2)
    assert "a3" not in consumer.words()
    broken.clear()
    clock.now += 5.001
    outbox.wake()
    await until(lambda: consumer.words()[-1] == "a5")
    assert [word for word in consumer.words() if word[0] == "a"] == ["a1", "a2", "a2", "a2", "a3", "a4", "a5"]
    broken.add(b"a6")
    await lanes(outbox, database, "a6", "a7")
    for tries, pause in ((1, 1.001), (2, 5.001)):
        while (tries, 0, "no luck with a6") not in await left(database):
            await asyncio.sleep(0.002)
        clock.now += pause
        outbox.wake()
    await until(lambda: consumer.words()[-1] == "a7")
    while await left(database) != [(3, 1, "no luck with a6")]:
        await asyncio.sleep(0.005)
    broken.clear()
    assert await outbox.revive(TOPIC, APP) == 1
    await until(lambda: consumer.words()[-1] == "a6")
    await outbox.stop()


async def test_a_consumer_says_what_is_final_and_what_is_kept(database: Database) -> None:
    clock, seen = Clock(), []

    async def consumer(entry: Entry) -> None:
        seen.append(entry.body)
        raise Failed("no", final=entry.body == b"kept", body=b"kept")

    outbox = Outbox(database, Loops(), clock)
    outbox.consume(TOPIC, consumer)
    await put(outbox, database, "first")
    outbox.start()
    await until(lambda: seen == [b"first"])
    while (await left(database))[0][0] != 1:
        await asyncio.sleep(0.002)
    clock.now += 1.001
    outbox.wake()
    while await left(database) != [(2, 1, "no")]:
        await asyncio.sleep(0.002)
    assert seen == [b"first", b"kept"]
    await outbox.stop()


async def test_an_app_has_so_many_lanes_at_a_time_and_takes_none_from_another(database: Database) -> None:
    clock, consumer = Clock(), Consumer()
    consumer.hold.clear()
    outbox = node(database, clock, consumer, gate=Open(3))
    await lanes(outbox, database, *(f"{chr(97 + n)}1" for n in range(20)))
    outbox.start()
    await until(lambda: len(consumer.seen) == 3)
    await lanes(outbox, database, "z1", app=APP + 1)
    await until(lambda: len(consumer.seen) == 4)
    assert {entry.app for entry in consumer.seen} == {APP, APP + 1}
    consumer.hold.set()
    await until(lambda: len(consumer.seen) == 21)
    await outbox.stop()


async def test_many_entries_are_few_transactions(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are taken together, asked about together, and forgotten together; who stops leaves none of them behind."""
    consumer, prepared, writes = Consumer(), [], 0
    outbox = Outbox(database, Loops(), Clock())

    async def prepare(entries: list[Entry]) -> list[Entry]:
        prepared.append(len(entries))
        if len(prepared) == 1:
            raise ValueError("then each is prepared by its consumer")
        return [entry._replace(body=entry.body.upper()) for entry in entries]

    outbox.consume(TOPIC, consumer, prepare=prepare)
    await lanes(outbox, database, *(f"{chr(97 + n % 20)}{n:03}" for n in range(400)))
    write = database.write

    def counted(*args: Any, **more: Any) -> Any:
        nonlocal writes
        writes += 1
        return write(*args, **more)

    monkeypatch.setattr(database, "write", counted)
    outbox.start()
    await until(lambda: len(consumer.seen) == 400)
    await outbox.stop()
    assert await left(database) == []
    assert writes <= 40, writes
    assert sum(prepared) == 400
    words = consumer.words()
    assert any(word.islower() for word in words)
    assert any(word.isupper() for word in words)
    for lane in "abcdefghijklmnopqrst":
        mine = [word.lower() for word in words if word[0].lower() == lane]
        assert len(mine) == 20
        assert mine == sorted(mine)


async def test_who_only_writes_tells_others(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Much that is written at once is one hint; without a hint the others find it at their next look."""
    hub = Hub(random.Random(1), loss=0.0)
    told: list[str] = []
    monkeypatch.setattr(service, "POLL_SECONDS", 3600.0)
    consumer, clock = Consumer(), Running()
    writes, works = (Outbox(database, Loops(), clock, bus=LossyBus(hub), works=now) for now in (False, True))
    stored = 0
    writes.pace = Pace(lambda: stored, database.engine)
    for outbox in (writes, works):
        outbox.consume(TOPIC, consumer)
        outbox.start()
    hub.buses[1].subscribe("outbox.new", lambda _: told.append("hint"))
    await until(lambda: works._next_look)  # its first look is over, the next one without a hint is in an hour

    async def much(tx: Tx) -> None:
        for n in range(20):
            await writes.put(tx, [New(APP, TOPIC, f"{n}".encode())])

    await database.write(much)
    await until(lambda: len(consumer.seen) == 20)
    assert len(told) == 1
    stored = 100
    await database.write(much)
    await until(lambda: len(consumer.seen) == 40 and len(told) > 1)
    assert len(told) == 2
    async with asyncio.timeout(20):
        while not works.pace.beside:  # it hears of the messages of the process that leaves it the work
            works.wake()
            await asyncio.sleep(0.02)
    monkeypatch.setattr(service, "POLL_SECONDS", 0.02)
    works.wake()
    hub.loss = 1.0
    await put(writes, database, "found")
    await until(lambda: consumer.words()[-1] == "found")
    for outbox in (writes, works):
        await outbox.stop()


async def test_two_nodes_keep_the_order_of_lanes(database: Database) -> None:
    """Each lane by lane, whichever node does it; entries are written while others are done."""
    order: list[str] = []

    async def consumer(entry: Entry) -> None:
        await asyncio.sleep(0)
        order.append(entry.body.decode())

    nodes = []
    for _ in range(2):
        outbox = Outbox(database, Loops())
        outbox.consume(TOPIC, consumer)
        outbox.start()
        nodes.append(outbox)
    for n in range(60):
        await lanes(nodes[n % 2], database, *(f"{lane}{n:03}" for lane in "abcde"))
    await until(lambda: len(order) == 300)
    for lane in "abcde":
        words = [word for word in order if word[0] == lane]
        assert words == sorted(words)
    while await left(database):
        await asyncio.sleep(0.005)
    for outbox in nodes:
        await outbox.stop()
