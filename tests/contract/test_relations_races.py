"""Two changes of relations held at the same place, as on two nodes: limits hold, nothing is there twice, and nothing
refers to what is gone."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps import rules
from sodam.apps.model import App, AppSettings
from sodam.apps.plans import Overrides
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.errors import ApiError
from sodam.relations import follow, model, work
from sodam.relations.archive import FriendLine, UserLine
from sodam.relations.model import AddItem, ImportItem, Origin, Outcome
from sodam.relations.pendency import COME_IN, SEND_OUT, Reply
from sodam.relations.service import RelationService
from tests.support.barrier import Call, Gate
from tests.support.barrier import Outcome as Ends
from tests.support.users import new_users

SOURCE = "AddSource_Type_Web"
WHO = Origin("administrator", admin=True)
FRIENDS, BLOCKED, GROUPS, REQUESTS, FOLLOWING = 2, 2, 2, 2, 2
"""The limits here, small enough to be reached by a few at once."""


@dataclass
class Node:
    """A process: services of its own, with caches of its own, over the same database."""

    app: App
    accounts: AccountService
    relations: RelationService

    async def add(self, user: str, *peers: str, both: bool = True, force: bool = True, group: str = "") -> list[int]:
        items = [AddItem(peer, SOURCE, groups=(group,) if group else ()) for peer in peers]
        return codes(await self.relations.adding.add(self.app, WHO, user, items, both=both, force=force))

    async def import_(self, user: str, *peers: str) -> list[int]:
        return codes(await self.relations.adding.import_(self.app, WHO, user, [ImportItem(p, SOURCE) for p in peers]))

    async def remove(self, user: str, *peers: str) -> list[int]:
        return codes(await self.relations.friends.delete(self.app, WHO, user, peers, both=True))

    async def block(self, user: str, *peers: str) -> list[int]:
        return codes(await self.relations.blacklists.add(self.app, WHO, user, peers))

    async def unblock(self, user: str, *peers: str) -> list[int]:
        return codes(await self.relations.blacklists.delete(self.app, WHO, user, peers))

    async def follow(self, user: str, *peers: str) -> list[int]:
        return codes(await self.relations.follows.add(self.app, WHO, user, peers))

    async def unfollow(self, user: str, *peers: str) -> list[int]:
        return codes(await self.relations.follows.delete(self.app, WHO, user, peers))

    async def answer(self, user: str, peer: str) -> list[int]:
        reply = Reply(peer, "Response_Action_AgreeAndAdd")
        return codes(await self.relations.pendencies.answer(self.app, WHO, user, [reply]))

    async def withdraw(self, user: str, peer: str) -> list[int]:
        return codes(await self.relations.pendencies.delete(self.app, WHO, user, SEND_OUT, [peer]))

    async def groups(self, user: str, *names: str, peers: tuple[str, ...] = ()) -> int:
        return (await self.relations.groups.add(self.app, WHO, user, names, peers))[1]

    async def delete(self, *users: str) -> dict[str, Any]:
        return dict(await self.accounts.delete(self.app, users))


def codes(outcomes: list[Outcome]) -> list[int]:
    return [outcome.code for outcome in outcomes]


@dataclass
class World:
    gate: Gate
    node: Callable[[], Node]
    numbers: itertools.count[int]

    async def users(self, count: int) -> list[str]:
        return await new_users(self.node(), self.numbers, count)

    async def together(self, *calls: Callable[[Node], Awaitable[Any]]) -> Ends:
        """Each call on a node of its own."""
        made: list[Call] = [partial(call, self.node()) for call in calls]
        got = await self.gate.together(*made)
        assert got.errors == [], got.errors
        return got

    async def sound(self) -> None:
        """Counts are those of the rows, and no relation is of or to an account that is gone."""
        node = self.node()
        report = await node.relations.repair.check(node.app)
        assert report.wrong == 0, report.examples

    async def rows(self, table: str, owner: str) -> list[str]:
        rows = await self.gate.fetch(f"SELECT peer FROM {table} WHERE owner = $1 ORDER BY peer", owner)
        return [row[0] for row in rows]


@pytest_asyncio.fixture
async def world(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(follow, "MAX_FOLLOWING", FOLLOWING)
    monkeypatch.setattr(model, "MAX_GROUPS", GROUPS)
    monkeypatch.setattr(work, "MAX_PENDING", REQUESTS)
    apps = AppService(gate, LocalBus())
    made, _ = await apps.create("races", plan="Trial")

    def narrow(app: App) -> App:
        app = rules.overrides(app, Overrides(friends=FRIENDS, blacklist=BLOCKED))
        return rules.replace(app, settings=AppSettings(default_allow_type="AllowType_Type_NeedConfirm"))

    _, app = await apps.edit(made.sdkappid, narrow)

    def node() -> Node:
        bus = LocalBus()
        live = Live(bus)
        accounts = AccountService(gate, bus, apps)
        return Node(app, accounts, RelationService(gate, bus, live, accounts))

    gate.events.subscribe(AccountsDeleted, node().relations.erase)
    return World(gate, node, itertools.count(1))


# Limits


async def test_own_list_is_full(world: World) -> None:
    me, *peers = await world.users(5)
    got = await world.together(*[lambda n, p=p: n.add(me, p) for p in peers])  # type: ignore[misc]
    assert sorted(got.values) == [[0], [0], [30010], [30010]]
    assert len(await world.rows("friend", me)) == FRIENDS
    await world.sound()


async def test_the_others_list_is_full(world: World) -> None:
    me, *peers = await world.users(5)
    got = await world.together(*[lambda n, p=p: n.add(p, me) for p in peers])  # type: ignore[misc]
    assert sorted(got.values) == [[0], [0], [30014], [30014]]
    assert len(await world.rows("friend", me)) == FRIENDS
    await world.sound()


async def test_imports_fill_a_list(world: World) -> None:
    me, *peers = await world.users(5)
    got = await world.together(*[lambda n, p=p: n.import_(me, p) for p in peers])  # type: ignore[misc]
    assert sorted(got.values) == [[0], [0], [30010], [30010]]
    assert len(await world.rows("friend", me)) == FRIENDS
    await world.sound()


async def test_answers_fill_a_list(world: World) -> None:
    me, *peers = await world.users(1 + REQUESTS)
    one, two = await world.users(2)
    first = world.node()
    for peer in peers:
        assert await first.add(peer, me, force=False) == [30539]
    assert await first.add(me, one) == [0]
    got = await world.together(*[lambda n, p=p: n.answer(me, p) for p in peers], lambda n: n.add(me, two))  # type: ignore[misc]
    assert sorted(got.values) == [[0], [30010], [30010]]
    assert len(await world.rows("friend", me)) == FRIENDS
    await world.sound()


async def test_friend_groups_are_full(world: World) -> None:
    me, _ = await world.users(2)
    got = await world.gate.together(*[partial(world.node().groups, me, name) for name in "abcd"])
    assert len(got.values) == GROUPS
    assert [error.code for error in got.errors] == [30011] * 2  # type: ignore[attr-defined]
    owner = await world.node().relations._core.owner(world.node().app.sdkappid, me)
    assert len(owner.groups) == GROUPS


async def test_the_blacklist_is_full(world: World) -> None:
    me, *peers = await world.users(5)
    got = await world.together(*[lambda n, p=p: n.block(me, p) for p in peers])  # type: ignore[misc]
    assert sorted(got.values) == [[0], [0], [30013], [30013]]
    assert len(await world.rows("blacklist", me)) == BLOCKED
    await world.sound()


async def test_following_is_full(world: World) -> None:
    me, *peers = await world.users(5)
    got = await world.together(*[lambda n, p=p: n.follow(me, p) for p in peers])  # type: ignore[misc]
    assert sorted(got.values) == [[0], [0], [32100], [32100]]
    assert len(await world.rows("follow", me)) == FOLLOWING
    await world.sound()


async def test_the_oldest_requests_roll_off(world: World) -> None:
    me, *peers = await world.users(5)
    got = await world.together(*[lambda n, p=p: n.add(p, me, force=False) for p in peers])  # type: ignore[misc]
    assert got.values == [[30539]] * 4
    assert len(await world.rows("pendency", me)) == REQUESTS
    await world.sound()


# Uniqueness


async def test_the_same_thing_at_once_is_done_once(world: World) -> None:
    me, peer = await world.users(2)
    got = await world.together(*[lambda n: n.add(me, peer)] * 3)
    assert sorted(got.values) == [[0], [30001], [30001]]
    got = await world.together(*[lambda n: n.follow(me, peer)] * 3)
    assert got.values == [[0]] * 3
    got = await world.together(*[lambda n: n.unfollow(me, peer)] * 3)
    assert got.values == [[0]] * 3
    got = await world.together(*[lambda n: n.groups(me, "g")] * 3)
    assert await world.node().relations.groups.get(world.node().app.sdkappid, me, None, None, members=False)
    got = await world.together(*[lambda n: n.block(me, peer)] * 3)
    assert sorted(got.values) == [[0], [30001], [30001]]
    got = await world.together(*[lambda n: n.unblock(me, peer)] * 3)
    assert sorted(got.values) == [[0], [30001], [30001]]
    assert await world.rows("blacklist", me) == await world.rows("friend", me) == await world.rows("friend", peer) == []
    await world.sound()


async def test_both_ask_each_other_at_once(world: World) -> None:
    """One of the two comes second and so accepts."""
    one, two = await world.users(2)
    got = await world.together(lambda n: n.add(one, two, force=False), lambda n: n.add(two, one, force=False))
    assert sorted(got.values) == [[0], [30539]]
    assert (await world.rows("friend", one), await world.rows("friend", two)) == ([two], [one])
    assert await world.rows("pendency", one) == await world.rows("pendency", two) == []
    await world.sound()


async def test_both_follow_each_other_at_once(world: World) -> None:
    one, two = await world.users(2)
    await world.together(lambda n: n.follow(one, two), lambda n: n.follow(two, one))
    rows = await world.gate.fetch("SELECT mutual FROM follow WHERE owner IN ($1, $2)", one, two)
    assert [row[0] for row in rows] == [1, 1]
    await world.sound()


# Deletes, and any two changes beside each other

Pair = tuple[Callable[[Node, str, str], Awaitable[Any]], Callable[[Node, str, str], Awaitable[Any]]]


async def _export_line(node: Node, me: str, peer: str) -> Any:
    line = UserLine(me, ["g"], [FriendLine(peer, 5, GroupName=["g"])])
    return await node.relations.archive.put(node.app, line)


PAIRS: dict[str, Pair] = {
    "add, the peer is deleted": (lambda n, me, peer: n.add(me, peer), lambda n, me, peer: n.delete(peer)),
    "add, oneself is deleted": (lambda n, me, peer: n.add(me, peer), lambda n, me, peer: n.delete(me)),
    "import, the peer is deleted": (lambda n, me, peer: n.import_(me, peer), lambda n, me, peer: n.delete(peer)),
    "a file, the peer is deleted": (_export_line, lambda n, me, peer: n.delete(peer)),
    "ask, the peer is deleted": (
        lambda n, me, peer: n.add(me, peer, force=False),
        lambda n, me, peer: n.delete(peer),
    ),
    "block, the peer is deleted": (lambda n, me, peer: n.block(me, peer), lambda n, me, peer: n.delete(peer)),
    "follow, the peer is deleted": (lambda n, me, peer: n.follow(me, peer), lambda n, me, peer: n.delete(peer)),
    "follow, oneself is deleted": (lambda n, me, peer: n.follow(me, peer), lambda n, me, peer: n.delete(me)),
    "both are deleted": (lambda n, me, peer: n.delete(me), lambda n, me, peer: n.delete(peer, me)),
    "add, blocked": (lambda n, me, peer: n.add(me, peer), lambda n, me, peer: n.block(peer, me)),
    "ask, blocked": (lambda n, me, peer: n.add(me, peer, force=False), lambda n, me, peer: n.block(peer, me)),
    "both block": (lambda n, me, peer: n.block(me, peer), lambda n, me, peer: n.block(peer, me)),
    "add, removed": (lambda n, me, peer: n.add(me, peer), lambda n, me, peer: n.remove(peer, me)),
    "answer, withdrawn": (lambda n, me, peer: n.answer(me, peer), lambda n, me, peer: n.withdraw(peer, me)),
    "answer, answered": (lambda n, me, peer: n.answer(me, peer), lambda n, me, peer: n.answer(me, peer)),
    "into a group, the group is deleted": (
        lambda n, me, peer: n.groups(me, "g", peers=(peer,)),
        lambda n, me, peer: n.relations.groups.delete(n.app, WHO, me, ["g"]),
    ),
    "renamed, made anew": (
        lambda n, me, peer: n.relations.groups.rename(n.app, WHO, me, "g", "h"),
        lambda n, me, peer: n.groups(me, "h"),
    ),
    "all removed, one added": (
        lambda n, me, peer: n.relations.friends.delete_all(n.app, WHO, me, both=True),
        lambda n, me, peer: n.add(peer, me),
    ),
    "follow, unfollow": (lambda n, me, peer: n.follow(me, peer), lambda n, me, peer: n.unfollow(me, peer)),
    "the other follows, unfollow": (
        lambda n, me, peer: n.follow(peer, me),
        lambda n, me, peer: n.unfollow(me, peer),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
async def test_two_changes_in_every_order(world: World, name: str) -> None:
    first, second = PAIRS[name]
    pair: list[str] = []

    async def prepare() -> tuple[Call, Call]:
        me, peer = pair[:] = await world.users(2)
        node = world.node()
        if name.startswith("answer"):
            assert await node.add(peer, me, force=False) == [30539]
        if "group" in name or name.startswith("renamed"):
            await node.add(me, peer)
            await node.groups(me, "g", peers=(peer,))
        if name.startswith("all removed"):
            await node.add(me, *await world.users(1))
        if "unfollow" in name:
            await node.follow(me, peer)
        one, two = world.node(), world.node()
        return lambda: first(one, me, peer), lambda: second(two, me, peer)

    async def check(got: Ends) -> None:
        got.only(ApiError)
        await world.sound()
        me, peer = pair
        blocked = me in await world.rows("blacklist", peer) or peer in await world.rows("blacklist", me)
        if blocked:
            assert await world.rows("friend", me) == await world.rows("friend", peer) == [], "who blocks has no friend"
            assert await world.rows("pendency", me) == await world.rows("pendency", peer) == []
        friends = peer in await world.rows("friend", me)
        if not name.startswith(("import", "a file")):
            assert friends == (me in await world.rows("friend", peer)), "both or neither"

    assert await world.gate.interleave(prepare, check) > 2


async def test_what_came_in_is_deleted_on_both_sides_at_once(world: World) -> None:
    me, peer = await world.users(2)
    await world.node().add(peer, me, force=False)
    got = await world.together(
        lambda n: n.withdraw(peer, me),
        lambda n: n.relations.pendencies.delete(n.app, WHO, me, COME_IN, [peer]),
    )
    results = [result[0] if isinstance(result[0], int) else result[0].code for result in got.values]
    assert sorted(results) == [0, 31804]
    await world.sound()
