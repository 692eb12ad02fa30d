"""Services of one app with its search, on one engine."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.c2c.changes import Changes
from sodam.c2c.draft import of_content as one_to_one
from sodam.c2c.service import C2CService
from sodam.c2c.service import Sent as SentToOne
from sodam.groups.core import Operator
from sodam.groups.message import of_content
from sodam.groups.model import Changes as GroupFields
from sodam.groups.model import Newcomer, Wanted
from sodam.groups.sending import Sent
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES
from sodam.messages.outgoing import Content
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.search.grams import terms
from sodam.search.messages import Asked, Page
from sodam.search.service import SearchService
from sodam.storage import Database
from tests.contract.world import text_body, text_of

APP = Operator("administrator", admin=True)
_apps = itertools.count(1_580_000_000)


@dataclass
class SearchWorld:
    db: Database
    apps: AppService
    accounts: AccountService
    c2c: C2CService
    changes: Changes
    groups: GroupService
    search: SearchService
    sdkappid: int
    _numbers: itertools.count[int]

    @classmethod
    async def open(cls, db: Database, users: str = "abc", *, on: bool = True) -> SearchWorld:
        bus = LocalBus()
        live = Live(bus)
        apps = AppService(db, bus)
        accounts = AccountService(db, bus, apps)
        outbox = Outbox(db, Loops())
        c2c = C2CService(db, bus, live, accounts, outbox)
        groups = GroupService(db, bus, live, accounts, outbox)
        search = SearchService(db, apps, accounts, c2c, groups)
        changes = Changes(c2c)
        db.events.subscribe(AccountsDeleted, changes.forget_accounts)
        db.events.subscribe(AccountsDeleted, groups.erase)
        app, _ = await apps.create("search", sdkappid=next(_apps), plan="Flagship")
        world = cls(db, apps, accounts, c2c, changes, groups, search, app.sdkappid, itertools.count(1))
        await c2c.start()
        if on:
            await world.switch(on=True)
        await accounts.ensure(app.sdkappid, list(users))
        return world

    async def close(self) -> None:
        await self.c2c.drain()
        await self.groups.stop()

    @property
    def app(self) -> App:
        app = self.apps.get(self.sdkappid)
        assert app is not None
        return app

    async def switch(self, *, on: bool) -> None:
        from msgspec.structs import replace

        def edit(app: App) -> App:
            return app.with_settings(replace(app.settings, cloud_search=on))

        await self.apps.edit(self.sdkappid, edit)

    def content(self, text: str, body: bytes | None = None) -> Content:
        number = next(self._numbers)
        return Content(seq=number, random=number, body=body or text_body(text), cloud=b'""', flags=0)

    async def say(self, sender: str, recipient: str, text: str, body: bytes | None = None) -> SentToOne:
        return await self.c2c.send(
            self.app, one_to_one(self.app, sender, recipient, self.content(text, body)), checked=False
        )

    async def group(self, group_id: str, *members: str, kind: str = "Public", history: str = "Off") -> None:
        wanted = Wanted(
            kind=TYPES[kind],
            group_id=group_id,
            owner=members[0],
            max_members=100,
            changes=GroupFields(name=f"Team {group_id}", history_option="On" if history == "On" else "Off"),
            newcomers=tuple(map(Newcomer, members)),
        )
        await self.groups.create(self.app, APP, wanted)

    async def tell(self, sender: str, group_id: str, text: str, *, to: list[str] | None = None) -> Sent:
        message = of_content(self.sdkappid, group_id, sender, self.content(text))
        message.extra.to = to or []
        return await self.groups.sending.send(self.app, message)

    async def page(
        self, who: str, *keywords: str, peer: str = "", group: str = "", size: int = 100, any_of: bool = True
    ) -> Page:
        asked = Asked(terms(keywords), any_of, peer, group, size=size)
        return await self.search.messages.search(self.app, who, asked)

    async def found(self, who: str, *keywords: str, peer: str = "", group: str = "", any_of: bool = True) -> list[str]:
        """Texts, newest first, conversation after conversation."""
        page = await self.page(who, *keywords, peer=peer, group=group, any_of=any_of)
        return [text_of(message) for hits in page.hits for message in hits.messages]  # type: ignore[arg-type]
