"""Two writes of the control plane at the same moment, on two nodes: no limit is passed, no name is given twice, nothing
refers to what is deleted, and whoever loses is told why. Every action that writes meets itself and the deletes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sodam.access import users
from sodam.accounts.model import Wanted
from sodam.control import ControlError
from tests.contract.control_races import BEFORE, CASES, DELETES
from tests.support.barrier import Call, Gate, Outcome
from tests.support.control_world import (
    APP,
    CREW,
    MINA,
    OTHER,
    OTO,
    PASSWORD,
    P,
    Q,
    World,
    control_world,
)

pytestmark = pytest.mark.parametrize("engine", ["postgres"], indirect=True)
GONE = {"Name": "mina", "Force": 1}
OF_OTO = {"TargetUin": OTO, "AccessKeyId": "AKIDoto"}
PLACES = r"^\s*(INSERT|UPDATE|DELETE|WITH)\b|^COMMIT$"


@pytest_asyncio.fixture
async def world(gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async with control_world(gate, tmp_path, monkeypatch) as made:
        yield made


async def sound(world: World, got: Outcome) -> None:
    got.only(ControlError)
    assert [error for error in got.errors if getattr(error, "code", "") == "InternalError"] == []
    assert await world.faults() == []


async def ready(world: World, *names: str) -> None:
    await world.fresh()
    for name in dict.fromkeys(names):
        for before, body in BEFORE.get(name, []):
            await world.act(before, **body)()
    for node in world.nodes:
        await node.apps._load(APP)


async def meet(world: World, one: tuple[str, dict[str, Any]], two: tuple[str, dict[str, Any]]) -> None:
    await ready(world, one[0])
    got = await world.gate.together(world.act(one[0], 0, **one[1]), world.act(two[0], 1, **two[1]), at=PLACES)
    try:
        await sound(world, got)
        assert got.repeated == [0, 0], "a write was repeated after a deadlock"
    except BaseException as error:
        error.add_note(f"{one[0]} met {two[0]}; outcomes: {got.results!r}")
        raise


@pytest.mark.parametrize("service", ["cam", "im", "sodam", "session"])
async def test_every_action_meets_itself(world: World, service: str) -> None:
    for name, (first, second) in CASES.items():
        if name.startswith(f"{service}:"):
            await meet(world, (name, first), (name, second))


@pytest.mark.parametrize("delete", DELETES)
async def test_every_action_meets_the_deletes(world: World, delete: str) -> None:
    for name, (body, _) in CASES.items():
        if name.startswith(("cam:", "session:")):
            await meet(world, (name, body), (delete, DELETES[delete]))


async def everywhere(world: World, one: tuple[str, dict[str, Any]], two: tuple[str, dict[str, Any]]) -> None:
    async def prepare() -> tuple[Call, Call]:
        await ready(world, one[0], two[0])
        return world.act(one[0], 0, **one[1]), world.act(two[0], 1, **two[1])

    async def check(got: Outcome) -> None:
        await sound(world, got)

    await world.gate.interleave(prepare, check)


@pytest.mark.parametrize(
    ("name", "body", "other", "with_body"),
    [
        ("cam:SetDefaultPolicyVersion", {"PolicyId": P, "VersionId": 2}, "cam:DeletePolicyVersion", {"VersionId": [2]}),
        ("cam:PutUserPermissionsBoundary", {"TargetUin": MINA, "PolicyId": Q}, "cam:DeletePolicy", {"PolicyId": [Q]}),
        ("cam:AttachUserPolicy", {"PolicyId": Q, "AttachUin": MINA}, "cam:DeleteUser", GONE),
        ("cam:AddUserToGroup", {"Info": [{"GroupId": CREW, "Uin": MINA}]}, "cam:DeleteUser", GONE),
        ("cam:CreateAccessKey", {"TargetUin": MINA}, "cam:DeleteUser", GONE),
        ("session:Login", {"UserName": "mina", "Password": PASSWORD}, "cam:DeleteUser", GONE),
        ("cam:UpdateAccessKey", OF_OTO | {"Status": "Active"}, "cam:DeleteAccessKey", OF_OTO),
        ("im:CreateAccount", {"SDKAppID": APP, "UserID": "u1"}, "im:DeleteSdkappid", {"ConfirmName": "app"}),
    ],
)
async def test_in_every_interleaving(
    world: World, name: str, body: dict[str, Any], other: str, with_body: dict[str, Any]
) -> None:
    about = {key: body[key] for key in ("PolicyId", "SDKAppID") if key in body}
    await everywhere(world, (name, body), (other, about | with_body))


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
async def test_every_action_in_every_interleaving(world: World, name: str) -> None:
    """With itself and, in access management, with the deletes: minutes in all."""
    await everywhere(world, (name, CASES[name][0]), (name, CASES[name][1]))
    if name.startswith(("cam:", "session:")):
        for delete, body in DELETES.items():
            await everywhere(world, (name, CASES[name][0]), (delete, body))


async def test_a_password_that_was_replaced_opens_no_session(world: World) -> None:
    """Signing in with the old password while an administrator gives another one: the sessions of the old one end."""

    async def prepare() -> tuple[Call, Call]:
        await world.fresh()
        old = {"UserName": "mina", "Password": PASSWORD}
        return world.act("session:Login", 0, **old), world.act("cam:ResetPassword", 1, Name="mina", Password=OTHER)

    async def check(got: Outcome) -> None:
        await sound(world, got)
        assert not isinstance(got.results[1], Exception)
        assert await world.plane.sessions.of(MINA) == []

    await world.gate.interleave(prepare, check)


async def test_what_was_refused_is_the_documented_code(world: World) -> None:
    """The second of two is told the limit, not an error of the server."""
    wanted = {
        "cam:AddUsers": "InvalidParameter.SubUserFull",
        "cam:CreateGroup": "InvalidParameter.GroupFull",
        "cam:CreatePolicy": "FailedOperation.PolicyFull",
        "cam:CreatePolicyVersion": "FailedOperation.PolicyVersionFull",
        "cam:AttachUserPolicy": "InvalidParameter.AttachmentFull",
        "cam:CreateAccessKey": "OperationDenied.AccessKeyOverLimit",
        "im:CreateSecret": "LimitExceeded.Keys",
        "im:ModifyAccountInfo": "LimitExceeded.Administrators",
    }
    for name, code in wanted.items():
        await world.fresh()
        first, second = CASES[name]
        got = await world.gate.together(world.act(name, 0, **first), world.act(name, 1, **second), at=PLACES)
        assert [getattr(error, "code", error) for error in got.errors] == [code], name


SECTIONS = (
    ("im:SetAbilityConfInfo", {"FriendCheck": True}),  # messages
    ("im:AddFriendField", {"Field": {"Name": "One", "Type": "string"}}),  # friends
    ("im:AddUserField", {"Field": {"Name": "One", "Type": "string"}}),  # accounts
)


@pytest.mark.parametrize("one", range(3))
@pytest.mark.parametrize("two", range(3))
async def test_settings_collide_within_a_section(world: World, one: int, two: int) -> None:
    """Two operators who read the same version and save at the same moment, on two nodes: both changes are there when
    they are of different sections, and one of them is refused when they are of the same."""
    await world.fresh()
    (first, body), (second, other) = SECTIONS[one], SECTIONS[two]
    got = await world.gate.together(
        world.act(first, 0, SDKAppID=APP, Version=1, **body),
        world.act(second, 1, SDKAppID=APP, Version=1, **other),
        at=r"FOR UPDATE|^\s*UPDATE app\b",
    )
    same = one == two
    assert [error.code for error in got.errors] == ["FailedOperation.VersionConflict"] * same  # type: ignore[attr-defined]
    assert got.repeated == [0, 0]
    await world.nodes[0].apps.refresh(APP)
    app = world.nodes[0].apps.get(APP)
    assert app is not None
    made = (app.settings.friend_check, len(app.settings.friend_fields), len(app.settings.user_fields))
    assert made == tuple(int(place in (one, two)) for place in range(3))
    assert app.settings_version == (2 if same else 3)


async def test_two_names_that_differ_in_capitals(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MAX_USERS", 10)
    await world.fresh()
    got = await world.gate.together(
        world.act("cam:AddUser", 0, Name="new"), world.act("cam:AddUser", 1, Name="NEW"), at=PLACES
    )
    assert [getattr(error, "code", error) for error in got.errors] == ["InvalidParameter.SubUserNameInUse"]


async def test_a_deny_never_vanishes(world: World) -> None:
    """The version in force is put aside and deleted while its policy is read: the reader sees one text or the other."""

    async def prepare() -> tuple[Call, Call]:
        await world.fresh()
        return world.act("cam:GetPolicy", 0, PolicyId=P), change

    async def change() -> None:
        await world.act("cam:SetDefaultPolicyVersion", 1, PolicyId=P, VersionId=2)()
        await world.act("cam:DeletePolicyVersion", 1, PolicyId=P, VersionId=[1])()

    async def check(got: Outcome) -> None:
        got.only()
        assert "statement" in got.results[0].PolicyDocument

    await world.gate.interleave(prepare, check)


async def test_accounts_and_the_plan(world: World) -> None:
    """An import beside a delete: what is answered as imported is there."""

    async def prepare() -> tuple[Call, Call]:
        await world.fresh()
        await world.act("im:CreateAccount", SDKAppID=APP, UserID="u1")()
        one, two = (node.services for node in world.nodes)
        app = one.apps.get(APP)
        assert app is not None
        wanted = [Wanted("u1", {"Tag_Profile_IM_Nick": "x"}), Wanted("u2")]
        return lambda: one.accounts.import_accounts(app, wanted), lambda: two.accounts.delete(app, ["u1", "u2"])

    async def check(got: Outcome) -> None:
        got.only()
        assert await world.faults() == []
        outcome = got.results[1]
        there = {row[0] for row in await world.gate.fetch("SELECT user_id FROM account")}
        for user in ("u1", "u2"):
            # Either the delete came last and took it, or it is there.
            assert (user in there) or int(outcome[user]) == 0, (user, there, outcome)

    await world.gate.interleave(prepare, check)
