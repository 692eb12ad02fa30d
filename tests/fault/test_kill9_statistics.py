"""kill -9 amid messages, groups and accounts: statistics equal a recount of the rows, by the days of the app's clock.

SODAM_TEST_KILLS is the number of kills (2, or 60 in the long run); SODAM_TEST_SEED repeats the moments of a run.
"""

from __future__ import annotations

import asyncio
import datetime
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from sodam.storage import Database, open_database
from tests.conftest import ServerFactory
from tests.fault.kills import kill_amid
from tests.support.amounts import amounts
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.seeds import SEED
from tests.support.server import SDKAPPID, Engine, ServerProcess

KILLS = amounts("SODAM_TEST_KILLS", usual=2, long=60)
ZONES = {False: ("-09:15", "+14:45"), True: ("-13:15", "+10:45")}
"""At the same second of one date and of the next: the second is chosen when half of the kills are over. Midnight is far
in one of the two pairs: it comes at 09:15 UTC in the first, at 13:15 in the other."""
USERS = [f"user{n}" for n in range(6)]
KEPT = ["kept0", "kept1"]
"""Groups that are never dissolved."""
SVC = "group_open_http_svc/"
EXPECTED = {0, 10007, 10010, 10021, 10025, 70399}
"""Codes that a random order of calls may cause."""


def _request(dice: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"m{number}"}}]
    kind = dice.choices(("c2c", "group", "account", "unaccount", "make", "unmake"), (8, 8, 2, 1, 2, 1))[0]
    match kind:
        case "c2c":
            sender, receiver = dice.sample(USERS, 2)
            sent = {"From_Account": sender, "To_Account": receiver, "MsgRandom": number, "MsgBody": body}
            return "openim/sendmsg", sent
        case "group":
            sent = {"GroupId": dice.choice(KEPT), "From_Account": dice.choice(USERS), "Random": number}
            return SVC + "send_group_msg", sent | {"MsgBody": body}
        case "account":
            return "im_open_login_svc/account_import", {"UserID": f"guest{number % 40}"}
        case "unaccount":
            return "im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": f"guest{number % 40}"}]}
        case "make":
            made = {"Type": "Public", "Name": "g", "Owner_Account": dice.choice(USERS), "GroupId": f"g{number % 20}"}
            return SVC + "create_group", made
    return SVC + "destroy_group", {"GroupId": f"g{number % 20}"}


async def _change(server: ServerProcess, seed: float, answered: list[int]) -> None:
    """Call after call, whether the server lives or not."""
    dice = random.Random(seed)
    async with httpx.AsyncClient(timeout=60) as client:
        while True:
            command, body = _request(dice, dice.randrange(1 << 31))
            try:
                answer = await server.rest(command, body, client=client)
            except httpx.TransportError:
                await asyncio.sleep(0.01)
                continue
            assert answer["ErrorCode"] in EXPECTED, (command, answer)
            answered.append(1)


async def _live_through(server: ServerProcess, dice: random.Random, kills: int) -> int:
    """How many calls were answered; the server is stopped at the end."""
    answered: list[int] = []
    changers = [asyncio.create_task(_change(server, dice.random(), answered)) for _ in range(4)]
    await kill_amid(server, changers, answered, dice, kills=kills, between=(30, 90), within=0.05)
    return len(answered)


async def _choose(server: ServerProcess, zone: str) -> str:
    """The app's time zone from now on; today's date there."""
    async with ConsoleClient(server.url) as root:
        await root.login()
        version = (await root.call("im/DescribeAbilityConfInfo", SDKAppID=SDKAPPID))["Version"]
        await root.call("im/SetAbilityConfInfo", SDKAppID=SDKAPPID, Version=version, TimeZone=zone)
        return str((await root.call("im/DescribeRealtimeStatistics", SDKAppID=SDKAPPID))["Day"])


