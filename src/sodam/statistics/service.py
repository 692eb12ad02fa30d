"""Statistics of apps: what counts (``tally``, ``gather``, ``followers``), and what is read (``reading``)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from sodam.apps.service import AppService
from sodam.bus import Live, Topic
from sodam.clock import now as wall_clock
from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops
from sodam.presence.devices import opt_platform
from sodam.presence.service import PresenceService
from sodam.statistics import store
from sodam.statistics.closing import Closing
from sodam.statistics.followers import Followers
from sodam.statistics.gather import Gathered
from sodam.statistics.model import (
    CALLBACK,
    DID_LOG_IN,
    LOGIN,
    ONLINE,
    REST,
    SEND_C2C,
    SEND_GROUP,
    WAS_ACTIVE,
    Counted,
)
from sodam.statistics.reading import Count, Reading
from sodam.statistics.recount import complete, mark, recount
from sodam.statistics.tally import C2CCounting, Tally
from sodam.storage import Database, Events, Tx

FLUSH_SECONDS: Final = 3.0
"""What has no transaction of its own is written so long after it happened at most; whoever is killed loses it."""
ROBOT: Final = "@RBT#"
"""How the UserIDs of robots begin."""
_TOGETHER: Final = 500
"""Sign-ins that are counted in one go."""
_BY_REST: Final = -1
_SENDS: Final = {
    "openim/sendmsg": SEND_C2C,
    "openim/batchsendmsg": SEND_C2C,
    "group_open_http_svc/send_group_msg": SEND_GROUP,
}


class Statistics:
    def __init__(
        self,
        db: Database,
        apps: AppService,
        presence: PresenceService,
        live: Live,
        clock: Callable[[], float] = wall_clock,
        *,
        accounts: Count,
        groups: Count,
        on: bool = True,
    ) -> None:
        """``on`` False: nothing is gathered; whoever puts the services together leaves ``follow`` and ``c2c`` out."""
        self._db = db
        self._apps = apps
        self._presence = presence
        self._clock = clock
        self.tally = Tally(apps, db.engine)
        self.reading = Reading(db, apps, self.tally, clock, accounts=accounts, groups=groups, write=self._try_to_write)
        self.closing = Closing(db, apps, self.tally, self.reading, clock)
        self._gathered = Gathered(self.tally, on=on)
        self.c2c = C2CCounting(self.tally, self._gathered.stored)
        self._logins: list[tuple[int, int, str, float]] = []
        """Sign-ins that are not counted yet: app, platform, UserID, and when."""
        self._here: dict[int, set[str]] = {}
        """Users of each app who are connected to this node."""
        self._days: dict[int, int] = {}
        """The day of each app on which those who are connected were seen."""
        self._gatherers: list[Callable[[], None]] = []
        self._writing = asyncio.Lock()
        self._marked = 0
        """The newest message that is counted on disk."""
        self._loop: Loop | None = None
        live.watch("u", self._came_or_went)

    def follow(self, events: Events) -> None:
        events.subscribe(Counted, self.tally.counted)
        Followers(self._clock).follow(events)

    async def start(self, loops: Loops) -> None:
        await recount(self._db, self.tally, self._clock, on=self._gathered.on)
        await self.reading.begin()
        self._loop = loops.start("statistics", self.flush, every=FLUSH_SECONDS)

    async def stop(self) -> None:
        if self._loop is not None:
            await self._loop.stop()
            self._loop = None
        await self.flush()
        await complete(self._db)

    # What happens

    def login(self, app: int, platform: int, user_id: str, *, ok: bool) -> None:
        """Somebody has signed in, or was refused. Sign-ins are counted some at a time: all at once, after an outage."""
        if not ok:
            self._gathered.count(app, _login(platform, False), self._clock())
        elif self._gathered.on:
            self._logins.append((app, platform, user_id, self._clock()))
            if len(self._logins) >= _TOGETHER:
                self._count_logins()

    def _count_logins(self) -> None:
        logins, self._logins = self._logins, []
        for app, platform, user_id, at in logins:
            self._gathered.count(app, _login(platform, True), at)
            if self._counts(app, user_id):
                self._gathered.see(app, user_id, DID_LOG_IN | WAS_ACTIVE, at)

    def gathered_by(self, count: Callable[[], None]) -> None:
        """``count`` is called before anything is written: it adds what was gathered to be counted together."""
        self._gatherers.append(count)

    def command(
        self, app: int, path: str, platform: int, code: int, times: int = 1, second: float | None = None
    ) -> None:
        """A client's command was answered, so many times; ``second``: when, if not now."""
        if path in _SENDS:
            second = self._clock() if second is None else second
            self._gathered.count(app, _send(path, platform, code == 0), second, times)

    def rest(self, app: int, path: str, code: int, times: int = 1) -> None:
        """A REST call of an app was answered, so many times."""
        now = self._clock()
        self._gathered.count(app, _rate(REST, ok=code == 0), now, times)
        if path in _SENDS:
            self._gathered.count(app, _send(path, _BY_REST, code == 0), now, times)

    def callback(self, app: int, ok: bool) -> None:
        """A callback was sent; it is a success when the app has answered it."""
        self._gathered.count(app, _rate(CALLBACK, ok=ok), self._clock())

    def _counts(self, app: int, user_id: str) -> bool:
        found = self._apps.get(app)
        return found is not None and not found.is_admin(user_id) and not user_id.startswith(ROBOT)

    def _came_or_went(self, topic: Topic, there: bool) -> None:
        if there:
            self._here.setdefault(topic.app, set()).add(topic.name)
        elif (users := self._here.get(topic.app)) is not None:
            users.discard(topic.name)
            if not users:
                del self._here[topic.app]

    # Writing

    async def flush(self) -> None:
        """Write what was gathered."""
        if self._gathered.on:
            self._look(self._clock())
        await self._write()

    async def _write(self) -> None:
        """Afterwards everything that was gathered before is on disk, also what another call is just writing."""
        async with self._writing:
            await self._write_gathered()

    async def _write_gathered(self) -> None:
        self._count_logins()
        for count in self._gatherers:
            count()
        taken = self._gathered.take()
        counts = {key: value for key, value in taken.counts.items() if self._stays(key[0])}
        sights = {who: bits for who, bits in taken.sights.items() if self._stays(who[0])}
        most = {key: value for key, value in taken.most.items() if self._stays(key[0])}
        if not (counts or sights or most):
            return

        async def run(tx: Tx) -> None:
            await self.tally.write(tx, counts, sights)
            await store.most(tx, self.tally.most_rows(most))
            if taken.last > self._marked:
                await mark(tx, taken.last, self._clock())
                tx.after_commit(lambda: self._written(taken.last))

        try:
            await self._db.write(run)
        except Unavailable:
            self._gathered.give_back(taken)
            raise

    async def _try_to_write(self) -> None:
        """Before somebody reads, who may read on a disk that is full."""
        with contextlib.suppress(Unavailable):
            await self._write()

    def _written(self, last: int) -> None:
        self._marked = max(self._marked, last)

    def _stays(self, app: int) -> bool:
        found = self._apps.get(app)
        return found is not None and not found.deleting_at

    def _look(self, now: float) -> None:
        """See who is connected: their number, and on a new day all of them."""
        for app, users in self._here.items():
            self._gathered.at_most(app, ONLINE, self._presence.online(app), now)
            day = self.tally.day(app, int(now))
            if self._days.get(app) != day.number:
                for user_id in users:
                    if self._counts(app, user_id):
                        self._gathered.see(app, user_id, WAS_ACTIVE, now)
                self._days[app] = day.number


@lru_cache(1000)
def _send(path: str, platform: int, ok: bool) -> str:
    name = "RESTAPI" if platform == _BY_REST else opt_platform(platform)
    return _rate(f"{_SENDS[path]}.{name}", ok=ok)


@lru_cache(1000)
def _login(platform: int, ok: bool) -> str:
    return _rate(f"{LOGIN}.{opt_platform(platform)}", ok=ok)


def _rate(what: str, *, ok: bool) -> str:
    return f"{what}.ok" if ok else f"{what}.bad"
