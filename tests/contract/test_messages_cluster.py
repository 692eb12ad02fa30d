"""Two nodes over one PostgreSQL: they share conversations, and know what the other has taken."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from sodam.bus.local import LocalBus
from sodam.c2c.changes import EVERYTHING, Changes
from sodam.c2c.service import C2CService
from tests.contract.world import World, place


class ClusterBus(LocalBus):
    """Other nodes exist, and no hint ever reaches them."""

    clustered = True


@pytest.fixture(params=["postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """Only PostgreSQL serves more than one process."""
    return str(request.param)


@pytest_asyncio.fixture
async def nodes(world: World) -> list[World]:
    both = [World(world.db, world.app, world.accounts, world.live, world.clock) for _ in range(2)]
    for node in both:
        node.c2c = C2CService(world.db, ClusterBus(), world.live, world.accounts, world.outbox, clock=world.clock)
        node.changes = Changes(node.c2c)
        node._numbers = world._numbers
    return both


async def test_places_without_holes(nodes: list[World]) -> None:
    pairs = [("a", "b"), ("b", "a"), ("a", "c"), ("b", "c")]
    await asyncio.gather(*(nodes[n % 2].send(*pairs[n // 2 % 4], f"{n}") for n in range(400)))
    assert [row[0] for row in await nodes[0].rows("a", "b")] == list(range(1, 201))
    assert [row[0] for row in await nodes[0].rows("a", "c")] == list(range(1, 101))
    assert await nodes[1].unread("b", "a") == 100


async def test_sent_again_to_the_other_node(nodes: list[World]) -> None:
    """Its node died, or the client moved: the answer is that of the first time."""
    first = await nodes[0].send("a", "b", "x", seq=1, random=2)
    nodes[0].clock.now += 60
    assert await nodes[1].send("a", "b", "x", seq=1, random=2) == first
    answers = await asyncio.gather(*(nodes[1].send("a", "b", "x", seq=1, random=2) for _ in range(5)))
    assert set(answers) == {first}
    batch = [nodes[1].draft("a", peer, "x", seq=1, random=2) for peer in ("b", "c")]
    assert (await nodes[1].c2c.send_batch(nodes[1].app, batch)).sent == first
    assert len(await nodes[0].rows("a", "b")) == len(await nodes[0].rows("a", "c")) == 1


async def test_marks_recalls_and_messages_of_both(nodes: list[World]) -> None:
    one, two = nodes
    sent = [await nodes[n % 2].send("a", "b") for n in range(40)]
    await asyncio.gather(
        *(nodes[n % 2].send("a", "b") for n in range(40)),
        *(nodes[n % 2].changes.mark_read(one.app, "b", "a", EVERYTHING) for n in range(10)),
        *(
            nodes[n % 2].changes.withdraw(one.app, "a", "b", place(said), revoker="a", limit=False)
            for n, said in enumerate(sent)
        ),
        one.changes.hide(one.app, "b", "a", clear=False),
    )
    row = await one.db.fetch_one(
        "SELECT COUNT(*) FROM c2c_message x JOIN c2c_member m ON m.app = x.app AND m.conv = x.conv AND m.owner = 'b' "
        "WHERE x.app = $1 AND (x.seq > m.read_seq OR x.msg_time > m.read_time) AND (x.flags & 1) = 0",
        one.app.sdkappid,
    )
    assert row is not None
    assert await two.unread("b", "a") == row[0]
