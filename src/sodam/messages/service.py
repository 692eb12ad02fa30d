"""One-to-one messages: the way in (checks, log, delivery). Reading is ``histories``, later changes are ``changes``.

An answer is given only after the message is on disk. Devices are told after the commit, in the order of the log.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

import structlog

from sodam.accounts.model import Account
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Bus, Live
from sodam.errors import ApiError, Code
from sodam.messages import events, reads
from sodam.messages.dedupe import WINDOW, Recent
from sodam.messages.histories import DAY as DAY
from sodam.messages.histories import Histories
from sodam.messages.histories import Position as Position
from sodam.messages.model import HIDE_RECEIVER, Message, conversation
from sodam.messages.quota import MinuteQuota
from sodam.messages.writes import appender
from sodam.storage import Database
from sodam.storage.message_log import MessageLog

log = structlog.get_logger(__name__)


class Standing(Protocol):
    """How two users stand to each other, as messages ask for it."""

    @property
    def blocked_by_recipient(self) -> bool: ...
    @property
    def friend(self) -> bool: ...


class Gate(Protocol):
    """The one place where messages ask about relations."""

    def peek_standing(self, app: int, sender: str, recipient: str) -> Standing | None:
        """The standing if it is at hand; None says nothing."""
        ...

    async def standing(self, app: int, sender: str, recipient: str) -> Standing: ...


class Sent(NamedTuple):
    msg_time: int
    msg_seq: int
    msg_random: int
    tiny_id: int

    @property
    def key(self) -> str:
        return f"{self.msg_seq}_{self.msg_random}_{self.msg_time}"

    @property
    def msg_id(self) -> str:
        return f"{self.tiny_id}-{self.msg_time}-{self.msg_random}"


class Batch(NamedTuple):
    """What became of one message to many. ``failed`` names receivers that did not get it."""

    sent: Sent
    failed: dict[str, Code]


class MessageService(Histories):
    def __init__(
        self,
        db: Database,
        bus: Bus,
        live: Live,
        accounts: AccountService,
        gate: Gate | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(db, bus, accounts, clock)
        self._live = live
        self.gate = gate
        self._recent = Recent()
        self._importing: dict[tuple[int, str, reads.Place], asyncio.Future[None]] = {}
        self.batch_quota = MinuteQuota(12_000, Code.MSG_BATCH_QUOTA)
        """Copies of batch messages (rest-messages.md 2.2); taken by the edge, which knows whether limits are on."""
        self._log: MessageLog[Message] = MessageLog(db, appender(clock), self._written)
        self._loop = asyncio.get_running_loop()
        self._ask_until = 0.0
        """Until then the database is asked about messages that this process knows nothing of."""
        self._doubt_until = 0.0
        """Until then, what the database knows may not have been told to devices."""

    async def start(self) -> None:
        now = self._clock()
        row = await self._db.fetch_one("SELECT MAX(last_time) FROM c2c_head")
        if row and row[0] and row[0] > now - WINDOW:
            self._ask_until = now + WINDOW

    async def drain(self) -> None:
        await self._log.drain()

    # The way in

    async def send(self, app: App, message: Message, *, online_only: bool = False, checked: bool = True) -> Sent:
        """Check the parties, store, deliver. ``checked`` asks relations as a client's message must be.

        Raises ApiError 20003 (sender unknown), 90012 (receiver unknown), 20007 (blocked), 20009 (no friend).
        """
        accounts = self._accounts
        sender = accounts.peek(app.sdkappid, message.sender) or await accounts.find(app.sdkappid, message.sender)
        if sender is None:
            raise ApiError(Code.C2C_ACCOUNT_INVALID, f"From_Account {message.sender!r} does not exist")
        receiver = accounts.peek(app.sdkappid, message.recipient)
        if receiver is None and await accounts.find(app.sdkappid, message.recipient) is None:
            raise ApiError(Code.MSG_RECEIVER_NOT_FOUND, f"To_Account {message.recipient!r} does not exist")
        if checked and self.gate is not None:
            await self._permit(app, message)
        _sign(message, sender)
        if online_only:
            message.msg_time = int(self._clock())
            self._tell(message, online_only=True)
            return Sent(message.msg_time, message.msg_seq, message.msg_random, sender.tiny_id)
        first = self._recent.seen(message)
        msg_time = 0
        if first is not None:
            msg_time = first if isinstance(first, int) else await self._again(first)
        elif self._must_ask():
            msg_time = (await self._ask([message])).get(message.conv, 0)
        if not msg_time:
            msg_time = (await self.append(message)).msg_time
        return Sent(msg_time, message.msg_seq, message.msg_random, sender.tiny_id)

    async def send_batch(self, app: App, messages: list[Message], *, online_only: bool = False) -> Batch:
        """One message to many (rest-messages.md 2.2): sender, MsgSeq, MsgRandom and content are those of the first.

        All get one MsgKey, and those not sent before share commits. Relations are not asked. Raises ApiError 20003
        (sender unknown), and what kept the messages from being stored when none was.
        """
        sender = await self._accounts.find(app.sdkappid, messages[0].sender)
        if sender is None:
            raise ApiError(Code.C2C_ACCOUNT_INVALID, f"From_Account {messages[0].sender!r} does not exist")
        known = await self._accounts.find_many(app.sdkappid, [m.recipient for m in messages])
        failed = {m.recipient: Code.ACCOUNT_NOT_FOUND for m in messages if m.recipient not in known}
        going = [m for m in messages if m.recipient in known]
        now = int(self._clock())
        for message in going:
            _sign(message, sender)
            message.msg_time, message.timed = now, True
        if online_only:
            for message in going:
                self._tell(message, online_only=True)
        else:
            now = await self._store_batch(going, failed, now)
        return Batch(Sent(now, messages[0].msg_seq, messages[0].msg_random, sender.tiny_id), failed)

    async def _store_batch(self, going: list[Message], failed: dict[str, Code], now: int) -> int:
        """Store what was not stored before; the time of all of it. A batch that comes again keeps its first time."""
        new: list[Message] = []
        times: list[int] = []
        pending: list[asyncio.Future[int]] = []
        for message in going:
            first = self._recent.seen(message)
            if first is None:
                new.append(message)
            elif isinstance(first, int):
                times.append(first)
            else:
                pending.append(self._again(first))
        before = await self._ask(new) if new and self._must_ask() else {}
        times += await asyncio.gather(*pending)
        now = min([*times, *before.values()], default=now)
        waiting = []
        for message in new:
            if message.conv not in before:
                message.msg_time = now
                waiting.append((message.recipient, self.append(message)))
        stored = await asyncio.gather(*(future for _, future in waiting), return_exceptions=True)
        errors = {r: result for (r, _), result in zip(waiting, stored, strict=True) if isinstance(result, Exception)}
        if errors and len(errors) == len(going):
            raise next(iter(errors.values()))
        failed.update(dict.fromkeys(errors, Code.C2C_INTERNAL))
        return now

    def append(self, message: Message) -> asyncio.Future[Message]:
        """Hand a checked message to the log; done when it is on disk and its devices were told."""
        future: asyncio.Future[Message] = self._loop.create_future()
        message.future = future
        self._log.append(message)
        return future

    async def import_message(self, app: App, message: Message) -> None:
        """Store a message with its own time (rest-messages.md 2.3); the same one again is not stored twice.

        Raises ApiError 90048 (sender unknown), 90012 (receiver unknown).
        """
        sender = await self._accounts.find(app.sdkappid, message.sender)
        if sender is None:
            raise ApiError(Code.MSG_ACCOUNT_NOT_FOUND, f"From_Account {message.sender!r} does not exist")
        if await self._accounts.find(app.sdkappid, message.recipient) is None:
            raise ApiError(Code.MSG_RECEIVER_NOT_FOUND, f"To_Account {message.recipient!r} does not exist")
        _sign(message, sender)
        message.timed = True
        place = (message.msg_time, message.msg_seq, message.msg_random)
        key = (app.sdkappid, message.conv, place)
        while earlier := self._importing.get(key):
            await asyncio.wait([earlier])
        self._importing[key] = done = self._loop.create_future()
        try:
            if not await reads.exists(self._db, app.sdkappid, message.conv, place):
                await self.append(message)
        finally:
            del self._importing[key]
            done.set_result(None)

    async def _permit(self, app: App, message: Message) -> None:
        gate = self.gate
        assert gate is not None
        settings = app.settings
        ids = (app.sdkappid, message.sender, message.recipient)
        standing = gate.peek_standing(*ids) or await gate.standing(*ids)
        if standing.blocked_by_recipient:
            if not settings.blacklist_check:
                raise ApiError(Code.C2C_BLOCKED)
            message.flags |= HIDE_RECEIVER
        elif settings.friend_check and not standing.friend:
            raise ApiError(Code.C2C_NOT_FRIENDS)

    def _must_ask(self) -> bool:
        return self._bus.clustered or (self._ask_until > 0 and self._clock() < self._ask_until)

    async def _ask(self, messages: list[Message]) -> dict[str, int]:
        """Of these, all with one sender and content, those that were stored before: conversation to MsgTime.

        They are answered; the others are still to be stored.
        """
        try:
            before = await reads.find_recent(self._db, messages, int(self._clock()) - WINDOW)
        except BaseException:
            for message in messages:
                self._failed(message)
            raise
        for message in messages:
            if msg_time := before.get(message.conv):
                message.msg_time = msg_time
                self._recent.stored(message)
                if self._clock() < self._doubt_until:
                    self._tell(message)
                if message.again is not None:
                    _answer_again(message)
        return before

    def _again(self, first: Message) -> asyncio.Future[int]:
        """The MsgTime of ``first``, which is on its way to the disk; its own caller may be gone.

        Call in the turn in which it was found to be on its way.
        """
        waiting: asyncio.Future[int] = self._loop.create_future()
        if first.again is None:
            first.again = []
        first.again.append(waiting)
        return waiting

    def _failed(self, message: Message) -> None:
        """It is not stored: the same message may come again."""
        self._recent.forget(message)
        error = ApiError(Code.C2C_INTERNAL)
        if message.future is not None and not message.future.done():
            message.future.set_exception(error)
        for future in message.again or ():
            if not future.done():
                future.set_exception(error)

    def _written(self, batch: list[Message], error: BaseException | None) -> None:
        if error is not None:
            log.error("messages could not be stored", count=len(batch), error=repr(error))
            # A connection that broke may have hidden a commit: whoever sends again is answered from the database.
            self._ask_until = self._doubt_until = self._clock() + WINDOW
        for message in batch:
            future = message.future
            if error is not None:
                self._failed(message)
                continue
            self._recent.stored(message)
            if not message.silent:
                self._tell(message)
            if future is not None and not future.done():
                future.set_result(message)
            if message.again is not None:
                _answer_again(message)

    def _tell(self, message: Message, *, online_only: bool = False) -> None:
        live = self._live
        event: bytes | None = None
        if not message.flags & HIDE_RECEIVER and live.wanted(message.app, message.recipient):
            event = events.arrived(message, online_only=online_only)
            live.send(message.app, message.recipient, event, exclude=message.exclude)
        if (
            message.sync
            and message.sender != message.recipient
            and live.wanted(message.app, message.sender, but=message.exclude)
        ):
            event = event or events.arrived(message, online_only=online_only)
            live.send(message.app, message.sender, event, exclude=message.exclude)

    async def settle(self) -> None:
        """Wait until what is stored by now was told to the devices of this node."""
        await self._log.settle()

    def told(self, app: int, user_ids: tuple[str, ...], event: bytes, *, exclude: int = 0) -> None:
        for user_id in dict.fromkeys(user_ids):
            self._live.send(app, user_id, event, exclude=exclude)


def _sign(message: Message, sender: Account) -> None:
    message.tiny_id = sender.tiny_id
    if sender.profile:
        message.nick, message.image = sender.nick, sender.image


def _answer_again(message: Message) -> None:
    """The same message came again while this one was being written: its answer is this one's answer."""
    for future in message.again or ():
        if not future.done():
            future.set_result(message.msg_time)


def draft(
    app: App,
    sender: str,
    recipient: str,
    *,
    seq: int,
    random: int,
    body: bytes,
    cloud: bytes = b'""',
    client_time: int = 0,
) -> Message:
    """A message not yet sent."""
    return Message(
        app=app.sdkappid,
        conv=conversation(sender, recipient),
        sender=sender,
        recipient=recipient,
        msg_seq=seq,
        msg_random=random,
        client_time=client_time,
        body=body,
        cloud=cloud if cloud and cloud != b"null" else b'""',
    )
