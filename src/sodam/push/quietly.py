"""What devices are told without a sound: that a message they show was taken back, and how much is unread now.

Both say how things are, not what changed, so that one more or one less does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from sodam.apps.service import AppService
from sodam.c2c.domain_events import MessagesRead
from sodam.c2c.histories import Histories
from sodam.clock import now as wall_clock
from sodam.groups.audience import Audience
from sodam.messages.events import MessagesRecalled, UnreadChanged
from sodam.messages.model import GROUP, ONE_TO_ONE
from sodam.messages.offline_push import Wish
from sodam.outbox.model import Entry, New
from sodam.outbox.service import Outbox
from sodam.push import store, store_log
from sodam.push.certificates import Certificates
from sodam.push.deciding import Deciding
from sodam.push.model import READ, SEND, TAKE_BACK, TTL, Delivery, Device, Pushed
from sodam.push.vendors import VENDORS
from sodam.storage import Database, Tx

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Pushed).decode
_FEW: Final = 10
_WORDS: Final = {"zh": "{}撤回了一条消息", "ko": "{}님이 메시지를 취소했습니다"}
_ENGLISH: Final = "{} recalled a message"


class Quietly:
    def __init__(
        self,
        db: Database,
        apps: AppService,
        certificates: Certificates,
        deciding: Deciding,
        outbox: Outbox,
        histories: Histories,
        audience: Audience,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._certificates = certificates
        self._deciding = deciding
        self._outbox = outbox
        self._histories = histories
        self._audience = audience
        self._clock = clock
        outbox.consume(TAKE_BACK, self._take_back)
        outbox.consume(READ, self._tell_unread)
        db.events.subscribe(MessagesRecalled, self.recalled)
        db.events.subscribe(MessagesRead, self.read)
        db.events.subscribe(UnreadChanged, self.unread_changed)

    # In the transactions of others

    async def recalled(self, tx: Tx, found: Sequence[MessagesRecalled]) -> None:
        await self._outbox.put(
            tx,
            [
                New(one.app, TAKE_BACK, b"", one.conv, seq)
                for one in found
                if one.type in (GROUP, ONE_TO_ONE) and not self._certificates.idle(one.app)
                for seq in one.seqs
            ],
        )

    async def read(self, tx: Tx, found: Sequence[MessagesRead]) -> None:
        await self._have_told(tx, [(one.app, one.reader) for one in found])

    async def unread_changed(self, tx: Tx, found: Sequence[UnreadChanged]) -> None:
        """Of many at once, such as the members of a group that is dissolved, those are told who have a device."""
        users = [(one.app, one.user_id) for one in found]
        by_app = {app: [user for of, user in users if of == app] for app in dict.fromkeys(app for app, _ in users)}
        for app, some in by_app.items():
            if len(some) > _FEW and not self._certificates.idle(app):
                some = [device.user_id for device in await store.devices(tx, app, some)]
            await self._have_told(tx, [(app, user) for user in some])

    async def _have_told(self, tx: Tx, users: Iterable[tuple[int, str]]) -> None:
        entries = [
            New(app, READ, user.encode(), lane=user)
            for app, user in dict.fromkeys(users)
            if not self._certificates.idle(app)
        ]
        await self._outbox.put(tx, entries)

    # Afterwards

    async def _take_back(self, entry: Entry) -> None:
        """Have what devices show of a recalled message replaced by a line that says so; it counts as unread no more."""
        for raw in await store_log.pushed(self._db, entry.app, entry.conv, entry.seq):
            pushed = _decode(raw)
            if pushed.expires > self._clock():
                devices = await store.registered(self._db, entry.app, pushed.devices)
                await self._replace(entry.app, pushed, list(devices.values()))

    async def _tell_unread(self, entry: Entry) -> None:
        """Set the number on the icons of a user's devices that are away."""
        app, user = self._apps.get(entry.app), entry.body.decode()
        certificates = await self._certificates.of(entry.app)
        if app is None or not certificates:
            return
        devices = [
            device
            for device in await store.devices(self._db, entry.app, [user])
            if (one := certificates.get(device.certificate)) is not None and VENDORS[one.vendor].sets_badge
        ]
        away = await self._deciding.away(entry.app, devices)
        if not away:
            return
        unread = await self._histories.unread(app, user) + await self._audience.unread(entry.app, user)
        expires = int(self._clock()) + TTL
        deliveries = [_number(entry.app, device, unread, expires) for device in away]

        async def run(tx: Tx) -> None:
            await store.count_badges(tx, entry.app, away, add=0, fixed=unread)
            await self._outbox.put(tx, _entries(entry.app, deliveries))

        await self._db.write(run)

    async def _replace(self, app: int, pushed: Pushed, devices: Sequence[Device]) -> None:
        async def run(tx: Tx) -> None:
            await self._outbox.put(tx, _entries(app, [_replacing(pushed, device) for device in devices]))
            await self._have_told(tx, [(app, device.user_id) for device in devices])

        if devices:
            await self._db.write(run)


def _entries(app: int, deliveries: Iterable[Delivery]) -> list[New]:
    return [New(app, SEND, _encode(one), lane=one.registration) for one in deliveries]


def _replacing(pushed: Pushed, device: Device) -> Delivery:
    """With the name under which the device shows the message."""
    line = _WORDS.get(device.language[:2].lower(), _ENGLISH).format(pushed.nick or pushed.sender)
    return Delivery(
        certificate=device.certificate,
        token=device.token,
        registration=device.registration,
        user_id=device.user_id,
        kind=pushed.kind,
        wish=Wish(text=line),
        collapse=pushed.collapse,
        expires=pushed.expires,
        title=pushed.title,
        language=device.language,
        sender=pushed.sender,
        quiet=True,
    )


def _number(app: int, device: Device, unread: int, expires: int) -> Delivery:
    return Delivery(
        certificate=device.certificate,
        token=device.token,
        registration=device.registration,
        user_id=device.user_id,
        kind="badge",
        wish=Wish(),
        collapse=f"badge {app}",
        expires=expires,
        badge=unread,
        quiet=True,
    )
