"""Two nodes of which one hears nothing over the bus: its devices still get every message of a group, in order, once."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live, Topic, of_user
from sodam.bus.local import LocalBus
from sodam.extensions.groups import GroupMessages
from sodam.extensions.reactions import Reactions
from sodam.extensions.service import Extensions
from sodam.groups.core import Operator
from sodam.groups.feed import of_group
from sodam.groups.message import GroupMessage
from sodam.groups.model import Changes, Newcomer, Wanted
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.storage import Database
from tests.contract.lossy import SecondLooks
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
        self.second = SecondLooks(self.groups.feed)
        self.device = Device()

    async def follow(self, group: str) -> None:
        self.live.add(of_group(self.app.sdkappid, group), self.device)
        await self.groups.feed.begin(self.app.sdkappid, [group])
        await self.second.over()

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

    def changes(self) -> list[tuple[str, int]]:
        """Recalls and edits that the device has got."""
        found = []
        for event in self.device.events:
            found += [("edit", one["MsgSeq"]) for one in event.get("GroupMsgModNotifys", [])]
            for tip in event.get("GroupTips", []):
                found += [("recall", one["MsgSeq"]) for one in tip["MsgBody"].get("GroupWithdrawInfoArray", [])]
        return found

    def heard(self) -> list[tuple[int, str]]:
        return [
            (item["MsgSeq"], item["MsgBody"][0]["MsgContent"]["Text"])
            for event in self.device.events
            for item in event.get("GroupMsgArray", [])
        ]


def wanted(group_id: str = "") -> Wanted:
    return Wanted(
        kind=TYPES["Public"],
        group_id=group_id,
        owner="a",
        max_members=0,
        changes=Changes(name="g"),
        newcomers=(Newcomer("b"),),
    )


async def nodes(database: Database, group_id: str = "") -> tuple[Node, Node, str]:
    """Two nodes, each with a device that follows one group."""
    apps = AppService(database, LocalBus())
    app, _ = await apps.create("feeds", plan="Pro")
    one, two = Node(database, apps, app), Node(database, apps, app)
    await AccountService(database, LocalBus(), apps).ensure(app.sdkappid, ["a", "b"])
    group = await one.groups.create(app, Operator("a", True), wanted(group_id))
    await one.follow(group)
    await two.follow(group)
    return one, two, group


@pytest.mark.parametrize("look", [True, False])
async def test_lost_hints_are_made_up_for(database: Database, look: bool) -> None:
    """By the next message of one's own node, which shows the gap, or by the look that follows a lost bus."""
    one, two, group = await nodes(database)
    last = 250
    for number in range(1, last + 1):
        await one.say(group, number)
    assert two.heard() == [], "the hints were to be lost"
    if look:
        await two.groups.feed.look()
        assert len(two.heard()) == last
    await two.say(group, last := last + 1)
    async with asyncio.timeout(60):
        while len(two.heard()) < last:
            await asyncio.sleep(0.01)
    await one.groups.feed.look()
    for node in (one, two):
        assert node.heard() == [(n, str(n)) for n in range(1, last + 1)], msgspec.json.encode(node.heard()[-3:])
        await node.groups.stop()


async def test_recalls_and_edits_whose_hints_are_lost_are_made_up_for_once(database: Database) -> None:
    """By the next change of one's own node, or by a look; nothing comes twice, on either node."""
    one, two, group = await nodes(database)
    for number in range(1, 7):
        await one.say(group, number)
    change, app = one.groups.changes, one.app
    await change.recall(app, group, [1, 2], revoker="a", as_member=False)
    await change.modify(app, group, 3, editor="a", body=text_body("new"), as_member=False)
    await change.recall_silently(app, group, "nobody", "a")
    await two.groups.feed.look()
    made_up = [("recall", 1), ("recall", 2), ("edit", 3)]
    assert two.changes() == made_up
    await change.recall(app, group, [4], revoker="a", as_member=False)
    await two.groups.changes.recall(app, group, [5], revoker="a", as_member=False)
    async with asyncio.timeout(60):
        while len(two.changes()) < 5:
            await asyncio.sleep(0.01)
    await one.groups.feed.look()
    await two.groups.feed.look()
    for node in (one, two):
        assert node.changes() == [*made_up, ("recall", 4), ("recall", 5)]
        await node.groups.stop()


