"""Jobs that must run to their end: they are tried again until they are done, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from sodam.apps import rules
from sodam.apps.deletion import KIND, AppDeletion
from sodam.apps.service import AppService
from sodam.control import ControlError
from sodam.jobs.model import Job
from sodam.jobs.service import LEASE_MS, MAX_RETRY_MS, JobFailed, JobService, LostLease, Run
from sodam.storage import Database
from tests.unit.apps.conftest import Clock


async def until(jobs: JobService, job_id: str, condition: Callable[[Job], bool]) -> Job:
    async with asyncio.timeout(60):
        while not condition(job := await jobs.get(job_id)):
            await asyncio.sleep(0.01)
    return job


def over(job: Job) -> bool:
    return job.state not in ("queued", "running")


class Trouble:
    """Fails as often as it is told to, in one way after the other."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self, sdkappid: int) -> None:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)


@asynccontextmanager
async def node(
    database: Database, apps: AppService, clock: Clock, trouble: Callable[[int], Awaitable[None]]
) -> AsyncIterator[tuple[JobService, AppDeletion]]:
    jobs = JobService(database, clock)
    deletion = AppDeletion(database, apps, jobs)
    deletion.erase_files.append(trouble)
    await jobs.start()
    yield jobs, deletion
    await jobs.stop()


async def doomed(apps: AppService) -> int:
    app, _ = await apps.create("doomed")
    await apps.edit(app.sdkappid, lambda a: rules.replace(a, status="disabled"))
    return app.sdkappid


async def test_a_deletion_that_fails_is_tried_again(database: Database, apps: AppService, clock: Clock) -> None:
    app = await doomed(apps)
    trouble = Trouble(OSError("disk"), JobFailed("the files are busy"), ControlError("X", "no"), ValueError())
    async with node(database, apps, clock, trouble) as (jobs, deletion):
        job_id = await deletion.begin(app, "doomed", uin=1, user_name="root")
        job = await until(jobs, job_id, lambda job: job.message != "")
        assert job.state == "running"
        assert "the log says more; it is tried again" in job.explanation.text
        with pytest.raises(ControlError, match="ResourceInUse"):
            await deletion.begin(app, "doomed", uin=1, user_name="root")
        waits = []
        for calls in (2, 3, 4):
            before = trouble.calls
            jobs.wake()
            assert (await jobs.get(job_id)).lease_owner == ""
            waits.append((await jobs.get(job_id)).lease_until - jobs.now())
            clock.now += waits[-1] / 1000 + 0.01
            assert trouble.calls == before == calls - 1
            jobs.wake()
            await until(jobs, job_id, lambda _, n=calls: trouble.calls == n)  # type: ignore[misc]
            await until(jobs, job_id, lambda job: not job.lease_owner)  # as it was read after that, not before
            if calls == 2:
                assert (await jobs.get(job_id)).explanation.text == "the files are busy; it is tried again"
        assert waits == [1000, 2000, 4000]
        clock.now += MAX_RETRY_MS / 1000 + 1
        jobs.wake()
        job = await until(jobs, job_id, over)
        assert job.state == "done"
        assert "erased" in job.explanation.text
    assert apps.get(app) is None


async def test_it_goes_on_after_a_restart(database: Database, apps: AppService, clock: Clock) -> None:
    app = await doomed(apps)
    async with node(database, apps, clock, Trouble(OSError(), OSError())) as (jobs, deletion):
        job_id = await deletion.begin(app, "doomed", uin=1, user_name="root")
        await until(jobs, job_id, lambda job: job.message != "")
    if database.engine == "postgres":
        clock.now += 1.1
    async with node(database, apps, clock, Trouble()) as (jobs, _):
        assert (await until(jobs, job_id, over)).state == "done"
    assert apps.get(app) is None


async def test_a_deletion_that_was_given_up_can_be_begun_again(
    database: Database, apps: AppService, clock: Clock
) -> None:
    app = await doomed(apps)
    jobs = JobService(database, clock)
    deletion = AppDeletion(database, apps, jobs)
    job_id = await deletion.begin(app, "doomed", uin=1, user_name="root")
    await database.execute("UPDATE job SET state = 'failed', ended_at = 1 WHERE id = $1", job_id)
    with pytest.raises(ControlError, match="ConfirmName"):
        await deletion.begin(app, "other", uin=1, user_name="root")
    begun = await asyncio.gather(
        *(deletion.begin(app, "doomed", uin=1, user_name="root") for _ in range(4)), return_exceptions=True
    )
    assert sorted(isinstance(result, ControlError) for result in begun) == [False, True, True, True]
    assert (await database.write(lambda tx: jobs.open_for(tx, KIND, app))) in begun


async def test_other_kinds_fail_once(database: Database, clock: Clock) -> None:
    calls = 0

    async def failing(run: Run) -> None:
        nonlocal calls
        calls += 1
        raise OSError

    jobs = JobService(database, clock)
    jobs.register("failing", failing)
    await jobs.start()
    job_id = await jobs.create("failing", {}, about_app=0, uin=1, user_name="root")
    jobs.wake()
    assert (await until(jobs, job_id, over)).state == "failed"
    assert calls == 1
    await jobs.stop()


async def test_a_lease_is_kept_without_steps(database: Database, clock: Clock) -> None:
    """Reading a large file takes no step; nobody else may take the job meanwhile, and its total is seen."""
    leases: list[int] = []

    async def reading(run: Run) -> None:
        for total in range(1, 8):
            run.total = total
            clock.now += LEASE_MS / 3000
            await run.keep()
            job = await jobs.get(run.job.id)
            assert (job.total, job.done, job.position) == (total, 0, "")
            leases.append(job.lease_until - jobs.now())
        await database.execute("UPDATE job SET lease_owner = 'other' WHERE id = $1", run.job.id)
        await run.keep()  # too soon to look
        clock.now += 2
        with pytest.raises(LostLease):
            await run.keep()
        await database.execute("UPDATE job SET lease_owner = $2 WHERE id = $1", run.job.id, jobs.owner)
        run.total = 99

    jobs = JobService(database, clock)
    jobs.register("reading", reading)
    await jobs.start()
    job_id = await jobs.create("reading", {}, about_app=0, uin=1, user_name="root")
    jobs.wake()
    job = await until(jobs, job_id, over)
    assert (job.state, job.total) == ("done", 99), job.message
    assert leases == [LEASE_MS] * 7
    await jobs.stop()
