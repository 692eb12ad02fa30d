"""A million messages in one conversation: pages of its history, and sends while they are erased, on both engines.

Slow: ``-m long``. SODAM_TEST_MANY is the number of messages.
"""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from sodam.c2c import retention
from sodam.c2c.model import NEWEST, Rank
from sodam.storage import Bulk, Database
from tests.contract.world import START, World, text_body

MANY = int(os.environ.get("SODAM_TEST_MANY", "1000000"))
PAGE = 20
_INSERT = Bulk(
    "INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, version, "
    "body, cloud, ord)",
    ("bigint", "text", *("bigint",) * 8, "bytea", "bytea", "bigint"),
)
pytestmark = pytest.mark.long


async def fill(world: World, first: int) -> None:
    """``MANY`` messages of a to b, one a second from a unix second on, straight into the table."""
    await world.send("a", "b", "newest")
    app = world.app.sdkappid
    for start in range(0, MANY, 5000):
        rows = [
            (app, "a\x1fb", first + n, n, n, n + 10, 0, first + n, 0, 0, text_body(f"message {n}"), b'""', n + 10)
            for n in range(start, min(start + 5000, MANY))
        ]
        await world.db.write(lambda tx, rows=rows: tx.bulk(_INSERT, rows), lane="long")  # type: ignore[misc]
    if world.db.engine == "postgres":
        await world.db.execute("ANALYZE c2c_message")


async def page(world: World, before: Rank, repeats: int = 50) -> tuple[Rank, float]:
    """Where the page ends, and what reading it takes, in milliseconds: the quickest of some."""
    taken = []
    for _ in range(repeats):
        begin = time.perf_counter()
        found = await world.c2c.histories.history(world.app, "a", "b", limit=PAGE, before=before)
        taken.append((time.perf_counter() - begin) * 1000)
        assert len(found) == PAGE
    return found[-1].rank, min(taken)


async def test_the_first_and_the_thousandth_page_cost_the_same(database: Database) -> None:
    world = await World.open(database)
    days = world.app.settings.history_days * 86_400
    await fill(world, START - min(MANY, days) - 1)
    before, first = await page(world, NEWEST)
    for _ in range(998):
        before, _ = await page(world, before, 1)
    _, thousandth = await page(world, before)
    print(
        f"{database.engine}: of {MANY} messages the first page takes {first:.2f} ms, the 1000th {thousandth:.2f}",
        flush=True,
    )
    assert thousandth < 2 * first + 1


async def sends(world: World, until: asyncio.Event) -> list[float]:
    """Milliseconds from sending to the disk, some fifty a second."""
    taken = []
    while not until.is_set():
        begin = time.perf_counter()
        await world.send("a", "c")
        taken.append((time.perf_counter() - begin) * 1000)
        await asyncio.sleep(0.02)
    return sorted(taken)


async def sizes(db: Database) -> tuple[int, int]:
    """MiB that the database takes, and of them those that are free to be used again (SQLite)."""
    if db.engine == "postgres":
        return int((await db.scan("SELECT pg_total_relation_size('c2c_message')"))[0][0]) >> 20, 0
    names = ("page_count", "freelist_count", "page_size")
    pages, free, size = [int((await db.scan(f"SELECT * FROM pragma_{name}"))[0][0]) for name in names]
    return pages * size >> 20, free * size >> 20


async def test_sends_go_on_while_old_messages_are_erased(database: Database) -> None:
    world = await World.open(database)
    await fill(world, START - world.app.settings.history_days * 86_400 - MANY - 100)
    full, _ = await sizes(database)

    async def measure(turn: asyncio.Future[object]) -> tuple[float, int]:
        done = asyncio.Event()
        sending = asyncio.create_task(sends(world, done))
        await turn
        done.set()
        taken = await sending
        return taken[len(taken) * 99 // 100], len(taken)

    async def erase() -> int:
        return await retention.purge(database, world.app.sdkappid, world.c2c.histories.oldest(world.app))

    quiet, many = await measure(asyncio.ensure_future(asyncio.sleep(20)))
    begin = time.perf_counter()
    erasing = asyncio.ensure_future(erase())
    busy, more = await measure(erasing)
    seconds = time.perf_counter() - begin
    assert erasing.result() == MANY
    if database.engine == "postgres":
        for _ in range(
            2
        ):  # as PostgreSQL does by itself, which tests have switched off; pages of indexes the second time
            await database.execute("VACUUM c2c_message")
            await world.send("a", "c")
    after, free = await sizes(database)
    print(f"{database.engine}: {MANY} messages erased in {seconds:.0f} s", flush=True)
    print(f"{database.engine}: p99 of a send {quiet:.1f} ms without ({many}), {busy:.1f} with ({more})")
    await fill(world, START - 100 - min(MANY, 86_400))
    again, _ = await sizes(database)
    print(f"{database.engine}: {full} MiB full, {after} erased (free {free}), {again} when as many came again")
    assert busy < 2 * quiet + 10
    assert again < full * 1.3 + 16
