"""What is counted of an app equals what the rows say, on each engine."""

from __future__ import annotations

from sodam.groups.core import Operator
from sodam.messages.model import HIDE_RECEIVER
from sodam.statistics import figures
from sodam.storage import Database
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
