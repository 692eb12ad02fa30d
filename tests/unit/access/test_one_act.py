"""One act is one transaction: whoever is killed in the middle of it leaves nothing half done.

Every act is cut off after its first statement, after its second, and so on until it gets through; after each cut the
database must be as it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
import pytest_asyncio

from sodam.access.login import LoginService
from sodam.access.model import User
from sodam.access.policies import PolicyService
from sodam.access.security import SecuritySettings
from sodam.access.sessions import Sessions
from sodam.access.users import UserService
from sodam.control import ControlError
from sodam.storage import Database, Tx

PASSWORD, OTHER = "Correct-horse-9", "Another-horse-8"
ADMINISTRATOR = 1_000_000_001
TABLES = (
    "cam_user",
    "cam_group",
    "cam_member",
    "cam_policy",
    "cam_policy_version",
    "cam_attachment",
    "cam_access_key",
    "console_session",
    "server_state",
)


class Cut(Exception):
    """The process died here."""


class CutTx:
    def __init__(self, tx: Tx, world: World) -> None:
        self.engine = tx.engine
        self._tx = tx
        self._world = world

    def __getattr__(self, name: str) -> Any:
        if self._world.left == 0:
            raise Cut
        self._world.left -= 1
        return getattr(self._tx, name)


class World:
    """The services over a database whose writes end after so many statements."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.left = -1
        cut = cast(Database, self)
        self.security = SecuritySettings(cut)
        self.sessions = Sessions(cut, self.security)
        self.login = LoginService(cut, self.security)
        self.users = UserService(cut, self.login, self.security)
        self.policies = PolicyService(cut, lambda: {"im": frozenset(("removeuser",))}, lambda: self.login.owner_uin)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    async def write(self, fn: Callable[[Tx], Awaitable[Any]], **more: bool) -> Any:
        return await self._db.write(lambda tx: fn(cast(Tx, CutTx(tx, self))), **more)

    async def execute(self, sql: str, *args: Any) -> int:
        return int(await self.write(lambda tx: tx.execute(sql, *args)))

    async def rows(self) -> dict[str, list[Any]]:
        return {name: sorted(map(tuple, await self._db.fetch(f"SELECT * FROM {name}"))) for name in TABLES}


@pytest_asyncio.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.login.start(PASSWORD)
    return made


async def user(world: World, name: str = "mina") -> User:
    wanted = User(uin=0, root=False, name=name, uid=0, console_login=True)
    made = await world.users.prepare(wanted, PASSWORD, use_api=True)
    await world.users.add([made])
    await world.sessions.open(made.user, mfa=False, ip="", user_agent="")
    return made.user


def document(effect: str = "allow") -> str:
    return f'{{"version":"2.0","statement":[{{"effect":"{effect}","action":"im:RemoveUser","resource":"*"}}]}}'


Act = Callable[[], Awaitable[Any]]


async def cut_everywhere(world: World, act: Act) -> int:
    """How many statements the act has. Fails when it leaves something behind after fewer."""
    before = await world.rows()
    for statements in range(100):
        world.left = statements
        try:
            await act()
        except Cut:
            assert await world.rows() == before, f"half done after {statements} statements"
        else:
            assert await world.rows() != before, "the act did nothing"
            return statements
        finally:
            world.left = -1
    raise AssertionError("the act has no end")


async def test_creating_users_with_keys_and_policies(world: World) -> None:
    wanted = [User(uin=0, root=False, name=name, uid=0, console_login=True) for name in ("a", "b", "c")]
    made = [await world.users.prepare(one, "", use_api=True) for one in wanted]
    assert await cut_everywhere(world, lambda: world.users.add(made, [ADMINISTRATOR], 7)) > 9
    for one in made:
        assert [item.policy_id for item in await world.policies.attached("user", one.user.uin)] == [ADMINISTRATOR]


async def test_a_user_that_cannot_be_takes_the_others_along(world: World) -> None:
    await user(world, "taken")
    before = await world.rows()
    made = [
        await world.users.prepare(User(uin=0, root=False, name=name, uid=0), "", use_api=True)
        for name in ("first", "taken")
    ]
    for policies, code in (([], "SubUserNameInUse"), ([12345], "PolicyIdNotFound")):
        with pytest.raises(ControlError, match=code):
            await world.users.add(made, policies)
    with pytest.raises(ControlError, match="PolicyIdNotFound"):
        await world.users.add(made[:1], [12345])
    assert await world.rows() == before


async def test_changing_a_user(world: World) -> None:
    one = await user(world)
    changes = {"remark": "shift B"} | await world.users.new_password(one, OTHER, need_reset=True)
    await cut_everywhere(world, lambda: world.users.update(one, changes))
    assert await world.sessions.of(one.uin) == []
    assert (await world.users.get("mina")).need_reset
    await world.sessions.open(await world.users.get("mina"), mfa=False, ip="", user_agent="")
    await cut_everywhere(world, lambda: world.users.update(one, {"console_login": False}))
    assert await world.sessions.of(one.uin) == []


async def test_changing_the_own_password(world: World) -> None:
    one = await user(world)
    _, kept = await world.sessions.open(one, mfa=False, ip="", user_agent="")
    await cut_everywhere(world, lambda: world.login.change_password(one, PASSWORD, OTHER, session=kept.id))
    assert [session.id for session in await world.sessions.of(one.uin)] == [kept.id]


async def test_resetting_root(world: World) -> None:
    await world.sessions.open(await world.users.get_uin(world.login.owner_uin), mfa=False, ip="", user_agent="")
    await cut_everywhere(world, lambda: world.login.reset_root(OTHER))
    assert await world.sessions.of(world.login.owner_uin) == []


async def test_changing_a_policy(world: World) -> None:
    made = await world.policies.create("p", document())
    policy = await world.policies.custom(made)
    for _ in range(3):
        await world.policies.add_version(policy, document(), default=False)
    await cut_everywhere(world, lambda: world.policies.update(policy, "now it denies", document("deny")))
    after = await world.policies.custom(made)
    assert (after.description, after.default_version, await world.policies.document(after)) == (
        "now it denies",
        5,
        document("deny"),
    )
    with pytest.raises(ControlError, match="PolicyVersionFull"):
        await world.policies.update(policy, "nothing of this stays", document())
    assert (await world.policies.custom(made)).description == "now it denies"
    assert [v.version_id for v in await world.policies.versions(after)] == [5, 4, 3, 2, 1]


async def test_a_policy_with_its_attachments(world: World) -> None:
    one = await user(world)
    group = await world.users.create_group("g", "")
    to = (("user", [one.uin]), ("group", [group]))
    await cut_everywhere(world, lambda: world.policies.create("p", document(), attach_to=to, by=7))  # type: ignore[arg-type]
    with pytest.raises(ControlError, match="GroupNotExist"):
        await world.policies.attach(ADMINISTRATOR, "group", [group, group + 1], 7)
    assert [a.target for a in await world.policies.entities(ADMINISTRATOR)] == []


async def test_deleting(world: World) -> None:
    one = await user(world)
    await world.policies.attach(ADMINISTRATOR, "user", [one.uin], 7)
    made = await world.policies.create("p", document(), attach_to=(("user", [one.uin]),), by=7)
    await cut_everywhere(world, lambda: world.policies.delete([made]))
    await cut_everywhere(world, lambda: world.users.delete(one, force=True))
    assert await world.policies.entities(ADMINISTRATOR) == []
