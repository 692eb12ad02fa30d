"""Many who come back at once: few statements on PostgreSQL, and each is answered as if alone, on both engines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sodam.accounts.model import Wanted as Account
from sodam.accounts.service import AccountService
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.groups.core import Operator
from sodam.groups.model import Changes, Newcomer, Wanted
from sodam.groups.service import GroupService
from sodam.groups.store import joiner
from sodam.groups.types import TYPES
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.storage import Database

REST = Operator("administrator", admin=True)
MANY = 23
"""Groups of one user: more than are read of each at once."""


def counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that are read from now on."""
    seen: list[str] = []
    for name in ("fetch", "fetch_one"):
        read: Any = getattr(database, name)

        def note(sql: str, *args: Any, read: Any = read) -> Any:
            seen.append(sql)
            return read(sql, *args)

        monkeypatch.setattr(database, name, note)
    return seen


async def test_everyone_comes_back_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = LocalBus()
    apps = AppService(database, bus)
    (one, _), (two, _) = await apps.create("one", plan="Pro"), await apps.create("two", plan="Pro")
    accounts = AccountService(database, bus, apps)
    users = [f"user {n:02}" for n in range(40)]
    for app in (one, two):
        await accounts.import_accounts(app, [Account(user) for user in users])
    groups = GroupService(database, bus, Live(bus), accounts, Outbox(database, Loops()))
    for n in range(MANY):
        newcomers = tuple(Newcomer(user) for user in users[1 : 1 + n % 3])
        kind, changes = TYPES["Public"], Changes(name="g")
        wanted = Wanted(
            kind=kind, group_id=f"g{n:02}", owner=users[0], max_members=0, changes=changes, newcomers=newcomers
        )
        await groups.create(one, REST, wanted)
    coming = [(app.sdkappid, user) for app in (one, two) for user in (*users, "nobody", "no\0body")]
    statements = counted(database, monkeypatch)
    joined = dict(zip(coming, await asyncio.gather(*(groups.joined(*key) for key in coming)), strict=True))
    few = len(statements)
    assert [name for name, _, _ in joined[one.sdkappid, users[0]]] == [f"g{n:02}" for n in range(MANY)]
    assert [name for name, _, _ in joined[one.sdkappid, users[1]]] == [f"g{n:02}" for n in range(MANY) if n % 3]
    assert [name for name, _, _ in joined[one.sdkappid, users[2]]] == [f"g{n:02}" for n in range(2, MANY, 3)]
    others = [found for key, found in joined.items() if key[0] == two.sdkappid or key[1] not in users[:3]]
    assert not any(others)
    for key in coming[:4]:
        assert await groups.joined(*key) == joined[key], "alone"

    fresh = AccountService(database, bus, apps)
    statements.clear()
    found = await asyncio.gather(*(fresh.find(*key) for key in coming))
    fewer = len(statements)
    assert [account and (account.app, account.user_id) for account in found] == [
        key if key[1] in users else None for key in coming
    ]
    alone = [await AccountService(database, bus, apps).find(*key) for key in coming[:4]]
    assert alone == found[:4]
    if database.engine == "postgres":
        assert few <= 3, "two for all, one for the other groups of who has many"
        assert fewer <= 2


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_few_who_come_cost_no_plan_of_their_own(database: Database) -> None:
    """PostgreSQL makes five plans for what the arguments are, and then one for all, unless it takes that for dearer."""
    ask = joiner(database)
    for _ in range(10):
        assert await asyncio.gather(ask(1, "a"), ask(1, "b")) == [[], []]
    [(own, shared)] = await database.fetch(
        "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT f.%'"
    )
    assert (own, shared) == (5, 5)
