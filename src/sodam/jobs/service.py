"""Jobs: created by actions, worked on by one node at a time under a lease, in steps that are kept with their effect.

A runner is an async function that takes its ``Run`` and calls ``run.step(fn, ...)`` again and again: ``fn`` and the
note of how far the job is are one transaction, so that a job that is taken over after a crash repeats nothing and
leaves nothing out.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
import structlog

from sodam.clock import now as wall_clock
from sodam.control import ControlError, Explanation, Param, missing
from sodam.errors import Unavailable
from sodam.jobs import store
from sodam.jobs.model import INPUT, OUTPUT, Job, Refusal, Scope
from sodam.observability.loops import Loop, Loops
from sodam.storage import Database, Tx

T = TypeVar("T")
log = structlog.get_logger(__name__)
LEASE_MS: Final = 30_000
POLL_SECONDS: Final = 2.0
_STOP_SECONDS: Final = 3.0
KEEP_SECONDS: Final = 7 * 86400
"""How long an ended job, its file and its report are kept."""
MAX_AT_ONCE: Final = 2
KEEP_MS: Final = 1000
"""How often ``Run.keep`` writes, at most."""
RETRY_MS: Final = 1000
MAX_RETRY_MS: Final = 300_000
"""A job that must run to its end is tried again after one second, two, four, at last every five minutes."""


class Cancelled(Exception):
    """Somebody asked for the job to end."""


class LostLease(Exception):
    """Another node works on the job now."""


class JobFailed(Exception):
    """The job cannot be done; what it says is for whoever asked for it."""

    def __init__(self, text: str, *, detail: str = "", **params: Param) -> None:
        super().__init__(text)
        self.explanation = Explanation(text, detail, params)


class Run:
    """A job at work, as its runner sees it."""

    def __init__(self, service: JobService, job: Job) -> None:
        self._service = service
        self.job = job
        self.done = job.done
        self.total = job.total
        self.refused = job.refused
        self.explanation = Explanation("")
        """What came of it, once it is done."""
        self.has_file = False
        self._position = job.position
        self._kept = service.now()

    def params(self, kind: type[T]) -> T:
        return msgspec.json.decode(self.job.params, type=kind)

    def position(self, kind: type[T], default: T) -> T:
        """Where a former run of this job came to."""
        return msgspec.json.decode(self.job.position, type=kind) if self.job.position else default

    async def step(
        self, fn: Callable[[Tx], Awaitable[T]], *, position: Any, advance: Callable[[T], int] | int = 0
    ) -> T:
        """Do a bounded piece of work and note, in the same transaction, that it is done.

        ``advance`` is by how much ``done`` grows, or a function of the result that tells it; ``position`` is kept for
        a run after a crash. Raises Cancelled or LostLease, and keeps nothing then.
        """
        if await store.cancel_wanted(self._service.db, self.job.id):
            raise Cancelled
        place = msgspec.json.encode(position).decode()

        async def run(tx: Tx) -> tuple[T, int]:
            result = await fn(tx)
            reached = self.done + (advance(result) if callable(advance) else advance)
            await self._save(tx, place, reached)
            return result, reached

        result, self.done = await self._service.db.write(run)
        self._position, self._kept = place, self._service.now()
        await asyncio.sleep(0)
        return result

    async def keep(self) -> None:
        """Keep the lease, and show ``total``, while work goes on that takes no step; writes once a second at most.

        Raises Cancelled or LostLease.
        """
        if self._service.now() < self._kept + KEEP_MS:
            return
        if await store.cancel_wanted(self._service.db, self.job.id):
            raise Cancelled
        await self._service.db.write(lambda tx: self._save(tx, self._position, self.done))
        self._kept = self._service.now()

    async def _save(self, tx: Tx, place: str, done: int) -> None:
        kept = await store.save(
            tx,
            self.job.id,
            self._service.owner,
            position=place,
            done=done,
            total=self.total,
            refused=self.refused,
            until=self._service.now() + LEASE_MS,
        )
        if not kept:
            raise LostLease

    def input(self) -> AsyncIterator[bytes]:
        """What was given to the job, in the parts in which it was given."""
        return self._service.parts(self.job.id, INPUT)

    async def refuse(self, tx: Tx, refusals: list[Refusal]) -> None:
        await store.refuse(tx, self.job.id, refusals)

    async def write(self, tx: Tx, part: int, body: bytes) -> None:
        """Write a part of the job's file; the same part again replaces it."""
        await store.put_part(tx, self.job.id, OUTPUT, part, body)


