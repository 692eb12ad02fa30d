"""What is read of the statistics: days, months and the minutes of today, from one table and by one "now" each.

Days that are over are stored; those that are not yet added up are counted from what is written of them so far.
"""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from typing import Final, Literal, NamedTuple

import msgspec

from sodam import zones
from sodam.apps.service import AppService
from sodam.statistics import days, store
from sodam.statistics.days import Day
from sodam.statistics.model import (
    ACCOUNTS,
    ACCOUNTS_GONE,
    ACCOUNTS_TOTAL,
    C2C,
    DAY,
    GROUP,
    GROUPS,
    GROUPS_GONE,
    GROUPS_PEAK,
    GROUPS_TOTAL,
    HOUR,
    MINUTE,
    MINUTES_DAYS,
    ONLINE,
    ROOM,
    UTC_HOUR,
)
from sodam.statistics.tally import Tally
from sodam.storage import Database, state

State = Literal["closed", "open", "partial", "none"]
"""Of a day: over and added up; not yet; counting began within it; or before, so that nothing is known of it."""
BEGAN: Final = "statistics:began"
Count = Callable[[int], Awaitable[int]]
"""How many there are of an app."""
_TRIES: Final = 3
_MANY: Final = 20_000
_HELD_SECONDS: Final = 5.0
SETTLING_SECONDS: Final = 30
"""So long after its end a minute may still grow: what was gathered is written, and commits under way end."""


class DayValues(msgspec.Struct):
    number: int
    state: State
    values: dict[str, int]
    """By what, see model.py; what is missing is 0."""

    def __getitem__(self, what: str) -> int:
        return self.values.get(what, 0)

    def sum(self, prefix: str, suffix: str) -> int:
        return sum(value for what, value in self.values.items() if what.startswith(prefix) and what.endswith(suffix))


class Chart(NamedTuple):
    second: int
    zone: str
    day: Day
    step: int
    """Minutes from one point to the next."""
    settled: int
    """Minutes before this one do not change any more."""
    values: list[tuple[int, str, int]]
    """Minute since 1970, what, value; in order."""


