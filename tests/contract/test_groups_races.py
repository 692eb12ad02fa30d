"""Two changes of groups held at the same place, as on two nodes: limits hold, counts are those of the rows, and no
group has an owner who is not in it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps import rules
from sodam.apps.model import App
from sodam.apps.plans import Overrides
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.errors import ApiError
from sodam.groups import permissions, topics
from sodam.groups.attributes import Expected, Given
from sodam.groups.core import Operator
from sodam.groups.model import Changes, MemberChanges, Newcomer, Wanted
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES, Role
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from tests.support.barrier import Call, Gate, Outcome
from tests.support.users import new_users

WHO = Operator("administrator", admin=True)
ROOMS, JOINED = 2, 2


def client(user_id: str) -> Operator:
    return Operator(user_id, admin=False)


@dataclass
class Node:
    """A process: services of its own over the same database."""

    app: App
    accounts: AccountService
    groups: GroupService

    async def create(
        self,
        group_id: str,
        *members: str,
        owner: str = "",
        kind: str = "Public",
        max_members: int = 0,
        topics: bool = False,
    ) -> str:
        wanted = Wanted(
            kind=TYPES[kind],
            group_id=group_id,
            owner=owner,
            max_members=max_members,
            changes=Changes(name="Team", permissions=1 if topics else None),
            newcomers=tuple(map(Newcomer, members)),
            support_topic=int(topics),
        )
        return await self.groups.create(self.app, WHO, wanted)

    async def add(self, group_id: str, *user_ids: str) -> list[int]:
        return await self.groups.members.add(self.app, WHO, group_id, user_ids)

    async def apply(self, group_id: str, user_id: str) -> bool:
        return await self.groups.applications.apply(self.app, client(user_id), group_id, "")

    async def token(self, decider: str, applicant: str) -> str:
        waiting, _ = await self.groups.applications.page(self.app.sdkappid, decider, 0, 50)
        return next(entry.token for entry, _ in waiting if entry.applicant == applicant)

    async def decide(self, decider: str, group_id: str, applicant: str, token: str, *, agree: bool = True) -> None:
        await self.groups.applications.decide(
            self.app, client(decider), group_id, applicant, "", token, agree=agree, remark=""
        )

    async def quit(self, group_id: str, user_id: str) -> None:
        await self.groups.members.quit(self.app, client(user_id), group_id)

    async def remove(self, group_id: str, *user_ids: str) -> None:
        await self.groups.members.remove(self.app, WHO, group_id, user_ids, "")

    async def own(self, group_id: str, user_id: str) -> None:
        await self.groups.change_owner(self.app, WHO, group_id, user_id)

    async def destroy(self, group_id: str) -> None:
        await self.groups.destroy(self.app, WHO, group_id)

    async def delete(self, user_id: str) -> None:
        await self.accounts.delete(self.app, [user_id])


@dataclass
class World:
    gate: Gate
    node: Callable[[], Node]
    numbers: itertools.count[int]
    at: list[float]
    """The time by every node's clock."""

    async def users(self, count: int) -> list[str]:
        return await new_users(self.node(), self.numbers, count)

    def group_id(self) -> str:
        return f"g{next(self.numbers)}"

    async def together(self, *calls: Callable[[Node], Awaitable[Any]]) -> list[int | str]:
        """Each call on a node of its own; the codes of those that were refused, "" for the others."""
        made: list[Call] = [partial(call, self.node()) for call in calls]
        got = await self.gate.together(*made)
        got.only(ApiError)
        return [result.code if isinstance(result, ApiError) else "" for result in got.results]

    async def sound(self, got: Outcome | None = None) -> None:
        """Counts are those of the rows; owner and member row agree; nothing is left of a group that is gone."""
        if got is not None:
            got.only(ApiError)
        for sql in (
            "SELECT g.group_id FROM chat_group g WHERE g.members <> (SELECT count(*) FROM group_member m"
            " WHERE m.app = g.app AND m.group_id = g.group_id)",
            "SELECT u.user_id FROM group_user u WHERE u.joined <> (SELECT count(*) FROM group_member m"
            " WHERE m.app = u.app AND m.user_id = u.user_id)",
            "SELECT m.group_id FROM group_member m LEFT JOIN chat_group g ON g.app = m.app AND g.group_id = m.group_id"
            " WHERE g.num IS NULL OR (m.role = 3) <> (g.owner = m.user_id)",
            "SELECT g.group_id FROM chat_group g WHERE g.owner <> '' AND NOT EXISTS (SELECT 1 FROM group_member m"
            " WHERE m.app = g.app AND m.group_id = g.group_id AND m.user_id = g.owner)",
            "SELECT m.user_id FROM group_member m WHERE NOT EXISTS (SELECT 1 FROM account a"
            " WHERE a.app = m.app AND a.user_id = m.user_id)",
            "SELECT m.user_id FROM group_member m JOIN group_ban b ON b.app = m.app AND b.group_id = m.group_id"
            " AND b.user_id = m.user_id",
            "SELECT p.user_id FROM permission_member p LEFT JOIN group_member m ON m.app = p.app"
            " AND m.group_id = p.group_id AND m.user_id = p.user_id WHERE m.user_id IS NULL",
            "SELECT a.num FROM group_application a WHERE NOT EXISTS (SELECT 1 FROM chat_group g"
            " WHERE g.app = a.app AND g.group_id = a.group_id)",
            "SELECT a.num FROM group_application a JOIN group_member m ON m.app = a.app AND m.group_id = a.group_id"
            " AND m.user_id = CASE a.invited WHEN '' THEN a.applicant ELSE a.invited END",
        ):
            assert await self.gate.scan(sql) == [], sql