Runner = Callable[[Run], Awaitable[None]]


class JobService:
    def __init__(self, db: Database, clock: Callable[[], float] = wall_clock, *, loops: Loops | None = None) -> None:
        self.db = db
        self._clock = clock
        self.owner = secrets.token_hex(8)
        self._runners: dict[str, Runner] = {}
        self._steady: set[str] = set()
        self._troubles: dict[str, int] = {}
        """How often a job that must run to its end has failed here since it last got on."""
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = 0
        self._loops = loops or Loops()
        self._loop: Loop | None = None

    def register(self, kind: str, runner: Runner, *, cancellable: bool = True) -> None:
        """``cancellable`` False: nobody can cancel such a job, and when it fails it is tried again until it is done."""
        self._runners[kind] = runner
        if not cancellable:
            self._steady.add(kind)

    def now(self) -> int:
        """Unix milliseconds."""
        return int(self._clock() * 1000)

    async def start(self) -> None:
        if self.db.engine == "sqlite":  # one process: whoever held a lease is dead
            await self.db.write(store.release_all)
        self._loop = self._loops.start("jobs", self._look)

    async def stop(self) -> None:
        """Stop working; what was under way goes on at the next start or on another node."""
        if self._loop is None:
            return
        await self._loop.stop()
        self._loop = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_SECONDS)
        await self.db.write(lambda tx: store.release(tx, self.owner))

    async def create(
        self,
        kind: str,
        params: Any,
        *,
        about_app: int,
        uin: int,
        user_name: str,
        content: Sequence[bytes] = (),
        total: int = 0,
    ) -> str:
        """Queue a job; its id. ``content`` is what the runner gets as ``Run.input``, in parts below a megabyte."""
        return await self.db.write(
            lambda tx: self.create_in(
                tx, kind, params, about_app=about_app, uin=uin, user_name=user_name, content=content, total=total
            )
        )

    async def create_in(
        self,
        tx: Tx,
        kind: str,
        params: Any,
        *,
        about_app: int,
        uin: int,
        user_name: str,
        content: Sequence[bytes] = (),
        total: int = 0,
    ) -> str:
        """As ``create``, inside a transaction, after whose commit the job may begin."""
        assert kind in self._runners
        job = Job(
            id=secrets.token_hex(12),
            kind=kind,
            about_app=about_app,
            state="queued",
            params=msgspec.json.encode(params).decode(),
            position="",
            done=0,
            total=total,
            refused=0,
            message="",
            has_file=False,
            cancel_wanted=False,
            uin=uin,
            user_name=user_name,
            created_at=self.now(),
            started_at=0,
            ended_at=0,
            lease_owner="",
            lease_until=0,
        )
        await store.insert(tx, job)
        for number, part in enumerate(content):
            await store.put_part(tx, job.id, INPUT, number, part)
        tx.after_commit(self.wake)
        return job.id

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    async def get(self, job_id: str) -> Job:
        """Raises ControlError ResourceNotFound."""
        job = await store.get(self.db, job_id)
        if job is None:
            days = KEEP_SECONDS // 86400
            raise missing(
                f"there is no job {job_id}; ended ones are kept for {days} days", detail="NoSuchJob", Days=days
            )
        return job

    async def find(self, job_id: str) -> Job | None:
        return await store.get(self.db, job_id)

    async def page(self, scope: Scope, state: str, offset: int, limit: int) -> tuple[int, list[Job]]:
        return await store.page(self.db, scope, state, offset, limit)

    async def open_for(self, tx: Tx, kind: str, about_app: int) -> str | None:
        """The id of a job of this kind and app that has not ended."""
        return await store.open_for(tx, kind, about_app)

    async def latest(self, kind: str, about_app: int, params: Any) -> Job | None:
        """The newest job of this kind and app that was asked for the same."""
        return await store.latest(self.db, kind, about_app, msgspec.json.encode(params).decode())

    async def cancel(self, job_id: str) -> Job:
        """Ask for a job to end after its present step. Raises ControlError for one that must run to its end."""
        job = await self.get(job_id)
        if job.kind in self._steady:
            message = f"a job of kind {job.kind} cannot be cancelled"
            raise ControlError("UnsupportedOperation", message, detail="JobNotCancellable")
        await self.db.write(lambda tx: store.want_cancel(tx, job_id, self.now()))
        return await self.get(job_id)

    async def parts(self, job_id: str, stream: int = OUTPUT) -> AsyncIterator[bytes]:
        """The file of a job, piece by piece."""
        number = 0
        while (body := await store.part(self.db, job_id, stream, number)) is not None:
            yield body
            number += 1

    async def refusals(self, job_id: str, offset: int, limit: int) -> tuple[int, list[Refusal]]:
        return await store.refusals(self.db, job_id, offset, limit)

    # Work

    async def _look(self) -> None:
        """Begin what can be begun, then wait for more."""
        self._wake.clear()
        while self._running < MAX_AT_ONCE and (job := await self._take()):
            self._running += 1
            task = asyncio.create_task(self._work(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await self._forget_old()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()

    async def _take(self) -> Job | None:
        now = self.now()
        if not await store.waiting(self.db, now):
            return None
        return await self.db.write(lambda tx: store.take(tx, self.owner, now, now + LEASE_MS))

    async def _work(self, job: Job) -> None:
        run = Run(self, job)
        state, said = "done", Explanation("")
        try:
            runner = self._runners.get(job.kind)
            if runner is None:
                raise JobFailed(f"this version does not know jobs of kind {job.kind}", detail="JobKindUnknown")
            await runner(run)
            said = run.explanation
        except Cancelled:
            state, said = "cancelled", Explanation("cancelled on request", "JobCancelled")
        except LostLease:
            log.warning("a job went on elsewhere", job=job.id, kind=job.kind)
            return
        except Unavailable as error:  # it is taken anew when its lease is over
            log.info("a job waits for the database", job=job.id, kind=job.kind, error=str(error))
            return
        except (JobFailed, ControlError) as error:
            state, said = "failed", error.explanation
        except Exception:
            log.exception("a job failed", job=job.id, kind=job.kind)
            state, said = "failed", Explanation("it failed inside the server; the log says more", "InternalError")
        finally:
            self._running -= 1
            self._wake.set()
        try:
            if state == "failed" and job.kind in self._steady:
                await self._try_again(run, said)
            else:
                await self._end(run, state, said)
        except Exception as error:  # it is taken anew when its lease is over
            log.warning("the end of a job could not be written", job=job.id, kind=job.kind, error=repr(error))

    async def _end(self, run: Run, state: str, said: Explanation) -> None:
        job = run.job
        self._troubles.pop(job.id, None)
        await self.db.write(
            lambda tx: store.finish(
                tx,
                job.id,
                self.owner,
                state=state,
                message=said.stored(),
                total=run.total,
                has_file=run.has_file,
                now=self.now(),
            )
        )

    async def _try_again(self, run: Run, said: Explanation) -> None:
        """Put a job off that failed and must not: whoever asked for it could do nothing about it."""
        job = run.job
        times = self._troubles.get(job.id, 0) if run.done == job.done else 0
        self._troubles[job.id] = times + 1
        until = self.now() + min(RETRY_MS << min(times, 20), MAX_RETRY_MS)
        trouble = Explanation(f"{said.text}; it is tried again", "JobTriedAgain").stored()
        await self.db.write(lambda tx: store.put_off(tx, job.id, self.owner, trouble, until))

    async def _forget_old(self) -> None:
        for job_id in await store.old(self.db, self.now() - KEEP_SECONDS * 1000, 10):
            await self.db.write(lambda tx, job_id=job_id: store.forget(tx, job_id))  # type: ignore[misc]
