"""Deleting accounts and kicking users."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from sodam import usersig
from sodam.accounts.events import AccountsDeleted
from sodam.accounts.model import Wanted
from sodam.apps.model import AppSettings
from sodam.errors import ApiError, Code
from sodam.storage import Tx
from tests.unit.accounts.conftest import START, World


async def test_each_account_has_its_outcome(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1", "u2"])
    await world.accounts.find(world.sdkappid, "administrator")
    outcome = await world.accounts.delete(world.app, ["u1", "ghost", "administrator", "", "u1"])
    assert outcome == {"u1": 0, "ghost": 70107, "administrator": 70402, "": 70402}
    assert await world.accounts.find(world.sdkappid, "u1") is None
    assert await world.accounts.find(world.sdkappid, "u2") is not None
    assert await world.accounts.count(world.sdkappid) == await world.stored() == 2


async def test_others_erase_in_the_same_transaction(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1", "u2", "u3"])
    asked: list[tuple[int, list[str]]] = []

    async def note(tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        assert await tx.fetch("SELECT 1 FROM account WHERE user_id IN ('u1', 'u2')") == []
        asked.extend((event.app, event.user_ids) for event in events)

    async def fail(tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        raise RuntimeError("disk")

    world.db.events.subscribe(AccountsDeleted, note)
    cancel = world.db.events.subscribe(AccountsDeleted, fail)
    with pytest.raises(RuntimeError):
        await world.accounts.delete(world.app, ["u2", "u1"])
    assert await world.accounts.count(world.sdkappid) == await world.stored() == 3
    cancel()
    asked.clear()
    await world.accounts.delete(world.app, ["u2", "ghost", "u1"])
    assert asked == [(world.sdkappid, ["u1", "u2"])]
    asked.clear()
    await world.accounts.delete(world.app, ["ghost"])
    assert asked == []


async def test_deleted_users_are_signed_out(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1", "u2"])
    gone, stays = world.device("u1"), world.device("u2")
    await world.accounts.delete(world.app, ["u1", "ghost"])
    assert [kick.kind for kick in gone.kicks] == [3]
    assert stays.kicks == []


async def test_an_app_may_forbid_deletion(world: World) -> None:
    await world.settings(AppSettings(allow_account_deletion=False))
    await world.accounts.ensure(world.sdkappid, ["u1"])
    with pytest.raises(ApiError) as refused:
        await world.accounts.delete(world.app, ["u1"])
    assert refused.value.code == Code.ACCOUNT_DELETE_FORBIDDEN
    assert await world.stored() == 1


async def test_old_memories_of_deleted_accounts_go(world: World) -> None:
    await world.accounts.import_accounts(world.app, [Wanted("u1"), Wanted("u2")])
    await world.accounts.delete(world.app, ["u1"])
    world.clock.now += 91 * 86400
    await world.accounts.delete(world.app, ["u2"])
    rows = await world.db.fetch("SELECT user_id FROM account_deleted WHERE app = $1", world.sdkappid)
    assert [row[0] for row in rows] == ["u2"]


async def test_kick_refuses_what_was_signed_until_now(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1"])
    old = usersig.generate(world.sdkappid, world.secret, "u1", now=START)
    assert (await world.auth.check(world.app, "u1", old)).issued == START
    device = world.device("u1")
    await world.accounts.kick(world.sdkappid, "u1")
    assert [kick.kind for kick in device.kicks] == [3]
    same_second = usersig.generate(world.sdkappid, world.secret, "u1", now=START, expire=99)
    for token in (old, same_second):
        with pytest.raises(ApiError) as refused:
            await world.auth.check(world.app, "u1", token)
        assert refused.value.code == Code.LOGIN_KICKED
    world.clock.now += 1
    new = usersig.generate(world.sdkappid, world.secret, "u1", now=START + 1)
    assert (await world.auth.check(world.app, "u1", new)).issued == START + 1


async def test_a_clock_that_goes_back_does_not_undo_a_kick(world: World) -> None:
    await world.accounts.ensure(world.sdkappid, ["u1"])
    await world.accounts.kick(world.sdkappid, "u1")
    world.clock.now -= 100
    await world.accounts.kick(world.sdkappid, "u1")
    account = await world.accounts.find(world.sdkappid, "u1")
    assert account is not None
    assert account.invalid_before == START


@pytest.mark.parametrize("user_id", ["ghost", "", "nul\x00"])
async def test_an_unknown_user_cannot_be_kicked(world: World, user_id: str) -> None:
    with pytest.raises(ApiError) as refused:
        await world.accounts.kick(world.sdkappid, user_id)
    assert refused.value.code == Code.ACCOUNT_NOT_FOUND


async def test_what_is_written_for_an_account_is_erased_with_it(world: World) -> None:
    """A write that saw the account alive is committed before the deletion, whose subscriber then finds it."""
    await world.accounts.ensure(world.sdkappid, ["u1"])
    app = world.sdkappid

    async def erase(tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        await tx.execute("DELETE FROM server_state WHERE name = 'of u1'")

    async def write(tx: Tx) -> bool:
        if await world.accounts.alive(tx, app, ["u1", "ghost", "nul\x00"]) != {"u1"}:
            return False
        await tx.execute("INSERT INTO server_state VALUES ('of u1', $1)", b"x")
        return True

    world.db.events.subscribe(AccountsDeleted, erase)
    await asyncio.gather(world.db.write(write), world.accounts.delete(world.app, ["u1"]))
    assert await world.db.fetch("SELECT 1 FROM server_state WHERE name = 'of u1'") == []
    assert not await world.db.write(write)
