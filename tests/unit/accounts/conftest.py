"""Accounts over a real database, with a clock that the test turns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec
import pytest
import pytest_asyncio

from sodam.accounts.auth import Authenticator
from sodam.accounts.service import AccountService
from sodam.apps.model import PLAN_LIMITS, App, AppSettings, Plan
from sodam.apps.service import AppService
from sodam.bus import Live, of_user
from sodam.bus.live import Kick
from sodam.bus.local import LocalBus
from sodam.notices import Notice
from sodam.storage import Database

START = 1_700_000_000


class Clock:
    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now


@dataclass(eq=False)
class Device:
    """A session that remembers what it was given."""

    instid: int = 1
    platform: int = 7
    login: int = 0
    client_ip: str = "127.0.0.1"
    events: list[dict[str, object]] = field(default_factory=list)
    kicks: list[Kick] = field(default_factory=list)

    def deliver(self, notice: Notice) -> None:
        self.events.append(msgspec.json.decode(notice.body))

    def kicked(self, kick: Kick) -> None:
        self.kicks.append(kick)


@dataclass(eq=False)
class World:
    db: Database
    apps: AppService
    live: Live
    accounts: AccountService
    auth: Authenticator
    clock: Clock
    sdkappid: int
    secret: str

    @property
    def app(self) -> App:
        app = self.apps.get(self.sdkappid)
        assert app is not None
        return app

    async def plan(self, plan: Plan) -> None:
        await self.apps.change(
            self.sdkappid, lambda tx: tx.execute("UPDATE app SET plan = $2 WHERE sdkappid = $1", self.sdkappid, plan)
        )

    async def settings(self, settings: AppSettings) -> None:
        document = msgspec.json.encode(settings)
        await self.apps.change(
            self.sdkappid,
            lambda tx: tx.execute("UPDATE app SET settings = $2 WHERE sdkappid = $1", self.sdkappid, document),
        )

    async def stored(self) -> int:
        row = await self.db.fetch_one("SELECT count(*) FROM account WHERE app = $1", self.sdkappid)
        assert row is not None
        return int(row[0])

    def device(self, user_id: str, instid: int = 1) -> Device:
        device = Device(instid)
        self.live.add(of_user(self.sdkappid, user_id), device)
        return device


@pytest_asyncio.fixture
async def world(database: Database) -> AsyncIterator[World]:
    bus = LocalBus()
    clock = Clock()
    apps = AppService(database, bus, clock)
    await apps.start()
    app, key = await apps.create("test", plan="Trial")
    live = Live(bus)
    accounts = AccountService(database, bus, apps, clock, live=live)
    yield World(database, apps, live, accounts, Authenticator(accounts, clock), clock, app.sdkappid, key.secret)
    await apps.stop()


@pytest.fixture
def small_plan(monkeypatch: pytest.MonkeyPatch) -> int:
    """Plan Trial with room for this many accounts."""
    monkeypatch.setitem(PLAN_LIMITS, "Trial", msgspec.structs.replace(PLAN_LIMITS["Trial"], accounts=25))
    return 25
