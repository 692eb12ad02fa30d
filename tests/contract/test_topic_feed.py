"""Topics reach who follows their community: on a node that hears nothing over the bus, too, in order, each once."""

from __future__ import annotations

import asyncio

import msgspec

from sodam.accounts.service import AccountService
from sodam.apps.service import AppService
from sodam.bus.local import LocalBus
from sodam.groups.core import Operator
from sodam.groups.model import Changes, Newcomer, Wanted
from sodam.groups.types import TYPES
from sodam.storage import Database
from tests.contract.test_group_feed import Node

CITY = "@TGS#_city"
ADMIN = Operator("a", True)


async def test_lost_hints_of_topics(database: Database) -> None:
    apps = AppService(database, LocalBus())
    made, _ = await apps.create("topics", plan="Flagship")
    settings = msgspec.structs.replace(made.settings, community=True, community_topics=True)
    app = msgspec.structs.replace(made, settings=settings)
    one, two = Node(database, apps, app), Node(database, apps, app)
    await AccountService(database, LocalBus(), apps).ensure(app.sdkappid, ["a", "b"])
    wanted = Wanted(
        kind=TYPES["Community"],
        group_id=CITY,
        owner="a",
        max_members=0,
        changes=Changes(name="g"),
        newcomers=(Newcomer("b"),),
        support_topic=1,
    )
    await one.groups.create(app, ADMIN, wanted)
    early = await one.groups.topics.create(app, ADMIN, CITY, f"{CITY}@TOPIC#_early", Changes(name="early"))
    await one.say(early, 1)
    await one.follow(CITY)
    await two.follow(CITY)
    for number in range(2, 6):
        await one.say(early, number)
    # One that is made while the other node hears nothing.
    late = await one.groups.topics.create(app, ADMIN, CITY, f"{CITY}@TOPIC#_late", Changes(name="late"))
    for number in range(1, 4):
        await one.say(late, number)
    await two.say(late, 4)
    await two.say(early, 6)
    wanted_numbers = {early: [2, 3, 4, 5, 6], late: [1, 2, 3, 4]}

    def heard(node: Node, topic: str) -> list[int]:
        items = [item for event in node.device.events for item in event.get("GroupMsgArray", ())]
        assert all(item["ToGroupId"] == CITY and item["GroupInfo"]["MillionGroupFlag"] == 2 for item in items)
        return [item["MsgSeq"] for item in items if item["GroupInfo"]["TopicId"] == topic]

    async with asyncio.timeout(10):
        while any(heard(two, topic) != numbers for topic, numbers in wanted_numbers.items()):
            await asyncio.sleep(0.02)
        await one.groups.feed.look()
        while any(heard(one, topic) != numbers for topic, numbers in wanted_numbers.items()):
            await asyncio.sleep(0.02)
    for node in (one, two):
        node.live.remove(next(iter(t for t in node.live._sessions)), node.device)
        assert not node.groups.feed._lines, "nothing is left of a community that nobody follows"
        await node.groups.stop()
