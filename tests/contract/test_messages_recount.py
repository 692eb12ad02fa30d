"""Unread is what a recount of the rows says, whatever takes messages away and whatever the clock does. Both engines."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest

from sodam.c2c import store_retention
from sodam.c2c.changes import EVERYTHING
from sodam.c2c.model import conversation
from sodam.errors import ApiError
from sodam.messages import clock
from sodam.messages.model import HIDE_RECEIVER, IMPORTED, NO_LAST, NO_UNREAD, RECALLED
from tests.contract.world import START, World, place
from tests.support.seeds import SEED

DAY = 86400


async def recount(world: World, owner: str, peer: str) -> int:
    """What is unread by the rows alone."""
    high = owner > peer
    deleted = 256 if high else 128
    row = await world.db.fetch_one(
        "SELECT COUNT(*) FROM c2c_message x JOIN c2c_member m ON m.app = x.app AND m.conv = x.conv AND m.owner = $3 "
        f"WHERE x.app = $1 AND x.conv = $2 AND x.high <> $4 AND (x.flags & {NO_UNREAD | HIDE_RECEIVER | RECALLED}) = 0 "
        f"AND (x.flags & {deleted}) = 0 AND x.msg_time >= $5 AND (x.seq > m.read_seq OR x.msg_time > m.read_time)",
        world.app.sdkappid,
        conversation(owner, peer),
        owner,
        int(high),
        world.c2c.histories.oldest(world.app),
    )
    assert row is not None
    return int(row[0])


async def _import(world: World, sender: str, recipient: str, time: int) -> None:
    message = world.draft(sender, recipient, flags=IMPORTED)
    message.msg_time = time
    await world.c2c.import_message(world.app, message)


async def test_random_lives(world: World) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    keys: list[tuple[str, str, tuple[int, int, int]]] = []

    async def step() -> None:
        sender, recipient = dice.choice(["ab", "ba"])
        action = dice.random()
        if action < 0.5 or not keys:
            flags = dice.choice([0, 0, 0, NO_UNREAD, NO_LAST, HIDE_RECEIVER])
            sent = await world.send(sender, recipient, flags=flags, seq=dice.choice([0, 3]))
            keys.append((sender, recipient, place(sent)))
        elif action < 0.6:
            await _import(world, sender, recipient, int(world.clock.now) - dice.choice([0, 5, DAY, 6 * DAY, 8 * DAY]))
        elif action < 0.75:
            chosen = [dice.choice(keys)[2] for _ in range(dice.randrange(1, 5))]
            await world.changes.delete_for(world.app, recipient, sender, chosen)
        elif action < 0.85:
            a, b, where = dice.choice(keys)
            with contextlib.suppress(ApiError):  # recalled before, or erased
                await world.changes.withdraw(world.app, a, b, where, revoker="x", limit=False)
        elif action < 0.9:
            back = dice.choice([0, 1, 10, DAY, -EVERYTHING])
            await world.changes.mark_read(world.app, recipient, sender, int(world.clock.now) - back)
        else:
            await store_retention.purge(world.db, world.app.sdkappid, world.c2c.histories.oldest(world.app))

    for _ in range(60):
        await asyncio.gather(*(step() for _ in range(4)))
        world.clock.now += dice.choice([0, 0, 1, 30, DAY // 3])
        for owner, peer in ("ab", "ba"):
            expected = await recount(world, owner, peer)
            assert await world.unread(owner, peer) == expected
            assert await world.c2c.histories.unread(world.app, owner) == expected


async def test_deleting_unread_messages(world: World) -> None:
    sent = [await world.send("a", "b", f"{n}") for n in range(5)]
    acting, other = world.device("b"), world.device("b")
    await world.changes.delete_for(world.app, "b", "a", [place(s) for s in sent[:2]], exclude=acting.instid)
    assert await world.unread("b", "a") == 3
    (event,) = other.take()
    assert len(event["C2cNotifyMsgArray"][0]["WithdrawC2cMsgNotify"]["C2cWithdrawInfoArray"]) == 2
    assert acting.take() == []
    await world.changes.delete_for(world.app, "b", "a", [place(s) for s in sent[:2]])  # again
    assert (await world.unread("b", "a"), other.take()) == (3, [])
    await world.changes.withdraw(world.app, "a", "b", place(sent[0]), revoker="a", limit=False)
    assert await world.unread("b", "a") == 3
    other.take()
    await world.changes.delete_for(world.app, "b", "a", [place(s) for s in sent])
    assert await world.unread("b", "a") == 0
    (event,) = other.take()
    assert event["C2cNotifyMsgArray"][0]["ReadC2cMsgNotify"]["UinPairReadArray"][0]["LastReadTime"] == START
    await world.send("a", "b")
    restarted = await world.restarted()
    assert await restarted.unread("b", "a") == 1
    await world.changes.mark_read(world.app, "b", "a", START - 1)
    assert await world.unread("b", "a") == 1
    await world.changes.delete_for(world.app, "a", "b", [place(s) for s in sent])  # the sender's copies
    assert await world.unread("b", "a") == 1


async def test_retention(world: World) -> None:
    for _ in range(47):
        await world.send("a", "b")
    world.clock.now += 7 * DAY + 1
    assert (await world.texts("b", "a"), await world.unread("b", "a")) == ([], 0)
    assert await world.c2c.histories.unread(world.app, "b") == 0
    await world.send("a", "b", "new")
    assert await world.unread("b", "a") == 1
    assert await store_retention.purge(world.db, world.app.sdkappid, world.c2c.histories.oldest(world.app)) == 47
    assert await world.unread("b", "a") == 1
    await world.changes.mark_read(world.app, "b", "a", EVERYTHING)
    await world.send("a", "b")
    assert await world.unread("b", "a") == 1


async def test_an_import_that_cannot_be_read_is_not_unread(world: World) -> None:
    device = world.device("b")
    await _import(world, "a", "b", START - 7 * DAY - 1)
    assert (await world.texts("b", "a"), await world.unread("b", "a"), device.take()) == ([], 0, [])
    await _import(world, "a", "b", START - 7 * DAY + 1)
    assert (await world.unread("b", "a"), len(device.take())) == (1, 1)
    world.clock.now += 2
    assert await world.unread("b", "a") == 0


async def test_marks_after_a_clock_that_was_ahead(world: World) -> None:
    world.clock.now += DAY
    await world.send("a", "b", "tomorrow")
    await world.send("a", "c", "read tomorrow")
    await world.changes.mark_read(world.app, "c", "a", START + DAY)
    world.clock.now -= DAY
    await world.send("a", "b", "today")
    assert await world.unread("b", "a") == 2
    device = world.device("b")
    await world.changes.mark_read(world.app, "b", "a", START - 1)  # a client whose clock is a little behind
    assert await world.unread("b", "a") == 0
    (event,) = device.take()
    assert event["C2cNotifyMsgArray"][0]["ReadC2cMsgNotify"]["UinPairReadArray"][0]["LastReadTime"] == START + DAY
    await world.send("a", "c", "today")
    assert await world.unread("c", "a") == 1
    await world.changes.mark_read(world.app, "c", "a", START)
    assert await world.unread("c", "a") == 0
    await world.send("a", "c", "more")
    assert (await world.unread("c", "a"), await world.texts("c", "a")) == (1, ["read tomorrow", "today", "more"])


async def test_lists_after_a_clock_that_was_ahead(world: World) -> None:
    world.clock.now += DAY
    await world.send("b", "a")
    world.clock.now -= DAY
    world = await world.restarted()
    await world.send("c", "a")
    await world.send("b", "a")
    await world.send("c", "a")
    assert await world.listed("a") == ["c", "b"]


def test_a_step_of_the_clock_is_logged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[int] = []
    monkeypatch.setattr(clock.log, "error", lambda event, seconds: lines.append(seconds))
    now, steady = [1000.0], [50.0]
    arrivals = clock.ArrivalClock(lambda: now[0], lambda: steady[0])

    def goes(real: float, step: float = 0) -> tuple[int, int]:
        steady[0] += real
        now[0] += real + step
        return arrivals.take(1)

    goes(1)
    goes(5000)
    goes(1, 90)
    assert lines == []
    goes(1, 86400)
    goes(1)
    goes(3600)
    assert lines == [86400]
    before = arrivals.take(3)[1]
    assert goes(1, -86400)[1] < before  # set right: what comes now is earlier
    assert lines == [86400, -86400]
    first = arrivals.take(10)[1]
    assert goes(0, -50)[1] == first + 10  # a little back: time stands still
    arrivals.begin(0, int(now[0]) + 5000)
    assert lines == [86400, -86400, 5000]