@pytest_asyncio.fixture
async def world(gate: Gate) -> World:
    apps = AppService(gate, LocalBus())
    made, _ = await apps.create("races", plan="Pro")
    _, app = await apps.edit(
        made.sdkappid, lambda app: rules.overrides(app, Overrides(avchatrooms=ROOMS, groups_joined=JOINED))
    )

    settings = msgspec.structs.replace(app.settings, community=True, community_topics=True)
    app = msgspec.structs.replace(app, settings=settings)
    at = [time.time()]

    def node() -> Node:
        bus = LocalBus()
        accounts = AccountService(gate, bus, apps)
        return Node(app, accounts, GroupService(gate, bus, Live(bus), accounts, Outbox(gate, Loops()), lambda: at[0]))

    gate.events.subscribe(AccountsDeleted, node().groups.erase)
    return World(gate, node, itertools.count(1), at)


async def test_the_last_seat(world: World) -> None:
    owner, *others = await world.users(6)
    await world.node().create("g", owner=owner, max_members=2)
    codes = await world.together(*[lambda n, u=u: n.add("g", u) for u in others])  # type: ignore[misc]
    assert sorted(codes, key=str) == ["", 10014, 10014, 10014, 10014]
    await world.sound()


async def test_the_last_seat_by_import(world: World) -> None:
    """Whoever is imported stands in the same row as who is added."""
    owner, *others = await world.users(5)
    await world.node().create("g", owner=owner, max_members=2)

    def come(n: Node, user: str, imported: bool) -> Awaitable[object]:
        return n.groups.members.import_(n.app, "g", [Newcomer(user)]) if imported else n.add("g", user)

    await world.together(*[lambda n, u=u, i=i: come(n, u, i % 2 == 0) for i, u in enumerate(others)])  # type: ignore[misc]
    assert await world.gate.scan("SELECT members FROM chat_group WHERE group_id = 'g'") == [(2,)]
    await world.sound()


async def test_the_last_group_of_a_user(world: World) -> None:
    [me] = await world.users(1)
    for n in range(4):
        await world.node().create(f"g{n}")
    codes = await world.together(*[lambda n, at=at: n.add(f"g{at}", me) for at in range(4)])  # type: ignore[misc]
    assert sorted(codes, key=str) == ["", "", 10037, 10037]
    await world.sound()


async def test_creations_at_the_users_limit(world: World) -> None:
    [me] = await world.users(1)
    codes = await world.together(*[lambda n, at=at: n.create(f"g{at}", owner=me) for at in range(4)])  # type: ignore[misc]
    assert sorted(codes, key=str) == ["", "", 10037, 10037]
    await world.sound()


async def test_the_last_live_room_of_an_app(world: World) -> None:
    codes = await world.together(*[lambda n, at=at: n.create(f"r{at}", kind="AVChatRoom") for at in range(4)])  # type: ignore[misc]
    assert sorted(codes, key=str) == ["", "", 10036, 10036]


