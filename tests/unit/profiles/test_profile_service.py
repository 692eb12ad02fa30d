"""Writing and reading profiles, and who hears of it, on both engines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import pytest

from sodam.accounts.model import NICK
from sodam.apps.model import AppSettings, UserField
from sodam.errors import ApiError
from sodam.profiles.events import PortraitSet
from sodam.profiles.service import ProfileService, allow_type
from sodam.storage import Tx
from tests.unit.accounts.conftest import START, World

LEVEL = "Tag_Profile_IM_Level"
SECRET = "Tag_Profile_Custom_Secret"
FIELDS = AppSettings(user_fields=(UserField(name="Secret", app_read=False, app_write=False), UserField(name="Open")))


def service(world: World) -> ProfileService:
    async def friends_of(app: int, user_id: str) -> Collection[str]:
        assert app == world.sdkappid
        return ["f1", "f2"]

    return ProfileService(world.accounts, world.live, friends_of=friends_of, clock=world.clock)


async def put(profiles: ProfileService, world: World, *items: tuple[str, object], **who: object) -> None:
    given: dict[str, object] = {"side": "admin", "operator": "administrator"} | who
    await profiles.set(world.app, "u1", items, **given)  # type: ignore[arg-type]


async def test_all_or_nothing(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1"])
    profiles = service(world)
    with pytest.raises(ApiError) as refused:
        await put(profiles, world, (NICK, "Mina"), (LEVEL, "three"))
    assert refused.value.code == 40610
    assert await profiles.get(world.app, ["u1"], [NICK, LEVEL], "admin") == [("u1", {})]
    await put(profiles, world, (NICK, "first"), (LEVEL, 3), (NICK, "Mina"))
    assert await profiles.get(world.app, ["u1", "ghost"], [LEVEL, NICK], "admin") == [
        ("u1", {LEVEL: 3, NICK: "Mina"}),
        ("ghost", None),
    ]


async def test_unknown_accounts(world: World) -> None:
    profiles = service(world)
    with pytest.raises(ApiError) as refused:
        await profiles.set(world.app, "nul\x00", [(NICK, "x")], side="admin", operator="a")
    assert refused.value.code == 40003
    await profiles.set(world.app, "administrator", [(NICK, "Chief")], side="admin", operator="a")
    assert await profiles.get(world.app, ["administrator"], [NICK], "app") == [("administrator", {NICK: "Chief"})]


async def test_permissions_of_custom_fields(world: World) -> None:
    await world.settings(FIELDS)
    await world.accounts.ensure(world.sdkappid, ["u1"])
    profiles = service(world)
    with pytest.raises(ApiError) as refused:
        await put(profiles, world, (SECRET, "x"), side="app", operator="u1")
    assert refused.value.code == 40008
    await put(profiles, world, (SECRET, "x"), ("Tag_Profile_Custom_Open", "o"))
    with pytest.raises(ApiError) as refused:
        await profiles.get(world.app, ["u1"], [SECRET], "app")
    assert refused.value.code == 40007
    assert await profiles.get(world.app, ["u1"], [SECRET], "admin") == [("u1", {SECRET: "x"})]
    account = await world.accounts.find(world.sdkappid, "u1")
    assert account is not None
    assert profiles.visible(world.app, account, "app") == {"Tag_Profile_Custom_Open": "o"}
    assert profiles.visible(world.app, account, "admin") == account.profile
    assert (account.standard_seq, account.custom_seq) == (0, 1)


async def test_the_webhook_s_event_is_part_of_the_change(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1"])
    profiles = service(world)
    seen: list[PortraitSet] = []

    async def note(tx: Tx, events: Sequence[PortraitSet]) -> None:
        assert await tx.fetch("SELECT 1 FROM account WHERE user_id = 'u1' AND standard_seq > 0")
        seen.extend(events)

    async def full(tx: Tx, events: Sequence[PortraitSet]) -> None:
        raise RuntimeError("outbox")

    world.db.events.subscribe(PortraitSet, note)
    cancel = world.db.events.subscribe(PortraitSet, full)
    with pytest.raises(RuntimeError):
        await put(profiles, world, (NICK, "Mina"))
    assert await profiles.get(world.app, ["u1"], [NICK], "admin") == [("u1", {})]
    cancel()
    seen.clear()
    await put(profiles, world, (NICK, "Mina"), (LEVEL, 3))
    await put(profiles, world, (NICK, "Mina"), (LEVEL, 4), side="app", operator="u1", platform="Web", client_ip="::1")
    await put(profiles, world, (NICK, "Mina"), (LEVEL, 4))  # nothing is new
    first = PortraitSet(
        app=world.sdkappid,
        user_id="u1",
        at=START * 1000,
        operator="administrator",
        changes={NICK: "Mina", LEVEL: 3},
    )
    assert seen == [
        first,
        msgspec.structs.replace(first, operator="u1", changes={LEVEL: 4}, platform="Web", client_ip="::1"),
    ]
    account = await world.accounts.find(world.sdkappid, "u1")
    assert account is not None
    assert account.standard_seq == 2


async def test_devices_and_friends_are_told_what_they_may_read(world: World) -> None:
    await world.settings(FIELDS)
    await world.accounts.ensure(world.sdkappid, ["u1"])
    profiles = service(world)
    mine, other = world.device("u1", 7), world.device("u1", 8)
    friend, stranger = world.device("f1"), world.device("s1")
    await put(profiles, world, (NICK, "Mina"), (LEVEL, 3), side="app", operator="u1", instid=7)
    notice = {
        "Event": 8,
        "ProfileDataMod": [
            {
                "PushType": 1,
                "Profile_Account": "u1",
                "ProfileList": [{"Tag": NICK, "ValueBytes": "Mina"}, {"Tag": LEVEL, "ValueNum": 3}],
            }
        ],
    }
    assert (mine.events, other.events, friend.events, stranger.events) == ([], [notice], [notice], [])
    await put(profiles, world, (NICK, "Mina"), (SECRET, "x"))
    assert len(friend.events) == len(other.events) == 1


async def test_a_failure_to_find_friends_does_not_fail_the_change(world: World) -> None:
    async def broken(app: int, user_id: str) -> Collection[str]:
        raise RuntimeError("relations")

    await world.accounts.ensure(world.sdkappid, ["u1"])
    profiles = ProfileService(world.accounts, world.live, friends_of=broken)
    device = world.device("u1")
    await put(profiles, world, (NICK, "Mina"))
    assert len(device.events) == 1


async def test_how_to_be_added_defaults_to_the_app_s_setting(world: World) -> None:
    await world.settings(AppSettings(default_allow_type="AllowType_Type_NeedConfirm"))
    await world.accounts.ensure(world.sdkappid, ["u1"])
    account = await world.accounts.find(world.sdkappid, "u1")
    assert account is not None
    assert allow_type(world.app, account) == "AllowType_Type_NeedConfirm"
    await put(service(world), world, ("Tag_Profile_IM_AllowType", "AllowType_Type_DenyAny"))
    account = await world.accounts.find(world.sdkappid, "u1")
    assert account is not None
    assert allow_type(world.app, account) == "AllowType_Type_DenyAny"
