"""Subscribers are notified of what an official account says, page by page: those online at once, devices that are away
by a push.

After each page the outbox's entry says how far it went, so that a node that is killed repeats one page at most: clients
know copies by their ID, devices by the place. The tasks of one account stand in one lane: each subscriber gets one
message after the other.
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
from sodam.messages.model import NO_UNREAD, RECALLED, msg_key
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
"""Subscribers."""
_END: Final = (1 << 63) - 1


class Task(msgspec.Struct, omit_defaults=True):
    """What subscribers are still to be notified of: those behind ``after``."""

    kind: Literal["sent", "recalled"]
    account: str
    seq: int = 0
    after: str = ""
    page: int = 0
    wish: Wish | None = None
    online: Broadcast | None = None
    """A message that is not stored."""


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Task).decode


def entry(app: int, task: Task) -> New:
    return New(app, TOPIC, _encode(task), lane=task.account)


class FanOut:
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
        app, task = self._apps.get(item.app), _decode(item.body)
        if app is None or app.status != "enabled":
            return
        message = task.online or await store_messages.one(self._db, item.app, task.account, task.seq)
        if message is None or (task.kind == "sent" and message.flags & RECALLED):
            return
        while True:
            users = await store.audience(self._db, item.app, task.account, message.seq or _END, task.after, PAGE)
            if users:
                await self._notify(app, task, message, users)
            if len(users) < PAGE:
                return
            task.after, task.page = users[-1], task.page + 1
            if not await self._outbox.note(item, _encode(task)):
                return

    async def _notify(self, app: App, task: Task, message: Broadcast, users: Sequence[str]) -> None:
        sender = await self._accounts.find(app.sdkappid, task.account)
        if sender is None:
            return
        online = await self._presence.status(app.sdkappid, users)
        for user_id in online:
            one = message.to(user_id, sender.tiny_id, sender.nick, sender.image)
            if task.kind == "recalled":
                notice = events.withdrawn(one, task.account)
            else:
                notice = events.arrived(one, online_only=not message.seq)
            self._live.send(of_user(app.sdkappid, user_id), notice)
        if task.kind == "sent" and task.wish is not None and message.seq:
            await self._to_devices(app, task, task.wish, message, users, sender.nick)

    async def _to_devices(
        self, app: App, task: Task, wish: Wish, message: Broadcast, users: Sequence[str], nick: str
    ) -> None:
        number, expires = app.sdkappid, message.msg_time + ttl_of(wish)
        if expires < self._clock() or not await self._push.deciding.pushes(number):
            return
        devices = await self._push.devices.of(number, users)
        if not devices:
            return
        muted = await self._histories.mutes(number, [device.user_id for device in devices], task.account)
        devices = [device for device in devices if device.user_id not in muted]
        template = Delivery(
            certificate=0,
            token="",
            registration="",
            user_id="",
            kind="c2c",
            wish=wish,
            collapse=f"official {number} {task.account} {message.seq}",
            expires=expires,
            title=nick or task.account,
            plain=f"{nick}:{wish.text}" if nick else wish.text,
            sender=task.account,
            place=msg_key(message.seq, message.random, message.msg_time),
        )
        counts = not message.flags & NO_UNREAD
        conv = f"official {task.account}"
        await self._push.deciding.to_devices(
            app, conv, message.seq, task.page, devices, template, counts=counts, nick=nick
        )
