"""What operators look for, on both engines: groups by name, ID and order, members by how their UserIDs begin."""

from __future__ import annotations

import pytest_asyncio

from sodam.accounts.model import Wanted as Account
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.groups.core import Operator
from sodam.groups.listing import ROLES
from sodam.groups.model import Changes, Newcomer, Order, Wanted
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES, Role
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from tests.support.barrier import Gate

REST = Operator("administrator", admin=True)


@pytest_asyncio.fixture
async def world(gate: Gate) -> tuple[App, GroupService]:
    bus = LocalBus()
    apps = AppService(gate, bus)
    app, _ = await apps.create("listing", plan="Pro")
    accounts = AccountService(gate, bus, apps)
    await accounts.import_accounts(app, [Account(user) for user in ("ann", "anna", "bob")])
    return app, GroupService(gate, bus, Live(bus), accounts, Outbox(gate, Loops()))


async def test_groups_and_members_are_found(world: tuple[App, GroupService]) -> None:
    app, groups = world
    names = {"one": "Han 강 50%", "two": 'say "hi"', "Three": "HAN_river Ä"}
    for at, (group_id, name) in enumerate(names.items()):
        newcomers = (Newcomer("anna"), Newcomer("bob", Role.Admin))[: at % 3]
        kind = TYPES["Public" if at else "ChatRoom"]
        changes = Changes(name=name)
        wanted = Wanted(kind=kind, group_id=group_id, owner="ann", max_members=0, changes=changes, newcomers=newcomers)
        await groups.create(app, REST, wanted)

    async def found(keyword: str = "", type_name: str = "", order: Order = "GroupId", down: bool = False) -> list[str]:
        listed, total = await groups.listing.find(
            app.sdkappid, keyword=keyword, type_name=type_name, order=order, down=down, offset=0, limit=10
        )
        assert len(listed) == total
        return [group.group_id for group in listed]

    assert await found() == ["Three", "one", "two"]
    assert await found(order="MemberNum", down=True) == ["Three", "two", "one"]
    assert await found("han") == ["Three", "one"]
    assert await found("강 50%") == ["one"]
    assert await found("_") == await found("RIVER Ä") == ["Three"]
    assert await found("ä") == [], "neither engine knows case beyond A to Z"
    assert await found('"hi"') == ["two"]
    assert await found("T", type_name="Public") == ["Three", "two"]
    assert await found("owner") == await found("\0") == [], "other fields of the profile are not searched"

    group = await groups.get(app.sdkappid, "Three")

    async def members(prefix: str, roles: tuple[Role, ...] = ROLES) -> tuple[list[str], int]:
        listed, total = await groups.listing.members(group, roles=roles, prefix=prefix, offset=0, limit=10)
        return [member.user_id for member in listed], total

    assert await members("") == (["ann", "anna", "bob"], 3)
    assert await members("ann") == (["ann", "anna"], 2)
    assert await members("", (Role.Admin,)) == (["bob"], 1)
    assert await groups.listing.joined(app.sdkappid, "ann") == 3
