"""Nodes that count, over one database: real services, one clock to turn, no loops."""

from __future__ import annotations

import itertools
from typing import Any

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live, of_user
from sodam.bus.local import LocalBus
from sodam.c2c.draft import of_content
from sodam.c2c.service import C2CService
from sodam.groups.core import Operator
from sodam.groups.message import GroupMessage
from sodam.groups.model import Changes, Newcomer, Wanted
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES
from sodam.messages import outgoing
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.statistics.service import Statistics
from sodam.storage import Database
from tests.contract.world import START, Clock, Device, text_body

WEB = 7
NOON = START - START % 86_400 + 4 * 3600
"""12:00 at UTC+8."""
_numbers = itertools.count(1)
_apps = itertools.count(1_600_000_001)


class Node:
    """One process of a server."""

    def __init__(self, db: Database, apps: AppService, clock: Clock) -> None:
        bus = LocalBus()
        self.db, self.clock, self.apps = db, clock, apps
        self.live = Live(bus)
        self.accounts = AccountService(db, bus, apps, clock, live=self.live)
        outbox = Outbox(db, Loops(), clock)
        self.c2c = C2CService(db, bus, self.live, self.accounts, outbox, clock)
        self.groups = GroupService(db, bus, self.live, self.accounts, outbox, clock)
        presence = PresenceService(bus, self.live)
        self.statistics = Statistics(
            db, apps, presence, self.live, clock, accounts=self.accounts.count, groups=self.groups.audience.count
        )
        self.c2c.followers.counting = self.statistics.c2c
        self._devices: dict[tuple[int, str], Device] = {}
        self.counts_later = False
        """On SQLite a message is counted some seconds after it was sent, not at once."""

    @classmethod
    async def open(cls, db: Database, clock: Clock, apps: AppService | None = None) -> Node:
        """The first of them is followed by the database's events: they are one for all."""
        first = apps is None
        node = cls(db, apps or AppService(db, LocalBus(), clock), clock)
        if first:
            node.statistics.follow(db.events)
        await node.statistics.reading.begin()
        await node.c2c.start()
        return node

    async def app(self, users: str) -> App:
        app, _ = await self.apps.create("app", sdkappid=next(_apps), plan="Flagship")
        await self.accounts.ensure(app.sdkappid, list(users))
        return app

    async def send(self, app: App, sender: str, recipient: str, *, flags: int = 0) -> None:
        number = next(_numbers)
        content = outgoing.Content(seq=number, random=number, body=text_body("hi"), cloud=b'""', flags=flags)
        await self.c2c.send(app, of_content(app, sender, recipient, content), checked=False)
        if self.db.engine == "sqlite" and not self.counts_later:
            await self.statistics.flush()

    async def group(self, app: App, kind: str, members: str) -> str:
        """Its first member owns it; a live room has no other."""
        wanted = Wanted(
            kind=TYPES[kind],
            group_id="",
            owner=members[0],
            max_members=0,
            changes=Changes(name="g"),
            newcomers=tuple(Newcomer(member) for member in members[1:]),
        )
        return await self.groups.create(app, Operator("", admin=True), wanted)

    async def say(self, app: App, group_id: str, sender: str) -> None:
        number = next(_numbers)
        message = GroupMessage(
            app=app.sdkappid, group_id=group_id, sender=sender, random=number, client_time=0, body=text_body("hi")
        )
        await self.groups.sending.send(app, message, as_member=False)

    def login(self, app: App, user_id: str, *, ok: bool = True) -> None:
        self.statistics.login(app.sdkappid, WEB, user_id, ok=ok)
        if ok:
            device = self._devices[app.sdkappid, user_id] = Device()
            self.live.add(of_user(app.sdkappid, user_id), device)

    def logout(self, app: App, user_id: str) -> None:
        self.live.remove(of_user(app.sdkappid, user_id), self._devices.pop((app.sdkappid, user_id)))


async def raw(db: Database, sql: str, *args: Any) -> int:
    """One number, straight from the rows."""
    return int((await db.scan(sql, *args))[0][0] or 0)
