"""Client certificates of webhooks: one authority, numbers that two at once do not share, and when which is shown."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from sodam.control import ControlError
from sodam.outbound import OutboundError
from sodam.storage import Database
from sodam.storage.seal import Seal, open_seal
from sodam.webhooks.certificates import facts
from sodam.webhooks.mutual import Mutual
from tests.contract.world import Clock, World

DAY = 86_400


async def mutual(world: World, directory: Path) -> Mutual:
    made = Mutual(world.db, world.bus, world.clock, ssl.create_default_context)
    made.use(await open_seal(world.db, None, directory))
    return made


async def test_two_at_once(world: World, tmp_path: Path) -> None:
    """As on two nodes: one authority, a number each."""
    app = world.app.sdkappid
    one, two = await mutual(world, tmp_path), await mutual(world, tmp_path)
    assert len({*await asyncio.gather(one.authority(), two.authority(), one.authority())}) == 1
    made = await asyncio.gather(one.rotate(app, 0), two.rotate(app, 0))
    assert {certificate.number for certificate in made} == {1, 2}
    used = await asyncio.gather(one.use_now(app), two.use_now(app))
    assert {certificate.number for certificate in used} == {2}
    assert sorted(await asyncio.gather(one.remove(app), two.remove(app))) == [0, 2]
    with pytest.raises(ControlError):
        await one.use_now(app)
    assert await (await mutual(world, tmp_path)).context(app) is None


async def test_the_next_one_is_shown_when_its_time_comes(world: World, tmp_path: Path) -> None:
    app, clock = world.app.sdkappid, world.clock
    assert isinstance(clock, Clock)
    one = await mutual(world, tmp_path)
    first = await one.rotate(app, 7)
    assert one.shown(await one.of(app)) == first, "an app's first one is used at once"
    context = await one.context(app)
    assert context is not None
    assert await one.context(app) is context, "connections are kept by their context"
    second = await one.rotate(app, 7)
    assert await one.context(app) is context
    clock.now += 7 * DAY
    assert one.shown(await one.of(app)) == second
    assert await one.context(app) is not context
    assert facts(first.pem).serial != facts(second.pem).serial

    assert await one.renew() == 0
    clock.now = second.expires_at - 20 * DAY
    assert await one.renew() == 1
    third, *_ = await one.of(app)
    assert (third.number, one.shown(await one.of(app))) == (3, second)


async def test_another_servers_key_opens_nothing(world: World, database: Database, tmp_path: Path) -> None:
    app = world.app.sdkappid
    await (await mutual(world, tmp_path)).rotate(app, 0)
    other = Mutual(database, world.bus, world.clock)
    other.use(Seal(b"another"))
    with pytest.raises(OutboundError, match="made by another server"):
        await other.context(app)
    with pytest.raises(ControlError, match="another SODAM_SECRET_KEY"):
        await other.authority()
