"""A job belongs to one node at a time: what a node does that has lost it undoes nothing of the other's."""

from __future__ import annotations

import pytest

from sodam.jobs.model import INPUT, Job
from sodam.jobs.service import JobService, LostLease, Run
from sodam.storage import Database
from tests.support.barrier import Gate
from tests.unit.apps.conftest import Clock


async def queued(service: JobService) -> str:
    service.register("Copy", _never)
    return await service.create("Copy", {}, about_app=0, uin=1, user_name="root", content=[b"one", b"two"])


async def _never(run: Run) -> None:
    raise AssertionError("nobody starts the loop")


async def taken(service: JobService) -> Job:
    job = await service._take()
    assert job is not None
    return job


async def given(service: JobService, job_id: str) -> list[bytes]:
    return [part async for part in service.parts(job_id, INPUT)]


async def test_who_has_lost_a_job_neither_ends_it_nor_drops_what_was_given_to_it(
    database: Database, clock: Clock
) -> None:
    slow, quick = JobService(database, clock), JobService(database, clock)
    job_id = await queued(slow)
    lost = Run(slow, await taken(slow))
    clock.now += 31
    held = Run(quick, await taken(quick))
    await slow._end(lost, "failed", lost.explanation)
    assert (await quick.get(job_id)).state == "running"
    assert await given(quick, job_id) == [b"one", b"two"]
    with pytest.raises(LostLease):
        await lost.step(lambda tx: tx.execute("DELETE FROM job_part"), position=1)
    assert await given(quick, job_id) == [b"one", b"two"]
    await quick._end(held, "done", held.explanation)
    assert (await quick.get(job_id)).state == "done"
    assert await given(quick, job_id) == []


async def test_two_nodes_take_two_jobs_and_never_the_same(gate: Gate, clock: Clock) -> None:
    nodes = [JobService(gate, clock) for _ in range(3)]
    ids = {await queued(nodes[0]) for _ in range(2)}
    got = await gate.together(*(node._take for node in nodes), at="UPDATE job")
    got.only()
    jobs = [job.id for job in got.values if job is not None]
    assert sorted(jobs) == sorted(ids)
