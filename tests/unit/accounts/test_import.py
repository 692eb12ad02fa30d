"""Importing accounts: one transaction, quotas that hold under concurrency, UserIDs that may not come back."""

from __future__ import annotations

import asyncio

import pytest

from sodam.accounts.model import IMAGE, NICK, Wanted
from sodam.apps.model import AppSettings
from sodam.errors import ApiError, Code
from tests.unit.accounts.conftest import START, World


def wanted(*user_ids: str) -> list[Wanted]:
    return [Wanted(user_id) for user_id in user_ids]


async def test_new_accounts_have_what_was_given(world: World) -> None:
    done = await world.accounts.import_accounts(
        world.app, [Wanted("u1", {NICK: "One", IMAGE: "http://x/1"}), Wanted("u2")]
    )
    assert (done.failed, done.updated) == ({}, [])
    u1 = await world.accounts.find(world.sdkappid, "u1")
    u2 = await world.accounts.find(world.sdkappid, "u2")
    assert u1 is not None
    assert u2 is not None
    assert (u1.nick, u1.image, u1.created_at, u1.standard_seq, u1.custom_seq) == ("One", "http://x/1", START, 1, 0)
    assert (u2.profile, u2.standard_seq) == ({}, 0)
    assert u1.tiny_id != u2.tiny_id
    assert u1.tiny_id >= 1 << 57
    assert await world.accounts.count(world.sdkappid) == 2


async def test_an_existing_account_gets_the_new_profile_and_nothing_else(world: World) -> None:
    await world.accounts.import_accounts(world.app, [Wanted("u1", {NICK: "One", IMAGE: "http://x/1"})])
    before = await world.accounts.find(world.sdkappid, "u1")
    assert before is not None
    done = await world.accounts.import_accounts(
        world.app, [Wanted("u1", {NICK: "Uno", IMAGE: "http://x/1"}), Wanted("u2")]
    )
    assert [(u.account.user_id, u.changes) for u in done.updated] == [("u1", {NICK: "Uno"})]
    after = await world.accounts.find(world.sdkappid, "u1")
    assert after is not None
    assert (after.nick, after.standard_seq, after.tiny_id) == ("Uno", 2, before.tiny_id)
    again = await world.accounts.import_accounts(world.app, [Wanted("u1", {NICK: "Uno"}), Wanted("u1")])
    assert again.updated == []
    assert await world.accounts.count(world.sdkappid) == await world.stored() == 2


async def test_many_at_once_import_the_same_accounts_once(world: World) -> None:
    ids = [f"u{n}" for n in range(40)]
    batches = [ids, ids[::-1], ids[10:30], ids[30:] + ids[:5]] * 3
    await asyncio.gather(*(world.accounts.import_accounts(world.app, wanted(*batch)) for batch in batches))
    assert await world.accounts.count(world.sdkappid) == await world.stored() == 40


async def test_a_full_plan_takes_exactly_its_number(world: World, small_plan: int) -> None:
    imports = [world.accounts.import_accounts(world.app, wanted(f"a{n}", f"b{n}")) for n in range(30)]
    results = await asyncio.gather(*imports, return_exceptions=True)
    refused = [r for r in results if isinstance(r, ApiError)]
    assert {r.code for r in refused} == {Code.ACCOUNT_TRIAL_QUOTA}
    assert len(refused) == 30 - small_plan // 2
    assert await world.accounts.count(world.sdkappid) == await world.stored() == small_plan - 1
    made = next(n for n, result in enumerate(results) if not isinstance(result, ApiError))  # whoever came first
    # One fits, two do not, and a refused import keeps nothing.
    with pytest.raises(ApiError):
        await world.accounts.import_accounts(world.app, wanted("c1", "c2"))
    await world.accounts.import_accounts(world.app, wanted("c1", f"a{made}"))
    assert await world.stored() == small_plan
    # Who exists may still be imported, and an administrator is never kept out.
    await world.accounts.import_accounts(world.app, [Wanted("c1", {NICK: "still"})])
    assert await world.accounts.find(world.sdkappid, "administrator") is not None


async def test_login_of_an_unknown_user_meets_the_same_quota(world: World, small_plan: int) -> None:
    await world.accounts.ensure(world.sdkappid, [f"u{n}" for n in range(small_plan)])
    assert set(await world.accounts.ensure(world.sdkappid, ["u0", "u1"])) == {"u0", "u1"}
    with pytest.raises(ApiError) as refused:
        await world.accounts.ensure(world.sdkappid, ["u0", "one_more"])
    assert refused.value.code == Code.ACCOUNT_TRIAL_QUOTA


async def test_a_deleted_user_id_comes_back_after_the_time_that_the_plan_sets(world: World) -> None:
    await world.plan("Pro")
    await world.accounts.import_accounts(world.app, wanted("u1", "u2"))
    await world.accounts.delete(world.app, ["u1"])
    done = await world.accounts.import_accounts(world.app, wanted("u1", "u2", "u3"))
    assert done.failed == {"u1": Code.ACCOUNT_DELETED_RECENTLY}
    with pytest.raises(ApiError) as refused:
        await world.accounts.ensure(world.sdkappid, ["u1"])
    assert refused.value.code == Code.ACCOUNT_DELETED_RECENTLY
    world.clock.now += 90 * 86400 - 1
    assert (await world.accounts.import_accounts(world.app, wanted("u1"))).failed
    world.clock.now += 1
    assert (await world.accounts.import_accounts(world.app, wanted("u1"))).failed == {}


async def test_in_trial_or_by_setting_it_comes_back_at_once(world: World) -> None:
    for plan, settings in (("Trial", AppSettings()), ("Flagship", AppSettings(deleted_id_days=0))):
        await world.plan(plan)  # type: ignore[arg-type]
        await world.settings(settings)
        await world.accounts.import_accounts(world.app, wanted("u1"))
        await world.accounts.delete(world.app, ["u1"])
        assert (await world.accounts.import_accounts(world.app, wanted("u1"))).failed == {}


@pytest.mark.parametrize("user_id", ["", "x" * 33, "tab\t", "한글", "null\x00", "del\x7f"])
async def test_user_ids_that_cannot_be(world: World, user_id: str) -> None:
    done = await world.accounts.import_accounts(world.app, wanted(user_id, "good one"))
    assert done.failed == {user_id: Code.ACCOUNT_BAD_PARAMETER}
    assert await world.accounts.find(world.sdkappid, user_id) is None
    assert set(await world.accounts.find_many(world.sdkappid, [user_id, "good one"])) == {"good one"}
    with pytest.raises(ApiError):
        await world.accounts.ensure(world.sdkappid, [user_id])
