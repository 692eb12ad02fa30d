"""Applying a file on both engines: once is enough, twice is nothing, two at a time are one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sodam.apps.apply import ApplyError, Wanted, parse
from sodam.apps.dump import dump, dump_access
from sodam.cloudapi.apply import apply
from sodam.cloudapi.dump import access
from tests.support.barrier import Call, Gate, Outcome
from tests.support.control_world import World, control_world

DOCUMENT = '{"version":"2.0","statement":[{"effect":"allow","action":"name/im:Describe*","resource":"*"}]}'
TEXT = f"""
[[app]]
sdkappid = 1400000777
name = "Shop"
key = "first"
second_key = "second"
administrators = ["bot"]
[app.settings.messages]
friend_check = true
[[policy]]
name = "reader"
document = '{DOCUMENT}'
[[user]]
name = "nora"
password = "Correct-horse-9"
policies = ["reader", "QcloudIMReadOnlyAccess"]
"""
ACTIONS = [
    "cam:AddUser",
    "cam:AttachUserPolicy",
    "cam:AttachUserPolicy",
    "cam:CreatePolicy",
    "im:CreateSecret",
    "im:RegisterIMApp",
    "sodam:ApplyApp",
]


@pytest_asyncio.fixture
async def world(gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async with control_world(gate, tmp_path, monkeypatch) as made:
        await made.fresh()
        yield made


def file(text: str = TEXT) -> Wanted:
    return parse(text, "apps.toml", {})


async def audited(world: World) -> list[str]:
    return [row[0] for row in await world.gate.fetch("SELECT action FROM audit_event ORDER BY action, id")]


async def test_the_second_time_changes_and_audits_nothing(world: World) -> None:
    assert await apply(world.plane, file()) == len(ACTIONS)
    assert await audited(world) == ACTIONS
    app = world.nodes[0].apps.get(1400000777)
    assert app is not None
    assert (app.keys.secrets, app.settings.friend_check, app.plan) == (("first", "second"), True, "Flagship")
    nora = await world.plane.users.get("nora")
    assert (await world.plane.login.login("nora", "Correct-horse-9", "", "192.0.2.1")).uin == nora.uin
    assert len(await world.plane.policies.attached("user", nora.uin)) == 2
    before = await world.gate.fetch("SELECT version, updated_at FROM app WHERE sdkappid = 1400000777")
    assert await apply(world.plane, file()) == 0
    assert [a for a in await audited(world) if not a.startswith("session")] == ACTIONS
    assert await world.gate.fetch("SELECT version, updated_at FROM app WHERE sdkappid = 1400000777") == before


async def test_a_changed_file_changes_what_differs(world: World) -> None:
    await apply(world.plane, file())
    changed = TEXT.replace("friend_check = true", "friend_check = false").replace("Describe*", "Search*")
    assert await apply(world.plane, file(changed)) == 2
    rows = await world.gate.fetch("SELECT action, before, after FROM audit_event ORDER BY id DESC LIMIT 2")
    assert [row[0] for row in rows] == ["cam:UpdatePolicy", "sodam:ApplyApp"]
    assert (rows[1][1], rows[1][2]) == ('{"friend_check":true}', '{"friend_check":false}')


async def test_a_dump_makes_the_same_on_an_empty_server(world: World) -> None:
    """The app with its keys and settings, the policies, and the sub-users with what they may do."""

    async def dumped() -> str:
        app = world.nodes[0].apps.get(1400000777)
        assert app is not None
        text = dump(app, await world.nodes[0].apps.keys(app.sdkappid), secrets=True)
        return text + dump_access(*await access(world.plane))

    async def empty() -> None:
        for node in world.nodes:
            node.apps._apps.clear()
        for table in (
            "app",
            "app_key",
            "app_admin",
            "cam_attachment",
            "cam_policy_version",
            "cam_policy",
            "cam_member",
        ):
            await world.gate.execute(f"DELETE FROM {table}")
        await world.gate.execute("DELETE FROM cam_user WHERE root = 0")
        await world.gate.execute("DELETE FROM audit_event")

    await empty()
    added = '\n[[user]]\nname = "n.ora"\nremark = "no console"\n'
    await apply(world.plane, file(TEXT + added))
    before, text = world.nodes[0].apps.get(1400000777), await dumped()
    assert 'password_env = "USER_NORA_PASSWORD"' in text
    assert 'policies = ["QcloudIMReadOnlyAccess", "reader"]' in text
    await empty()
    with pytest.raises(ApplyError, match=r"^dump.toml:\d+: user nora: the environment has no USER_NORA_PASSWORD$"):
        await apply(world.plane, parse(text, "dump.toml", {}))
    assert await audited(world) == []
    wanted = parse(text, "dump.toml", {"USER_NORA_PASSWORD": "Correct-horse-9"})
    # The second key is in the file, so that nothing is drawn.
    assert await apply(world.plane, wanted) == len(ACTIONS) + 1
    assert await audited(world) == sorted([*ACTIONS, "cam:AddUser"])
    assert await dumped() == text
    after = world.nodes[0].apps.get(1400000777)
    assert before is not None
    assert after is not None
    assert (after.settings, after.keys, after.admins, after.plan) == (
        before.settings,
        before.keys,
        before.admins,
        before.plan,
    )
    nora = await world.plane.users.get("nora")
    assert (await world.plane.login.login("nora", "Correct-horse-9", "", "192.0.2.1")).uin == nora.uin
    assert await apply(world.plane, parse(text, "dump.toml", {})) == 0


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ('["reader",', '["raeder",', '16: unknown policy "raeder"'),
        ('second_key = "second"', 'second_key = "third"', "6: app 1400000777 has 2 other keys already"),
        ("name/im:Describe*", "name/im:Descibe", "12: policy reader: line 1, column"),
        ('"reader"\ndocument', '"QcloudIMFullAccess"\ndocument', "12: QcloudIMFullAccess is a preset policy"),
        ('"nora"', '"two words"', "13: user two words: a user name has"),
        ("Correct-horse-9", "short", "13: user nora: "),
    ],
)
async def test_a_refusal_comes_before_anything_is_changed(world: World, old: str, new: str, refusal: str) -> None:
    await world.plane.services.apps.create("Shop", sdkappid=1400000777, secret="first")
    await world.plane.app_keys.ensure(1400000777, "second")
    with pytest.raises(ApplyError) as refused:
        await apply(world.plane, file(TEXT.replace(old, new)))
    assert str(refused.value).startswith("apps.toml:" + refusal)
    assert await audited(world) == []


async def raced(world: World) -> tuple[Call, Call]:
    await world.fresh()
    for table in ("cam_attachment", "cam_policy_version", "cam_policy"):
        await world.gate.execute(f"DELETE FROM {table}")  # their numbers would be given out again, to "reader"
    one, two = (node.plane for node in world.nodes)
    return lambda: apply(one, file()), lambda: apply(two, file())


async def one_of_them(world: World, got: Outcome) -> None:
    got.only()
    assert sum(got.values) == len(ACTIONS)
    assert await audited(world) == ACTIONS
    assert await world.faults() == []


async def test_two_nodes_at_the_same_moment_are_one(world: World) -> None:
    for place in (1, 3, 5, 7):  # of the statements that change something
        await one_of_them(world, await world.gate.together(*await raced(world), nth=place))


@pytest.mark.long
async def test_two_nodes_in_every_interleaving(world: World) -> None:
    async def check(got: Outcome) -> None:
        await one_of_them(world, got)

    assert await world.gate.interleave(lambda: raced(world), check) > 20
