"""What the outbox asks about many lanes and apps at once is the same on both engines, and planned once."""

from __future__ import annotations

import pytest

from sodam.outbox import store, store_lanes, store_ready
from sodam.outbox.model import New
from sodam.storage import Database

TOPICS = ("one", "two", "three")
LANES = [f"lane{n}" for n in range(20)]
NOW = 1_000


def entry(app: int, topic: str, lane: str, word: str) -> New:
    return New(app, topic, word.encode(), "", 0, lane)


async def test_lanes_and_apps_are_told_apart(database: Database) -> None:
    mine = [entry(7, "one", lane, f"{lane}-{n}") for n in range(7) for lane in LANES]
    theirs = [entry(8, "one", "lane0", "theirs"), entry(7, "two", "lane0", "elsewhere"), entry(9, "three", "", "late")]
    await database.write(lambda tx: store.put(tx, mine, NOW + 5))
    await database.write(lambda tx: store.put(tx, theirs[:2], NOW + 1))
    await database.write(lambda tx: store.put(tx, theirs[2:], NOW + 9))

    ready = await store_ready.ready(database, TOPICS)
    assert sorted((one.topic, one.app, one.due, one.of_lanes) for one in ready) == [
        ("one", 7, NOW + 5, NOW + 5),
        ("one", 8, NOW + 1, NOW + 1),
        ("three", 9, NOW + 9, NOW + 9),
        ("two", 7, NOW + 1, NOW + 1),
    ]
    assert {one.topic for one in await store_ready.ready(database, TOPICS[1:2])} == {"two"}

    asked = [*LANES, "nobody's"]
    assert await database.write(lambda tx: store_lanes.occupied(tx, "one", 7, asked)) == set(LANES)
    assert await database.write(lambda tx: store_lanes.occupied(tx, "one", 8, asked)) == {"lane0"}

    for most in (1, 5, 32):
        rows = await database.write(lambda tx, most=most: store_lanes.first(tx, "one", 7, asked, most))  # type: ignore[misc]
        for lane in LANES:
            numbers = sorted(row[0] for row in rows if row[1] == lane)
            bodies = await database.fetch("SELECT id FROM outbox WHERE app = 7 AND lane = $1 AND topic = 'one'", lane)
            assert numbers[:most] == sorted(row[0] for row in bodies)[:most], lane

    assert await database.write(lambda tx: store_lanes.next_in(tx, "one", 7, [*LANES, *LANES[:3]], NOW)) == len(LANES)
    due = await database.fetch("SELECT body FROM outbox WHERE due = $1 ORDER BY id", NOW)
    assert [row[0].decode() for row in due] == [f"{lane}-0" for lane in LANES], "the first of each lane, once"


async def test_a_take_is_not_larger_than_was_asked_for(database: Database) -> None:
    """Of a lane PostgreSQL finds up to twice as many as may be taken."""
    await database.write(lambda tx: store.put(tx, [entry(7, "one", "lane", f"{n}") for n in range(12)], NOW))
    free = store.Free("one", 7, 3, 18)
    ((*taken,),) = await database.write(lambda tx: store.turn(tx, "me", [], [free], [], NOW, NOW + 9))
    assert [one.body.decode() for one in taken] == [f"{n}" for n in range(12)]
    await database.write(lambda tx: store.release(tx, "me", NOW))
    free = store.Free("one", 7, 1, 5)
    ((*taken,),) = await database.write(lambda tx: store.turn(tx, "me", [], [free], [], NOW, NOW + 9))
    assert [one.body.decode() for one in taken] == [f"{n}" for n in range(5)]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_looks_are_planned_once(database: Database) -> None:
    """PostgreSQL makes five plans for what the arguments are, and then one for all, unless it takes that for dearer."""
    await database.write(lambda tx: store.put(tx, [entry(7, "one", lane, "") for lane in LANES], NOW + 5))
    await database.execute("ANALYZE outbox")
    for _ in range(10):
        await store_ready.ready(database, TOPICS)
        await database.write(lambda tx: store_lanes.occupied(tx, "one", 7, LANES))
        await database.write(lambda tx: store_lanes.first(tx, "one", 7, LANES, 4))
        await database.write(lambda tx: store_lanes.next_in(tx, "one", 7, LANES, NOW))
    plans = await database.fetch("SELECT statement, custom_plans, generic_plans FROM pg_prepared_statements")
    assert [tuple(row[1:]) for row in plans if "unnest((" in row[0]] == [(5, 5)] * 4
