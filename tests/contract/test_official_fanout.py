"""What an official account says reaches each subscriber, page by page; a node that dies repeats that page alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from sodam.c2c.service import C2CService
from sodam.observability.loops import Loops
from sodam.officials import fanout
from sodam.officials.fanout import FanOut, Task, entry
from sodam.officials.model import TOPIC, Act, Broadcast, Official
from sodam.officials.service import Officials
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from tests.contract.world import World, text_body

SUBSCRIBERS, PAGE, DIES_IN = 45, 10, 3


class Everybody(PresenceService):
    """All are online."""

    async def status(self, app: int, user_ids: Sequence[str]) -> dict[str, Any]:  # type: ignore[override]
        return dict.fromkeys(user_ids)


async def test_a_kill_between_pages_repeats_one_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PAGE", PAGE)
    app, apps = world.app, world.accounts._apps
    presence = Everybody(world.bus, world.live, loops=Loops())
    nothing: Any = None  # nobody is pushed here

    def node() -> tuple[Outbox, Officials]:
        outbox = Outbox(world.db, Loops(), world.clock)
        c2c = C2CService(world.db, world.bus, world.live, world.accounts, outbox, clock=world.clock)
        parts = (world.db, world.bus, world.live, apps, world.accounts, presence, c2c, nothing, outbox)
        return outbox, Officials(*parts)

    (outbox, officials), who = node(), Act("administrator")
    wanted = Official(app=0, account="", owner="a", name="News", max_subscribers=1000)
    account = (await officials.create(app, who, wanted)).account
    names = [f"u{n:02}" for n in range(SUBSCRIBERS)]
    await world.accounts.ensure(app.sdkappid, names)
    await officials.subscribe(app, who, account, names)

    told: list[str] = []
    pages: list[list[str]] = []
    died = asyncio.Event()
    notify = FanOut._notify

    async def noted(self: FanOut, of: Any, task: Task, message: Broadcast, users: Sequence[str]) -> None:
        await notify(self, of, task, message, users)
        pages.append(list(users))
        told.extend(users)
        if len(pages) == DIES_IN:
            died.set()
            await asyncio.Event().wait()  # the page went out, and the node never says so

    monkeypatch.setattr(FanOut, "_notify", noted)
    message = Broadcast(
        app=app.sdkappid, account=account, random=1, body=text_body("hi"), msg_time=int(world.clock.now)
    )
    task = Task(kind="sent", account=account, online=message)
    await world.db.write(lambda tx: outbox.put(tx, [entry(app.sdkappid, task)]))
    outbox.start()
    async with asyncio.timeout(60):
        await died.wait()
    await outbox.stop()
    other, _ = node()
    world.clock.now += 3600  # the lease of the one that died is over
    other.start()
    async with asyncio.timeout(60):
        while sum(await other.counts(TOPIC, app.sdkappid)):
            other.wake()
            await asyncio.sleep(0.01)
    await other.stop()
    assert set(told) == set(names), "everybody"
    twice = [name for name, count in Counter(told).items() if count > 1]
    assert sorted(twice) == pages[DIES_IN - 1], "those of the page that was under way, and nobody else"
    assert max(Counter(told).values()) == 2
