"""Reading a whole friend list of 1000."""

from __future__ import annotations

import asyncio
import time

from bench.load.errors import LoadError
from bench.plan import Figure
from bench.workloads.base import WITH_RELATIONS, Bench

_FRIENDS = 1000
_OWNERS = 8


class FriendRead:
    """All pages of `sns/friend_get` / one `get_roster`: one operation is a list of 1000, eight readers at a time."""

    name = "friend_read"
    title = "REST read 1000 relations / get_roster"
    kinds = WITH_RELATIONS

    async def run(self, bench: Bench) -> list[Figure]:
        driver = bench.driver
        await driver.create_users(_OWNERS + _FRIENDS)
        for owner in range(_OWNERS):
            await driver.import_friends(owner, range(_OWNERS, _OWNERS + _FRIENDS))
        meter = bench.meter()
        stopping = False

        async def work(owner: int) -> None:
            connection = await driver.open_http()
            while not stopping:
                begun = time.perf_counter()
                found = await driver.read_friends(connection, owner)
                meter.add(time.perf_counter() - begun)
                if found != _FRIENDS:
                    raise LoadError(f"u{owner} has {_FRIENDS} friends, {found} were read")
            connection.close()

        async with asyncio.TaskGroup() as group:
            for owner in range(_OWNERS):
                group.create_task(work(owner))
            figure = await meter.window(self.name, self.title, "list of 1000")
            stopping = True
        return [figure]