async def test_a_reaction_whose_hint_is_lost_is_known_as_ones_own(database: Database) -> None:
    """By the devices of whoever gave it, and by nobody else's; and when it was taken back, that it is not theirs."""
    one, two, group = await nodes(database)
    reactions = Reactions(database, one.live)
    there = GroupMessages(one.groups, Extensions(database), reactions)
    GroupMessages(two.groups, Extensions(database), Reactions(database, two.live))
    devices = {"b": two.device, "a": Device()}
    for user_id, device in devices.items():
        two.live.add(of_user(one.app.sdkappid, user_id), device)
    two.live.add(of_group(one.app.sdkappid, group), devices["a"])
    await one.say(group, 1)
    message = await there.find(one.app, group, 1)

    def own(user_id: str) -> tuple[bool, int]:
        """Whether the device shows the reaction as its own user's, and how many have given it."""
        mine, count = False, 0
        for event in devices[user_id].events:
            if "MsgReactionNotify" in event:
                mine = event["MsgReactionNotify"]["MsgOptType"] == 1
            for item in event.get("MsgReactionNotifyList", []):
                count = item["MsgReactionSummary"][0]["Count"]
        return mine, count

    await reactions.add(message, "b", "heart")
    await two.groups.feed.look()
    assert (own("b"), own("a")) == ((True, 1), (False, 1))
    await reactions.add(message, "a", "heart")
    await two.groups.feed.look()
    assert (own("b"), own("a")) == ((True, 2), (True, 2))
    await reactions.remove(message, "b", "heart")
    await two.groups.feed.look()
    assert (own("b"), own("a")) == ((False, 1), (True, 1))
    for node in (one, two):
        await node.groups.stop()


async def test_a_group_that_was_made_anew_is_heard(database: Database) -> None:
    """Under the ID of one that is gone, while the other node heard of neither: its sequences begin again."""
    one, two, group = await nodes(database, "same")
    change, app = one.groups.changes, one.app
    for number in range(1, 6):
        await two.say(group, number)
    await two.groups.changes.recall(app, group, [1, 2], revoker="a", as_member=False)
    await one.groups.destroy(app, Operator("a", True), group)
    await one.groups.create(app, Operator("a", True), wanted(group))
    await one.say(group, 10)
    two.device.take()
    await two.groups.feed.look()
    await two.say(group, 11)
    assert two.heard() == [(2, "11")], "what came before is fetched, as after any outage"
    await change.recall(app, group, [1], revoker="a", as_member=False)
    await two.groups.feed.look()
    assert two.changes() == [("recall", 1)]
    await one.say(group, 12)
    await two.groups.feed.look()
    assert two.heard() == [(2, "11"), (3, "12")]
    for node in (one, two):
        await node.groups.stop()


async def test_who_left_meanwhile_is_made_up_for_no_more(database: Database) -> None:
    """A moment after a device began to follow a group its node looks for what it missed: that is for members, and the
    user has left since, of which nothing is heard."""
    one, two, group = await nodes(database)
    two.live.remove(of_group(two.app.sdkappid, group), two.device)
    gate, feed, devices = asyncio.Event(), two.groups.feed, {"a": Device(), "b": Device()}
    fill = feed._fill_to_heads

    async def held(topics: list[Topic]) -> None:
        await gate.wait()
        await fill(topics)

    async def check(topic: Topic) -> None:
        inside = await two.groups.members.among(topic.app, topic.name, devices)
        for user_id in devices.keys() - inside:
            two.live.remove(topic, devices[user_id])

    feed._fill_to_heads, feed.crowds.check = held, check  # type: ignore[method-assign]
    topic = of_group(two.app.sdkappid, group)
    for device in devices.values():
        two.live.add(topic, device)
    await feed.begin(two.app.sdkappid, [group])
    await one.groups.members.quit(one.app, Operator("b", False), group)
    await one.say(group, 1)
    gate.set()
    await two.second.over()
    assert [len(device.events) for device in devices.values()] == [1, 0]
    assert two.live.local(topic) == {devices["a"]}
    for node in (one, two):
        await node.groups.stop()
