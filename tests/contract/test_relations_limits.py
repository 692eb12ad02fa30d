"""Limits hold and lists stay whole while many write at the same time."""

from __future__ import annotations

import asyncio
import itertools
import random

from sodam.relations.events import FriendAdded
from tests.support.relations import SOURCE, Host, host
from tests.support.seeds import SEED

__all__ = ["host"]


async def test_parallel_adds_at_the_limit(host: Host) -> None:
    await host.configure("Trial")
    ids = [f"n{n:03}" for n in range(100)]
    await host.accounts(*ids)
    codes = await asyncio.gather(*(host.add("u1", peer) for peer in ids))
    assert sorted(code for [code] in codes) == [0] * 20 + [30010] * 80
    friends = await host.friends("u1")
    assert len(friends) == 20
    assert sorted(friends) == [peer for peer, code in zip(ids, codes, strict=True) if code == [0]]
    for peer in ids:
        assert await host.friends(peer) == (["u1"] if peer in friends else [])


async def test_parallel_adds_to_a_full_other_side(host: Host) -> None:
    await host.configure("Trial")
    ids = [f"n{n:03}" for n in range(100)]
    await host.accounts(*ids)
    codes = await asyncio.gather(*(host.add(peer, "u1") for peer in ids))
    assert sorted(code for [code] in codes) == [0] * 20 + [30014] * 80
    assert len(await host.friends("u1")) == 20


async def test_parallel_adds_in_both_directions(host: Host) -> None:
    """Who locks whom first must not matter: no deadlock, no half of a pair."""
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    chance = random.Random(seed)
    users = [f"n{n:02}" for n in range(12)]
    await host.accounts(*users)

    async def one(user_id: str) -> None:
        for _ in range(8):
            peers = [peer for peer in chance.sample(users, 6) if peer != user_id]
            if chance.random() < 0.3:
                body = {"From_Account": user_id, "To_Account": peers, "DeleteType": "Delete_Type_Both"}
                await host.codes("sns/friend_delete", body)
            else:
                await host.add(user_id, *peers)

    await asyncio.gather(*(one(user_id) for user_id in users))
    lists = {user_id: set(await host.friends(user_id)) for user_id in users}
    for a in users:
        for b in lists[a]:
            assert a in lists[b]


async def test_parallel_blacklist_at_the_limit(host: Host) -> None:
    ids = [f"n{n:04}" for n in range(1060)]
    await host.accounts(*ids)
    await host.codes("sns/black_list_add", {"From_Account": "u1", "To_Account": ids[:980]})
    calls = (host.codes("sns/black_list_add", {"From_Account": "u1", "To_Account": [peer]}) for peer in ids[980:])
    codes = await asyncio.gather(*calls)
    assert sorted(code for [code] in codes) == [0] * 20 + [30013] * 60


async def test_parallel_groups_at_the_limit(host: Host) -> None:
    calls = (host("sns/group_add", {"From_Account": "u1", "GroupName": [f"g{n}"]}) for n in range(60))
    codes = [answer["ErrorCode"] for answer in await asyncio.gather(*calls)]
    assert sorted(codes) == [0] * 32 + [30011] * 28
    assert len((await host.ok("sns/group_get", {"From_Account": "u1"}))["ResultItem"]) == 32


async def test_parallel_requests_keep_a_hundred(host: Host) -> None:
    ids = [f"n{n:03}" for n in range(120)]
    await host.accounts(*ids)
    await host.accounts("u1", AllowType="AllowType_Type_NeedConfirm")
    codes = await asyncio.gather(*(host.add(peer, "u1") for peer in ids))
    assert {code for [code] in codes} == {30539}
    page = await host.ok("sns/pendency_get", {"From_Account": "u1", "MaxLimited": 200}, client="u1")
    assert len(page["PendencyItem"]) == 100
    assert page["UnreadPendencyCount"] == 100


async def test_parallel_follows_are_counted(host: Host) -> None:
    ids = [f"n{n:02}" for n in range(40)]
    await host.accounts(*ids)

    async def turn(peer: str) -> None:
        await host.codes("follow/follow_add", {"From_Account": peer, "FollowItem": [{"To_Account": "u1"}]})
        await host.codes("follow/follow_add", {"From_Account": "u1", "FollowItem": [{"To_Account": peer}]})
        if int(peer[1:]) % 2:
            await host.codes("follow/follow_delete", {"From_Account": peer, "To_Account": ["u1"]})

    await asyncio.gather(*map(turn, ids))
    info = (await host.ok("follow/follow_get_info", {"From_Account": "u1", "To_Account": ["u1"]}))["FollowInfo"][0]
    assert (info["FollowerCount"], info["FollowingCount"], info["MutualFollowingCount"]) == (20, 40, 20)


async def test_deletion_races_with_adding(host: Host) -> None:
    """Whoever comes first: no relation to an account that is gone."""
    await host.configure(deleted_id_days=0)
    ids = [f"n{n:02}" for n in range(30)]
    await host.accounts(*ids)

    async def delete(peer: str) -> None:
        await host.codes("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": peer}]})

    async def befriend(peer: str) -> None:
        await host.add("u1", peer)
        await host.codes("sns/black_list_add", {"From_Account": "u2", "To_Account": [peer]})
        await host.codes("follow/follow_add", {"From_Account": "u3", "FollowItem": [{"To_Account": peer}]})

    await asyncio.gather(*itertools.chain.from_iterable((befriend(peer), delete(peer)) for peer in ids))
    for table in ("friend", "blacklist", "follow"):
        assert await host.server.db.fetch(f"SELECT owner, peer FROM {table}") == []
    assert await host.friends("u1") == []
    owner = await host.relations._core.owner(1400000042, "u2")
    assert owner.blocked == 0


async def test_a_batch_is_whole_or_not_at_all(host: Host) -> None:
    """The writer fails in the middle: nothing of the batch is kept, on neither side."""
    ids = [f"n{n:03}" for n in range(50)]
    await host.accounts(*ids)
    body = {"From_Account": "u1", "AddFriendItem": [{"To_Account": peer, "AddSource": SOURCE} for peer in ids]}

    async def broken(tx: object, raised: object) -> None:
        raise RuntimeError("power loss")

    cancel = host.server.db.events.subscribe(FriendAdded, broken)
    results = await asyncio.gather(host("sns/friend_add", body), host.friends("u2"), return_exceptions=True)
    assert isinstance(results[0], RuntimeError)
    cancel()
    assert await host.friends("u1") == []
    assert await host.friends("n000") == []
    assert set(await host.codes("sns/friend_add", body)) == {0}
    assert await host.friends("u1") == ids
