"""A webhook's receiver is down for ten minutes while messages go on and both nodes are killed: nothing is lost, order
stays within a conversation, what comes twice has its ID. The clock is the test's. On each engine.

``SODAM_TEST_DOWN_RATE``: messages a second, 200 in the long run.
"""

from __future__ import annotations

import asyncio
import random
from itertools import combinations

import pytest

from sodam.apps import rules
from sodam.messages.model import Source
from sodam.observability.loops import Loops
from sodam.outbound import Outbound
from sodam.outbox.service import LEASE_MS, Outbox
from sodam.storage import Database
from sodam.webhooks.model import TOPIC
from sodam.webhooks.service import WebhookService
from tests.contract.world import World
from tests.support.amounts import amounts
from tests.support.receiver import Got, Receiver, Reply
from tests.support.seeds import SEED

USERS = "abcdef"
COMMAND = "C2C.CallbackAfterSendMsg"
MINUTES = 10
STEP = 10
"""Seconds of the clock between two looks at the outbox while the receiver is down."""


class Node:
    """What of a server sends webhooks."""

    def __init__(self, world: World, name: str) -> None:
        self.outbound = Outbound(user_agent=name)
        self.outbox = Outbox(world.db, Loops(), world.clock)
        apps = world.accounts._apps
        self.webhooks = WebhookService(
            world.db, world.bus, apps, self.outbox, world.c2c.histories, self.outbound, Loops(), world.clock
        )
        self.outbox.start()

    async def kill(self) -> None:
        """Without a word: what it had taken is free when the leases end."""
        assert self.outbox._loop is not None
        await self.outbox._loop.stop()
        for task in list(self.outbox._tasks):
            task.cancel()
        await asyncio.gather(*self.outbox._tasks, return_exceptions=True)
        await self.outbound.close()


async def say(world: World, chosen: random.Random, count: int, said: dict[str, list[str]]) -> None:
    for _ in range(count):
        sender, recipient = chosen.choice([*combinations(USERS, 2)])
        words = said.setdefault(f"{sender}-{recipient}", [])
        words.append(f"{sender}-{recipient} {len(words)}")
        message = world.draft(sender, recipient, words[-1])
        message.source = Source("RESTAPI", "")
        await world.c2c.send(world.app, message, checked=False)


def text(got: Got) -> str:
    return str(got.body["MsgBody"][0]["MsgContent"]["Text"])


async def configure(world: World, receiver: Receiver, command: str = COMMAND) -> None:
    changes = {"url": receiver.url, "commands": (command,)}
    _, world.app = await world.accounts._apps.edit(
        world.app.sdkappid, lambda app: rules.webhooks(app, app.settings_version, changes)
    )


@pytest.mark.parametrize("rate", amounts("DOWN_RATE", usual=0, long=200))
async def test_ten_minutes_down(database: Database, rate: int) -> None:
    chosen = random.Random(SEED)
    world = await World.open(database, USERS)
    await world.accounts._apps.start()
    said: dict[str, list[str]] = {}
    agents: set[str] = set()
    both = asyncio.Event()

    async def answer(got: Got) -> Reply | None:
        """Whoever comes first waits for the other node."""
        agents.add(got.headers["user-agent"])
        if len(agents) > 1:
            both.set()
        async with asyncio.timeout(1.5):
            await both.wait()
        return 200, b"{}"

    receiver = Receiver()
    await receiver.start()
    await receiver.stop()
    receiver.answer = answer
    await configure(world, receiver)
    nodes = [Node(world, "one"), Node(world, "two")]
    world.c2c.followers.add(TOPIC, nodes[0].webhooks.after.sent)
    world.outbox.consume(TOPIC, nodes[0].outbox._topics[TOPIC].consumer)  # so that messages are noted for it
    for second in range(0, MINUTES * 60, STEP):
        await say(world, chosen, rate * STEP or 5, said)
        world.clock.now += STEP
        for node in nodes:
            node.outbox.wake()
        await asyncio.sleep(0.002)
        if second in (200, 400):
            for place, name in enumerate(("one", "two")):
                await nodes[place].kill()
                nodes[place] = Node(world, name)
    assert receiver.got == []
    await receiver.start()
    world.clock.now += LEASE_MS / 1000
    try:
        await drain(world, nodes)
    finally:
        for node in nodes:
            await node.kill()
        await receiver.stop()
        await world.accounts._apps.stop()

    texts: dict[str, tuple[str, bytes]] = {}
    arrived: dict[str, list[str]] = {}
    for got in receiver.got:
        known = texts.setdefault(got.id, (text(got), got.raw))
        assert known == (text(got), got.raw), "the same ID is the same event"
    for words in dict.fromkeys(text(got) for got in receiver.got):
        arrived.setdefault(words.split()[0], []).append(words)
    assert arrived == said
    assert len(texts) == sum(map(len, said.values()))
    assert agents == {"one", "two"}


async def drain(world: World, nodes: list[Node]) -> None:
    """Until nothing waits; the clock goes on."""
    waiting, still = 1, 0
    while waiting:
        for node in nodes:
            node.outbox.wake()
        await asyncio.sleep(0.02)
        before = waiting
        waiting, dead = await nodes[0].outbox.counts(TOPIC, world.app.sdkappid)
        assert not dead
        still = still + 1 if waiting == before else 0
        assert still < 1500, f"{waiting} events do not go out"  # the last tries are an hour apart: 720 turns
        world.clock.now += 5
