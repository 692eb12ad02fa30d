"""Apps as every request asks for them: in memory, kept current through the bus and a slow poll.

A change is written, then announced; other nodes load the app anew. A node that missed the announcement notices the
app's version within ``POLL_SECONDS``.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec
import structlog

from sodam.apps import store
from sodam.apps.events import AppChanged
from sodam.apps.model import App, AppKey, AppSettings, Plan
from sodam.apps.plans import DEFAULT_HISTORY_DAYS
from sodam.apps.webhooks import Webhooks
from sodam.bus import Bus
from sodam.clock import now as wall_clock
from sodam.control import ControlError, missing
from sodam.observability.loops import Loop, Loops
from sodam.storage import Database, Tx, hold
from sodam.usersig import Keys

T = TypeVar("T")
MAX_APPS = 300
"""Of the root account, made in the console (console.md section 1)."""
log = structlog.get_logger(__name__)
POLL_SECONDS = 3.0
_FIRST_SDKAPPID = 1400000000


class AppExists(Exception):
    """The SDKAppID is taken."""


class AppService:
    def __init__(
        self,
        db: Database,
        bus: Bus,
        clock: Callable[[], float] = wall_clock,
        *,
        loops: Loops | None = None,
        history_days: int = DEFAULT_HISTORY_DAYS,
    ) -> None:
        """``history_days``: for how long new apps keep messages, and the most that every plan allows."""
        self._db = db
        self._bus = bus
        self._clock = clock
        self.history_days = history_days
        self._apps: dict[int, App] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._watchers: list[Callable[[int], None]] = []
        self._loops = loops or Loops()
        self._poll: Loop | None = None
        self.webhooks = Webhooks()
        """What new apps begin with."""
        db.events.subscribe(AppChanged, self._follow)

    async def start(self) -> None:
        for sdkappid in await store.versions(self._db):
            await self._load(sdkappid)
        if self._bus.clustered:
            self._bus.subscribe("apps", lambda data: self._spawn(self._load(int(data))))
            self._bus.on_reconnect(lambda: self._spawn(self._compare()))
            self._poll = self._loops.start("app comparison", self._compare, every=POLL_SECONDS)

    async def stop(self) -> None:
        if self._poll is not None:
            await self._poll.stop()
        for task in list(self._tasks):
            task.cancel()

    def get(self, sdkappid: int) -> App | None:
        return self._apps.get(sdkappid)

    @property
    def stale_seconds(self) -> float:
        """How long another node may take an app for what it was, at the most."""
        return 2 * POLL_SECONDS if self._bus.clustered else 0.0

    def all(self) -> list[App]:
        return sorted(self._apps.values(), key=lambda app: app.sdkappid)

    def on_change(self, callback: Callable[[int], None]) -> None:
        """Called with the SDKAppID after an app was changed, created or deleted, here or elsewhere."""
        self._watchers.append(callback)

    async def create(
        self,
        name: str,
        *,
        sdkappid: int | None = None,
        secret: str | None = None,
        plan: Plan = "Trial",
        key: AppKey | None = None,
        like: App | None = None,
        most: int | None = None,
    ) -> tuple[App, AppKey]:
        """Make an app with one key (an HMAC one unless given) and the default administrator.

        ``like`` gives type, introduction and creator. Raises AppExists, and ControlError LimitExceeded.Apps when there
        are ``most`` apps already.
        """
        now = int(self._clock())
        key = key or AppKey(key_id=1, algorithm="HMAC-SHA256", secret=secret or secrets.token_hex(32), created_at=now)
        ecdsa = key.algorithm == "ECDSA-SHA256"
        while True:
            number = sdkappid or _FIRST_SDKAPPID + secrets.randbelow(199_999_999)
            app = App(
                sdkappid=number,
                name=name,
                plan=plan,
                created_at=now,
                updated_at=now,
                settings=AppSettings(history_days=self.history_days, webhooks=self.webhooks),
                plan_history_days=self.history_days,
                kind=like.kind if like else "",
                introduction=like.introduction if like else "",
                created_by=like.created_by if like else 0,
                keys=Keys(() if ecdsa else (key.secret,), (key.public_pem,) if ecdsa else ()),
            )
            made = await self._db.write(lambda tx, app=app: _insert(tx, app, key, most))  # type: ignore[misc]
            if made is not None:
                return made, key
            if sdkappid is not None:
                raise AppExists(str(sdkappid))

    async def edit(self, sdkappid: int, fn: Callable[[App], App]) -> tuple[App, App]:
        """Change an app by a pure function; the app before and after. What ``fn`` raises is raised, nothing is kept.

        Its keys are not changed so: see ``apps/keys.py``. Raises ControlError ResourceNotFound for no such app.
        """

        async def run(tx: Tx) -> tuple[App, App]:
            return await self.edit_in(tx, sdkappid, fn)

        return await self._db.write(run)

    async def edit_in(self, tx: Tx, sdkappid: int, fn: Callable[[App], App]) -> tuple[App, App]:
        """As ``edit``, inside a transaction of the caller."""
        locked = await store.lock(tx, sdkappid)
        if locked is None:
            raise missing(f"there is no app {sdkappid}", "SdkAppIdNotFound", SDKAppID=sdkappid)
        before = self._own(locked)
        after = fn(before)
        if after == before:
            return before, before
        after = msgspec.structs.replace(after, version=before.version + 1, updated_at=int(self._clock()))
        await store.save(tx, before, after)
        tx.emit(AppChanged(sdkappid))
        return before, after

    async def stays(self, tx: Tx, sdkappid: int) -> bool:
        """For rows that must not outlive the app: whether it is there, and its erasing can only begin after ``tx``."""
        return await store.stays(tx, sdkappid)

    async def keys(self, sdkappid: int) -> list[AppKey]:
        return await store.keys_of(self._db, sdkappid)

    async def change(self, sdkappid: int, fn: Callable[[Tx], Awaitable[T]]) -> T:
        """Run a write on an app's rows and make it effective on every node."""

        async def run(tx: Tx) -> T:
            result = await fn(tx)
            await store.touch(tx, sdkappid, int(self._clock()))
            tx.emit(AppChanged(sdkappid))
            return result

        return await self._db.write(run)

    async def _follow(self, tx: Tx, events: Sequence[AppChanged]) -> None:
        """Once the change is on disk, it is in force here before its caller goes on, and announced to the others."""
        for sdkappid in {event.sdkappid for event in events}:
            app = await store.load(tx, sdkappid)
            tx.after_commit(partial(self._announce, sdkappid, app))

    def _announce(self, sdkappid: int, app: App | None) -> None:
        self._take(sdkappid, app)
        self._bus.publish("apps", str(sdkappid).encode())

    async def refresh(self, sdkappid: int) -> None:
        """Read an app that another node is known to have made or changed."""
        await self._load(sdkappid)

    async def _load(self, sdkappid: int) -> None:
        self._take(sdkappid, await store.load(self._db, sdkappid))

    def _own(self, app: App) -> App:
        """An app with what this server's settings add to it."""
        return msgspec.structs.replace(app, plan_history_days=self.history_days)

    def _take(self, sdkappid: int, app: App | None) -> None:
        known = self._apps.get(sdkappid)
        if app is None:
            self._apps.pop(sdkappid, None)
        elif known is None or known.created_at != app.created_at or known.version <= app.version:
            self._apps[sdkappid] = self._own(app)  # of two loads at a time the one that read less may come back last
        for watcher in self._watchers:
            watcher(sdkappid)

    async def _compare(self) -> None:
        current = await store.versions(self._db)
        for sdkappid in current.keys() | self._apps.keys():
            app = self._apps.get(sdkappid)
            if app is None or app.version != current.get(sdkappid):
                await self._load(sdkappid)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        async def run() -> None:
            try:
                await coroutine
            except Exception as error:  # the comparison makes up for it
                log.warning("apps could not be loaded", error=repr(error))

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _insert(tx: Tx, app: App, key: AppKey, most: int | None) -> App | None:
    """The app; None when its number is taken."""
    if most is not None:
        await hold(tx, "apps")
    if most is not None and await store.count(tx) >= most:
        raise ControlError(
            "LimitExceeded.Apps",
            f"there are {most} apps already",
            cure="Disable and delete apps that nobody uses.",
            Most=most,
        )
    if not await store.insert(tx, app, [key]):
        return None
    tx.emit(AppChanged(app.sdkappid))
    return app
