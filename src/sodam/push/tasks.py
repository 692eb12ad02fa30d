"""Pushes to many: a job that goes through its receivers by pages, noting after each how far it is.

A killed server goes on with the page that it had begun. What that page's devices were sent is known (``push_decided``),
and a stored message that comes again within two minutes is the same one: at most one page is gone through twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.c2c.draft import draft
from sodam.c2c.service import C2CService
from sodam.clock import now as wall_clock
from sodam.control import Explanation
from sodam.errors import ApiError, Code
from sodam.jobs.service import JobFailed, JobService, Run
from sodam.messages.offline_push import OfflinePushInfo, Wish
from sodam.outbox.model import Entry, New
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.push import store, store_audience, store_results, store_tasks
from sodam.push.deciding import Deciding
from sodam.push.events import TO_MANY, PushReported
from sodam.push.model import PLANNED, TTL, Answered, Delivery, Device, Filter, Task
from sodam.push.sending import Sending
from sodam.storage import Database, Tx, hold

KIND: Final = "PushToMany"
PAGE: Final = 500
MOST_PLANNED: Final = 1_000
"""Pushes of an app that are looked at among those to come."""
DUPLICATE_MS: Final = 1000
A_DAY: Final = 100
_DAY_MS: Final = 86_400_000
KEPT_MS: Final = 30 * _DAY_MS
_REVOCABLE_MS: Final = _DAY_MS
_REVOKE: Final = "_revoke"
_NUMBER: Final = 1 << 31


class What(msgspec.Struct, omit_defaults=True):
    """What a push says, and to whom."""

    sender: str
    random: int
    filter: Filter
    body: str = ""
    """MsgBody, JSON; empty: devices are pushed, and no message is sent."""
    stored: bool = False
    """The message waits for those who are away."""
    wish: Wish | None = None
    data_id: str = ""
    mode: int = 0
    """BadgeMode where the sender gives none."""
    revoke: str = ""
    """The push that this one takes back."""


class _Params(msgspec.Struct):
    app: int
    task: str


class _Planned(msgspec.Struct):
    task: str
    what: What


class _Spot(msgspec.Struct, array_like=True):
    after: str = ""
    page: int = 0


class Tasks:
    def __init__(
        self,
        db: Database,
        apps: AppService,
        accounts: AccountService,
        presence: PresenceService,
        c2c: C2CService,
        deciding: Deciding,
        sending: Sending,
        outbox: Outbox,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._accounts = accounts
        self._presence = presence
        self._c2c = c2c
        self._deciding = deciding
        self._sending = sending
        self._outbox = outbox
        outbox.consume(PLANNED, self._begin)
        self._clock = clock
        self._jobs: JobService | None = None

    def register(self, jobs: JobService) -> None:
        self._jobs = jobs
        jobs.register(KIND, self._run)

    async def create(self, app: App, what: What, *, limited: bool) -> str:
        """Queue a push; its TaskId. The same one within a second is one. ``limited``: the vendor's frequencies hold.

        Raises ApiError 90008 (sender unknown), 90024, 90047.
        """
        number, now = app.sdkappid, int(self._clock() * 1000)
        account = await self._accounts.find(number, what.sender)
        if account is None:
            raise ApiError(Code.MSG_FROM_ACCOUNT, f"From_Account {what.sender[:40]!r} does not exist")
        text = msgspec.json.encode(what).decode()
        same = hashlib.sha256(text.encode()).digest()
        tiny = account.tiny_id % _NUMBER

        async def run(tx: Tx) -> str:
            await hold(tx, f"push.tasks:{number}")
            earlier = [
                one for one in await store_tasks.since(tx, number, now - _DAY_MS) if not one[0].endswith(_REVOKE)
            ]
            for task, other, at in earlier:
                if now - at < DUPLICATE_MS and other == same:
                    return task
            if limited and earlier and now - earlier[0][2] < DUPLICATE_MS:
                raise ApiError(Code.PUSH_TOO_FREQUENT)
            if limited and len(earlier) >= A_DAY:
                raise ApiError(Code.PUSH_QUOTA)
            task = f"{number}_{tiny}_{now}_{what.random}"
            await store_tasks.insert(tx, number, task, text, same, now)
            await self._queue(tx, number, task)
            return task

        return await self._db.write(run)

    async def plan(self, app: App, what: What, at: int) -> str:
        """Have a push begin at the unix second ``at``, or now if that is over; its TaskId.

        Raises ApiError 90008 (sender unknown).
        """
        number = app.sdkappid
        account = await self._accounts.find(number, what.sender)
        if account is None:
            raise ApiError(Code.MSG_FROM_ACCOUNT, f"From_Account {what.sender[:40]!r} does not exist")
        task = f"{number}_{account.tiny_id % _NUMBER}_{max(at, int(self._clock())) * 1000}_{what.random}"
        body = msgspec.json.encode(_Planned(task, what))
        await self._db.write(lambda tx: self._outbox.put(tx, [New(number, PLANNED, body)], due=at * 1000))
        return task

    async def planned(self, app: int) -> list[tuple[str, What, int]]:
        """TaskId, push and unix second of those that are still to begin, the earliest first."""
        found = await self._outbox.waiting(self._db, PLANNED, app, MOST_PLANNED)
        read = [(msgspec.json.decode(body, type=_Planned), due // 1000) for _, due, body in found]
        return [(one.task, one.what, at) for one, at in read]

    async def _unplan(self, tx: Tx, app: int, task: str) -> bool:
        """Whether a planned push was there to be taken back."""
        for number, _, body in await self._outbox.waiting(tx, PLANNED, app, MOST_PLANNED):
            if msgspec.json.decode(body, type=_Planned).task == task:
                return await self._outbox.take_back(tx, number)
        return False

    async def _begin(self, entry: Entry) -> None:
        """A planned push's time has come."""
        planned, now = msgspec.json.decode(entry.body, type=_Planned), int(self._clock() * 1000)
        text = msgspec.json.encode(planned.what).decode()

        async def run(tx: Tx) -> None:
            await hold(tx, f"push.tasks:{entry.app}")
            if not await store_tasks.read(tx, entry.app, [planned.task]):
                await store_tasks.insert(tx, entry.app, planned.task, text, b"", now)
                await self._queue(tx, entry.app, planned.task)

        await self._db.write(run)

    async def _queue(self, tx: Tx, app: int, task: str) -> None:
        assert self._jobs is not None
        await self._jobs.create_in(tx, KIND, _Params(app, task), about_app=app, uin=0, user_name="")

    async def revoke(self, app: App, task: str, info: OfflinePushInfo, *, limited: bool) -> None:
        """Stop a push, and replace what devices show of it; one that is planned does not begin.

        Raises ApiError 90049, 90050, 90051, 90052.
        """
        number, now = app.sdkappid, int(self._clock() * 1000)

        async def run(tx: Tx) -> None:
            await hold(tx, f"push.tasks:{number}")
            old = (await store_tasks.read(tx, number, [task])).get(task)
            if limited and await self._revoked_just_now(tx, number, now):
                raise ApiError(Code.PUSH_REVOKE_TOO_FREQUENT)
            if old is None and await self._unplan(tx, number, task):
                return
            if old is None or task.endswith(_REVOKE):
                raise ApiError(Code.PUSH_TASK_NOT_FOUND)
            if now - old.created_at > _REVOCABLE_MS:
                raise ApiError(Code.PUSH_REVOKE_EXPIRED)
            if not await store_tasks.revoke(tx, number, task, now // 1000):
                raise ApiError(Code.PUSH_ALREADY_REVOKED)
            what = _what(old)
            new = What(what.sender, what.random, what.filter, wish=Wish(info), mode=1, revoke=task)
            name = task + _REVOKE
            await store_tasks.insert(tx, number, name, msgspec.json.encode(new).decode(), b"", now)
            await self._queue(tx, number, name)

        await self._db.write(run)

    async def _revoked_just_now(self, tx: Tx, app: int, now: int) -> bool:
        return any(task.endswith(_REVOKE) for task, _, _ in await store_tasks.since(tx, app, now - DUPLICATE_MS))

    async def reports(self, app: int, tasks: Sequence[str]) -> dict[str, Task]:
        return await store_tasks.read(self._db, app, tasks)

    async def newest(self, app: int, before: int, limit: int) -> list[Task]:
        return await store_tasks.newest(self._db, app, before, limit)

    async def results(self, app: int, tasks: Sequence[str]) -> dict[str, list[Answered]]:
        """What vendors said to each, the most frequent first."""
        return await store_results.of_tasks(self._db, app, tasks)

    async def audience(self, app: int, wanted: Filter) -> int:
        """How many a push would be for; with TagsNot alone, everyone is counted."""
        if wanted.empty or wanted.only_not:
            return await self._accounts.count(app)
        return await store_audience.count(self._db, app, wanted)

    async def forget(self) -> int:
        gone = await store_tasks.purge(self._db, int(self._clock() * 1000) - KEPT_MS)
        if gone:
            await store_results.purge(self._db)
        return gone

    async def to_devices(
        self, app: App, what: What, task: str, devices: Sequence[Device], page: int = 0, *, at: int = 0
    ) -> int:
        """Push to these devices, once for each page of a task; how many get one. ``at``: when the task came."""
        if what.wish is None or not devices:
            return 0
        now = int(self._clock())
        shown = what.revoke or task
        template = Delivery(
            certificate=0,
            token="",
            registration="",
            user_id="",
            kind="task",
            wish=what.wish,
            collapse=f"task {shown}",
            expires=now + TTL,
            sender=what.sender,
            place=task,
            task=task,
            data_id=what.data_id,
            task_time=at or now,
        )
        return await self._deciding.to_devices(
            app, f"task {task}", 1, page, devices, template, counts=True, mode=what.mode
        )

    # The job

    async def _run(self, run: Run) -> None:
        params = run.params(_Params)
        task = (await store_tasks.read(self._db, params.app, [params.task])).get(params.task)
        if task is None:
            raise JobFailed("the push is no more", detail="PushGone")
        what = _what(task)
        spot = run.position(_Spot, _Spot())
        if not task.started_at:
            run.total = await self.audience(params.app, what.filter)
            at, total = int(self._clock()), run.total
            await self._db.write(lambda tx: store_tasks.begin(tx, params.app, params.task, at, total))
        else:
            run.total = task.total
        goes_on = True
        while goes_on:
            app = self._apps.get(params.app)
            if app is None or app.status != "enabled":
                break
            users, following = await self._page(params.app, what.filter, spot.after)
            devices = await self._deliver(app, what, task, spot.page, users) if users else 0
            spot = _Spot(following, spot.page + 1)
            count = len(users)

            async def note(tx: Tx, count: int = count, devices: int = devices) -> bool:
                return await store_tasks.advance(tx, params.app, params.task, count, devices)

            goes_on = await run.step(note, position=spot, advance=count) and bool(following)
        ended = int(self._clock())
        await self._db.write(lambda tx: store_tasks.end(tx, params.app, params.task, ended))
        run.explanation = Explanation(f"came to {run.done} accounts", "PushDone", {"Count": run.done})

    async def _page(self, app: int, wanted: Filter, after: str) -> tuple[list[str], str]:
        """Some receivers, and what the next ones stand behind; empty: these were the last."""
        if wanted.empty or wanted.only_not:
            accounts = await self._accounts.list_accounts(app, after=after, limit=PAGE)
            users = [account.user_id for account in accounts]
            following = users[-1] if len(users) == PAGE else ""
            if wanted.only_not:
                users = await store_audience.without(self._db, app, users, wanted.tags_not)
            return users, following
        return await store_audience.page(self._db, app, wanted, after, PAGE)

    async def _deliver(self, app: App, what: What, task: Task, page: int, users: Sequence[str]) -> int:
        """To one page of receivers; how many devices are pushed."""
        if what.body:
            told = self._sending.wanted(app.sdkappid, TO_MANY)
            online = list(await self._presence.status(app.sdkappid, users)) if told or not what.stored else []
            messages = [
                draft(app, what.sender, user, seq=0, random=what.random, body=what.body.encode())
                for user in (users if what.stored else online)
            ]
            if messages:
                await self._c2c.send_batch(app, messages, sync=False, online_only=not what.stored)
            if told and online:
                await self._sending.reported(self._online(what, task, online))
        if what.wish is None or not await self._deciding.pushes(app.sdkappid):
            return 0
        devices = await store.devices(self._db, app.sdkappid, users)
        return await self.to_devices(app, what, task.task, devices, page, at=task.created_at // 1000)

    def _online(self, what: What, task: Task, users: Sequence[str]) -> list[PushReported]:
        now, began = int(self._clock()), task.created_at // 1000
        return [
            PushReported(
                app=task.app, kind="task", at=now, sender=what.sender, user_id=user, platform=0, place=task.task,
                group="", task=task.task, data_id=what.data_id, task_time=began, online=True,
            )
            for user in users
        ]  # fmt: skip


def _what(task: Task) -> What:
    return msgspec.json.decode(task.what, type=What)
