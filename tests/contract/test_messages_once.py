"""One message given to two servers that share nothing but a PostgreSQL: stored once, whoever is first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sodam.bus.local import LocalBus
from sodam.c2c import store_recent
from sodam.c2c.changes import Changes
from sodam.c2c.service import C2CService
from sodam.messages.model import IMPORTED
from tests.contract.world import START, World, place
from tests.support.barrier import Gate

pytestmark = pytest.mark.parametrize("engine", ["postgres"], indirect=True)
Call = Callable[[], Awaitable[Any]]


def _node(world: World, db: Any = None) -> World:
    """A process of its own: it knows the database and no other process."""
    node = World(world.db, world.app, world.accounts, world.live, world.clock)
    node.c2c = C2CService(db or world.db, LocalBus(), world.live, world.accounts, world.outbox, clock=world.clock)
    node.changes = Changes(node.c2c)
    node._numbers = world._numbers
    return node


async def _count(world: World, one: str = "a", other: str = "b") -> int:
    return len(await world.rows(one, other))


async def test_at_once(world: World, gate: Gate) -> None:
    """Held before the statement that stores, each of them has found nothing."""
    nodes = [_node(world, gate) for _ in range(4)]
    device = world.device("b")
    got = await gate.together(*[lambda n=n: n.send("a", "b", "x", seq=1, random=2) for n in nodes])
    assert got.errors == []
    assert len(set(got.values)) == 1
    assert await _count(world) == 1
    assert await world.unread("b", "a") == 1
    assert device.texts() == ["x"]


@pytest.mark.parametrize("seq", [0, 7])
async def test_many_at_once(world: World, seq: int) -> None:
    nodes = [_node(world) for _ in range(2)]
    sent = await asyncio.gather(
        *(node.send("a", "b", f"{n}", seq=seq, random=n) for n in range(1000) for node in nodes)
    )
    assert await _count(world) == 1000
    assert [sent[n] for n in range(0, 2000, 2)] == [sent[n] for n in range(1, 2000, 2)]
    assert await world.unread("b", "a") == 250  # more do not count


async def test_one_after_the_other(world: World) -> None:
    first = await _node(world).send("a", "b", "x", seq=0, random=2)
    world.clock.now += 119
    assert await _node(world).send("a", "b", "x", seq=0, random=2) == first
    world.clock.now += 2
    later = await _node(world).send("a", "b", "x", seq=0, random=2)
    assert later.msg_time == START + 121
    assert await _node(world).send("a", "b", "x", seq=0, random=2) == later
    assert await _count(world) == 2


async def test_a_new_message_beside_one_that_was_stored(world: World) -> None:
    """What shares a commit with a duplicate is stored all the same, in order."""
    one, two = _node(world), _node(world)
    first = await one.send("a", "b", "old", seq=1, random=1)
    drafts = [("new 1", 2), ("old", 1), ("new 2", 3), ("new 3", 0)]
    sent = await asyncio.gather(*(two.send("a", "b", text, seq=seq, random=1) for text, seq in drafts))
    assert sent[1] == first
    assert await world.texts("b", "a") == ["old", "new 1", "new 2", "new 3"]
    assert await world.unread("b", "a") == 4
    assert [row[0] for row in await world.rows("a", "b")] == [1, 2, 3, 4]


async def test_batches_at_once(world: World, gate: Gate) -> None:
    nodes = [_node(world, gate) for _ in range(3)]

    def call(node: World) -> Call:
        return lambda: node.c2c.send_batch(
            node.app, [node.draft("a", peer, "x", seq=0, random=2) for peer in ("b", "c")]
        )

    got = await gate.together(*map(call, nodes))
    assert got.errors == []
    assert len({batch.sent for batch in got.values}) == 1
    assert (await _count(world), await _count(world, "a", "c")) == (1, 1)
    found = await world.c2c.histories.find(world.app, "a", "c", place(got.values[0].sent))
    assert found.seq == 1


def _import(node: World, sender: str, recipient: str, *, seq: int, text: str = "x") -> Call:
    async def run() -> None:
        message = node.draft(sender, recipient, text, seq=seq, random=2, flags=IMPORTED)
        message.msg_time = START - 1000
        await node.c2c.import_message(node.app, message, silent=True)

    return run


@pytest.mark.parametrize("seq", [0, 5])
async def test_imports_at_once(world: World, gate: Gate, seq: int) -> None:
    nodes = [_node(world, gate) for _ in range(4)]
    got = await gate.together(*[_import(node, "a", "b", seq=seq) for node in nodes])
    assert got.errors == []
    assert await _count(world) == 1
    assert await world.unread("b", "a") == 1
    got = await gate.together(*[_import(node, "a", "b", seq=seq, text="y" if seq else "x") for node in nodes])
    assert (got.errors, await _count(world)) == ([], 1)


async def test_every_interleaving_of_two(world: World, gate: Gate) -> None:
    numbers = iter(range(1, 1000))

    async def prepare() -> tuple[Call, Call]:
        number = next(numbers)
        one, two = _node(world, gate), _node(world, gate)
        return (
            lambda: one.send("a", "b", f"{number}", seq=number, random=1),
            lambda: two.c2c.send_batch(two.app, [two.draft("a", "b", f"{number}", seq=number, random=1)]),
        )

    async def check(got: Any) -> None:
        assert got.errors == []
        texts = await world.texts("b", "a", 1000)
        assert len(texts) == len(set(texts))
        assert got.results[0] == got.results[1].sent

    await gate.interleave(prepare, check)


async def test_keys_are_forgotten(world: World) -> None:
    node = _node(world)
    for number in range(30):
        await node.send("a", "b", f"{number}")
    assert await store_recent.purge(world.db, START) == 0
    assert await store_recent.purge(world.db, START + 10_000) == 30
    await node.send("a", "b", "one more")
    assert await store_recent.purge(world.db, START - 10_000) == 1  # a clock that was ahead
