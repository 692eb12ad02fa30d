"""What is counted of an app equals what the rows say, on each engine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from sodam.c2c.model import Message
from sodam.groups.core import Operator
from sodam.messages.model import HIDE_RECEIVER
from sodam.push.events import PushesCounted
from sodam.statistics import appinfo, figures
from sodam.statistics.tally import C2CCounting
from sodam.storage import Database, Tx
from tests.contract.counting import NOON, Node, raw
from tests.contract.world import Clock


async def test_the_numbers_of_a_day_equal_the_rows(database: Database) -> None:
    clock = Clock(NOON)
    one = await Node.open(database, clock)
    two = await Node.open(database, clock, one.apps)
    shop, game = await one.app("abcde"), await one.app("xy")
    for node, user in ((one, "a"), (one, "b"), (two, "a"), (two, "c"), (one, "administrator")):
        node.login(shop, user)
    two.login(shop, "d", ok=False)
    one.login(game, "x")
    group = await one.group(shop, "Public", "abc")
    room = await one.group(shop, "AVChatRoom", "a")
    for node in (one, two, one):
        clock.now += 60
        await node.send(shop, "a", "b")
        await node.send(shop, "b", "a")
        await node.send(game, "x", "y")
        await one.say(shop, group, "a")
    await two.send(shop, "e", "a", flags=HIDE_RECEIVER)
    await one.say(shop, group, "c")
    await one.say(shop, room, "a")
    gone = await one.group(shop, "Public", "de")
    await one.groups.destroy(shop, Operator("", admin=True), gone)
    await one.accounts.delete(shop, ["e"])
    for node in (one, two):
        await node.statistics.flush()
        await node.statistics.flush()
    today = one.statistics.reading.today(shop.sdkappid).number
    [day] = await two.statistics.reading.days(shop.sdkappid, today, today)
    app = shop.sdkappid
    users, messages, groups = (figures.columns(kind, day) for kind in ("users", "messages", "groups"))
    assert users == {
        "ActiveUsers": 3,
        "Users": await raw(database, "SELECT count(*) FROM account WHERE app = $1", app),
        "NewUsers": 5,
    }
    senders = "SELECT count(DISTINCT CASE high WHEN 0 THEN conv ELSE conv || '!' END) FROM c2c_message WHERE app = $1"
    assert messages == {
        "Messages": 7 + 4,
        "C2CMessages": await raw(database, "SELECT count(*) FROM c2c_message WHERE app = $1", app),
        "GroupMessages": await raw(
            database, "SELECT count(*) FROM group_message WHERE app = $1 AND group_id = $2 AND kind = 0", app, group
        ),
        "Senders": 1 + await raw(database, senders, app),
        "OfflinePushes": 0,
    }
    assert groups == {"NewGroups": 3, "ActiveGroups": 2, "Groups": 2, "PeakGroups": 3}
    assert (day["room"], day["c2c.hidden"], day["group.down"], day["joins"]) == (1, 1, 8, 0)
    now = await one.statistics.reading.chart(app, 0)
    drawn = figures.lines(now.values)
    assert [point[1:] for point in drawn["Logins", "Web"]] == [(6, 5)]
    assert [point[1] for point in drawn["C2CMessages", ""]] == [2, 2, 3]
    assert await one.statistics.reading.messages_today(game.sdkappid) == (3, 0, 0)


async def test_two_nodes_count_at_once(database: Database) -> None:
    clock = Clock(NOON)
    one = await Node.open(database, clock)
    two = await Node.open(database, clock, one.apps)
    app = await one.app("abcd")
    group = await one.group(app, "Public", "abcd")
    pairs = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]
    for node in (one, two):
        for user in "abc":
            node.login(app, user)
    await asyncio.gather(
        *(node.send(app, *pair) for _ in range(10) for node in (one, two) for pair in pairs),
        *(node.say(app, group, user) for _ in range(5) for node, user in ((one, "a"), (two, "b"))),
        *(node.accounts.ensure(app.sdkappid, [f"{node is one}{n}"]) for n in range(5) for node in (one, two)),
        one.statistics.flush(),
        two.statistics.flush(),
    )
    today = one.statistics.reading.today(app.sdkappid).number
    [day] = await one.statistics.reading.days(app.sdkappid, today, today)
    expected = {"c2c": 80, "group": 10, "group.down": 30, "accounts": 14, "login.Web.ok": 6}
    expected |= {"day.active": 3, "day.senders": 4, "day.c2c_senders": 4, "day.group_senders": 2}
    assert {what: day[what] for what in expected} == expected


async def test_a_batch_is_counted_by_one_statement(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """And who was seen today is not written again; on PostgreSQL the batch itself stays one statement."""
    if database.engine == "sqlite":
        pytest.skip("messages are counted later: test_statistics_recount")
    node = await Node.open(database, Clock(NOON))
    app = await node.app("ab")
    batches: list[tuple[int, int]] = []
    made = C2CCounting._of

    def noted(self: C2CCounting, messages: Sequence[Message], now: int) -> Any:
        rows, sights = made(self, messages, now)
        batches.append((len(rows), len(sights)))
        return rows, sights

    monkeypatch.setattr(C2CCounting, "_of", noted)
    await node.send(app, "a", "b")
    await asyncio.gather(*(node.send(app, "a", "b") for _ in range(20)))
    assert batches[0] == (2, 1), "a minute and a day, and who was seen"
    assert set(batches[1:]) == {(2, 0)}
    assert len(batches) < 10, "twenty messages of one turn are few batches"


async def test_what_else_is_counted(database: Database) -> None:
    node = await Node.open(database, Clock(NOON))
    app = (await node.app("a")).sdkappid
    for kind, vendor, outcome, number in (
        ("c2c", "apns_p8", "ok", 3),
        ("group", "apns_p8", "ok", 2),
        ("task", "fcm", "ok", 4),
        ("c2c", "fcm", "gone", 1),
        ("c2c", "fcm", "wait", 9),
    ):
        event = PushesCounted(app=app, vendor=vendor, kind=kind, outcome=outcome, number=number, at=NOON)
        await database.write(partial(_emit, event=event))
    for ok in (True, True, False):
        node.statistics.callback(app, ok)
        node.statistics.rest(app, "openim/sendmsg", 0 if ok else 90012)
        node.statistics.command(app, "group_open_http_svc/send_group_msg", 2, 0 if ok else 10007)
    node.statistics.command(app, "openim/getmsg", 2, 0)
    await node.statistics.flush()
    drawn = figures.lines((await node.statistics.reading.chart(app, 0)).values)
    assert {key: [point[1:] for point in points] for key, points in drawn.items()} == {
        ("Callbacks", ""): [(3, 2)],
        ("C2CSends", "RESTAPI"): [(3, 2)],
        ("GroupSends", "Android"): [(3, 2)],
        ("Pushes", "apns_p8"): [(5, 5)],
        ("Pushes", "fcm"): [(5, 4)],
        ("RestCalls", ""): [(3, 2)],
    }
    today = node.statistics.reading.today(app).number
    [day] = await node.statistics.reading.days(app, today, today)
    fields = appinfo.fields(day)
    names = ("APNSMsgNum", "C2CAPNSMsgNum", "GroupAPNSMsgNum", "CallBackReq", "CallBackRsp")
    assert [fields[name] for name in names] == [5, 3, 2, 3, 2]
    assert figures.columns("messages", day)["OfflinePushes"] == 9


async def _emit(tx: Tx, event: object) -> None:
    tx.emit(event)
