"""Deleting an app: a job that erases every row of every table with that app, in bounded batches, and its files.

It goes on after a crash: what is left to do is what is left in the tables. Rows written by requests that were under
way when the app was disabled are found by a further pass; the app itself goes last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from sodam.apps import rules
from sodam.apps.events import AppChanged
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.control import Explanation
from sodam.jobs.model import Scope
from sodam.jobs.service import JobService, Run
from sodam.storage import Database, Tx
from sodam.storage.erase import AppTable, any_left, app_tables, count, erase_some

KIND: Final = "DeleteApp"
BATCH: Final = 2000
_LOOK_SECONDS: Final = 0.5
_OF_THE_APP: Final = ("app", "app_key", "app_admin")

EraseFiles = Callable[[int], Awaitable[None]]
"""Removes what an app keeps outside the database."""


class Params(msgspec.Struct):
    SDKAppID: int


class AppDeletion:
    def __init__(self, db: Database, apps: AppService, jobs: JobService) -> None:
        self._db = db
        self._apps = apps
        self._jobs = jobs
        self.erase_files: list[EraseFiles] = []
        jobs.register(KIND, self._run, cancellable=False)

    async def begin(self, sdkappid: int, confirm_name: str, *, uin: int, user_name: str) -> str:
        """Mark the app and queue its erasing; the job's id. Raises ControlError.

        An app whose erasing has ended before it was done may be deleted again.
        """

        async def run(tx: Tx) -> str:
            now = self._jobs.now() // 1000
            await self._apps.edit_in(tx, sdkappid, lambda app: app)  # nobody else begins before this ends
            stranded = await self._jobs.open_for(tx, KIND, sdkappid) is None

            def mark(app: App) -> App:
                if stranded:  # a deletion that failed was once given up
                    app = rules.replace(app, deleting_at=0)
                return rules.deleting(app, confirm_name, now)

            await self._apps.edit_in(tx, sdkappid, mark)
            params = Params(sdkappid)
            return await self._jobs.create_in(tx, KIND, params, about_app=sdkappid, uin=uin, user_name=user_name)

        return await self._db.write(run)

    async def _run(self, run: Run) -> None:
        sdkappid = run.params(Params).SDKAppID
        await self._end_other_jobs(run, sdkappid)
        tables = await app_tables(self._db)
        content = [table for table in tables if table.name not in _OF_THE_APP]
        if not run.total:
            run.total = sum([await count(self._db, table, sdkappid) for table in tables])
        while True:
            before = run.done
            for table in content:
                await self._empty(run, table, sdkappid)
            if run.done == before and self._known_everywhere(sdkappid):
                break
            if run.done == before:
                await run.step(_nothing, position="waiting")
                await asyncio.sleep(_LOOK_SECONDS)
        for erase in self.erase_files:
            await erase(sdkappid)

        async def last(tx: Tx) -> int:
            tx.emit(AppChanged(sdkappid))
            return sum([await erase_some(tx, table, sdkappid, 10_000) for table in tables if table.name in _OF_THE_APP])

        await run.step(last, position="erased", advance=lambda gone: gone)
        run.explanation = Explanation(f"{run.done} rows erased", "JobErased", {"Count": run.done})

    def _known_everywhere(self, sdkappid: int) -> bool:
        """Whether no node takes the app for a living one any longer, and writes rows of it."""
        app = self._apps.get(sdkappid)
        return app is None or self._jobs.now() / 1000 >= app.deleting_at + self._apps.stale_seconds

    async def _empty(self, run: Run, table: AppTable, sdkappid: int) -> None:
        gone = BATCH
        while gone == BATCH:
            if not await any_left(self._db, table, sdkappid):
                return
            gone = await run.step(
                lambda tx: erase_some(tx, table, sdkappid, BATCH), position=table.name, advance=lambda rows: rows
            )
            run.total = max(run.total, run.done)

    async def _end_other_jobs(self, run: Run, sdkappid: int) -> None:
        """An import that goes on would fill what is emptied."""
        while True:
            _, found = await self._jobs.page(Scope(only=[sdkappid]), "", 0, 100)
            others = [job for job in found if job.id != run.job.id and job.state in ("queued", "running")]
            if not others:
                return
            for job in others:
                await self._jobs.cancel(job.id)
            await run.step(_nothing, position="waiting")
            await asyncio.sleep(0.05)


async def _nothing(tx: Tx) -> None:
    return
