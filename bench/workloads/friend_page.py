"""Does a page of friends cost the same, however many friends and users there are?"""

from __future__ import annotations

from bench.load.bulk import closed_loop
from bench.load.errors import LoadError
from bench.load.sodam import SodamDriver
from bench.plan import Figure
from bench.workloads.base import ONLY_SODAM, Bench

_FEW, _MANY = 100, 3000
_BATCH = 10_000


class FriendPage:
    """The first page of `sns/friend_get` of a user with 100 friends, with 3 000, and in an app of 10^6 users."""

    name = "friend_page"
    title = "REST page of friend_get"
    kinds = ONLY_SODAM

    async def run(self, bench: Bench) -> list[Figure]:
        driver = bench.driver
        assert isinstance(driver, SodamDriver)
        await driver.create_users(2 + _MANY)
        await driver.import_friends(0, range(2, 2 + _FEW))
        await driver.import_friends(1, range(2, 2 + _MANY))
        last = await self._last_page(driver, 1)
        users = bench.scaled(1_000_000, 20_000)
        figures = [
            await self._measure(bench, driver, 0, 0, "100"),
            await self._measure(bench, driver, 1, 0, "3000"),
            await self._measure(bench, driver, 1, last, "3000, last page"),
        ]
        for start in range(0, users, _BATCH):
            await driver.import_accounts([f"x{number}" for number in range(start, min(start + _BATCH, users))])
        figures.append(await self._measure(bench, driver, 0, 0, f"100, {users} users"))
        return figures

    async def _last_page(self, driver: SodamDriver, owner: int) -> int:
        """Where the last page of this user's list starts, with all friends seen on the way."""
        connection = await driver.open_http()
        pages = [page async for page in driver.friend_pages(connection, owner)]
        connection.close()
        if sum(count for _, count in pages) != _MANY:
            raise LoadError(f"u{owner} has {_MANY} friends, the pages hold {[count for _, count in pages]}")
        return pages[-1][0]

    async def _measure(self, bench: Bench, driver: SodamDriver, owner: int, start: int, what: str) -> Figure:
        request = driver.friends_page_request(owner, start)
        label = (f"{self.name}/{what}", f"{self.title}, {what} friends".replace("users friends", "users"), "page")
        return await closed_loop(driver, bench.meter(), lambda _: request, label, connections=8)
