"""What members read beside what is sent, cleared and erased meanwhile: unread is what a recount of the rows says."""

from __future__ import annotations

import itertools

import pytest

from sodam.errors import ApiError
from sodam.groups import retention
from sodam.groups.message import GroupMessage
from sodam.groups.model import Newcomer
from tests.contract.test_groups_races import Node, World, world
from tests.contract.test_groups_random import recount
from tests.contract.world import text_body
from tests.support.barrier import Call, Outcome
from tests.support.users import new_users

__all__ = ["world"]  # the fixture
DAY = 86_400
_randoms = itertools.count(1)


async def say(node: Node, group_id: str, sender: str) -> int:
    message = GroupMessage(
        app=node.app.sdkappid,
        group_id=group_id,
        sender=sender,
        random=next(_randoms),
        client_time=0,
        body=text_body("hi"),
    )
    return (await node.groups.sending.send(node.app, message)).seq


async def talk(world: World, who: str) -> tuple[str, str, str]:
    """A group in which owner and member wrote, by turns as ``who`` says (o, m): its ID, the owner and the member."""
    owner, me = await new_users(world.node(), world.numbers, 2)
    group_id, node = world.group_id(), world.node()
    await node.create(group_id, me, owner=owner)
    for one in who:
        await say(node, group_id, owner if one == "o" else me)
    return group_id, owner, me


async def check(world: World, group_id: str, me: str) -> None:
    node = world.node()
    standing = (await node.groups.histories.standings(node.app.sdkappid, me, [group_id]))[group_id]
    expected, said = await recount(world.gate, me, group_id)  # type: ignore[arg-type]  # a gate is a database
    assert standing.counts == expected, f"the server says {standing.counts}; {said}"


@pytest.mark.parametrize("act", ["set unread", "read", "clear"])
async def test_beside_sending(world: World, act: str) -> None:
    """The sender's own number, while something else moves what it has read."""
    made: list[tuple[str, str, str]] = []

    async def prepare() -> tuple[Call, Call]:
        group_id, owner, me = await talk(world, "oomo")
        app, one, other = world.node().app, world.node(), world.node()
        await other.groups.changes.mark_read(app.sdkappid, me, group_id, 4)
        made.append((group_id, owner, me))
        group = await other.groups.get(app.sdkappid, group_id)
        ends: dict[str, Call] = {
            "set unread": lambda: other.groups.changes.set_unread(app, group, me, 3),
            "read": lambda: other.groups.changes.mark_read(app.sdkappid, me, group_id, 5),
            "clear": lambda: other.groups.changes.clear(app, group_id, 3),
        }
        return lambda: say(one, group_id, me), ends[act]

    async def after(got: Outcome) -> None:
        got.only(ApiError)
        group_id, owner, me = made[-1]
        for user in (owner, me):
            await check(world, group_id, user)

    await world.gate.interleave(prepare, after)


async def test_reading_while_old_messages_are_erased(world: World) -> None:
    """The member's own messages are among them, ahead of what it had read."""
    made: list[tuple[str, str]] = []

    async def prepare() -> tuple[Call, Call]:
        group_id, owner, me = await talk(world, "omm")
        app, other = world.node().app, world.node()
        world.at[0] += 10 * DAY
        await say(world.node(), group_id, owner)
        made.append((group_id, me))
        return (
            lambda: retention.purge(world.gate, app.sdkappid, int(world.at[0]) - DAY),  # type: ignore[arg-type]
            lambda: other.groups.changes.mark_read(app.sdkappid, me, group_id, 3),
        )

    async def after(got: Outcome) -> None:
        got.only(ApiError)
        await check(world, *made[-1])

    await world.gate.interleave(prepare, after)


async def test_unread_of_who_comes_back_and_of_what_is_cleared(world: World) -> None:
    """Own messages of a former membership are not unread, nor is what no client may read any more."""
    group_id, owner, me = await talk(world, "momoo")
    node = world.node()
    await node.remove(group_id, me)
    await node.groups.members.import_(node.app, group_id, [Newcomer(me, unread=2)])
    await check(world, group_id, me)
    standing = (await node.groups.histories.standings(node.app.sdkappid, me, [group_id]))[group_id]
    assert standing.counts == 2, "so many as were asked for"
    await node.groups.changes.clear(node.app, group_id, None)
    for user in (owner, me):
        await check(world, group_id, user)
        standing = (await node.groups.histories.standings(node.app.sdkappid, user, [group_id]))[group_id]
        assert standing.counts == 0
    group = await node.groups.get(node.app.sdkappid, group_id)
    await node.groups.changes.set_unread(node.app, group, me, 5)
    await check(world, group_id, me)
    await say(node, group_id, me)
    await say(node, group_id, owner)
    for user in (owner, me):
        await check(world, group_id, user)