async def test_permission_groups_at_their_limits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last permission group of a community, the last place in one, and who leaves is in none of them."""
    monkeypatch.setattr(permissions, "MAX_GROUPS", 2)
    monkeypatch.setattr(permissions, "MAX_HOLDERS", 1)
    owner, *others = await world.users(4)
    city, mods = "@TGS#_city", "@PMG#_mods"
    await world.node().create(city, *others, owner=owner, kind="Community", topics=True)

    async def make(node: Node, own: str) -> str:
        return await node.groups.permissions.create(node.app, WHO, city, own, "mods", 1, "")

    async def put(node: Node, user_id: str) -> list[int]:
        return [int(c) for c in await node.groups.permissions.add(node.app, WHO, city, mods, [user_id])]

    await make(world.node(), mods)
    codes = await world.together(*[lambda n: make(n, "") for _ in range(3)])
    assert sorted(codes, key=str) == ["", 10004, 10004]
    got = await world.gate.together(*[partial(put, world.node(), user_id) for user_id in others])
    assert sorted(got.values) == [[0], [110012], [110012]]
    assert sorted(await world.gate.scan("SELECT count(*) FROM permission_member")) == [(1,)]

    async def prepare() -> tuple[Call, Call]:
        owner, me = await world.users(2)
        own = f"@TGS#_{next(world.numbers)}"
        await world.node().create(own, me, owner=owner, kind="Community", topics=True)
        one, other = world.node(), world.node()
        made = await one.groups.permissions.create(one.app, WHO, own, "", "mods", 1, "")
        return lambda: one.groups.permissions.add(one.app, WHO, own, made, [me]), lambda: other.remove(own, me)

    await world.gate.interleave(prepare, world.sound)


async def test_topics_at_their_limit_and_at_their_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last topic of a community; one ID is one topic; no change of a field is lost; none outlives its end."""
    monkeypatch.setattr(topics, "MAX_TOPICS", 2)
    city = "@TGS#_city"
    await world.node().create(city, kind="Community", topics=True)

    async def make(node: Node, group: str, topic: str = "") -> str:
        return await node.groups.topics.create(node.app, WHO, group, topic, Changes(name="Food"))

    codes = await world.together(*[lambda n: make(n, city, f"{city}@TOPIC#_food") for _ in range(3)])
    assert sorted(codes, key=str) == ["", 10025, 10025]
    assert sorted(await world.together(*[lambda n: make(n, city) for _ in range(3)]), key=str) == ["", 10037, 10037]

    made: list[str] = []

    async def prepare(end: bool) -> tuple[Call, Call]:
        own = f"@TGS#_{next(world.numbers)}"
        one, other = world.node(), world.node()
        await one.create(own, kind="Community", topics=True)
        topic = await make(one, own)
        made.append(topic)

        def edit(node: Node, changes: Changes) -> Call:
            return lambda: node.groups.topics.edit(node.app, WHO, own, topic, changes)

        if end:
            return edit(one, Changes(name="Late")), lambda: other.destroy(own)
        return edit(one, Changes(introduction="Soup")), edit(other, Changes(mute_all="On"))

    async def both(_: Outcome) -> None:
        [(profile,)] = await world.gate.scan("SELECT profile FROM chat_group WHERE group_id = $1", made[-1])
        kept = msgspec.json.decode(profile)
        assert (kept["introduction"], kept["mute_all"]) == ("Soup", "On")

    async def orphans(_: Outcome) -> None:
        sql = "SELECT group_id FROM chat_group t WHERE parent <> '' AND NOT EXISTS (SELECT 1 FROM chat_group g"
        assert await world.gate.scan(f"{sql} WHERE g.app = t.app AND g.group_id = t.parent)") == []

    await world.gate.interleave(lambda: prepare(False), both)
    await world.gate.interleave(lambda: prepare(True), orphans)


async def test_one_id_one_group(world: World) -> None:
    a, b, c = await world.users(3)
    codes = await world.together(*[lambda n, u=u: n.create("same", owner=u) for u in (a, b, c)])  # type: ignore[misc]
    assert sorted(codes, key=str) == ["", 10021, 10021]
    await world.sound()


