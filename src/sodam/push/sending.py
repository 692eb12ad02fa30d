"""Sending to vendors: pushes wait in the outbox, a lane a device, until the vendor took them or will never do so."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import msgspec

from sodam.apps.service import AppService
from sodam.clock import now as wall_clock
from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops
from sodam.observability.requests import done
from sodam.observability.series import SeriesBy
from sodam.outbound import OutboundError
from sodam.outbound.inbox import Inbox
from sodam.outbox.model import Entry, Failed, Schedule
from sodam.push import store, store_log, store_results
from sodam.push.access import AccessTokens, Refused
from sodam.push.certificates import Certificates, Lost
from sodam.push.channel import Channel
from sodam.push.events import PushesCounted, PushReported
from sodam.push.masking import masked, unsaid
from sodam.push.model import Certificate, Delivery, Outcome, ttl_of
from sodam.push.store_log import Failure
from sodam.push.store_results import Answer
from sodam.push.vendors import VENDORS, BadCredentials
from sodam.push.words import words
from sodam.storage import Database, Tx
from sodam.troubleshooting.service import TroubleshootingLog

SCHEDULE: Final = Schedule((1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000), 24)
_REASON: Final = 300
_WAITING: Final = 10_000
_NO_ACCESS: Final = "development"
"""Stands for the access token of a push that is not sent."""
_decode: Final = msgspec.json.Decoder(Delivery).decode


class Sending:
    """The consumer of pushes to single devices."""

    def __init__(
        self,
        db: Database,
        certificates: Certificates,
        channel: Channel,
        loops: Loops,
        apps: AppService,
        recalled: Callable[[int, Delivery], Awaitable[bool]],
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._recalled = recalled
        self._certificates = certificates
        self._channel = channel
        self._clock = clock
        self._loops = loops
        self.access = AccessTokens(db, certificates, channel, clock)
        self._closed: dict[tuple[int, int], float] = {}
        """Until when a vendor asked to be left alone, by app and certificate."""
        self._failures: list[Failure] = []
        self._counts: Counter[tuple[int, int, str, str, str]] = Counter()
        """By app, minute (its unix second), vendor, kind and outcome."""
        self._results: dict[Answer, tuple[str, int]] = {}
        """Of pushes to many: what a vendor said, and how often."""
        self._reports: list[PushReported] = []
        self._due = asyncio.Event()
        self._flushing = asyncio.Lock()
        self.seconds = SeriesBy()
        """By vendor and what came of it."""
        self._loop: Loop | None = None
        self.told: TroubleshootingLog | None = None
        self.inbox: Inbox | None = None
        """In development mode: pushes come there, and nowhere else."""

    def start(self) -> None:
        self._loop = self._loops.start("push log", self.flush, every=0.2, due=self._due)

    async def stop(self) -> None:
        if self._loop is not None:
            await self._loop.stop()
        await self.flush()

    async def __call__(self, entry: Entry) -> None:
        delivery = _decode(entry.body)
        one = (await self._certificates.of(entry.app)).get(delivery.certificate)
        device = await store.device(self._db, entry.app, delivery.certificate, delivery.token)
        app = self._apps.get(entry.app)
        if app is None or app.status != "enabled":
            return
        if one is None or device is None or device.user_id != delivery.user_id:
            return  # signed out, gone, or somebody else's by now
        if not delivery.quiet and await self._recalled(entry.app, delivery):
            return
        now = self._clock()
        if delivery.expires <= now:
            self._note(one, delivery, Outcome("payload", "expired", "its time was over before the vendor took it"))
            return
        closed = self._closed.get((entry.app, one.id), 0.0)
        if closed > now:
            raise Failed("the vendor asked to wait", after=int((closed - now) * 1000))
        outcome = await self.send(one, delivery)
        await self._settle(entry, one, delivery, outcome)

    async def send(self, one: Certificate, delivery: Delivery) -> Outcome:
        """One push, with a new access token where the vendor takes the present one no more."""
        started = time.perf_counter()
        outcome = await self._send(one, delivery)
        self.seconds[one.vendor, outcome.result].observe(took := time.perf_counter() - started)
        done(f"push {one.vendor}", took, "outcome", outcome.result)
        return outcome

    async def _send(self, one: Certificate, delivery: Delivery) -> Outcome:
        try:
            secrets = await self._certificates.secrets(one)
        except Lost:
            return Outcome("ours", "sealed", "the credentials were sealed by another server: upload them again")
        if self.inbox is not None:
            return self._catch(self.inbox, one, secrets, delivery)
        outcome, access = await self._asked(one, secrets, delivery)
        if not outcome.reason:
            return outcome
        shown = words(delivery)
        repeated = [access, *secrets.values(), delivery.token, shown.title, shown.body, shown.ext]
        return outcome._replace(reason=unsaid(outcome.reason, repeated))

    async def _asked(self, one: Certificate, secrets: dict[str, str], delivery: Delivery) -> tuple[Outcome, str]:
        """What the vendor answers, and the access token that it was asked with."""
        used = ""
        outcome = Outcome("wait")
        for _ in range(2):
            try:
                used = await self.access.of(one, secrets, but=used)
                request = VENDORS[one.vendor].request(one, secrets, used, delivery, self._clock())
                answer = await self._channel.post(one, request, secrets)
            except Refused as error:
                return error.outcome, used
            except BadCredentials as error:
                return Outcome("payload" if one.vendor == "webpush" else "ours", "credentials", str(error)), used
            except OutboundError as error:
                # An address that a user gave and that is refused or does not exist is no browser's service.
                final = one.vendor == "webpush" and error.kind in ("address", "dns")
                return Outcome("gone" if final else "wait", error.kind, str(error)), used
            outcome = VENDORS[one.vendor].judge(answer)._replace(status=answer.status)
            if outcome.result != "auth":
                return outcome, used
        return outcome._replace(result="ours"), used

    def _catch(self, inbox: Inbox, one: Certificate, secrets: dict[str, str], delivery: Delivery) -> Outcome:
        try:
            request = VENDORS[one.vendor].request(one, secrets, _NO_ACCESS, delivery, self._clock())
        except BadCredentials as error:
            return Outcome("payload" if one.vendor == "webpush" else "ours", "credentials", str(error))
        shown = masked(request, secrets)
        inbox.add(one.app, "push", one.vendor, shown.url, shown.headers, shown.body, user_id=delivery.user_id)
        return Outcome("ok")

    async def _settle(self, entry: Entry, one: Certificate, delivery: Delivery, outcome: Outcome) -> None:
        if self._note(one, delivery, outcome):
            await self.flush()  # before the entry is done: a kill in between must not lose what the app wants to hear
        if outcome.result == "ok":
            await self._certificates.trouble(one, "")
        elif outcome.result == "gone":
            await self._db.write(lambda tx: store.drop_device(tx, one.app, one.id, delivery.token))
        elif outcome.result == "ours":
            self.access.forget(one.app, one.id)
            await self._certificates.trouble(one, f"{outcome.code}: {outcome.reason}"[:_REASON].replace("\0", ""))
        elif outcome.result == "wait":
            if outcome.wait:
                self._closed[entry.app, one.id] = self._clock() + outcome.wait
            raise Failed(f"{one.vendor}: {outcome.code} {outcome.reason}", after=int(outcome.wait * 1000))

    # What came of it

    def wanted(self, app: int, command: str) -> bool:
        """Whether the app wants to hear what becomes of its pushes."""
        found = self._apps.get(app)
        return found is not None and found.settings.webhooks.wants(command)

    def _note(self, one: Certificate, delivery: Delivery, outcome: Outcome) -> bool:
        """Whether somebody is to be told of it."""
        if delivery.quiet:
            return False
        now = int(self._clock())
        self._counts[one.app, now // 60 * 60, one.vendor, delivery.kind, outcome.result] += 1
        self._due.set()
        reason, code = outcome.reason[:_REASON].replace("\0", ""), outcome.code[:60].replace("\0", "")
        ok = outcome.result == "ok"
        if self.told is not None:
            self.told.note(
                one.app,
                "push",
                f"{one.vendor}/{outcome.result}",
                "0" if ok else code or outcome.result,
                failed=not ok,
                user=delivery.sender,
                peer=delivery.user_id,
                reason=reason,
                platform=one.vendor,
            )
        if delivery.task:
            answer = Answer(one.app, delivery.task, one.vendor, outcome.result, "" if ok else code)
            self._results[answer] = ("" if ok else reason, self._results.get(answer, ("", 0))[1] + 1)
        if not ok and len(self._failures) < _WAITING:
            self._failures.append(
                Failure(one.app, now, delivery.user_id, one.id, one.vendor, outcome.result, code, reason)
            )
        report = _report(one, delivery, outcome, now)
        if outcome.result == "wait" or not self.wanted(one.app, report.command):
            return False
        self._reports.append(report)
        return True

    async def reported(self, reports: Iterable[PushReported]) -> None:
        """Have these told of, too."""
        self._reports.extend(reports)
        self._due.set()
        await self.flush()

    async def flush(self) -> None:
        """Write what was noted; what another task is writing is written when this returns."""
        async with self._flushing:
            await self._flush()

    async def _flush(self) -> None:
        if not (self._failures or self._counts or self._reports):
            return
        results, self._results = self._results, {}
        failures, self._failures = self._failures, []
        counts, self._counts = self._counts, Counter()
        reports, self._reports = self._reports, []

        async def run(tx: Tx) -> None:
            await store_log.put(tx, failures)
            await store_results.add(tx, results)
            for (app, at, vendor, kind, outcome), number in counts.items():
                tx.emit(PushesCounted(app=app, at=at, vendor=vendor, kind=kind, outcome=outcome, number=number))
            for report in reports:
                tx.emit(report)

        try:
            await self._db.write(run)
        except Unavailable:
            self._failures = failures + self._failures
            self._counts.update(counts)
            for answer, (reason, number) in results.items():
                self._results[answer] = (reason, self._results.get(answer, ("", 0))[1] + number)
            self._reports = reports + self._reports
            raise


def _report(one: Certificate, delivery: Delivery, outcome: Outcome, now: int) -> PushReported:
    ok = outcome.result == "ok"
    return PushReported(
        app=one.app,
        kind=delivery.kind,
        at=now,
        sender=delivery.sender,
        user_id=delivery.user_id,
        platform=VENDORS[one.vendor].number,
        place=delivery.place,
        group=delivery.group,
        task=delivery.task,
        data_id=delivery.data_id,
        task_time=delivery.task_time,
        code="" if ok else outcome.code,
        reason="" if ok else outcome.reason[:_REASON],
        push_id=delivery.collapse,
        msg_time=0 if delivery.task else delivery.expires - ttl_of(delivery.wish),
        status=outcome.status,
    )
