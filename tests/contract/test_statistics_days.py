"""Days end where the app's time zone says, are closed once, and made up for after a time away. On each engine."""

from __future__ import annotations

from typing import Any

import pytest

from sodam import zones
from sodam.apps import rules
from sodam.statistics import days, figures, store
from sodam.storage import Database
from tests.contract.counting import NOON, Node, raw
from tests.contract.world import Clock

HOUR, DAY = 3600, 86_400


async def test_days_are_closed_once_and_made_up_for(database: Database) -> None:
    clock = Clock(NOON)
    one = await Node.open(database, clock)
    app = await one.app("abc")
    first = one.statistics.reading.today(app.sdkappid).number
    group = await one.group(app, "Public", "ab")
    one.login(app, "a")
    await one.send(app, "a", "b")
    await one.statistics.flush()
    # a stays connected over midnight; the server is away for three days, then two nodes come at once
    clock.now += 13 * HOUR
    await one.statistics.flush()
    clock.now += 3 * DAY
    two = await Node.open(database, clock, one.apps)
    before = await two.statistics.reading.days(app.sdkappid, first, first + 4)
    await one.statistics.closing.close(app.sdkappid)
    await two.statistics.closing.close(app.sdkappid)
    after = await two.statistics.reading.days(app.sdkappid, first - 1, first + 4)
    assert [day.state for day in after] == ["none", *["closed"] * 4, "open"]
    for day, was in zip(after[1:], before, strict=True):
        for kind in ("users", "messages", "groups"):
            assert figures.columns(kind, day) == figures.columns(kind, was)
    assert [day["day.active"] for day in after] == [0, 1, 1, 0, 0, 0]
    assert [day["day.accounts_total"] for day in after] == [0, 3, 3, 3, 3, 3]
    assert [day["day.groups_peak"] for day in after] == [0, 1, 1, 1, 1, 1]
    app_id = app.sdkappid
    assert await raw(database, "SELECT count(*) FROM statistic_seen WHERE app = $1", app_id) == 0
    minutes = "SELECT count(*) FROM statistic WHERE app = $1 AND span = 1 AND at < $2"
    assert await raw(database, minutes, app_id, int(clock.now - 3 * DAY) // 60) == 0
    hours = "SELECT sum(value) FROM statistic WHERE app = $1 AND span = 4 AND what = 'c2c'"
    assert await raw(database, hours, app_id) == 1
    # what comes late to a closed day still counts, and nothing is counted twice by closing again
    clock.now, now = NOON, clock.now
    await one.say(app, group, "b")
    clock.now = now
    await two.statistics.closing.close(app_id)
    [late] = await one.statistics.reading.days(app_id, first, first)
    assert (late["c2c"], late["group"]) == (1, 1)
    overview = await figures.overview(one.statistics.reading, app_id, "users", first + 4)
    assert [(one.name, one.value) for one in overview] == [("PeakActiveUsers", 1), ("Users", 3), ("NewUsers", 0)]


async def test_a_day_that_is_closed_while_it_is_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """By another node, which forgets who was seen: the reader begins anew."""
    clock = Clock(NOON)
    one = await Node.open(database, clock)
    two = await Node.open(database, clock, one.apps)
    app = await one.app("abc")
    one.login(app, "a")
    await one.send(app, "b", "c")
    await one.statistics.flush()
    first = one.statistics.reading.today(app.sdkappid).number
    clock.now += DAY
    seen = store.seen

    async def overtaken(*asked: Any) -> Any:
        monkeypatch.setattr(store, "seen", seen)
        await two.statistics.closing.close(app.sdkappid)
        return await seen(*asked)

    monkeypatch.setattr(store, "seen", overtaken)
    [day] = await one.statistics.reading.days(app.sdkappid, first, first)
    assert (day.state, day["day.active"], day["day.senders"], day["c2c"]) == ("closed", 1, 1, 1)


async def test_a_zone_that_is_chosen_after_the_first_hour(database: Database) -> None:
    """The day before has begun anew, where the days of the default zone were looked at already."""
    clock = Clock(NOON + 14 * HOUR)  # 02:00 at UTC+8
    node = await Node.open(database, clock)
    app = await node.app("ab")
    await node.statistics.closing.close(app.sdkappid)
    await node.apps.edit(app.sdkappid, lambda app: rules.settings(app, 1, {"time_zone": "-03:00"}, 0))
    today = node.statistics.reading.today(app.sdkappid).number
    node.login(app, "a")
    await node.statistics.flush()
    clock.now += 2 * DAY
    await node.statistics.closing.close(app.sdkappid)
    found = await node.statistics.reading.days(app.sdkappid, today, today + 1)
    assert [(day.state, day["day.active"]) for day in found] == [("closed", 1), ("closed", 0)]


@pytest.mark.parametrize("zone", ["+05:45", "+08:00", "-09:30", "Australia/Lord_Howe"])
async def test_old_hours_belong_to_one_day(database: Database, zone: str) -> None:
    """Minutes of two days about midnight, put together hour by hour of the app's clock; also what an earlier version
    had put together by hours of UTC."""
    clock = Clock(NOON)
    node = await Node.open(database, clock)
    app = await node.app("ab")
    await node.apps.edit(app.sdkappid, lambda app: rules.settings(app, 1, {"time_zone": zone}, 0))
    reading = node.statistics.reading
    today = reading.today(app.sdkappid)
    for minute in (-61, -60, -1, 0, 14, 59, 60):
        clock.now = today.end + minute * 60
        await node.send(app, "a", "b")
    earlier = today.end // 3600 - 30
    put = f"INSERT INTO statistic VALUES ({app.sdkappid}, 2, {earlier}, 'c2c', 0, 5)"
    await database.execute(put)

    async def drawn(number: int) -> list[tuple[int, int]]:
        chart = await reading.chart(app.sdkappid, 0, number)
        assert chart.step == 60
        return [((minute * 60 - today.end) // 60, value) for minute, what, value in chart.values if what == "c2c"]

    clock.now = today.end + 6 * DAY
    before = [await drawn(today.number + day) for day in (-1, 0, 1)]
    await node.statistics.closing.close(app.sdkappid)
    assert await raw(database, "SELECT count(*) FROM statistic WHERE app = $1 AND span <= 2", app.sdkappid) == 0
    assert [await drawn(today.number + day) for day in (-1, 0, 1)] == before
    assert before == [[(earlier * 60 - today.end // 60, 5)], [(-120, 1), (-60, 2)], [(0, 3), (60, 1)]]
    clock.now = today.end + 100 * DAY
    await node.statistics.closing.close(app.sdkappid)
    assert await raw(database, "SELECT count(*) FROM statistic WHERE app = $1 AND span <> 3", app.sdkappid) == 0


@pytest.mark.parametrize("offset", [-0.001, 0.0])
async def test_a_day_ends_at_its_last_millisecond(database: Database, offset: float) -> None:
    clock = Clock(NOON + 12 * HOUR + offset)
    one = await Node.open(database, clock)
    app = await one.app("ab")
    await one.send(app, "a", "b")
    one.login(app, "a")
    await one.statistics.flush()
    midnight = days.day_of(NOON, zones.zone("+08:00")).end
    yesterday = days.day_of(NOON, zones.zone("+08:00")).number
    assert midnight == NOON + 12 * HOUR
    today = one.statistics.reading.today(app.sdkappid).number
    assert today == (yesterday if offset else yesterday + 1)
    [day] = await one.statistics.reading.days(app.sdkappid, today, today)
    assert (day["c2c"], day["day.active"]) == (1, 1)


async def test_a_day_is_the_apps_own(database: Database) -> None:
    clock = Clock(NOON + 9 * HOUR)  # 21:00 at UTC+8, 22:00 at UTC+9, 14:00 in Berlin
    node = await Node.open(database, clock)
    here, seoul, berlin = [await node.app("ab") for _ in range(3)]
    for app, zone in ((seoul, "+09:00"), (berlin, "Europe/Berlin")):
        _, changed = await node.apps.edit(
            app.sdkappid, lambda app, zone=zone: rules.settings(app, 1, {"time_zone": zone}, 0)
        )
        assert changed.settings.time_zone == zone
    counted = []
    for _ in range(13):
        for app in (here, seoul, berlin):
            await node.send(app, "a", "b")
        clock.now += HOUR
    for app in (here, seoul, berlin):
        reading = node.statistics.reading
        today = reading.today(app.sdkappid).number
        counted.append([day["c2c"] for day in await reading.days(app.sdkappid, today - 1, today)])
    assert counted == [[3, 10], [2, 11], [10, 3]]


async def test_what_was_counted_stays_with_its_day(database: Database) -> None:
    clock = Clock(NOON + 11 * HOUR)  # 23:00
    node = await Node.open(database, clock)
    app = await node.app("ab")
    today = node.statistics.reading.today(app.sdkappid).number
    await node.send(app, "a", "b")
    await node.apps.edit(app.sdkappid, lambda app: rules.settings(app, 1, {"time_zone": "+10:00"}, 0))
    await node.send(app, "b", "a")
    assert [day["c2c"] for day in await node.statistics.reading.days(app.sdkappid, today, today + 1)] == [1, 1]