class Rows:
    """What the stored rows alone say of a span of seconds."""

    def __init__(self, db: Database, first: int, end: int) -> None:
        self._db, self._within = db, (first, end)

    async def _all(self, sql: str) -> list[Any]:
        return [tuple(row) for row in await self._db.scan(sql, *self._within)]

    async def messages(self) -> dict[str, int]:
        where = "msg_time >= $1 AND msg_time < $2"
        c2c = await self._all(f"SELECT conv, high FROM c2c_message WHERE {where}")
        group = await self._all(f"SELECT sender, group_id FROM group_message WHERE {where} AND kind = 0")
        senders = {conv.split("\x1f")[high] for conv, high in c2c} | {sender for sender, _ in group}
        return {
            "Messages": len(c2c) + len(group),
            "C2CMessages": len(c2c),
            "GroupMessages": len(group),
            "Senders": len(senders),
            "ActiveGroups": len({group_id for _, group_id in group}),
        }


async def _totals(db: Database) -> dict[str, int]:
    """How many there are now."""
    sql = "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM chat_group)"
    return dict(zip(("Users", "Groups"), map(int, (await db.scan(sql))[0]), strict=True))


async def _opened(server: ServerProcess) -> Database:
    return await open_database(server.database_url, Path(server.environment["SODAM_DATA_DIR"]))


async def _told(server: ServerProcess, day: str) -> dict[str, int]:
    """What the console's three pages show of a day, and the sums of its charts."""
    async with ConsoleClient(server.url) as root:
        await root.login()
        found: dict[str, int] = {}
        for kind in ("users", "messages", "groups"):
            asked = {"SDKAppID": SDKAPPID, "Kind": kind, "From": day, "To": day}
            found |= (await root.call("im/DescribeDailyStatistics", **asked))["Days"][0]
        for line in (await root.call("im/DescribeRealtimeStatistics", SDKAppID=SDKAPPID, Day=day))["Lines"]:
            name = f"drawn {line['Series']}"
            found[name] = found.get(name, 0) + sum(total for _, total, _ in line["Points"])
        return found


@pytest.mark.parametrize("kills", KILLS)
async def test_numbers_equal_the_rows(server_factory: ServerFactory, engine: Engine, kills: int) -> None:
    print(f"SODAM_TEST_SEED={SEED}")
    dice = random.Random(SEED)
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    zones = ZONES[datetime.datetime.now(datetime.UTC).hour in (8, 9)]
    days = [await _choose(server, zones[0])]
    await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": USERS})
    for group_id in KEPT:
        made = {"Type": "Public", "Name": "g", "Owner_Account": USERS[0], "GroupId": group_id}
        members = [{"Member_Account": user} for user in USERS[1:]]
        assert (await server.rest(SVC + "create_group", made | {"MemberList": members}))["ErrorCode"] == 0
    answered = [await _live_through(server, dice, kills - kills // 2)]
    totals = []
    db = await _opened(server)
    totals.append(await _totals(db))
    await db.close()
    border = int(time.time()) + 1
    while time.time() < border:  # no second belongs to both halves
        await asyncio.sleep(0.01)
    server.start()
    days.append(await _choose(server, zones[1]))
    assert datetime.date.fromisoformat(days[1]) - datetime.date.fromisoformat(days[0]) == datetime.timedelta(1)
    answered.append(await _live_through(server, dice, kills // 2))
    db = await _opened(server)
    totals.append(await _totals(db))
    stored = [await Rows(db, 0, border).messages(), await Rows(db, border, 1 << 40).messages()]
    await db.close()
    server.start()
    drawn: Counter[str] = Counter()
    for day, known, total in zip(days, stored, totals, strict=True):
        told = await _told(server, day)
        assert {name: told[name] for name in known} == known, day
        assert {name: told[name] for name in total} == total, day
        assert told["PeakGroups"] >= told["Groups"]
        drawn.update({name: value for name, value in told.items() if name.startswith("drawn ")})
    for name in ("C2CMessages", "GroupMessages"):  # the minutes of both, wherever the zone's days end
        assert drawn[f"drawn {name}"] == sum(known[name] for known in stored)
    # What has no transaction of its own may lose three seconds at a kill; nothing is counted twice.
    assert 0 < drawn["drawn RestCalls"] <= sum(answered) + 20 * kills
    print(f"{engine}: {kills} kills, {answered} calls answered, {stored}")
