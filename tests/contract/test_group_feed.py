"""Two nodes of which one hears nothing over the bus: its devices still get every message of a group, in order, once."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.groups.core import Operator
from sodam.groups.feed import of_group
from sodam.groups.message import GroupMessage
from sodam.groups.model import Changes, Newcomer, Wanted
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.storage import Database
from tests.contract.world import Device, text_body


class DeafBus(LocalBus):
    """Other nodes exist, and no hint ever arrives."""

    clustered = True


class Node:
    def __init__(self, db: Database, apps: AppService, app: App) -> None:
        bus = DeafBus()
        self.app = app
        self.live = Live(bus)
        self.groups = GroupService(db, bus, self.live, AccountService(db, bus, apps), Outbox(db, Loops()))
        self.device = Device()

    async def follow(self, group: str) -> None:
        self.live.add(of_group(self.app.sdkappid, group), self.device)
        await self.groups.feed.begin(self.app.sdkappid, [group])

    async def say(self, group: str, number: int) -> None:
        message = GroupMessage(
            app=self.app.sdkappid,
            group_id=group,
            sender="a",
            random=number,
            client_time=0,
            body=text_body(str(number)),
        )
        await self.groups.sending.send(self.app, message)

    def heard(self) -> list[tuple[int, str]]:
        return [
            (item["MsgSeq"], item["MsgBody"][0]["MsgContent"]["Text"])
            for event in self.device.events
            for item in event["GroupMsgArray"]
        ]


@pytest.mark.parametrize("look", [True, False])
async def test_lost_hints_are_made_up_for(database: Database, look: bool) -> None:
    """By the next message of one's own node, which shows the gap, or by the look that follows a lost bus."""
    apps = AppService(database, LocalBus())
    app, _ = await apps.create("feeds", plan="Pro")
    one, two = Node(database, apps, app), Node(database, apps, app)
    await AccountService(database, LocalBus(), apps).ensure(app.sdkappid, ["a", "b"])
    wanted = Wanted(
        kind=TYPES["Public"],
        group_id="",
        owner="a",
        max_members=0,
        changes=Changes(name="g"),
        newcomers=(Newcomer("b"),),
    )
    group = await one.groups.create(app, Operator("a", True), wanted)
    await one.follow(group)
    await two.follow(group)
    for number in range(1, 251):
        await one.say(group, number)
    assert len(two.heard()) < 250, "the hints were to be lost"
    if look:
        await two.groups.feed.look()
        assert len(two.heard()) == 250
    await two.say(group, 251)
    async with asyncio.timeout(10):
        while len(two.heard()) < 251:
            await asyncio.sleep(0.01)
    await one.groups.feed.look()
    for node in (one, two):
        assert node.heard() == [(n, str(n)) for n in range(1, 252)], msgspec.json.encode(node.heard()[-3:])
        await node.groups.stop()
