"""What an index lacks is added in the background, page by page, while messages come and go.

Whatever is stored from now on is indexed where it is stored, so that a walk through the tables has to find only what
was there before. Another node may hear of a setting some seconds late: the walk goes on behind what it has found until
``_LATE`` seconds after it was switched on. Where the setting is off, the index of messages is emptied.

A complete index is looked at once in a process's life: samples of what was stored first and last. Where it lacks
something (a copy that was put back in part, a table that somebody changed), the walk begins anew and adds what is not
there, while the search goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

import structlog

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.c2c.histories import Histories
from sodam.clock import now as wall_clock
from sodam.groups.service import GroupService
from sodam.observability.loops import Loop, Loops
from sodam.search import store, store_progress
from sodam.search.index import of_account, of_broadcasts, of_group, of_group_messages, of_messages, searches
from sodam.search.model import MESSAGES, Kind
from sodam.search.store_progress import Progress
from sodam.storage import Database, Tx

PAGE: Final = 500
_LATE: Final = 60
_EVERY: Final = 5.0
_PAUSE: Final = 0.01
"""Seconds between two pages: others write too."""
_ERASED: Final = 1000
_SAMPLE: Final = 100
log = structlog.get_logger(__name__)


class Counted(NamedTuple):
    names: int
    messages: int


class Building:
    def __init__(
        self,
        db: Database,
        apps: AppService,
        accounts: AccountService,
        messages: Histories,
        groups: GroupService,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._accounts = accounts
        self._messages = messages
        self._groups = groups
        self._clock = clock
        self._still: dict[int, bool] = {}
        """Apps with nothing to do, by whether their messages are indexed."""
        self._checked: set[int] = set()
        self._parted = False
        self._loop: Loop | None = None

    def start(self, loops: Loops) -> None:
        self._loop = loops.start("search index", self._turn, every=_EVERY)

    async def stop(self) -> None:
        if self._loop is not None:
            await self._loop.stop()
            self._loop = None

    async def _turn(self) -> None:
        """Bring every app's index up to date. Other nodes do so too, and go on where this one is."""
        if not self._parted:
            self._parted = True
            while await store.part(self._db, _ERASED):
                await asyncio.sleep(_PAUSE)
        for app in self._apps.all():
            if app.sdkappid not in self._checked:
                self._checked.add(app.sdkappid)
                await self.check(app)
            if self._still.get(app.sdkappid) is not searches(app):
                await self.app(app)

    async def app(self, app: App, *, now: bool = False) -> None:
        """Bring an app's index up to date as far as can be. ``now``: no other node stores messages without it."""
        number = app.sdkappid
        while await self._db.write(lambda tx: self._step(tx, app), lane="long"):
            await asyncio.sleep(_PAUSE)
        progress = await self.progress(number)
        if not searches(app):
            if progress.messages_until:
                await self._empty(number)
            self._still[number] = False
        elif progress.messages_done:
            self._still[number] = True
        elif now or self._clock() > progress.messages_until:
            await store_progress.done(self._db, number)

    async def again(self, app: App) -> Counted:
        """Empty an app's index and build it anew; what is in it then."""
        await self._empty(app.sdkappid, kinds=tuple(Kind))
        await store_progress.forget(self._db, app.sdkappid)
        await self.app(app, now=True)
        messages = await store.count(self._db, app.sdkappid, MESSAGES)
        return Counted(await store.count(self._db, app.sdkappid, (Kind.ACCOUNT, Kind.GROUP)), messages)

    async def check(self, app: App) -> bool:
        """Look at samples of an index that should be complete; False: it lacks something, and is to be completed."""

        async def look(tx: Tx) -> bool:
            if not await self._apps.stays(tx, app.sdkappid):
                return True  # it is being erased
            progress = await store_progress.lock(tx, app.sdkappid)
            names = not progress.names_done or not await self._lacks_names(tx, app.sdkappid)
            messages = not (progress.messages_done and searches(app)) or not await self._lacks_messages(
                tx, app.sdkappid
            )
            if not names:
                progress = progress._replace(names_after="", groups_after=0, names_done=0)
            if not messages:
                progress = progress._replace(
                    c2c_after=0, group_after=0, messages_done=0, broadcast_account="", broadcast_seq=0
                )
            if not (names and messages):
                await store_progress.put(tx, app.sdkappid, progress)
            return names and messages

        complete = await self._db.write(look, lane="long")
        if not complete:
            self._still.pop(app.sdkappid, None)
            log.warning("the search index lacked something and is completed", sdkappid=app.sdkappid)
        return complete

    async def _lacks_names(self, tx: Tx, app: int) -> bool:
        nicks = await self._accounts.walk(tx, app, "", _SAMPLE)
        lacking = await store.put(tx, [of_account(app, *named) for named in nicks.items()], replace=False)
        groups = await self._groups.walk(tx, app, 0, _SAMPLE)
        return await store.put(tx, [of_group(named) for _, named in groups], replace=False) + lacking > 0

    async def _lacks_messages(self, tx: Tx, app: int) -> bool:
        lacking = 0
        for newest in (False, True):
            sent = await self._messages.sample(tx, app, _SAMPLE, newest=newest)
            lacking += await store.put(tx, of_messages(sent), replace=False)
            written = await self._groups.histories.sample(tx, app, _SAMPLE, newest=newest)
            lacking += await store.put(tx, of_group_messages(written), replace=False)
        if (beside := self._messages.beside) is not None:
            said = await beside.sample(tx, app, _SAMPLE)
            lacking += await store.put(tx, of_broadcasts(app, said), replace=False)
        return lacking > 0

    async def progress(self, app: int) -> Progress:
        return await store_progress.read(self._db, app)

    async def _step(self, tx: Tx, app: App) -> bool:
        """Index a page; whether there may be another."""
        number = app.sdkappid
        if not await self._apps.stays(tx, number):
            return False
        progress = await store_progress.lock(tx, number)
        if not progress.names_done:
            progress = await self._names(tx, number, progress)
            more = True
        elif searches(app) and not progress.messages_done:
            until = progress.messages_until or int(self._clock()) + _LATE
            progress, more = await self._page(tx, number, progress._replace(messages_until=until))
        else:
            return False
        await store_progress.put(tx, number, progress)
        return more

    async def _names(self, tx: Tx, app: int, progress: Progress) -> Progress:
        if nicks := await self._accounts.walk(tx, app, progress.names_after, PAGE):
            await store.put(tx, [of_account(app, user_id, nick) for user_id, nick in nicks.items()])
            return progress._replace(names_after=max(nicks))
        if groups := await self._groups.walk(tx, app, progress.groups_after, PAGE):
            await store.put(tx, [of_group(named) for _, named in groups])
            return progress._replace(groups_after=groups[-1][0])
        return progress._replace(names_done=1)

    async def _page(self, tx: Tx, app: int, progress: Progress) -> tuple[Progress, bool]:
        """Index messages that came before the index; those that came with it are there already."""
        if messages := await self._messages.walk(tx, app, progress.c2c_after, PAGE):
            await store.put(tx, of_messages(messages), replace=False)
            return progress._replace(c2c_after=messages[-1].id), True
        if written := await self._groups.histories.walk(tx, app, progress.group_after, PAGE):
            await store.put(tx, of_group_messages(m for _, m in written), replace=False)
            return progress._replace(group_after=written[-1][0]), True
        beside, behind = self._messages.beside, (progress.broadcast_account, progress.broadcast_seq)
        if beside is not None and (said := await beside.walk(tx, app, *behind, PAGE)):
            await store.put(tx, of_broadcasts(app, said), replace=False)
            return progress._replace(broadcast_account=said[-1].account, broadcast_seq=said[-1].seq), True
        return progress, False

    async def _empty(self, app: int, kinds: tuple[Kind, ...] = MESSAGES) -> None:
        while await self._db.write(lambda tx: store.drop_some(tx, app, kinds, _ERASED), lane="long"):
            await asyncio.sleep(_PAUSE)
        await store_progress.without_messages(self._db, app)
