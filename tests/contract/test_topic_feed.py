"""Topics reach who follows their community: on a node that hears nothing over the bus, too, in order, each once."""

from __future__ import annotations

import asyncio
import itertools

import msgspec

from sodam.accounts.service import AccountService
from sodam.apps.service import AppService
from sodam.bus.local import LocalBus
from sodam.groups.core import Operator
from sodam.groups.message import GroupMessage
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

    async with asyncio.timeout(60):
        while any(heard(two, topic) != numbers for topic, numbers in wanted_numbers.items()):
            await asyncio.sleep(0.02)
        await one.groups.feed.look()
        while any(heard(one, topic) != numbers for topic, numbers in wanted_numbers.items()):
            await asyncio.sleep(0.02)
    for node in (one, two):
        node.live.remove(next(iter(t for t in node.live._sessions)), node.device)
        assert not node.groups.feed._lines, "nothing is left of a community that nobody follows"
        await node.groups.stop()


async def test_many_writers_of_topics_on_two_nodes(database: Database) -> None:
    """Each topic has sequences without holes, each message once, and unread numbers that are those of its rows."""
    apps = AppService(database, LocalBus())
    made, _ = await apps.create("topics", plan="Flagship")
    app = msgspec.structs.replace(
        made, settings=msgspec.structs.replace(made.settings, community=True, community_topics=True)
    )
    nodes = [Node(database, apps, app) for _ in range(2)]
    users = [f"u{n}" for n in range(20)]
    await AccountService(database, LocalBus(), apps).ensure(app.sdkappid, [*users, "reader"])
    wanted = Wanted(
        kind=TYPES["Community"],
        group_id=CITY,
        owner=users[0],
        max_members=0,
        changes=Changes(name="g"),
        newcomers=tuple(map(Newcomer, [*users[1:], "reader"])),
        support_topic=1,
    )
    await nodes[0].groups.create(app, ADMIN, wanted)
    topics = [
        await nodes[0].groups.topics.create(app, ADMIN, CITY, f"{CITY}@TOPIC#_{n}", Changes(name="t")) for n in "ab"
    ]

    async def write(number: int, user_id: str) -> list[tuple[str, int]]:
        sent = []
        for at in range(6):
            topic, node = topics[(number + at) % 2], nodes[(number + at // 2) % 2]
            message = GroupMessage(
                app=app.sdkappid, group_id=topic, sender=user_id, random=number * 100 + at, client_time=0, body=b"[]"
            )
            first = await node.groups.sending.send(app, message)
            again = msgspec.structs.replace(message, seq=0, msg_time=0)
            other = await nodes[1 - nodes.index(node)].groups.sending.send(app, again)
            assert (first.seq, first.msg_time) == (other.seq, other.msg_time), "the same message, given to both"
            sent.append((topic, first.seq))
        return sent

    sent = [one for some in await asyncio.gather(*itertools.starmap(write, enumerate(users))) for one in some]
    for topic in topics:
        assert sorted(seq for where, seq in sent if where == topic) == list(range(1, 61))
    await nodes[0].groups.changes.mark_read(app.sdkappid, "reader", topics[0], 40)
    for user_id, read in (("reader", {topics[0]: 40, topics[1]: 0}), (users[3], None)):
        _, views = await nodes[1].groups.topics.views(app, CITY, (), user_id)
        for topic, view in views.items():
            assert view.member is not None
            if read is not None:
                assert view.member.read_seq == read[topic], "reading one moves no other"
            own = await database.fetch(
                "SELECT count(*) FROM group_message WHERE app = $1 AND group_id = $2 AND seq > $3 AND sender = $4",
                *(app.sdkappid, topic, view.member.read_seq, user_id),
            )
            assert len(view.uncounted) == own[0][0], "one's own messages do not count"
            assert view.topic.next_seq == 61
    for node in nodes:
        await node.groups.stop()