async def test_the_same_user_added_twice(world: World) -> None:
    owner, me = await world.users(2)
    await world.node().create("g", owner=owner)
    assert await world.together(lambda n: n.add("g", me), lambda n: n.add("g", me)) == ["", ""]
    await world.sound()


async def _beside(world: World, second: Callable[[Node, str, str], Awaitable[Any]]) -> None:
    """An owner change beside something else, at every statement."""

    async def prepare() -> tuple[Call, Call]:
        owner, me = await world.users(2)
        group_id = world.group_id()
        await world.node().create(group_id, me, owner=owner)
        one, other = world.node(), world.node()
        return lambda: one.own(group_id, me), lambda: second(other, group_id, me)

    await world.gate.interleave(prepare, world.sound)


async def test_owner_change_beside_leaving(world: World) -> None:
    await _beside(world, lambda node, group_id, me: node.remove(group_id, me))


async def test_owner_change_beside_dissolving(world: World) -> None:
    await _beside(world, lambda node, group_id, me: node.destroy(group_id))


async def test_owner_change_beside_the_deletion_of_the_account(world: World) -> None:
    await _beside(world, lambda node, group_id, me: node.delete(me))


async def test_leaving_beside_dissolving(world: World) -> None:
    async def prepare() -> tuple[Call, Call]:
        owner, me = await world.users(2)
        group_id = world.group_id()
        await world.node().create(group_id, me, owner=owner)
        one, other = world.node(), world.node()
        return lambda: one.destroy(group_id), lambda: other.quit(group_id, me)

    await world.gate.interleave(prepare, world.sound)


async def test_an_owner_leaves_beside_an_owner_change(world: World) -> None:
    """Where owners may leave: whoever was first, the group has the new owner."""
    made: list[tuple[str, str]] = []

    async def prepare() -> tuple[Call, Call]:
        owner, me, third = await world.users(3)
        group_id = world.group_id()
        await world.node().create(group_id, me, third, owner=owner, kind="Private")
        made.append((group_id, me))
        one, other = world.node(), world.node()
        return lambda: one.own(group_id, me), lambda: other.quit(group_id, owner)

    async def check(got: Outcome) -> None:
        await world.sound(got)
        group_id, me = made[-1]
        assert (await world.node().groups.get(world.node().app.sdkappid, group_id)).owner == me

    await world.gate.interleave(prepare, check)


async def test_owner_change_beside_leaving_beside_dissolving(world: World) -> None:
    """All at the same statement: no group without an owner is left, nor anything of one that is gone."""
    for _ in range(3):
        owner, me, third = await world.users(3)
        group_id = world.group_id()
        await world.node().create(group_id, me, third, owner=owner)
        acts: list[Callable[[Node], Awaitable[Any]]] = [
            lambda node, g=group_id, u=me: node.own(g, u),  # type: ignore[misc]
            lambda node, g=group_id, u=me: node.quit(g, u),  # type: ignore[misc]
            lambda node, g=group_id, u=third: node.own(g, u),  # type: ignore[misc]
            lambda node, g=group_id: node.destroy(g),  # type: ignore[misc]
        ]
        await world.together(*acts[:3])
        await world.sound()
        assert (await world.node().groups.get(world.node().app.sdkappid, group_id)).owner
        await world.together(*reversed(acts))
        await world.sound()
        assert await world.node().groups.get_many(world.node().app.sdkappid, [group_id]) == {}


async def test_adding_beside_dissolving_and_deletion(world: World) -> None:
    for second in ("destroy", "delete"):

        async def prepare(second: str = second) -> tuple[Call, Call]:
            owner, me = await world.users(2)
            group_id = world.group_id()
            await world.node().create(group_id, owner=owner)
            one, other = world.node(), world.node()
            end = (lambda: other.destroy(group_id)) if second == "destroy" else (lambda: other.delete(me))
            return lambda: one.add(group_id, me), end

        await world.gate.interleave(prepare, world.sound)


async def test_the_last_seat_by_application(world: World) -> None:
    owner, *others = await world.users(4)
    await world.node().create("g", owner=owner, kind="Public", max_members=2)
    for user_id in others:
        assert not await world.node().apply("g", user_id)
    tokens = {user_id: await world.node().token(owner, user_id) for user_id in others}
    codes = await world.together(*[lambda n, u=u: n.decide(owner, "g", u, tokens[u]) for u in others])  # type: ignore[misc]
    assert sorted(codes, key=str) == ["", 10014, 10014]
    await world.sound()


