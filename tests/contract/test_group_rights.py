"""Who may do what in a group: every type, role and operation, as rest-groups.md 1.3 has it, on both engines."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from typing import Any, Final

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


Act = Callable[[World, str, Operator, dict[str, str]], Awaitable[Any]]


def _edit(**fields: Any) -> Act:
    return lambda w, g, who, ids: w.groups.edit(w.app, who, g, Changes(**fields))


def _member(target: str, **fields: Any) -> Act:
    return lambda w, g, who, ids: w.groups.members.edit(w.app, who, g, ids[target], MemberChanges(**fields))


def _kick(target: str) -> Act:
    return lambda w, g, who, ids: w.groups.members.remove(w.app, who, g, [ids[target]], "")


ACTS: Final[dict[str, Act]] = {
    "rename": _edit(name="Other"),
    "mute all": _edit(mute_all="On"),
    "appoint": _member(OTHER, role=Role.Admin),
    "mute a member": _member(OTHER, mute_seconds=60),
    "mute an admin": _member(ADMIN, mute_seconds=60),
    "card of a member": _member(OTHER, name_card="x"),
    "option of a member": _member(OTHER, msg_flag="Discard"),
    "kick a member": _kick(OTHER),
    "kick an admin": _kick(ADMIN),
    "kick the owner": _kick(OWNER),
    "transfer": lambda w, g, who, ids: w.groups.change_owner(w.app, who, g, ids[OTHER]),
    "dissolve": lambda w, g, who, ids: w.groups.destroy(w.app, who, g),
    "invite": lambda w, g, who, ids: w.groups.members.add(w.app, who, g, [ids[STRANGER]]),
}
ALL, STAFF, CHIEF = {OWNER, ADMIN, MEMBER}, {OWNER, ADMIN}, {OWNER}
NOBODY: set[str] = set()
# Roles that may, besides administrators of the app, by type. In a Private group "admin" is a plain member.
MAY: Final[dict[str, dict[str, set[str]]]] = {
    "rename": {"Private": ALL, "Public": STAFF, "ChatRoom": STAFF},
    "mute all": {"Private": CHIEF, "Public": STAFF, "ChatRoom": STAFF},
    "appoint": {"Private": NOBODY, "Public": CHIEF, "ChatRoom": CHIEF},
    "mute a member": {"Private": NOBODY, "Public": STAFF, "ChatRoom": STAFF},
    "mute an admin": {"Private": NOBODY, "Public": CHIEF, "ChatRoom": CHIEF},
    "card of a member": {"Private": CHIEF, "Public": STAFF, "ChatRoom": STAFF},
    "option of a member": {"Private": NOBODY, "Public": NOBODY, "ChatRoom": NOBODY},
    "kick a member": {"Private": CHIEF, "Public": STAFF, "ChatRoom": STAFF},
    "kick an admin": {"Private": CHIEF, "Public": CHIEF, "ChatRoom": CHIEF},
    "kick the owner": {"Private": NOBODY, "Public": NOBODY, "ChatRoom": NOBODY},
    "transfer": {"Private": CHIEF, "Public": CHIEF, "ChatRoom": CHIEF},
    "dissolve": {"Private": NOBODY, "Public": CHIEF, "ChatRoom": CHIEF},
    "invite": {"Private": ALL, "Public": ALL, "ChatRoom": ALL},
}


async def outcome(act: Awaitable[Any]) -> int:
    """The code of a refusal; 0: done."""
    try:
        await act
    except ApiError as error:
        return int(error.code)
    return 0


@pytest.mark.parametrize("kind", ["Private", "Public", "ChatRoom"])
async def test_every_operation_by_every_role(world: World, kind: str) -> None:
    options = {} if kind == "Private" else {"invite_option": "FreeAccess"}
    for name, act in ACTS.items():
        for role in (OWNER, ADMIN, MEMBER, STRANGER):
            group_id, ids = await world.group(kind, **options)
            got = await outcome(act(world, group_id, Operator(ids[role], admin=False), ids))
            refused = (10007, 10004) if name == "kick the owner" else (10007,)
            assert got in ((0,) if role in MAY[name][kind] else refused), (name, kind, role)


@pytest.mark.parametrize("kind", ["Private", "Public", "ChatRoom"])
async def test_an_administrator_of_the_app_may_all_that_the_type_has(world: World, kind: str) -> None:
    for name, act in ACTS.items():
        group_id, ids = await world.group(kind)
        got = await outcome(act(world, group_id, REST, ids))
        absent = kind == "Private" and name in ("appoint", "mute a member", "mute an admin")
        assert got == (10004 if name == "kick the owner" else 10007 if absent else 0), (name, kind)


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
@pytest.mark.parametrize("option", ["FreeAccess", "NeedPermission", "DisableInvite"])
async def test_inviting(world: World, kind: str, option: str) -> None:
    for role in (OWNER, ADMIN, MEMBER):
        group_id, ids = await world.group(kind, invite_option=option)
        who = Operator(ids[role], admin=False)
        decides = role == OWNER or (role == ADMIN and kind != "Private")
        if option == "DisableInvite":
            with pytest.raises(ApiError) as refused:
                await world.groups.members.add(world.app, who, group_id, [ids[STRANGER]])
            assert refused.value.code == 10007
        else:
            direct = option == "FreeAccess" or decides
            added = await world.groups.members.add(world.app, who, group_id, [ids[STRANGER], ids[OTHER]])
            assert added == [1 if direct else 3, 2]


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
