"""Looking accounts up: what the cache may answer, and what it must not."""

from __future__ import annotations

import asyncio

import pytest

from sodam.accounts import store
from sodam.accounts.model import NICK, Account, Wanted
from sodam.accounts.service import Order, place_in
from sodam.errors import ApiError
from tests.unit.accounts.conftest import World


async def test_find_many_reads_what_is_not_at_hand(world: World) -> None:
    ids = [f"u{n}" for n in range(137)]
    await world.accounts.import_accounts(world.app, [Wanted(user_id) for user_id in ids])
    await world.accounts.find(world.sdkappid, "u5")
    found = await world.accounts.find_many(world.sdkappid, [*ids, "ghost", "u5", "administrator"])
    assert found.keys() == {*ids, "administrator"}
    assert all(found[user_id].user_id == user_id for user_id in found)
    assert world.accounts.peek(world.sdkappid, "u136") == found["u136"]
    assert world.accounts.peek(world.sdkappid, "ghost") is None


async def test_another_apps_account_is_unknown(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1"])
    assert await world.accounts.find(world.sdkappid + 1, "u1") is None


async def test_pages_are_in_byte_order_and_complete(world: World) -> None:
    ids = ["A", "Z", "a", "a b", "a-b", "a.b", "a_b", "ab", "aB", "b", "~", "!", "0", "10", "9", "a%", "a%b"]
    await world.accounts.import_accounts(world.app, [Wanted(user_id) for user_id in ids])
    seen: list[str] = []
    while page := await world.accounts.list_accounts(world.sdkappid, after=seen[-1] if seen else "", limit=4):
        seen += [account.user_id for account in page]
    assert seen == sorted(ids)
    for prefix in ("a", "a%", "a_", "~", "zz", "1"):
        page = await world.accounts.list_accounts(world.sdkappid, prefix=prefix)
        assert [a.user_id for a in page] == sorted(i for i in ids if i.startswith(prefix))
    page = await world.accounts.list_accounts(world.sdkappid, prefix="a", after="a-b", limit=2)
    assert [a.user_id for a in page] == ["a.b", "aB"]
    assert await world.accounts.list_accounts(world.sdkappid, prefix="nul\x00") == []


async def test_a_look_up_during_a_change_sees_the_change(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The read that began before a kick ends after it: a login must see the kick."""
    await world.accounts.ensure(world.sdkappid, ["u1"])
    load = world.accounts._load
    reads = 0

    async def slow(app: int, user_id: str) -> Account | None:
        nonlocal reads
        reads += 1
        account = await load(app, user_id)
        if reads == 1:
            await world.db.write(lambda tx: store.invalidate(tx, app, user_id, 5))
            world.accounts._hints.changed((app, user_id))
        return account

    monkeypatch.setattr(world.accounts, "_load", slow)
    account = await world.accounts.find(world.sdkappid, "u1")
    assert account is not None
    assert (account.invalid_before, reads) == (5, 2)


async def test_a_change_whose_caller_has_gone_is_seen_all_the_same(world: World) -> None:
    """A request that is cancelled between its commit and its answer: what is at hand must not stay old."""
    await world.accounts.ensure(world.sdkappid, ["u1"])
    assert await world.accounts.find(world.sdkappid, "u1") is not None

    async def leave(*_: object) -> None:
        loop.call_soon_threadsafe(task.cancel)

    loop = asyncio.get_running_loop()
    task = asyncio.create_task(world.accounts.update_profile(world.sdkappid, "u1", {NICK: "new"}, leave))
    await asyncio.wait([task])
    await world.db.write(lambda tx: tx.fetch("SELECT 1"))  # what was begun before has ended
    stored = await store.load(world.db, world.sdkappid, "u1")
    found = await world.accounts.find(world.sdkappid, "u1")
    assert stored is not None
    assert found == stored


async def test_readers_never_keep_an_old_profile(world: World) -> None:
    """Readers and a writer at the same time; afterwards everybody sees the last value."""
    await world.accounts.ensure(world.sdkappid, ["u1"])
    done = False

    async def read() -> None:
        while not done:
            await world.accounts.find(world.sdkappid, "u1")
            await asyncio.sleep(0)

    async def nothing(*_: object) -> None:
        return

    readers = [asyncio.create_task(read()) for _ in range(4)]
    for n in range(30):
        await world.accounts.update_profile(world.sdkappid, "u1", {NICK: str(n)}, nothing)
        account = await world.accounts.find(world.sdkappid, "u1")
        assert account is not None
        assert account.nick == str(n)
        assert account.standard_seq == n + 1
    done = True
    await asyncio.gather(*readers)


async def test_concurrent_changes_of_different_fields_are_all_kept(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1"])

    async def nothing(*_: object) -> None:
        return

    tags = [f"Tag_Profile_Custom_{chr(97 + n)}" for n in range(20)]
    await asyncio.gather(
        *(world.accounts.update_profile(world.sdkappid, "u1", {tag: tag}, nothing) for tag in tags),
        world.accounts.update_profile(world.sdkappid, "u1", {NICK: "n"}, nothing),
    )
    account = await world.accounts.find(world.sdkappid, "u1")
    assert account is not None
    assert account.profile == {tag: tag for tag in tags} | {NICK: "n"}
    assert (account.standard_seq, account.custom_seq) == (1, 20)


async def test_an_unknown_app_makes_no_accounts(world: World) -> None:
    with pytest.raises(ApiError) as refused:
        await world.accounts.ensure(1, ["u1"])
    assert refused.value.code == 70020


async def test_a_deleted_app_s_accounts_are_forgotten(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1"])
    assert await world.accounts.find(world.sdkappid, "u1") is not None
    await world.apps.change(
        world.sdkappid, lambda tx: tx.execute("DELETE FROM app WHERE sdkappid = $1", world.sdkappid)
    )
    assert world.accounts.peek(world.sdkappid, "u1") is None


@pytest.mark.parametrize("order", ["UserID", "-UserID", "CreateTime", "-CreateTime"])
async def test_every_order_is_complete_page_by_page(world: World, order: Order) -> None:
    ids = ["A", "Z", "a", "a b", "a-b", "aB", "b", "~", "!", "9"]
    await world.accounts.import_accounts(world.app, [Wanted(user_id) for user_id in ids])
    seen: list[Account] = []
    after = ""
    while page := await world.accounts.list_sorted(world.sdkappid, order, after=after, limit=3):
        seen += page
        after = place_in(order, page[-1])

    def key(account: Account) -> tuple[int, str]:
        return (account.created_at if order.endswith("CreateTime") else 0, account.user_id)

    assert seen == sorted(seen, key=key, reverse=order.startswith("-"))
    assert {account.user_id for account in seen} == set(ids)
