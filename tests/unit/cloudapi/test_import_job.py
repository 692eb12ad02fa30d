"""The jobs of files inside a server: no turn of the event loop is long, and a run that is cut off loses nothing."""

from __future__ import annotations

import asyncio
import gc
import time
from asyncio.events import Handle
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from sodam.access.model import Caller, User
from sodam.apps.model import App
from sodam.cloudapi import exports, imports
from sodam.cloudapi.files.reading import Format
from sodam.jobs.model import Job
from sodam.jobs.service import JobService
from tests.support.relations import APP, Host, hosting


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """asyncio's own loop, whose turns can be measured."""
    return asyncio.DefaultEventLoopPolicy()


@pytest_asyncio.fixture
async def sqlite_host(tmp_path: Path) -> AsyncIterator[Host]:
    async with hosting(tmp_path, None) as opened:
        yield opened


@contextmanager
def turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Processor seconds that the loop's thread spends in each call of the loop: other load does not count."""
    spent: list[float] = []
    run = Handle._run

    def measured(handle: Handle) -> None:
        before = time.thread_time()
        run(handle)
        spent.append(time.thread_time() - before)

    gc.collect()
    gc.freeze()  # as a server does: what this process has loaded is none of a collection's business
    try:
        with monkeypatch.context() as patch:
            patch.setattr(Handle, "_run", measured)
            yield spent
    finally:
        gc.unfreeze()


def app_of(host: Host) -> App:
    app = host.server.apps.get(APP)
    assert app is not None
    return app


def root() -> Caller:
    return Caller(user=User(uin=1, uid=1, name="root", root=True), owner_uin=1)


async def ended(jobs: JobService, job_id: str) -> Job:
    async with asyncio.timeout(120):
        while (job := await jobs.get(job_id)).state in ("queued", "running"):
            await asyncio.sleep(0.02)
    return job


def content(form: Format, count: int) -> str:
    if form == "csv":
        return "UserID,Nick,FaceUrl\n" + "".join(f"user{n},닉 {n},https://x.test/{n}.png\n" for n in range(count))
    return "[" + ",\n".join(f'{{"UserID":"user{n}","Nick":"닉 {n}","FaceUrl":""}}' for n in range(count)) + "]"


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_no_turn_is_long(sqlite_host: Host, monkeypatch: pytest.MonkeyPatch, form: Format) -> None:
    plane, app = sqlite_host.server.plane, app_of(sqlite_host)
    count = 8_000
    await plane.jobs.start()
    text = content(form, count) + "\n" * 1_000_000
    with turns(monkeypatch) as spent:
        await asyncio.sleep(0)
        parts = await imports.taken(app, form, text)
        job = await ended(plane.jobs, await imports.begin_import(plane, root(), APP, form, parts))
        assert (job.state, job.done, job.refused) == ("done", count, 0), job.message
        wanted = exports.ExportParams(APP, form)
        job = await ended(plane.jobs, await exports.begin_export(plane, root(), wanted))
        assert (job.state, job.done) == ("done", count)
    assert max(spent) < max(0.04, sum(spent) / 40), (sorted(spent)[-5:], sum(spent), len(spent))


async def test_an_import_goes_on_where_it_was_cut_off(sqlite_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    plane, app = sqlite_host.server.plane, app_of(sqlite_host)
    taken: list[str] = []
    whole = plane.services.accounts.import_accounts

    async def cut(app: App, wanted: list[imports.Wanted]) -> object:
        if len(taken) == 600:
            await asyncio.sleep(3600)
        taken.extend(item.user_id for item in wanted)
        return await whole(app, wanted)

    monkeypatch.setattr(plane.services.accounts, "import_accounts", cut)
    await plane.jobs.start()
    text = content("csv", 1050) + "user3,again,\nuser1040,again,\n"
    job_id = await imports.begin_import(plane, root(), APP, "csv", await imports.taken(app, "csv", text))
    async with asyncio.timeout(60):
        while (await plane.jobs.get(job_id)).done < 600:
            await asyncio.sleep(0.01)
    await plane.jobs.stop()
    assert len(taken) == 600
    monkeypatch.undo()
    await plane.jobs.start()
    job = await ended(plane.jobs, job_id)
    assert (job.state, job.done, job.total, job.refused) == ("done", 1052, 1052, 2)
    _, refused = await plane.jobs.refusals(job_id, 0, 10)
    assert [(r.line, r.user_id) for r in refused] == [(1052, "user3"), (1053, "user1040")]
    assert await plane.services.accounts.count(APP) == 1050
