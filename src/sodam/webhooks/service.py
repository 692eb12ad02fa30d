"""Webhooks put together: what follows the domain's events, what asks before, the log, and what the console does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import structlog

from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.apps.webhooks import COMMANDS
from sodam.bus import Bus, Subscription
from sodam.c2c.histories import Histories
from sodam.clock import now as wall_clock
from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops
from sodam.outbound import Outbound, OutboundError
from sodam.outbox.model import New
from sodam.outbox.service import Outbox
from sodam.presence.events import StateChanged
from sodam.storage import Database, Tx
from sodam.storage.seal import open_seal
from sodam.webhooks import content, store, store_pauses
from sodam.webhooks.after import After
from sodam.webhooks.before import Asking, BeforeC2C, FriendGuard, GroupGuard
from sodam.webhooks.breaker import Breaker
from sodam.webhooks.delivery import SCHEDULE, Deliveries, Sender, delivered
from sodam.webhooks.groups import BeforeGroup, GroupTelling
from sodam.webhooks.log import DeliveryLog
from sodam.webhooks.model import TOPIC, Delivery, Event, encode, event
from sodam.webhooks.mutual import Mutual
from sodam.webhooks.officials import OfficialGuard
from sodam.webhooks.samples import SAMPLES

log = structlog.get_logger(__name__)
_STATES_WAITING: Final = 20_000
ALERT: Final = "Alert.RequestOverLimit"
_RECOVERED: Final = "webhooks.recovered"
_ALERTS_WAITING: Final = 1_000
_REPLAYED_AT_ONCE: Final = 500
MOST_REPLAYED: Final = 10_000
"""Events that one call sends again."""


class WebhookService:
    def __init__(
        self,
        db: Database,
        bus: Bus,
        apps: AppService,
        outbox: Outbox,
        histories: Histories,
        outbound: Outbound,
        loops: Loops,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._outbox = outbox
        self._loops = loops
        self._clock = clock
        self.log = DeliveryLog(db, loops, clock)
        self.mutual = Mutual(db, bus, clock)
        self.sender = Sender(outbound, self.log, self.mutual.context, clock)
        self.seconds = self.sender.seconds
        self._breaker = Breaker(clock=clock)
        self.after = After(db, apps, outbox, histories, clock)
        asking = Asking(self.sender, clock)
        self.before_c2c = BeforeC2C(asking)
        self.friend_guard = FriendGuard(asking)
        self.group_guard = GroupGuard(asking)
        self.official_guard = OfficialGuard(asking)
        self.before_group = BeforeGroup(asking)
        self.groups = GroupTelling(apps, lambda: asking.now)
        self._states: list[StateChanged] = []
        self._alerts: list[New] = []
        self._due = asyncio.Event()
        self._writer: Loop | None = None
        self._bus = bus
        self._heard: Subscription | None = None
        told = self._recovered, self._paused
        deliveries = Deliveries(apps, outbox, histories, self.sender, self._breaker, *told)
        outbox.consume(
            TOPIC, deliveries, schedule=SCHEDULE, gate=self._breaker, prepare=deliveries.prepare, gentle=True
        )

    def tell(self, heard: Callable[[int, bool], None]) -> None:
        """Have ``heard`` told of every request: the app's number, and whether it was answered well."""
        self.sender.heard = heard

    async def start(self, secret: str | None, data_dir: Path) -> None:
        self.mutual.use(await open_seal(self._db, secret, data_dir))
        self.log.start()
        self._writer = self._loops.start("webhook states", self._write_states, every=0.05, due=self._due)
        self._apps.on_change(self._app_changed)
        self._heard = self._bus.subscribe(_RECOVERED, self._hear_recovered)

    async def stop(self) -> None:
        if self._heard is not None:
            self._heard.cancel()
        if self._writer is not None:
            await self._writer.stop()
        await self._write_states()
        await self.log.stop()

    async def _paused(self, app: int, url: str, until: int) -> None:
        """What the console says of it on every node; that it may not be said holds up nothing."""
        with contextlib.suppress(Unavailable):
            await self._db.write(lambda tx: store_pauses.put(tx, app, url, until))

    async def _recovered(self, app: int) -> None:
        """Other nodes, which may rest for half a minute yet, try now, too. A hint: without it they try later."""
        self._bus.publish(_RECOVERED, b"%d" % app)
        with contextlib.suppress(Unavailable):
            await store_pauses.drop(self._db, app)

    def _hear_recovered(self, data: bytes) -> None:
        if data.isdigit() and self._breaker.heard_good(int(data)):
            self._outbox.wake()

    def _app_changed(self, sdkappid: int) -> None:
        """A new URL is tried at once."""
        app = self._apps.get(sdkappid)
        if app is not None and self._breaker.changed(sdkappid, app.settings.webhooks.url):
            self._outbox.wake()

    # User states: they come from connections, outside of any transaction

    def hears_states(self, app: int) -> bool:
        """Whether an app wants to hear of ``state_changed``: few do, and everybody comes and goes."""
        return self.after.wants(app, "State.StateChange") is not None

    def hears_refusals(self, app: int) -> bool:
        """Whether an app wants to hear of messages that moderation refuses."""
        return self.after.wants(app, content.COMMAND) is not None

    def state_changed(self, change: StateChanged) -> None:
        """A user's connection came or went; costs nothing where the app does not want to hear of it."""
        if self.hears_states(change.app) and len(self._states) < _STATES_WAITING:
            self._states.append(change)
            self._due.set()

    def near_limit(self, app: int, path: str, used: int, rate: int) -> None:
        """An app nears the rate of a REST command."""
        if self.after.wants(app, ALERT) and len(self._alerts) < _ALERTS_WAITING:
            service, _, command = path.rpartition("/")
            body = {"ServiceName": service, "Command": command, "Request": used, "Limit": rate}
            self._alerts.append(New(app, TOPIC, encode(event(ALERT, "RESTAPI", "", body))))
            self._due.set()

    async def _write_alerts(self) -> None:
        if self._alerts:
            batch, self._alerts = self._alerts, []
            await self._db.write(lambda tx: self._outbox.put(tx, batch))

    async def _write_states(self) -> None:
        await self._write_alerts()
        if not self._states:
            return
        batch, self._states = self._states, []

        async def run(tx: Tx) -> None:
            for change in batch:
                tx.emit(change)

        try:
            await self._db.write(run)
        except Unavailable:
            self._states = batch + self._states
            raise

    # For operators

    async def resend(self, app: int, number: int) -> bool:
        """Send one event of the log again, with its ID; False: it is not there or was too long to be kept."""
        found = await self.log.one(app, number)
        if found is None or not found.request:
            return False
        known, target = COMMANDS.get(found.command), self._apps.get(app)
        if known is not None and known.kind == "before":
            if target is not None:  # a question of the past: asked once, and nothing depends on the answer
                with contextlib.suppress(OutboundError):
                    await self.sender.send(app, target.settings.webhooks, _event_of(found), attempt=1, judge=delivered)
            return True
        await self._db.write(lambda tx: self._outbox.put(tx, [_again(found)]))
        return True

    async def resend_since(self, app: int, at: int) -> int:
        """Send again, in their order, the events in the log since unix milliseconds, and all dead ones; how many."""
        await self.log.flush()
        count, after = await self._outbox.revive(TOPIC, app), 0

        async def run(tx: Tx) -> tuple[int, int]:
            found = await store.since(tx, app, at, after, _REPLAYED_AT_ONCE)
            wanted = [one for _, one in found if one.request and COMMANDS[one.command].kind == "after"]
            await self._outbox.put(tx, [_again(one) for one in wanted])
            return len(wanted), found[-1][0] if found else 0

        while count < MOST_REPLAYED:
            sent, after = await self._db.write(run)
            count += sent
            if not after:
                break
        await self._outbox.hurry(TOPIC, app)
        return count

    async def test(self, app: App, command: str) -> Delivery:
        """Send a sample of a command now, on or not; what came of it. One that is answered ends a pause."""
        config = app.settings.webhooks
        body = {name: value for name, value in SAMPLES[command].items() if name != "CallbackCommand"}
        sample = event(command, "RESTAPI", "", body)
        recorder = _Recorder()
        with contextlib.suppress(OutboundError):
            sender = Sender(self.sender.outbound, recorder, self.mutual.context, self._clock)
            sender.inbox = self.sender.inbox
            await sender.send(app.sdkappid, config, sample, attempt=1, judge=delivered)
        self.log.add(recorder.one)
        if recorder.one.outcome == "delivered":
            await self._answers(app.sdkappid)
        return recorder.one

    async def _answers(self, app: int) -> None:
        """The receiver is there again: a pause ends on every node, and what waits goes out."""
        self._breaker.heard_good(app)
        await self._recovered(app)
        await self._outbox.hurry(TOPIC, app)

    async def waiting(self, app: int) -> tuple[int, int]:
        """How many events wait for delivery, and how many were given up."""
        return await self._outbox.counts(TOPIC, app)

    async def paused(self, app: App) -> int:
        """Until when (unix milliseconds) nothing is sent after failures in a row, whichever process sends; 0: it is."""
        until = await store_pauses.until(self._db, app.sdkappid, app.settings.webhooks.url)
        until = max(until, self._breaker.opens(app.sdkappid))
        return until if until > self._clock() * 1000 else 0

    async def forget(self) -> int:
        """Periodic work: erase what the log keeps no longer, and renew certificates; how many."""
        await self.mutual.renew()
        return await self.log.purge([app.sdkappid for app in self._apps.all()])


class _Recorder:
    """Takes one delivery."""

    one: Delivery

    def add(self, one: Delivery) -> None:
        self.one = one


def _again(one: Delivery) -> New:
    return New(one.app, TOPIC, encode(_event_of(one)), lane=f"again {one.app}")


def _event_of(one: Delivery) -> Event:
    return Event(one.event, one.command, one.platform, one.client_ip, msgspec.Raw(one.request))
