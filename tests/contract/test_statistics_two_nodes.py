"""Scripted days on two apps and two nodes: pages, charts and ``getappinfo`` say what a count of one's own says.

Berlin's app lives through the change to summer time, Kathmandu's has a quarter of an hour of its own (+05:45). What is
counted here comes from rows where there are any, otherwise from what was done and answered; days are cut by zoneinfo.
"""

from __future__ import annotations

import asyncio
import datetime
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sodam import clock
from tests.contract.statistics_actors import ANDROID, AWAY, PLATFORMS, USERS, WEB, Actor, Book, Outside
from tests.contract.statistics_site import BERLIN, KATHMANDU, Door, Site, at
from tests.gateway.raw_client import RawClient
from tests.support.amounts import amounts
from tests.support.nats import Nats
from tests.support.receiver import Receiver
from tests.support.seeds import SEED

ZONES: dict[int, tuple[str, datetime.tzinfo]] = {
    BERLIN: ("Europe/Berlin", ZoneInfo("Europe/Berlin")),
    KATHMANDU: ("+05:45", datetime.timezone(datetime.timedelta(hours=5, minutes=45))),
}
DATES = [datetime.date(2027, 3, day) for day in (27, 28, 29)]
MOMENTS = [
    datetime.datetime.fromisoformat(f"2027-03-{text}:10+00:00").timestamp()
    for text in (
        *("27T18:08", "27T18:18"),  # 23:53 and 00:03 in Kathmandu
        *("27T22:52", "27T23:05"),  # 23:52 and 00:05 in Berlin, in winter
        *("28T00:50", "28T01:05"),  # 01:50 and 03:05 there
        *("28T18:08", "28T18:18"),
        *("28T21:52", "28T22:05"),  # 23:52 and 00:05 in Berlin, in summer
        "29T12:00",
    )
]
ACTS = amounts("SODAM_TEST_ACTS", usual=5, long=60)
"""Of a moment, on each node of each app."""


@pytest.fixture(autouse=True)
def back() -> Iterator[None]:
    yield
    clock.set_ahead(0)


def window(app: int, date: datetime.date) -> tuple[float, float]:
    zone = ZONES[app][1]
    start, end = (datetime.datetime.combine(day, datetime.time(), zone) for day in (date, date + datetime.timedelta(1)))
    return start.timestamp(), end.timestamp()


