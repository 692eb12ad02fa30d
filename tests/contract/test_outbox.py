"""The outbox: what is committed is done at least once, what is not committed never, whichever node lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sodam.c2c.model import Message
from sodam.observability.loops import Loops
from sodam.outbox import store
from sodam.outbox.model import Entry, New
from sodam.outbox.service import LEASE_MS, MOST_TRIES, Outbox
from sodam.storage import Database, Tx
from tests.contract.world import Clock, World

TOPIC = "test"
APP = 7


@dataclass(frozen=True)
class Happened:
    app: int
    words: str


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
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def node(db: Database, clock: Clock, consumer: Consumer) -> Outbox:
    outbox = Outbox(db, Loops(), clock)
    outbox.consume(TOPIC, consumer)
    return outbox


async def left(db: Database) -> list[tuple[int, int, str]]:
    """(tries, dead, error) of what the outbox holds and nobody works on; one that is at work shows -1 tries."""
    tries = "CASE WHEN lease_owner = '' THEN tries ELSE -1 END"
    return [(row[0], row[1], row[2]) for row in await db.fetch(f"SELECT {tries}, dead, error FROM outbox ORDER BY id")]


async def put(outbox: Outbox, db: Database, *words: str) -> None:
    await db.write(lambda tx: outbox.put(tx, [New(APP, TOPIC, word.encode()) for word in words]))


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
    for tries in range(1, MOST_TRIES):
        while not (rows := await left(database)) or rows[0] != (tries, 0, "no luck with bad"):
            await asyncio.sleep(0.002)
        due = await store.next_due(database, [TOPIC])
        assert due is not None
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
    assert consumer.words().count("bad") == MOST_TRIES
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


async def test_stored_messages_and_their_entries_are_one(world: World) -> None:
    """Every wanted message has its entry, at its place; a repetition and one that was not stored have none."""
    consumer = Consumer()
    world.outbox.consume(TOPIC, consumer)
    world.c2c.followers.add(TOPIC, lambda message: b"quiet" not in message.body)
    world.c2c.followers.add("nobody's", lambda message: True)
    await asyncio.gather(*(world.send("a", "b", f"{n}") for n in range(20)))
    await world.send("b", "a", "quiet")
    await world.send("a", "c", "again", seq=1, random=1)
    await world.send("a", "c", "again", seq=1, random=1)
    batch = [world.draft("b", peer, "all", seq=5, random=6) for peer in ("a", "c")]
    await world.c2c.send_batch(world.app, batch)

    async def entries() -> list[tuple[str, int]]:
        rows = await world.db.fetch("SELECT conv, seq FROM outbox WHERE app = $1 ORDER BY id", world.app.sdkappid)
        return [(row[0], row[1]) for row in rows]

    stored: list[Message] = []
    for owner, peer in (("a", "b"), ("a", "c"), ("b", "c")):
        stored += await world.c2c.histories.history(world.app, owner, peer, limit=100)
    expected = sorted((message.conv, message.seq) for message in stored if b"quiet" not in message.body)
    assert len(expected) == 23
    assert sorted(await entries()) == expected
    within = [seq for conv, seq in await entries() if conv == "a\x1fb"]
    assert within == sorted(within), "in the order of arrival"
    world.outbox.start()
    await until(lambda: len(consumer.seen) == 23)
    while await entries():
        await asyncio.sleep(0.005)
    await world.outbox.stop()
