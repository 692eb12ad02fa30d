"""Making relations over REST."""

from __future__ import annotations

from bench.load.bulk import closed_loop
from bench.plan import Figure
from bench.workloads.base import WITH_RELATIONS, Bench

_USERS = 2000


class FriendAdd:
    """`sns/friend_add`, both ways, each call a new pair, 32 connections.

    ejabberd's `add_rosteritem` writes one side only: the comparison favours it.
    """

    name = "friend_add"
    title = "REST friend_add / add_rosteritem, 32 connections"
    kinds = WITH_RELATIONS

    async def run(self, bench: Bench) -> list[Figure]:
        driver = bench.driver
        await driver.create_users(_USERS)

        def make(number: int) -> bytes:
            # Distances below half the circle: no pair comes twice, from neither side.
            owner, distance = number % _USERS, 1 + number // _USERS
            assert distance < _USERS // 2, "all pairs are used up"
            return driver.add_friend_request(owner, (owner + distance) % _USERS)

        return [await closed_loop(driver, bench.meter(), make, (self.name, self.title, "relation"))]
