"""What an official account says is told to its subscribers, page by page: to those online at once, to devices that are
away as a push.

A page is noted in the outbox together with where the next one begins, so that a node that is killed repeats one page at
most. The pages of one account stand in one lane: each subscriber hears of one message after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live, of_user
from sodam.c2c import events
from sodam.c2c.histories import Histories
from sodam.messages.model import NO_UNREAD, RECALLED
from sodam.messages.offline_push import Wish
from sodam.officials import store, store_messages
from sodam.officials.model import TOPIC, Broadcast
from sodam.outbox.model import Entry, New
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.push.model import Delivery, ttl_of
from sodam.push.service import PushService
from sodam.storage import Database

PAGE: Final = 500
PAGES: Final = 10
"""Pages of one entry."""
_END: Final = (1 << 63) - 1


class Tale(msgspec.Struct, omit_defaults=True):
    """What is still to be told, and to whom: those behind ``after``."""

    kind: Literal["sent", "recalled"]
    account: str
    seq: int = 0
    after: str = ""
    page: int = 0
    wish: Wish | None = None
    online: Broadcast | None = None
    """A message that is not stored."""


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Tale).decode


def entry(app: int, tale: Tale) -> New:
    return New(app, TOPIC, _encode(tale), lane=tale.account)


class Telling:
    """The consumer of the outbox's entries."""

    def __init__(
        self,
        db: Database,
        live: Live,
        apps: AppService,
        accounts: AccountService,
        presence: PresenceService,
        histories: Histories,
        push: PushService,
        outbox: Outbox,
        clock: Callable[[], float],
    ) -> None:
        self._db = db
        self._live = live
        self._apps = apps
        self._accounts = accounts
        self._presence = presence
        self._histories = histories
        self._push = push
        self._outbox = outbox
        self._clock = clock
        outbox.consume(TOPIC, self)

    async def __call__(self, item: Entry) -> None:
        app, tale = self._apps.get(item.app), _decode(item.body)
        if app is None or app.status != "enabled":
            return
        message = tale.online or await store_messages.one(self._db, item.app, tale.account, tale.seq)
        if message is None or (tale.kind == "sent" and message.flags & RECALLED):
            return
        for _ in range(PAGES):
            users = await store.audience(self._db, item.app, tale.account, message.seq or _END, tale.after, PAGE)
            if users:
                await self._tell(app, tale, message, users)
            if len(users) < PAGE:
                return
            tale.after, tale.page = users[-1], tale.page + 1
        await self._db.write(lambda tx: self._outbox.put(tx, [entry(item.app, tale)]))

    async def _tell(self, app: App, tale: Tale, message: Broadcast, users: Sequence[str]) -> None:
        sender = await self._accounts.find(app.sdkappid, tale.account)
        if sender is None:
            return
        online = await self._presence.status(app.sdkappid, users)
        for user_id in online:
            one = message.to(user_id, sender.tiny_id, sender.nick, sender.image)
            if tale.kind == "recalled":
                notice = events.withdrawn(one, tale.account)
            else:
                notice = events.arrived(one, online_only=not message.seq)
            self._live.send(of_user(app.sdkappid, user_id), notice)
        if tale.kind == "sent" and tale.wish is not None and message.seq:
            await self._to_devices(app, tale, tale.wish, message, users)

    async def _to_devices(self, app: App, tale: Tale, wish: Wish, message: Broadcast, users: Sequence[str]) -> None:
        number, expires = app.sdkappid, message.msg_time + ttl_of(wish)
        if expires < self._clock() or not await self._push.deciding.pushes(number):
            return
        devices = await self._push.devices.of(number, users)
        if not devices:
            return
        muted = await self._histories.mutes(number, [device.user_id for device in devices], tale.account)
        devices = [device for device in devices if device.user_id not in muted]
        sender = await self._accounts.find(number, tale.account)
        nick = sender.nick if sender is not None else ""
        template = Delivery(
            certificate=0,
            token="",
            registration="",
            user_id="",
            kind="c2c",
            wish=wish,
            collapse=f"official {number} {tale.account} {message.seq}",
            expires=expires,
            title=nick or tale.account,
            plain=f"{nick}:{wish.text}" if nick else wish.text,
            sender=tale.account,
            place=f"{message.seq}_{message.random}_{message.msg_time}",
        )
        counts = not message.flags & NO_UNREAD
        conv = f"official {tale.account}"
        await self._push.deciding.to_devices(
            app, conv, message.seq, tale.page, devices, template, counts=counts, nick=nick
        )
