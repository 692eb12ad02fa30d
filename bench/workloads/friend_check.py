"""Asking for 1000 relations in one call, and one by one."""

from __future__ import annotations

from bench.load.bulk import closed_loop
from bench.load.sodam import SodamDriver
from bench.plan import Figure
from bench.workloads.base import ONLY_SODAM, Bench

_ASKED = 1000


class FriendCheck:
    """`sns/friend_check` with 1000 accounts, half of them friends, against as many calls with one account."""

    name = "friend_check"
    title = "REST friend_check"
    kinds = ONLY_SODAM

    async def run(self, bench: Bench) -> list[Figure]:
        driver = bench.driver
        assert isinstance(driver, SodamDriver)
        await driver.create_users(1 + _ASKED)
        await driver.import_friends(0, range(1, 1 + _ASKED // 2))
        body = {"From_Account": "u0", "CheckType": "CheckResult_Type_Both"}
        asked = [f"u{1 + number}" for number in range(_ASKED)]
        whole = driver.request("sns/friend_check", {**body, "To_Account": asked})
        singles = [driver.request("sns/friend_check", {**body, "To_Account": [name]}) for name in asked]
        many = (f"{self.name}/1000", f"{self.title}, 1000 in one call", "call of 1000")
        one = (f"{self.name}/1", f"{self.title}, one a call", "call of 1")
        return [
            await closed_loop(driver, bench.meter(), lambda _: whole, many, connections=8),
            await closed_loop(driver, bench.meter(), lambda n: singles[n % _ASKED], one, connections=8),
        ]
