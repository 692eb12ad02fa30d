"""One's own in a group, joining by each option, and leaving, on both engines; who may do what: test_group_kinds.py."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import pytest_asyncio

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.errors import ApiError
from sodam.groups.core import Operator
from sodam.groups.model import Changes, MemberChanges, Newcomer, Wanted
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES, Role
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from tests.support.barrier import Gate
from tests.support.users import new_users

REST = Operator("administrator", admin=True)
OWNER, ADMIN, MEMBER, OTHER, STRANGER = "owner", "admin", "member", "other", "stranger"


class World:
    def __init__(self, app: App, accounts: AccountService, groups: GroupService) -> None:
        self.app = app
        self.accounts = accounts
        self.groups = groups
        self.numbers = itertools.count(1)

    async def group(self, kind: str, **changes: Any) -> tuple[str, dict[str, str]]:
        """A group with somebody of every role that its type has, and a stranger; UserIDs by role."""
        names = [OWNER, ADMIN, MEMBER, OTHER, STRANGER]
        ids = dict(zip(names, await new_users(self, self.numbers, len(names)), strict=True))
        has_admins = kind != "Private"
        newcomers = [Newcomer(ids[ADMIN], Role.Admin if has_admins else Role.Member)]
        newcomers += [Newcomer(ids[MEMBER]), Newcomer(ids[OTHER])]
        wanted = Wanted(
            kind=TYPES[kind],
            group_id="",
            owner=ids[OWNER],
            max_members=0,
            changes=Changes(name="Team", **changes),
            newcomers=tuple(newcomers),
        )
        return await self.groups.create(self.app, REST, wanted), ids


@pytest_asyncio.fixture
async def world(gate: Gate) -> World:
    bus = LocalBus()
    apps = AppService(gate, bus)
    app, _ = await apps.create("rights", plan="Pro")
    accounts = AccountService(gate, bus, apps)
    return World(app, accounts, GroupService(gate, bus, Live(bus), accounts, Outbox(gate, Loops())))


async def test_what_is_ones_own(world: World) -> None:
    group_id, ids = await world.group("Public")
    me = Operator(ids[MEMBER], admin=False)
    await world.groups.members.edit(
        world.app, me, group_id, ids[MEMBER], MemberChanges(name_card="M", msg_flag="Discard")
    )
    for fields in ({"role": Role.Admin}, {"mute_seconds": 0}):
        with pytest.raises(ApiError) as refused:
            await world.groups.members.edit(world.app, me, group_id, ids[MEMBER], MemberChanges(**fields))
        assert refused.value.code == 10007
    found = await world.groups.members.named(await world.groups.get(world.app.sdkappid, group_id), [ids[MEMBER]])
    assert (found[ids[MEMBER]].name_card, found[ids[MEMBER]].msg_flag) == ("M", "Discard")


@pytest.mark.parametrize("kind", ["Private", "Public", "ChatRoom"])
@pytest.mark.parametrize("option", ["FreeAccess", "NeedPermission", "DisableApply"])
async def test_joining(world: World, kind: str, option: str) -> None:
    group_id, ids = await world.group(kind, apply_option=option)
    now = "DisableApply" if kind == "Private" else option
    me = Operator(ids[STRANGER], admin=False)
    if now == "DisableApply":
        with pytest.raises(ApiError) as refused:
            await world.groups.applications.apply(world.app, me, group_id, "")
        assert refused.value.code == 10007
        return
    assert await world.groups.applications.apply(world.app, me, group_id, "hi") is (now == "FreeAccess")
    if now == "NeedPermission":
        for role, seen in ((OWNER, 1), (ADMIN, 1), (MEMBER, 0), (STRANGER, 0)):
            waiting, following = await world.groups.applications.page(world.app.sdkappid, ids[role], 0, 20)
            assert (len(waiting), following) == (seen, 0)
        token = (await world.groups.applications.page(world.app.sdkappid, ids[OWNER], 0, 20))[0][0][0].token
        for who, given, code in ((MEMBER, token, 10007), (ADMIN, "guess", 10024)):
            with pytest.raises(ApiError) as refused:
                await world.groups.applications.decide(
                    world.app,
                    Operator(ids[who], admin=False),
                    group_id,
                    ids[STRANGER],
                    "",
                    given,
                    agree=True,
                    remark="",
                )
            assert refused.value.code == code
        await world.groups.applications.decide(
            world.app, Operator(ids[ADMIN], admin=False), group_id, ids[STRANGER], "", token, agree=True, remark=""
        )
    with pytest.raises(ApiError) as refused:
        await world.groups.applications.apply(world.app, me, group_id, "")
    assert refused.value.code == 10013
    await world.groups.members.quit(world.app, me, group_id)


@pytest.mark.parametrize("kind", ["Private", "Public", "ChatRoom"])
async def test_leaving(world: World, kind: str) -> None:
    group_id, ids = await world.group(kind)
    if kind != "Private":
        with pytest.raises(ApiError) as refused:
            await world.groups.members.quit(world.app, Operator(ids[OWNER], admin=False), group_id)
        assert refused.value.code == 10009
        await world.groups.change_owner(world.app, REST, group_id, ids[OTHER])
    await world.groups.members.quit(world.app, Operator(ids[OWNER], admin=False), group_id)
    group = await world.groups.get(world.app.sdkappid, group_id)
    assert (group.members, group.owner) == (3, "" if kind == "Private" else ids[OTHER])
    # Who was the owner and comes back is a plain member.
    await world.groups.members.add(world.app, REST, group_id, [ids[OWNER]])
    assert (await world.groups.members.named(group, [ids[OWNER]]))[ids[OWNER]].role is Role.Member