async def test_an_application_is_decided_once(world: World) -> None:
    owner, admin, me = await world.users(3)
    await world.node().create("g", admin, owner=owner)
    await world.node().groups.members.edit(world.node().app, WHO, "g", admin, MemberChanges(role=Role.Admin))
    await world.node().apply("g", me)
    token = await world.node().token(owner, me)
    codes = await world.together(
        lambda n: n.decide(owner, "g", me, token), lambda n: n.decide(admin, "g", me, token, agree=False)
    )
    assert sorted(codes, key=str) == ["", 10024]
    await world.sound()


async def test_quitting_beside_an_owner_change(world: World) -> None:
    """Who became the owner in between cannot leave, and nobody who left becomes it."""
    await _beside(world, lambda node, group_id, me: node.quit(group_id, me))


async def test_deciding_beside_dissolving_deletion_and_adding(world: World) -> None:
    for second in ("destroy", "delete", "add", "decide"):

        async def prepare(second: str = second) -> tuple[Call, Call]:
            owner, me = await world.users(2)
            group_id = world.group_id()
            await world.node().create(group_id, owner=owner)
            await world.node().apply(group_id, me)
            token = await world.node().token(owner, me)
            one, other = world.node(), world.node()
            ends: dict[str, Call] = {
                "destroy": lambda: other.destroy(group_id),
                "delete": lambda: other.delete(me),
                "add": lambda: other.add(group_id, me),
                "decide": lambda: other.decide(owner, group_id, me, token, agree=False),
            }
            return lambda: one.decide(owner, group_id, me, token), ends[second]

        await world.gate.interleave(prepare, world.sound)


async def test_fifty_applications_of_a_user_wait_at_most(world: World) -> None:
    [me] = await world.users(1)
    for n in range(49):
        await world.node().create(f"w{n}")
        await world.node().apply(f"w{n}", me)
    for n in range(4):
        await world.node().create(f"v{n}")
    codes = await world.together(*[lambda n, at=at: n.apply(f"v{at}", me) for at in range(4)])  # type: ignore[misc]
    assert sorted(codes, key=str) == ["", 10006, 10006, 10006]
    await world.sound()


async def test_attributes_of_two_writers(world: World) -> None:
    """Who writes against a version that is no longer there is refused; the last free key goes to one."""
    await world.node().create("g")
    app = world.node().app.sdkappid

    def put(key: str, main_seq: int) -> Callable[[Node], Awaitable[Any]]:
        expected = Expected(strict=True, main_seq=main_seq)
        return lambda n: n.groups.attributes.put(app, WHO, "g", [Given(key, "v")], expected, replace=main_seq > 0)

    first = await put("k0", 0)(world.node())
    codes = await world.together(put("a", first.main_seq), put("b", first.main_seq))
    assert sorted(codes, key=str) == ["", 10056]
    for n in range(14):
        world.at[0] += 1
        await put(f"x{n}", 0)(world.node())
    world.at[0] += 1
    codes = await world.together(put("y", 0), put("z", 0), put("w", 0))
    assert sorted(codes, key=str) == ["", 10047, 10047]


async def test_counters_lose_nothing(world: World) -> None:
    await world.node().create("g")
    app = world.node().app.sdkappid
    codes = await world.together(
        *[lambda n, v=v: n.groups.counters.update(app, WHO, "g", {"like": v}, "Increase") for v in (1, 10, 100, 1000)]  # type: ignore[misc]
    )
    assert codes == ["", "", "", ""]
    _, found = await world.node().groups.counters.get(await world.node().groups.get(app, "g"))
    assert found == {"like": 1111}


async def test_a_ban_beside_joining(world: World) -> None:
    """Nobody who is banned is a member, whoever was first."""
    for second in ("add", "apply"):

        async def prepare(second: str = second) -> tuple[Call, Call]:
            owner, me = await world.users(2)
            group_id = world.group_id()
            await world.node().create(group_id, owner=owner, kind="ChatRoom")
            one, other = world.node(), world.node()
            join = (lambda: other.add(group_id, me)) if second == "add" else (lambda: other.apply(group_id, me))
            return lambda: one.groups.bans.ban(one.app, WHO, group_id, [me], 60, ""), join

        await world.gate.interleave(prepare, world.sound)