class Days:
    def __init__(self, site: Site, acts: int) -> None:
        self.site, self.acts = site, acts
        self.books = {app: Book() for app in ZONES}
        self.outside = Outside()
        self.dice = random.Random(SEED)
        self.actors: list[Actor] = []

    async def prepare(self, back: Receiver, vendors: dict[int, Receiver]) -> None:
        back.answer = self.outside.called
        for app, (zone, _) in ZONES.items():
            vendors[app].answer = self.outside.push(app)
            door, book = self.site.nodes[0][app], self.books[app]
            await door.console("SetAbilityConfInfo", Version=1, TimeZone=zone)
            commands = ["C2C.CallbackAfterSendMsg", "Group.CallbackAfterSendMsg"]
            version = (await door.console("DescribeCallBack"))["Version"]
            await door.console("SetCallBack", Version=version, Confirmed=True, Url=back.url, Commands=commands)
            fields = {"PackageName": "p", "AppId": "1", "AppSecret": "s", "Endpoint": vendors[app].url}
            certificate = (await door.console("PutPushCertificate", Vendor="xiaomi", Fields=fields))["CertificateId"]
            actor = Actor(door, book, self.dice)
            await actor.rest("im_open_login_svc/multiaccount_import", Accounts=[*USERS, *AWAY])
            for user in (*USERS, *AWAY):
                book.note("account", user)
            book.note("account", "administrator")
            for user in AWAY:
                async with RawClient(door, user) as phone:  # type: ignore[arg-type]
                    await phone.sign_in(platform=ANDROID, sync=False)
                    book.note("login.Logins.Android.ok", user)
                    book.note("active", user)
                    token = {"BusiID": certificate, "TokenID": f"token-{user}", "InstType": 2000}
                    await phone.call("im_open_status.ws_stat_settoken", token)
            await actor.make()
            await actor.make("AVChatRoom")

    async def moment(self, when: float) -> None:
        at(when)
        doors = [(door, self.books[app]) for node in self.site.nodes for app, door in node.items()]
        self.actors = [Actor(door, book, self.dice) for door, book in doors]
        phones: list[RawClient] = []
        for number, actor in enumerate(self.actors):
            platform = WEB if number < 2 else ANDROID
            user = USERS[(number // 2) * 4 + self.dice.randrange(4)]
            phones.append(phone := await actor.sign_in(user, platform))
            actor.book.online.setdefault(when, set()).add(user)
            await actor.talk(phone, platform)
        for _ in range(self.acts):
            for actor in self.actors:
                kinds = [actor.c2c] * 4 + [actor.group] * 4 + [actor.join, actor.befriend, actor.account]
                await self.dice.choice([*kinds, actor.make, actor.unmake, actor.refused_login])()
        async with asyncio.timeout(60):
            for server in self.site.servers:
                for app, book in self.books.items():
                    while server.services.presence.online(app) != len(book.online[when]):
                        await asyncio.sleep(0.02)
        await self.site.settled()
        for phone in phones:
            await phone.close()
        assert clock.now() - when < 300, "the moment is over before midnight"

    # What it must come to

    async def expected(self, app: int, date: datetime.date) -> dict[str, int]:
        """By the names of the pages' columns and of ``getappinfo``."""
        book, within, raw = self.books[app], window(app, date), self.raw
        book_sum = lambda what: book.sum(what, within)  # noqa: E731
        until = (0.0, within[1])
        c2c = await raw(
            "SELECT count(*) FROM c2c_message WHERE app = $1 AND msg_time >= $2 AND msg_time < $3", app, within
        )
        group = sum(
            [
                await raw(
                    "SELECT count(*) FROM group_message WHERE app = $1 AND msg_time >= $2 AND msg_time < $3"
                    f" AND kind = 0 AND group_id = '{group_id}'",
                    app,
                    within,
                )
                for group_id in book.members.keys() - book.rooms
            ]
        )
        accounts = "SELECT count(*) FROM account WHERE app = $1 AND created_at >= $2 AND created_at < $3"
        gone = [user for when, what, user, _ in book.lines if what == "account gone" and when < within[1]]
        gone_later = {user for when, what, user, _ in book.lines if what == "account gone" and when >= within[1]}
        made = {user for when, what, user, _ in book.lines if what == "account" and when < within[1]}
        made_today = book.who(within, "account") & {user for _, what, user, _ in book.lines if what == "account gone"}
        callbacks = "SELECT count(*) FROM webhook_log WHERE app = $1 AND at / 1000 >= $2 AND at / 1000 < $3"
        called = await raw(callbacks, app, within)
        answered = await raw(f"{callbacks} AND outcome = 'delivered'", app, within)
        pushed = [good for when, of, good in self.outside.pushes if of == app and within[0] <= when < within[1]]
        assert (c2c, group) == (book_sum("c2c"), book_sum("group")), "what was answered is stored"
        assert len(made) - len(gone) == await raw(accounts, app, until) + len(gone_later & made)
        shown = {
            "ActiveUsers": len(book.who(within, "active")),
            "Users": await raw(accounts, app, until) + len(gone_later & made),
            "NewUsers": await raw(accounts, app, within) + len(made_today),
            "Messages": c2c + group,
            "C2CMessages": c2c,
            "GroupMessages": group,
            "Senders": len(book.who(within, "c2c", "group")),
            "OfflinePushes": sum(pushed),
            "NewGroups": book_sum("group made"),
            "ActiveGroups": len(book.who(within, "spoken in")),
            "Groups": book.sum("group made", until) - book.sum("group gone", until),
            "PeakGroups": book.peak(within),
            "CallBackReq": called,
            "CallBackRsp": answered,
            "RestCalls": book_sum("rest.ok") + book_sum("rest.bad"),
            "Pushes": len(pushed),
        }
        return shown | self._info(book, within, shown)

    def _info(self, book: Book, within: tuple[float, float], shown: dict[str, int]) -> dict[str, int]:
        """What ``getappinfo`` has beside callbacks."""

        def book_sum(what: str) -> int:
            return book.sum(what, within)

        c2c, group, until = shown["C2CMessages"], shown["GroupMessages"], (0.0, within[1])
        logins = {kind: book_sum(f"login.Logins.{kind}.ok") for kind in PLATFORMS.values()}
        return {
            "ActiveUserNum": len(book.who(within, "active")),
            "RegistUserNumOneDay": shown["NewUsers"],
            "RegistUserNumTotal": shown["Users"],
            "LoginTimes": sum(logins.values()),
            "LoginUserNum": len(book.who(within, "active")),
            "MaxOnlineNum": max(
                (len(who) for when, who in book.online.items() if within[0] <= when < within[1]), default=0
            ),
            "UpMsgNum": c2c + group,
            "SendMsgUserNum": len(book.who(within, "c2c", "group")),
            "APNSMsgNum": 0,
            "DownMsgNum": c2c + book_sum("group down"),
            "C2CUpMsgNum": c2c,
            "C2CDownMsgNum": c2c,
            "C2CSendMsgUserNum": len(book.who(within, "c2c")),
            "C2CAPNSMsgNum": 0,
            "GroupUpMsgNum": group,
            "GroupDownMsgNum": book_sum("group down"),
            "GroupSendMsgUserNum": len(book.who(within, "group")),
            "GroupAPNSMsgNum": 0,
            "GroupSendMsgGroupNum": len(book.who(within, "spoken in")),
            "GroupAllGroupNum": book.sum("group made", until) - book.sum("group gone", until),
            "GroupNewGroupNum": book_sum("group made"),
            "GroupDestroyGroupNum": book_sum("group gone"),
            "GroupJoinGroupTimes": book_sum("join"),
            "GroupQuitGroupTimes": book_sum("leave"),
            "ChainIncrease": book_sum("befriended"),
            "ChainDecrease": book_sum("unfriended"),
        }

    async def raw(self, sql: str, app: int, within: tuple[float, float]) -> int:
        rows = await self.site.servers[0].db.scan(sql, app, int(within[0]), int(within[1]))
        return int(rows[0][0])

    async def check(self, dates: list[datetime.date]) -> None:
        """Every number of every page, on each node."""
        for node in self.site.nodes:
            for app, door in node.items():
                info = {day["Date"]: day for day in (await door.rest("openconfigsvr/getappinfo", {}))["Result"]}
                self.books[app].note("rest.ok")
                await self.site.settled()
                for date in dates:
                    expected = await self.expected(app, date)
                    place = f"{ZONES[app][0]} {date}, seed {SEED}"
                    for kind in ("users", "messages", "groups"):
                        asked = {"Kind": kind, "From": str(date), "To": str(date)}
                        [day] = (await door.console("DescribeDailyStatistics", **asked))["Days"]
                        shown = {name: value for name, value in day.items() if name not in ("Date", "State")}
                        assert shown == {name: expected[name] for name in shown}, (place, kind)
                    said = info[str(date).replace("-", "")]
                    names = said.keys() & expected.keys()
                    assert len(names) == 28, names
                    assert {n: int(said[n]) for n in names} == {n: expected[n] for n in names}, place
                    await self._minutes(door, date, expected, place)

    async def _minutes(self, door: Door, date: datetime.date, expected: dict[str, int], place: str) -> None:
        """The charts of a day: by the hour of its own clock, total and success."""
        chart = await door.console("DescribeRealtimeStatistics", Day=str(date))
        book, within = self.books[door.sdkappid], window(door.sdkappid, date)
        assert (chart["DayStart"], chart["DayEnd"]) == within, place
        drawn: Counter[tuple[str, int]] = Counter()
        sums: Counter[str] = Counter()
        for line in chart["Lines"]:
            for minute, total, good in line["Points"]:
                assert within[0] <= minute * 60 < within[1], place
                sums[line["Series"]] += total
                sums[line["Series"] + " ok"] += good
                name = f"{line['Series']}.{line['Line']}"
                hour = int(minute * 60 - within[0]) // 3600
                drawn[f"{name}.ok", hour] += good
                drawn[f"{name}.bad", hour] += total - good
        known: Counter[tuple[str, int]] = Counter()
        for when, what, _, number in book.lines:
            kind, _, name = what.partition(".")
            if kind in ("login", "send") and within[0] <= when < within[1]:
                known[name, int(when - within[0]) // 3600] += number
        prefixes = ("Logins.", "C2CSends.", "GroupSends.")
        assert {key: value for key, value in drawn.items() if value and key[0].startswith(prefixes)} == known, place
        assert (sums["Callbacks"], sums["Callbacks ok"]) == (expected["CallBackReq"], expected["CallBackRsp"]), place
        assert (sums["Pushes"], sums["Pushes ok"]) == (expected["Pushes"], expected["OfflinePushes"]), place
        assert sums["RestCalls"] == expected["RestCalls"], place
        counts = {"C2CMessages": "C2CMessages", "GroupMessages": "GroupMessages"}
        assert {name: sums[name] for name in counts} == {name: expected[of] for name, of in counts.items()}, place
        assert sums["RoomMessages"] == book.sum("room", within), place

    async def overview(self) -> None:
        """The cards over the days: peaks of this month and of the last, yesterday and the day before."""
        for app, door in self.site.nodes[1].items():
            today = datetime.datetime.fromtimestamp(clock.now(), ZONES[app][1]).date()
            yesterday = await self.expected(app, today - datetime.timedelta(1))
            before = await self.expected(app, today - datetime.timedelta(2))
            days = [await self.expected(app, date) for date in DATES if date <= today]
            peaks = {"PeakActiveUsers": "ActiveUsers", "PeakGroups": "PeakGroups"}
            for kind in ("users", "messages", "groups"):
                found = await door.console("DescribeDailyStatistics", Kind=kind, From=str(today), To=str(today))
                assert found["Overview"]
                for one in found["Overview"]:
                    name = one["Name"]
                    if name in peaks:
                        assert one["Value"] == max(day[peaks[name]] for day in days), name
                    else:
                        assert one["Value"] == yesterday[name], name
                        known = today - datetime.timedelta(2) >= DATES[0]
                        assert one["Before"] == (before[name] if known else None), name
            now = (await door.console("DescribeRealtimeStatistics"))["Overview"]
            within = window(app, today)
            room = self.books[app].sum("room", within)
            expected = days[-1] if today <= DATES[-1] else dict.fromkeys(("C2CMessages", "GroupMessages"), 0)
            assert now == {
                "OnlineNow": 0,
                "C2CToday": expected["C2CMessages"],
                "GroupToday": expected["GroupMessages"],
                "RoomToday": room,
            }


@pytest.mark.parametrize("acts", ACTS)
async def test_every_number_equals_the_count(tmp_path: Path, postgres_url: str, nats_server: Nats, acts: int) -> None:
    print(f"SODAM_TEST_SEED={SEED}")
    at(MOMENTS[0] - 60)
    days = Days(site := Site(tmp_path, postgres_url, nats_server.url), acts)
    async with Receiver() as back, Receiver() as one, Receiver() as two:
        async with site.running():
            await days.prepare(back, {BERLIN: one, KATHMANDU: two})
            for when in MOMENTS:
                await days.moment(when)
            await days.check(DATES)
            await days.overview()
        # Nobody was there when the last day ended; three days later both come at once, and close what is over.
        at(MOMENTS[-1] + 3 * 86_400)
        async with site.running():
            await asyncio.gather(*(server.services.statistics.closing.sweep() for server in site.servers))
            rows = await site.servers[0].db.scan("SELECT app, count(*) FROM statistic_day GROUP BY app")
            assert {int(app): int(count) for app, count in rows} == dict.fromkeys(ZONES, 5)
            await days.check(DATES)
    calls = sum(book.sum("rest.ok", (0, 1e12)) for book in days.books.values())
    print(f"{calls} REST calls, {len(days.outside.pushes)} pushes, {len(back.got)} callbacks")
