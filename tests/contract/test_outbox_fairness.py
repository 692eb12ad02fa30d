"""Nobody waits for another's slow receiver or long backlog: not another app, not another lane."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sodam.observability.loops import Loops
from sodam.outbox import service, store
from sodam.outbox.model import Entry, New, Open
from sodam.outbox.service import LEASE_MS, Outbox
from sodam.storage import Database
from tests.contract.test_outbox import APP, TOPIC, Consumer, lanes, node, until
from tests.contract.world import Clock

LONG = 1_500
LANE = "long"


async def test_apps_whose_receivers_are_slow_keep_no_other_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many they are: they hold every place that a node has, and another app is still served."""
    monkeypatch.setattr(service, "MOST_AT_ONCE", 12)
    clock, consumer = Clock(), Consumer()
    consumer.hold.clear()
    outbox = node(database, clock, consumer, gate=Open(4))
    for slow in range(1, 5):
        await lanes(outbox, database, *(f"{chr(97 + n)}1" for n in range(6)), app=APP + slow)
    outbox.start()
    await until(lambda: len(consumer.seen) >= 12)
    held = len(consumer.seen)
    for late in range(1, 4):
        await lanes(outbox, database, "z1", app=APP + 100 + late)
        await until(lambda wanted=held + late: len(consumer.seen) >= wanted)  # type: ignore[misc]
    assert {entry.app for entry in consumer.seen} >= {APP + 101, APP + 102, APP + 103}
    consumer.hold.set()
    await until(lambda: len(consumer.seen) == 4 * 6 + 3)
    await outbox.stop()


async def test_a_lane_with_a_long_backlog_keeps_no_other_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first entry is at work for many leases: what stands behind it is looked at once, and not for each lease."""
    clock, looks, behind = Clock(), 0, 0
    stuck, others = asyncio.Event(), list[str]()

    async def consumer(entry: Entry) -> None:
        if entry.lane == LANE:
            await stuck.wait()
        else:
            others.append(entry.body.decode())

    turn, put_behind = store.turn, store._put_behind

    async def looked(*args: Any) -> list[list[Entry]]:
        nonlocal looks
        looks += 1
        return await turn(*args)

    async def counted(tx: Any, numbers: Any) -> None:
        nonlocal behind
        behind += len(numbers)
        await put_behind(tx, numbers)

    monkeypatch.setattr(store, "turn", looked)
    monkeypatch.setattr(store, "_put_behind", counted)
    outbox = Outbox(database, Loops(), clock)
    outbox.consume(TOPIC, consumer)
    rows = [New(APP, TOPIC, b"%d" % n, lane=LANE) for n in range(LONG)]
    await database.write(lambda tx: outbox.put(tx, rows))
    outbox.start()
    first = await _taken(database)
    await _until_put_off(database, clock)
    for number in range(6):
        clock.now += LEASE_MS / 2500  # the lease is renewed: it never ends
        before, looks = looks, 0
        await lanes(outbox, database, f"a{number}")
        await until(lambda wanted=number + 1: len(others) == wanted)  # type: ignore[misc]
        assert looks <= 6, f"{looks} looks at the outbox until another lane's entry was found, after {before}"
    assert behind <= LONG, "what stands behind is put off once"
    assert await _taken(database) == first
    stuck.set()
    await until(lambda: not outbox._tasks)
    await outbox.stop()


async def _taken(database: Database) -> int:
    """How many of the long lane are at work, once some are."""
    async with asyncio.timeout(60):
        while True:
            rows = await database.fetch("SELECT COUNT(*) FROM outbox WHERE lane = $1 AND lease_owner <> ''", LANE)
            if rows[0][0]:
                return int(rows[0][0])
            await asyncio.sleep(0.01)


async def _until_put_off(database: Database, clock: Clock) -> None:
    async with asyncio.timeout(60):
        while True:
            now = int(clock() * 1000)
            rows = await database.fetch("SELECT COUNT(*) FROM outbox WHERE lane = $1 AND due <= $2", LANE, now)
            if not rows[0][0]:
                return
            await asyncio.sleep(0.01)
