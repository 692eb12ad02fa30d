"""The outbox and stored messages: every wanted one has its entry, in the order in which they were stored."""

from __future__ import annotations

import asyncio

from sodam.c2c.model import Message
from sodam.messages.followers import one_by_one
from sodam.outbox.bundles import unfold
from sodam.outbox.model import Entry, New, Schedule
from tests.contract.test_outbox import TOPIC, Consumer, left, until, until_left
from tests.contract.world import World


async def test_messages_and_what_follows_them_keep_their_order(world: World) -> None:
    """However many a commit holds, and whatever else is written for the lane: in the order of the commits, those behind
    one that fails included."""
    consumer = Consumer()
    failed: set[tuple[str, bytes]] = set()

    def once(entry: Entry) -> bool:
        new = entry.body.endswith(b"7") and (entry.lane, entry.body) not in failed
        failed.add((entry.lane, entry.body))
        return new

    consumer.fail = once
    world.outbox.consume(TOPIC, consumer, schedule=Schedule((0,), 9))
    world.c2c.followers.add(TOPIC, one_by_one(lambda message: b"%d" % message.msg_random))
    world.outbox.start()
    for begin in range(0, 320, 80):
        sent = [world.send("a", peer, "x", random=begin + n) for n in range(75) for peer in "bc"]
        await asyncio.gather(*sent)
        news = [
            New(world.app.sdkappid, TOPIC, b"0 0 %d" % (begin + n), lane=f"a\x1f{peer}")
            for n in range(75, 80)
            for peer in "bc"
        ]
        await world.db.write(lambda tx, news=news: world.outbox.put(tx, news))  # type: ignore[misc]
    async with asyncio.timeout(60):
        while await left(world.db):
            world.outbox.wake()
            await asyncio.sleep(0.005)
    await world.outbox.stop()
    for peer in "bc":
        mine = [int(entry.body.split()[-1]) for entry in consumer.seen if entry.lane == f"a\x1f{peer}"]
        assert mine == [n for n in range(320) for _ in range(2 if n % 10 == 7 else 1)]


async def test_stored_messages_and_their_entries_are_one(world: World) -> None:
    """Every wanted message has its entry, at its place; a repetition and one that was not stored have none."""
    consumer = Consumer()
    world.outbox.consume(TOPIC, consumer)
    world.c2c.followers.add(
        TOPIC, one_by_one(lambda message: None if b"quiet" in message.body else message.sender.encode())
    )
    world.c2c.followers.add("nobody's", one_by_one(lambda message: b""))
    await asyncio.gather(*(world.send("a", "b", f"{n}") for n in range(20)))
    await world.send("b", "a", "quiet")
    await world.send("a", "c", "again", seq=1, random=1)
    await world.send("a", "c", "again", seq=1, random=1)
    batch = [world.draft("b", peer, "all", seq=5, random=6) for peer in ("a", "c")]
    await world.c2c.send_batch(world.app, batch)

    async def entries() -> list[tuple[str, int]]:
        rows = await world.db.fetch("SELECT app, topic, places, body FROM outbox_bundle ORDER BY id")
        return [(new.conv, new.seq) for row in rows for new in unfold(*row)]

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
    by_place = {(message.conv, message.seq): message for message in stored}
    for entry in consumer.seen:
        message = by_place[entry.conv, entry.seq]
        assert entry.body == f"{message.msg_time} {message.msg_seq} {message.sender}".encode()
        assert entry.lane == message.conv
    await until_left(world.db, 0)
    await world.outbox.stop()