class Reading:
    def __init__(
        self,
        db: Database,
        apps: AppService,
        tally: Tally,
        clock: Callable[[], float],
        *,
        accounts: Count,
        groups: Count,
        write: Callable[[], Awaitable[None]],
    ) -> None:
        """``write``: what this process has gathered; called before anything is read."""
        self._db = db
        self._write = write
        self._accounts = accounts
        self._groups = groups
        self._apps = apps
        self._tally = tally
        self._clock = clock
        self._held: dict[tuple[int, int, int], tuple[float, dict[int, dict[str, int]]]] = {}
        """What was counted of many users, and until when it holds."""

    def today(self, app: int) -> Day:
        return self._tally.day(app, int(self._clock()))

    async def begin(self) -> None:
        """Note that counting has begun, unless that is known."""
        began = str(int(self._clock())).encode()
        await self._db.write(lambda tx: state.claim(tx, BEGAN, began))

    async def days(self, app: int, first: int, last: int) -> list[DayValues]:
        """Every day from ``first`` to ``last``, today at most."""
        await self._write()
        today = self.today(app).number
        last = min(last, today)
        began, whole = await self._began(app)
        while True:
            closed = await store.closed(self._db, app, first, last)
            found: dict[int, dict[str, int]] = {number: {} for number in range(first, last + 1)}
            for at, what, value in await store.values(self._db, app, DAY, first, last):
                found[at][what] = value
            open_days = [number for number in found if number not in closed and number >= began]
            if not open_days:
                break
            for number, values in (await self._seen(app, open_days[0], last)).items():
                if number not in closed and number in found:
                    found[number] |= values
            await self._totals(app, found, open_days, today)
            if await store.closed(self._db, app, first, last) == closed:
                break
            # A day was closed meanwhile, and who was seen on it is forgotten: once for each day at most.
        return [DayValues(n, _state(n, closed, began, whole=whole), found[n]) for n in sorted(found)]

    async def _seen(self, app: int, first: int, last: int) -> dict[int, dict[str, int]]:
        """Who was seen on days that are not closed. Many take a while to count: they are counted every few seconds."""
        key, now = (app, first, last), self._clock()
        until, found = self._held.get(key, (0.0, {}))
        if until <= now:
            self._held = {other: held for other, held in self._held.items() if held[0] > now}
            found = await store.seen(self._db, app, first, last)
            if max((max(values.values()) for values in found.values()), default=0) > _MANY:
                self._held[key] = (now + _HELD_SECONDS, found)
        return found

    async def _totals(self, app: int, found: dict[int, dict[str, int]], wanted: list[int], today: int) -> None:
        """Accounts and groups at the end of days that are not closed, by going back from now."""
        accounts, groups, changes = await self._now(app, wanted[0], today)
        for kind, total, new, gone in (
            (ACCOUNTS_TOTAL, accounts, ACCOUNTS, ACCOUNTS_GONE),
            (GROUPS_TOTAL, groups, GROUPS, GROUPS_GONE),
        ):
            for number in range(today, wanted[0] - 1, -1):
                if number in wanted:
                    found[number][kind] = max(0, total)
                total -= changes.get((number, new), 0) - changes.get((number, gone), 0)
        for number in wanted:
            found[number][GROUPS_PEAK] = await self.peak(app, number, found[number][GROUPS_TOTAL])

    async def _now(self, app: int, first: int, today: int) -> tuple[int, int, dict[tuple[int, str], int]]:
        """How many accounts and groups there are, and what came and went since: as of one moment, where none of it
        comes and goes all the time."""
        changes = await store.comings(self._db, app, first, today)
        for _ in range(_TRIES):
            accounts, groups = await self._accounts(app), await self._groups(app)
            before, changes = changes, await store.comings(self._db, app, first, today)
            if before == changes:
                break
        return accounts, groups, changes

    async def peak(self, app: int, number: int, at_end: int) -> int:
        """The most groups at a time, minute by minute, of a day at whose end there are ``at_end``."""
        day = days.numbered(number, zones.known(self._tally.zone(app)))
        changes: dict[int, list[int]] = {}
        for at, what, value in await store.values(
            self._db, app, MINUTE, day.start // 60, (day.end - 1) // 60, only=(GROUPS, GROUPS_GONE)
        ):
            changes.setdefault(at, [0, 0])[what == GROUPS_GONE] += value
        total = most = at_end
        for at in sorted(changes, reverse=True):
            new, gone = changes[at]
            most = max(most, total + gone)
            total += gone - new
            most = max(most, total)
        return max(0, most)

    async def _began(self, app: int) -> tuple[int, bool]:
        """The first day of which something is known, and whether all of it is."""
        found, noted = self._apps.get(app), await state.get(self._db, BEGAN)
        created = found.created_at if found is not None else 0
        at = max(created, int(noted or 0))
        number = self._tally.day(app, at).number
        first = await store.began(self._db, app)
        if first is not None and first < number:
            return first, True
        return number, created >= int(noted or 0)

    def zone(self, app: int) -> str:
        return self._tally.zone(app)

    async def since(self, app: int) -> int:
        """The first day of which anything is known."""
        return (await self._began(app))[0]

    async def chart(self, app: int, since: int, number: int | None = None) -> Chart:
        """The minutes of a day, None today, from the minute ``since`` (since 1970) on; hours where it is long ago."""
        await self._write()
        second, zone = int(self._clock()), self._tally.zone(app)
        day = self._tally.day(app, second) if number is None else days.numbered(number, zones.known(zone))
        step = 1 if day.start >= second - MINUTES_DAYS * 86_400 else 60
        first, last = max(since, day.start // 60), (day.end - 1) // 60
        if step == 1:
            values = await store.values(self._db, app, MINUTE, first, last)
        else:
            values = await self._hours(app, first, last, zones.known(zone))
        settled = min((second - SETTLING_SECONDS) // 60, day.end // 60)
        return Chart(second, zone, day, step, settled, values)

    async def _hours(self, app: int, first: int, last: int, zone: datetime.tzinfo) -> list[tuple[int, str, int]]:
        """With what is not put together yet: a day grows old hour by hour."""
        first = days.hour_start(first, zone)
        found: dict[tuple[int, str], int] = {}
        for span, begin, end, hour in (
            (HOUR, first, last, int),
            (UTC_HOUR, -(-first // 60), last // 60, lambda at: at * 60),
            (MINUTE, first, last, lru_cache(partial(days.hour_start, at=zone))),
        ):
            for at, what, value in await store.values(self._db, app, span, begin, end):
                key = (hour(at), what)
                known = found.get(key, 0)
                found[key] = max(known, value) if what == ONLINE else known + value
        return [(at, what, found[at, what]) for at, what in sorted(found)]

    async def messages_today(self, app: int) -> tuple[int, int, int]:
        """One-to-one, in groups, in live rooms."""
        await self._write()
        day = self.today(app).number
        rows = await store.values(self._db, app, DAY, day, day, only=(C2C, GROUP, ROOM))
        found = {what: value for _, what, value in rows}
        return found.get(C2C, 0), found.get(GROUP, 0), found.get(ROOM, 0)


def _state(number: int, closed: set[int], began: int, *, whole: bool) -> State:
    if number < began:
        return "none"
    if number == began and not whole:
        return "partial"
    return "closed" if number in closed else "open"
