"""How many groups an app may make in a day, on both engines: net of those dissolved, with one alarm, anew each day."""

from __future__ import annotations

import time

import pytest

from sodam.accounts.service import AccountService
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.errors import ApiError
from sodam.groups import days
from sodam.groups.core import Operator
from sodam.groups.events import QuotaNearlyUsed
from sodam.groups.model import Changes, Wanted
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.storage import Tx
from sodam.webhooks import group_bodies
from sodam.webhooks.samples import SAMPLES
from tests.support.barrier import Gate

REST = Operator("administrator", admin=True)


async def test_the_groups_of_a_day(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "MOST", 5)
    bus, at = LocalBus(), [time.time() // 86_400 * 86_400 + 1]
    apps = AppService(gate, bus)
    app, _ = await apps.create("days", plan="Pro")
    accounts = AccountService(gate, bus, apps)
    alarms: list[QuotaNearlyUsed] = []

    async def alarm(tx: Tx, events: list[QuotaNearlyUsed]) -> None:
        alarms.extend(events)

    gate.events.subscribe(QuotaNearlyUsed, alarm)

    def node() -> GroupService:
        return GroupService(gate, bus, Live(bus), accounts, Outbox(gate, Loops()), lambda: at[0])

    node().follow(gate.events)
    numbers = iter(range(100))

    async def make(kind: str = "Public", *, imported: bool = False) -> str:
        wanted = Wanted(
            kind=TYPES[kind], group_id=f"g{next(numbers)}", owner="", max_members=0, changes=Changes(name="g")
        )
        return await node().create(app, REST, wanted, imported=imported)

    async def refused() -> int:
        with pytest.raises(ApiError) as error:
            await make()
        return error.value.code

    made = [await make() for _ in range(3)]
    assert alarms == []
    await make("AVChatRoom")
    assert [(one.used, one.quota) for one in alarms] == [(4, 5)]
    body = {"CallbackCommand": "Group.CallbackOnDailyGroupQuotaAlarm", **group_bodies.quota(alarms[0], 1)}
    assert body.keys() == SAMPLES["Group.CallbackOnDailyGroupQuotaAlarm"].keys()
    await make()
    assert await refused() == 10006
    await make(imported=True)
    await node().destroy(app, REST, made[0])
    got = await gate.together(*[make] * 4)
    got.only(ApiError)
    assert len(got.values) == 1, "the last of the day"
    at[0] += 86_400
    for _ in range(3):
        await make()
    assert len(alarms) == 1
    await make()
    assert len(alarms) == 2, "on each day"
