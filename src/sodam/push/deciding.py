"""Who gets a push of a message: one decision for each message and device, kept before anything is sent.

A device gets one when it is not connected, or says that its app is in the background: what else the user has open says
nothing about it. The decision and the pushes to be sent are one transaction; whoever decides again finds it taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, Protocol

import msgspec

from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.c2c.histories import Histories
from sodam.c2c.model import Message
from sodam.clock import now as wall_clock
from sodam.groups.audience import QUIET, Audience, Listener
from sodam.groups.message import GroupMessage
from sodam.messages.model import HIDE_RECEIVER, IMPORTED, MIND_MUTE, NO_UNREAD, msg_key
from sodam.outbox.model import Entry, Failed, New
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.push import store, store_log
from sodam.push.certificates import Certificates
from sodam.push.model import SEND, Delivery, Device, Kind, Pushed, Queued, ttl_of
from sodam.push.vendors import VENDORS
from sodam.storage import Database, Tx

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Queued).decode
_ONLY_MENTIONED: Final = "AcceptNotNotifyExceptAt"


class Quiet(Protocol):
    """Users who want no notification at this time of the day."""

    async def __call__(self, app: int, user_ids: Collection[str]) -> Collection[str]: ...


async def nobody(app: int, user_ids: Collection[str]) -> Collection[str]:
    return ()


class Deciding:
    """The consumer of stored messages."""

    def __init__(
        self,
        db: Database,
        apps: AppService,
        certificates: Certificates,
        presence: PresenceService,
        outbox: Outbox,
        histories: Histories,
        audience: Audience,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._certificates = certificates
        self._presence = presence
        self._outbox = outbox
        self._histories = histories
        self._audience = audience
        self._clock = clock
        self.quiet: Quiet = nobody
        self.idle = certificates.idle
        """Nobody of an app is pushed anything."""

    # Before the message is stored

    def of_c2c(self, message: Message) -> bytes | None:
        """What the outbox holds of a one-to-one message that is about to be stored; None: nobody is pushed."""
        wish = message.wish
        if wish is None or message.flags & (HIDE_RECEIVER | IMPORTED) or message.sender == message.recipient:
            return None
        by_rest = message.source is None or message.source.platform == "RESTAPI"
        minds = not by_rest or bool(message.flags & MIND_MUTE)
        counts = not message.flags & NO_UNREAD
        return _encode(Queued(message.sender, message.recipient, message.nick, message.msg_random, counts, minds, wish))

    def of_group(self, message: GroupMessage) -> bytes | None:
        wish = message.wish
        if wish is None:
            return None
        extra, nick = message.extra, message.card or message.nick
        return _encode(
            Queued(
                message.sender, message.group_id, nick, message.random, message.counts, True, wish,
                extra.at, extra.at_all, extra.to,
            )
        )  # fmt: skip

    async def pushes(self, app: int) -> bool:
        """Whether the app has any certificate."""
        return bool(await self._certificates.of(app))

    # Afterwards

    async def __call__(self, entry: Entry) -> None:
        app = self._apps.get(entry.app)
        if app is None or app.status != "enabled" or not await self._certificates.of(entry.app):
            return
        msg_time, msg_seq, body = entry.body.split(b" ", 2)
        queued, place = _decode(body), (int(msg_time), int(msg_seq))
        if int(msg_time) + ttl_of(queued.wish) < self._clock():
            return
        if queued.recipient == entry.conv:
            await self._group(app, entry, queued, place)
        else:
            await self._one(app, entry, queued, place)

    async def _one(self, app: App, entry: Entry, queued: Queued, place: tuple[int, int]) -> None:
        devices = await store.devices(self._db, app.sdkappid, [queued.recipient])
        if not devices or await self._histories.recalled(app.sdkappid, entry.conv, entry.seq):
            return
        if queued.minds and (await self._histories.head(app, queued.recipient, queued.sender)).mute:
            return
        nick = queued.nick
        template = self._template("c2c", queued, entry, place[0])
        template.title = nick or queued.sender
        template.plain = f"{nick}:{queued.wish.text}" if nick else queued.wish.text
        template.place = msg_key(place[1], queued.random, place[0])
        await self.to_devices(app, entry.conv, entry.seq, 0, devices, template, counts=queued.counts, nick=nick)

    async def _group(self, app: App, entry: Entry, queued: Queued, place: tuple[int, int]) -> None:
        after = 0
        while True:
            page = await self._audience.page(app.sdkappid, entry.conv, entry.seq, after)
            if page is None:
                return
            wanted = [one.user_id for one in page.listeners if _wants(one, queued)]
            devices = await store.devices(self._db, app.sdkappid, wanted) if wanted else []
            if devices:
                template = self._template("group", queued, entry, place[0])
                template.title = page.name or entry.conv
                template.plain = f"{queued.nick}({page.name or entry.conv}):{queued.wish.text}"
                template.place, template.group = str(place[1]), entry.conv
                await self.to_devices(
                    app, entry.conv, entry.seq, after, devices, template, counts=queued.counts, nick=queued.nick
                )
            if not page.following:
                return
            after = page.following

    def _template(self, kind: Kind, queued: Queued, entry: Entry, at: int) -> Delivery:
        return Delivery(
            certificate=0,
            token="",
            registration="",
            user_id="",
            kind=kind,
            wish=queued.wish,
            collapse=f"{kind} {entry.app} {at} {entry.seq} {queued.random}",
            expires=at + ttl_of(queued.wish),
            sender=queued.sender,
            conv=entry.conv,
            seq=entry.seq,
        )

    async def recalled(self, app: int, delivery: Delivery) -> bool:
        """Whether the message of a push was taken back since it was decided on."""
        if not delivery.conv:
            return False
        asked = self._audience.recalled if delivery.kind == "group" else self._histories.recalled
        return await asked(app, delivery.conv, delivery.seq)

    async def to_devices(
        self,
        app: App,
        conv: str,
        seq: int,
        page: int,
        devices: Sequence[Device],
        template: Delivery,
        *,
        counts: bool,
        mode: int = 0,
        nick: str = "",
    ) -> int:
        """Have these devices sent a push, unless it was decided before; how many get one.

        ``mode``: BadgeMode where the sender gives none. ``nick``: of the sender of a message.
        """
        certificates = await self._certificates.of(app.sdkappid)
        away = await self.away(app.sdkappid, [d for d in devices if d.certificate in certificates])
        if not away:
            return 0
        info = template.info
        apns = info.ApnsInfo
        leave = (apns.BadgeMode if apns is not None and apns.BadgeMode is not None else mode) == 1
        add = info.BadgeAddNum or int(counts and not leave)
        counted = [
            d for d in away if VENDORS[certificates[d.certificate].vendor].counts_badge and (add or _fixed(template))
        ]

        pushed = _pushed(template, away, nick) if template.conv else ""

        async def run(tx: Tx) -> int:
            if not await store_log.claim(tx, app.sdkappid, conv, seq, page, int(self._clock()), pushed):
                return 0
            badges = await store.count_badges(tx, app.sdkappid, counted, add=add, fixed=info.BadgeSetNum or None)
            entries = [
                New(app.sdkappid, SEND, _encode(_for(template, device, badges, add)), lane=device.registration)
                for device in away
            ]
            await self._outbox.put(tx, entries)
            return len(entries)

        return await self._db.write(run)

    async def away(self, app: int, devices: Iterable[Device]) -> list[Device]:
        """Those that may be pushed: one look at who is connected.

        Raises Failed when the other nodes cannot be asked.
        """
        awake = [device for device in devices if not device.muted]
        users = list(dict.fromkeys(device.user_id for device in awake))
        if not users:
            return []
        quiet = set(await self.quiet(app, users))
        try:
            online = await self._presence.status(app, users)
        except Exception as error:
            raise Failed(f"who is online is not known: {error}") from None
        connected = {(user_id, one.instid) for user_id, found in online.items() for one in found}
        return [
            device
            for device in awake
            if device.user_id not in quiet and (device.background or (device.user_id, device.instid) not in connected)
        ]


def _pushed(template: Delivery, devices: Iterable[Device], nick: str) -> str:
    names = [device.registration for device in devices]
    return _encode(
        Pushed(template.kind, template.collapse, template.expires, template.title, template.sender, nick, names)
    ).decode()


def _fixed(template: Delivery) -> bool:
    return bool(template.info.BadgeSetNum)


def _wants(one: Listener, queued: Queued) -> bool:
    if one.user_id == queued.sender or (queued.to and one.user_id not in queued.to) or one.msg_flag in QUIET:
        return False
    return one.msg_flag != _ONLY_MENTIONED or queued.at_all or one.user_id in queued.at


def _for(template: Delivery, device: Device, badges: dict[str, int], add: int) -> Delivery:
    return msgspec.structs.replace(
        template,
        certificate=device.certificate,
        token=device.token,
        registration=device.registration,
        user_id=device.user_id,
        language=device.language,
        badge=badges.get(device.registration),
        add=add,
    )
