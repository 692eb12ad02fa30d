"""Pushes of the test's own: a world with vendors that stand on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sodam.c2c.draft import draft
from sodam.c2c.model import Message
from sodam.groups.service import GroupService
from sodam.jobs.service import JobService
from sodam.messages.offline_push import OfflinePushInfo, wish_of
from sodam.observability.loops import Loops
from sodam.outbound import Outbound
from sodam.presence.service import PresenceService
from sodam.push import store_log
from sodam.push.channel import Channel
from sodam.push.model import DECIDE, READ, SEND, TAKE_BACK, Certificate
from sodam.push.model import Device as PushDevice
from sodam.push.service import PushService
from tests.contract.world import World, text_body
from tests.support.vendors import Authority, VendorServer

P8 = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


TOPICS = (TAKE_BACK, DECIDE, READ, SEND)
"""In the order in which one leads to another: what was counted as none comes to nothing new."""


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


class Pushing:
    """A world with pushes."""

    def __init__(self, world: World, authority: Authority, directory: Path) -> None:
        self.world = world
        self.authority = authority
        self.directory = directory
        self.number = 0
        self.app = world.app.sdkappid
        self.outbound = Outbound(tls=authority.trusting(), user_agent="test")
        channel = Channel(self.outbound, self.outbound, authority.trusting)
        groups = self.groups = GroupService(world.db, world.bus, world.live, world.accounts, world.outbox, world.clock)
        presence = PresenceService(world.bus, world.live, loops=Loops())
        self.apps = world.accounts._apps
        self.push = PushService(
            world.db,
            world.bus,
            self.apps,
            presence,
            world.outbox,
            channel,
            world.accounts,
            world.c2c,
            groups,
            Loops(),
            world.clock,
        )
        self.jobs = JobService(world.db)
        self.push.tasks.register(self.jobs)

    async def start(self) -> None:
        await self.jobs.start()
        await self.apps.start()
        await self.push.start(None, self.directory)
        self.world.outbox.start()

    async def stop(self) -> None:
        await self.jobs.stop()
        await self.world.outbox.stop()
        await self.push.stop()
        await self.outbound.close()
        await self.apps.stop()

    async def apns(self, url: str) -> Certificate:
        fields = {"Key": P8, "KeyId": "K1", "TeamId": "T1", "BundleId": "org.example", "Endpoint": url}
        return await self.push.certificates.put(self.app, "apns_p8", "", fields)

    async def device(self, one: Certificate, user: str = "b", token: str = "token", instid: int = 0) -> str:
        return await self.push.devices.report(PushDevice(self.app, one.id, token, "", user, instid))

    async def send(self, text: str = "hi", **info: Any) -> None:
        message = self.draft(text)
        message.wish = wish_of(OfflinePushInfo(**info) if info else None, text, "", "")
        await self.world.c2c.send(self.world.app, message, checked=False)

    def draft(self, text: str) -> Message:
        self.number += 1
        return draft(self.world.app, "a", "b", seq=0, random=self.number, body=text_body(text))

    async def quiet(self) -> None:
        """Everything is done that can be."""
        async with asyncio.timeout(60):
            while sum([sum(await self.world.outbox.counts(topic, self.app)) for topic in TOPICS]):
                await asyncio.sleep(0.01)

    async def put_off(self) -> None:
        """A push that the vendor did not take waits for its next try: the clock may be moved to it."""
        waiting = "SELECT COUNT(*) FROM outbox WHERE app = $1 AND topic = $2 AND tries > 0 AND lease_owner = ''"
        async with asyncio.timeout(60):
            while not (await self.world.db.fetch(waiting, self.app, SEND))[0][0]:
                await asyncio.sleep(0.005)

    async def tokens(self, user: str = "b") -> list[str]:
        return [device.token for device in await self.push.devices.of(self.app, [user])]

    async def failures(self) -> list[store_log.Failure]:
        return [one for _, one in await self.push.failures(self.app, 0, 100)]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest_asyncio.fixture
async def pushing(world: World, authority: Authority, tmp_path: Path) -> AsyncIterator[Pushing]:
    made = Pushing(world, authority, tmp_path)
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def apple(authority: Authority) -> AsyncIterator[VendorServer]:
    async with VendorServer(authority, http2=True) as server:
        yield server
