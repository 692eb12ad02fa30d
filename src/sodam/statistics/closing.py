"""Days that are over are added up once, whoever comes first; minutes become hours, and what is old is erased.

A server that was away makes up for it: days are closed in their order, from the last that is. What others counted
meanwhile is in the rows, and the minutes of a day are kept until it is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final

from sodam import zones
from sodam.apps.service import AppService
from sodam.statistics import days, store
from sodam.statistics.model import HOURS_DAYS, MINUTE, MINUTES_DAYS, OF_CLOSED_DAYS, UTC_HOUR
from sodam.statistics.reading import Reading
from sodam.statistics.tally import Tally
from sodam.storage import Database

CLOSE_AFTER_SECONDS: Final = 900
"""So long after its end a day is closed: commits under way end, and the other nodes write what they gathered."""


class Closing:
    def __init__(
        self, db: Database, apps: AppService, tally: Tally, reading: Reading, clock: Callable[[], float]
    ) -> None:
        self._db = db
        self._apps = apps
        self._tally = tally
        self._reading = reading
        self._clock = clock
        self._done: dict[int, tuple[str, int]] = {}
        """Of each app its time zone, and the day up to which all days are known to be closed."""
        self._aged: dict[int, int] = {}
        """The hour in which each app's old rows were looked at."""

    async def sweep(self) -> None:
        """Periodic work."""
        for app in self._apps.all():
            if not app.deleting_at:
                await self.close(app.sdkappid)

    async def close(self, app: int) -> None:
        """Close the days of an app that are over, and put old rows together."""
        now = int(self._clock())
        last = self._tally.day(app, now - CLOSE_AFTER_SECONDS).number - 1
        zone, done = self._done.get(app, ("", 0))
        if zone != self._tally.zone(app):  # another zone may have begun earlier than what was closed so far
            zone, done = self._tally.zone(app), await self._gapless(app, last)
        for number in range(done + 1, last + 1):
            [day] = await self._reading.days(app, number, number)
            figures = {what: day[what] for what in OF_CLOSED_DAYS if day[what]}
            await self._db.write(partial(store.close, app=app, day=number, now=now, figures=figures))
        self._done[app] = zone, max(done, last)
        if self._aged.get(app) != now // 3600:
            await self._age(app, now)
            self._aged[app] = now // 3600

    async def _gapless(self, app: int, last: int) -> int:
        """The last day up to which all are closed."""
        number = await self._reading.since(app)
        closed = await store.closed(self._db, app, number, last)
        while number in closed:
            number += 1
        return number - 1

    async def _age(self, app: int, now: int) -> None:
        name, closed = self._done[app]
        zone = zones.known(name)
        await store.forget_seen(self._db, app, closed)
        oldest = min(now - MINUTES_DAYS * 86_400, days.numbered(closed, zone).end)
        hour = lru_cache(partial(days.hour_start, at=zone))
        await store.to_hours(self._db, app, MINUTE, hour(oldest // 60), hour)
        await store.to_hours(self._db, app, UTC_HOUR, oldest // 3600, lambda at: at * 60)
        await store.forget_hours(self._db, app, (now - HOURS_DAYS * 86_400) // 60)
