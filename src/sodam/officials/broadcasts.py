"""What official accounts say to all who follow them: sent, recalled, read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

import msgspec

from sodam.apps.model import App
from sodam.c2c.model import Message
from sodam.errors import ApiError, Code
from sodam.messages.interceptors import Dropped, Interceptors
from sodam.messages.model import BY_REST
from sodam.officials import refusals, store, store_messages
from sodam.officials.events import BroadcastSent, BroadcastsRecalled, BroadcastStored
from sodam.officials.fanout import Task, entry
from sodam.officials.model import WINDOW, Act, Broadcast, key_of
from sodam.outbox.service import Outbox
from sodam.storage import Database, Tx


class Guard(Protocol):
    """Asks the app before."""

    async def sending(self, app: App, message: Broadcast) -> None:
        """Changes the message; raises ApiError, Dropped."""
        ...


class Sent(NamedTuple):
    key: str
    msg_time: int


class Broadcasts:
    def __init__(
        self, db: Database, outbox: Outbox, screens: Interceptors[Message], clock: Callable[[], float]
    ) -> None:
        self._db = db
        self._outbox = outbox
        self._screens = screens
        self._clock = clock
        self.guard: Guard | None = None

    async def send(self, app: App, message: Broadcast, *, online_only: bool = False) -> Sent:
        """Check, store, and notify all subscribers. The same content with the same Random is one message for 300 s.

        Raises ApiError 130004, 80001, 10016 or the app's own code.
        """
        number, account = app.sdkappid, message.account
        if account not in await store.load(self._db, number, [account]):
            raise refusals.no_such(account)
        checked = message.to("")
        await self._screens.run(app, checked)
        message.body, message.flags = checked.body, checked.flags
        source = message.source or BY_REST
        if self.guard is not None and source.before:
            try:
                await self.guard.sending(app, message)
            except Dropped:
                return Sent(f"{int(self._clock())}_0_{message.random}", int(self._clock()))
        event = partial(BroadcastSent, app=number, account=account, source=source)

        async def run(tx: Tx) -> Sent:
            one = (await store.lock(tx, number, [account])).get(account)
            if one is None:
                raise refusals.no_such(account)
            now = self._clock()
            message.msg_time, message.at = max(int(now), one.last_time), int(now * 1_000_000)
            kept = msgspec.structs.replace(message, source=None, wish=None)
            if online_only:
                task = Task("sent", account, online=kept)
            else:
                if again := await store_messages.same(tx, message, int(now) - WINDOW):
                    return Sent(again.key, again.msg_time)
                one.last_seq, one.last_time = one.last_seq + 1, message.msg_time
                message.seq = kept.seq = one.last_seq
                await store_messages.insert(tx, message)
                await store.save(tx, one)
                tx.emit(BroadcastStored(message=kept))
                task = Task("sent", account, message.seq, wish=message.wish)
            await self._outbox.put(tx, [entry(number, task)])
            if source.after:
                tx.emit(event(message=kept))
            return Sent(message.key, message.msg_time)

        return await self._db.write(run)

    async def recall(self, app: App, act: Act, account: str, keys: Sequence[str]) -> dict[str, Code]:
        """Recall messages by MsgKey; 10030 for one that is not there or recalled already. Raises ApiError 130004."""
        number = app.sdkappid

        async def run(tx: Tx) -> dict[str, Code]:
            if account not in await store.lock(tx, number, [account]):
                raise refusals.no_such(account)
            outcome: dict[str, Code] = {}
            tasks = []
            for key in dict.fromkeys(keys):
                place = key_of(key)
                found = await store_messages.one(tx, number, account, place[1]) if place else None
                there = found is not None and found.key == key
                if (
                    found is not None
                    and there
                    and await store_messages.recall(tx, number, account, found.seq, int(self._clock()))
                ):
                    outcome[key] = Code.OK
                    tasks.append(entry(number, Task("recalled", account, found.seq)))
                else:
                    outcome[key] = Code.GROUP_MESSAGE_NOT_FOUND
            done = [key for key, code in outcome.items() if code is Code.OK]
            if done:
                await self._outbox.put(tx, tasks)
                tx.emit(BroadcastsRecalled(app=number, account=account, source=act.source, keys=done))
            return outcome

        return await self._db.write(run)

    async def messages(self, app: App, account: str, before: str, limit: int) -> tuple[list[Broadcast], bool]:
        """What an account said before the MsgKey ``before`` (empty: the newest), newest first; True: it is all.

        Raises ApiError 130004, 10004 for a MsgKey that is none.
        """
        if account not in await store.load(self._db, app.sdkappid, [account]):
            raise refusals.no_such(account)
        below = 1 << 62
        if before:
            place = key_of(before)
            if place is None:
                raise ApiError(Code.GROUP_BAD_PARAMETER, "LastMsgKey is none that was given out")
            below = place[1]
        found = await store_messages.below(self._db, app.sdkappid, account, below, limit + 1)
        return found[:limit], len(found) <= limit
