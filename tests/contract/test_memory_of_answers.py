"""What an answer needs in memory does not follow how much there is to answer from: pages of a history, and searches."""

from __future__ import annotations

import functools
import tracemalloc
from collections.abc import Awaitable, Callable

from sodam.c2c.model import NEWEST, Rank
from sodam.storage import Database
from tests.contract.search_world import SearchWorld
from tests.contract.test_search_cost import insert
from tests.contract.world import START, text_body

FEW, MANY = 600, 5000
"""Both more than a search looks at (500)."""
SLACK = 64 * 1024
"""Bytes: the answers are the same, their keys have another digit. Buffers of what comes in differ by some per cent."""


async def fill(world: SearchWorld, messages: int) -> None:
    body = text_body("needle " + "x" * 1500)
    for at in range(0, messages, 1000):
        rows = [(n + 1, START + n, body) for n in range(at, min(at + 1000, messages))]
        await world.db.write(functools.partial(insert, app=world.sdkappid, conv="a\x1fb", rows=rows))
    await world.search.building.again(world.app)


async def peak(ask: Callable[[], Awaitable[int]]) -> tuple[int, int]:
    """The most bytes that are held while something is answered, the least of ten times; and its size."""
    await ask()  # statements are prepared once
    found: list[tuple[int, int]] = []
    for _ in range(10):
        tracemalloc.start()
        try:
            size = await ask()
            found.append((tracemalloc.get_traced_memory()[1], size))
        finally:
            tracemalloc.stop()
    return min(found)  # what comes in while this process is held up comes in one large piece


async def peaks(database: Database, messages: int) -> dict[str, tuple[int, int]]:
    world = await SearchWorld.open(database, "ab")
    await fill(world, messages)

    async def page(before: Rank) -> int:
        return len(await world.c2c.histories.history(world.app, "a", "b", limit=100, before=before))

    async def search(peer: str) -> int:
        found = await world.page("a", "needle", peer=peer, size=20)
        return sum(len(hits.messages) for hits in found.hits)

    asked = {
        "newest page": lambda: page(NEWEST),
        "page within": lambda: page((START + messages // 2, messages // 2)),
        "search of one": lambda: search("b"),
        "search of all": lambda: search(""),
    }
    found = {name: await peak(ask) for name, ask in asked.items()}
    await world.close()
    return found


async def test_memory_does_not_grow_with_what_there_is(database: Database) -> None:
    few, many = await peaks(database, FEW), await peaks(database, MANY)
    for name, (held, size) in few.items():
        most, among = many[name]
        print(f"{database.engine} {name}: {held >> 10} KiB of {FEW} messages, {most >> 10} KiB of {MANY}")
        assert (size, among) == ((500, 500) if name == "search of all" else (size, size))
        assert size >= 20
        assert most < 1.15 * held + SLACK, name
