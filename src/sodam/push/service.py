"""Offline push put together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from sodam.accounts.events import AccountsDeleted, AccountSignedOut
from sodam.accounts.service import AccountService
from sodam.apps.service import AppService
from sodam.bus import Bus
from sodam.c2c.service import C2CService
from sodam.clock import now as wall_clock
from sodam.groups.service import GroupService
from sodam.messages.followers import one_by_one
from sodam.messages.offline_push import OfflinePushInfo, Wish
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.push import store_log
from sodam.push.audience import Marks
from sodam.push.certificates import Certificates
from sodam.push.channel import Channel
from sodam.push.deciding import Deciding
from sodam.push.devices import Devices
from sodam.push.model import DECIDE, SEND, Certificate, Delivery, Device, Outcome
from sodam.push.quietly import Quietly
from sodam.push.sending import SCHEDULE, Sending
from sodam.push.tasks import Tasks
from sodam.storage import Database
from sodam.storage.seal import open_seal

_DAY: Final = 86_400


class PushService:
    def __init__(
        self,
        db: Database,
        bus: Bus,
        apps: AppService,
        presence: PresenceService,
        outbox: Outbox,
        channel: Channel,
        accounts: AccountService,
        c2c: C2CService,
        groups: GroupService,
        loops: Loops,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._clock = clock
        self._channel = channel
        self.certificates = Certificates(db, bus, clock)
        self.devices = Devices(db, self.certificates, clock)
        self.deciding = Deciding(db, apps, self.certificates, presence, outbox, c2c.histories, groups.audience, clock)
        self.sending = Sending(db, self.certificates, channel, loops, apps, self.deciding.recalled, clock)
        self._quietly = Quietly(
            db, apps, self.certificates, self.deciding, outbox, c2c.histories, groups.audience, clock
        )
        self.marks = Marks(db, accounts)
        self.tasks = Tasks(db, apps, accounts, presence, c2c, self.deciding, self.sending, outbox, clock)
        outbox.consume(DECIDE, self.deciding)
        outbox.consume(SEND, self.sending, schedule=SCHEDULE)
        c2c.followers.add(DECIDE, one_by_one(self.deciding.of_c2c), self.deciding.idle)
        groups.sending.followers.add(DECIDE, one_by_one(self.deciding.of_group), self.deciding.idle)
        db.events.subscribe(AccountsDeleted, self.devices.erase)
        db.events.subscribe(AccountsDeleted, self.marks.erase)
        db.events.subscribe(AccountSignedOut, self.devices.signed_out)

    async def start(self, secret: str | None, data_dir: Path) -> None:
        self.certificates.use(await open_seal(self._db, secret, data_dir))
        self.sending.start()

    async def stop(self) -> None:
        await self.sending.stop()
        await self._channel.close()

    async def test(self, one: Certificate, device: Device, title: str, text: str) -> Outcome:
        """Send a push to a device now, whatever its app is doing; what the vendor says."""
        delivery = Delivery(
            certificate=one.id,
            token=device.token,
            registration=device.registration,
            user_id=device.user_id,
            kind="task",
            wish=Wish(OfflinePushInfo(Title=title, Desc=text)),
            collapse=f"test {device.registration}",
            expires=int(self._clock()) + _DAY,
            language=device.language,
        )
        return await self.sending.send(one, delivery)

    async def failures(self, app: int, before: int, limit: int, user: str = "") -> list[tuple[int, store_log.Failure]]:
        """What vendors did not take, the newest first; of one user, unless that is empty."""
        await self.sending.flush()
        return await store_log.page(self._db, app, before, limit, user)

    async def forget(self) -> int:
        """Periodic work: erase what is kept no longer; how many."""
        now = int(self._clock())
        gone = await store_log.forget_decided(self._db, now - store_log.DECIDED_SECONDS) + await self.tasks.forget()
        for app in self._apps.all():
            gone += await self._db.write(partial(store_log.purge, app=app.sdkappid))
        return gone
