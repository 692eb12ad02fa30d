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
from sodam.bus import Bus, Live, of_user
from sodam.errors import ApiError, Code, Unavailable
from sodam.messages import dedupe, events, reads
from sodam.messages.clock import ArrivalClock, SecondNumbers
from sodam.messages.dedupe import WINDOW, Recent
from sodam.messages.histories import DAY as DAY
from sodam.messages.histories import Histories
from sodam.messages.model import HIDE_RECEIVER, NO_UNREAD, NUMBERED, Batch, Message, Numbers, conversation
from sodam.messages.quota import MinuteQuota
from sodam.messages.writes import Appender
from sodam.notices import Notice
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


class SentBatch(NamedTuple):
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
        self.batch_quota = MinuteQuota(12_000, Code.MSG_BATCH_QUOTA)
        """Copies of batch messages (rest-messages.md 2.2); taken by the edge, which knows whether limits are on."""
        self._arrivals = ArrivalClock(clock)
        self._numbers = SecondNumbers(clock)
        self._log: MessageLog[Message] = MessageLog(Appender(db, self._arrivals).write, self._written)
        self._loop = asyncio.get_running_loop()
        self._ask_until = 0.0
        """Until then SQLite is asked about messages that this process knows nothing of."""
        self._doubt_until = 0.0
        """Until then, what the database knows may not have been told to devices."""

    async def start(self) -> None:
        now = self._clock()
        row = await self._db.fetch_one("SELECT MAX(last_time), MAX(low_at), MAX(high_at) FROM c2c_head")
        if row and row[0] is not None:
            self._arrivals.begin(max(row[1:]), row[0])
            if row[0] > now - WINDOW:
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
            message.msg_seq = message.msg_seq or self._numbers.take()
            self._tell(message, online_only=True)
            return Sent(message.msg_time, message.msg_seq, message.msg_random, sender.tiny_id)
        numbers: Numbers | None
        first = self._recent.seen(message)
        if first is None:
            numbers = (await self._ask([message])).get(message.conv) if self._must_ask() else None
        else:
            numbers = await self._again(first) if isinstance(first, Message) else first
        if numbers is None:
            stored = await self.append(message)
            return Sent(stored.msg_time, stored.msg_seq, message.msg_random, sender.tiny_id)
        return Sent(*numbers, message.msg_random, sender.tiny_id)

    async def send_batch(self, app: App, messages: list[Message], *, online_only: bool = False) -> SentBatch:
        """One message to many (rest-messages.md 2.2): sender, MsgSeq, MsgRandom and content are those of the first.

        All get one MsgKey (but see ``Batch``), and those not sent before share commits. Relations are not asked. Raises
        ApiError 20003 (sender unknown), and what kept the messages from being stored when none was.
        """
        sender = await self._accounts.find(app.sdkappid, messages[0].sender)
        if sender is None:
            raise ApiError(Code.C2C_ACCOUNT_INVALID, f"From_Account {messages[0].sender!r} does not exist")
        known = await self._accounts.find_many(app.sdkappid, [m.recipient for m in messages])
        failed = {m.recipient: Code.ACCOUNT_NOT_FOUND for m in messages if m.recipient not in known}
        going = [m for m in messages if m.recipient in known]
        shared = Batch(Numbers(0, messages[0].msg_seq or self._numbers.take()))
        for message in going:
            _sign(message, sender)
            message.timed, message.batch = True, shared
        if online_only:
            numbers = Numbers(int(self._clock()), shared.first.msg_seq)
            for message in going:
                message.msg_time, message.msg_seq = numbers
                self._tell(message, online_only=True)
        else:
            numbers = await self._store_batch(going, failed, shared) if going else shared.first
        return SentBatch(Sent(*numbers, messages[0].msg_random, sender.tiny_id), failed)

    async def _store_batch(self, going: list[Message], failed: dict[str, Code], shared: Batch) -> Numbers:
        """Store what was not stored before; the numbers of all of it. A batch that comes again keeps its first ones."""
        new: list[Message] = []
        numbers: list[Numbers] = []
        pending: list[asyncio.Future[Numbers]] = []
        for message in going:
            first = self._recent.seen(message)
            if first is None:
                new.append(message)
            elif isinstance(first, Message):
                pending.append(self._again(first))
            else:
                numbers.append(first)
        before = await self._ask(new) if new and self._must_ask() else {}
        numbers += await asyncio.gather(*pending)
        shared.first = min([*numbers, *before.values()], default=shared.first)
        waiting = [(m.recipient, self.append(m)) for m in new if m.conv not in before]
        stored = await asyncio.gather(*(future for _, future in waiting), return_exceptions=True)
        errors = {r: result for (r, _), result in zip(waiting, stored, strict=True) if isinstance(result, Exception)}
        if errors and len(errors) == len(going):
            raise next(iter(errors.values()))
        failed.update(dict.fromkeys(errors, Code.C2C_INTERNAL))
        return shared.first

    def append(self, message: Message) -> asyncio.Future[Message]:
        """Hand a checked message to the log; done when it is on disk and its devices were told."""
        future: asyncio.Future[Message] = self._loop.create_future()
        message.future = future
        self._log.append(message)
        return future

    async def import_message(self, app: App, message: Message) -> None:
        """Store a message with its own time (rest-messages.md 2.3); the same one again is not stored twice.

        One that is older than the history kept is told to nobody and unread to nobody: it cannot be read.

        Raises ApiError 90048 (sender unknown), 90012 (receiver unknown).
        """
        sender = await self._accounts.find(app.sdkappid, message.sender)
        if sender is None:
            raise ApiError(Code.MSG_ACCOUNT_NOT_FOUND, f"From_Account {message.sender!r} does not exist")
        if await self._accounts.find(app.sdkappid, message.recipient) is None:
            raise ApiError(Code.MSG_RECEIVER_NOT_FOUND, f"To_Account {message.recipient!r} does not exist")
        _sign(message, sender)
        message.timed = True
        if message.msg_time < self.oldest(app):
            message.flags |= NO_UNREAD
            message.silent = True
        await self.append(message)

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
        """Whether SQLite may know a message that this process does not. PostgreSQL knows when it stores one."""
        if self._ask_until > 0 and self._clock() < self._ask_until:
            return self._db.engine == "sqlite"
        return self._recent.short and self._db.engine == "sqlite"

    async def _ask(self, messages: list[Message]) -> dict[str, Numbers]:
        """Of these, all with one sender and content, those that were stored before: conversation to numbers.

        They are answered; the others are still to be stored.
        """
        try:
            before = await reads.find_recent(self._db, messages, int(self._clock()) - WINDOW)
        except BaseException:
            for message in messages:
                self._failed(message)
            raise
        for message in messages:
            if numbers := before.get(message.conv):
                message.msg_time, message.msg_seq = numbers
                self._was_stored(message)
        return before

    def _was_stored(self, message: Message) -> None:
        """The database knew it. Whether its devices were told is certain, but after a connection that broke."""
        self._recent.stored(message)
        if self._clock() < self._doubt_until and not message.silent:
            self._tell(message)
        if message.again is not None:
            _answer_again(message)

    def _again(self, first: Message) -> asyncio.Future[Numbers]:
        """The numbers of ``first``, which is on its way to the disk; its own caller may be gone.

        Call in the turn in which it was found to be on its way.
        """
        waiting: asyncio.Future[Numbers] = self._loop.create_future()
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
            if not isinstance(error, Unavailable):  # which is logged once for all calls
                log.error("messages could not be stored", count=len(batch), error=repr(error))
            # A connection that broke may have hidden a commit: whoever sends again is answered from the database.
            self._ask_until = self._doubt_until = self._clock() + WINDOW
        for message in batch:
            future = message.future
            if error is not None:
                self._failed(message)
                continue
            if message.batch is not None:
                message.batch.first = message.batch.numbers
            if message.duplicate:
                self._was_stored(message)
            else:
                self._recent.stored(message)
                if not message.silent:
                    self._tell(message)
                if message.again is not None:
                    _answer_again(message)
            message.future = None  # they point at each other, and garbage collections are rare
            if future is not None and not future.done():
                future.set_result(message)

    def _tell(self, message: Message, *, online_only: bool = False) -> None:
        live = self._live
        notice: Notice | None = None
        if not message.flags & HIDE_RECEIVER:
            topic = of_user(message.app, message.recipient)
            if live.wanted(topic):
                notice = events.arrived(message, online_only=online_only)
                live.send(topic, notice, exclude=message.exclude)
        if message.sync and message.sender != message.recipient:
            topic = of_user(message.app, message.sender)
            if live.wanted(topic, but=message.exclude):
                notice = notice or events.arrived(message, online_only=online_only)
                live.send(topic, notice, exclude=message.exclude)

    async def forget_recent(self) -> int:
        """Periodic work: forget which messages were sent before the window within which they count as the same."""
        return await dedupe.purge(self._db, self.now)

    async def settle(self) -> None:
        """Wait until what is stored by now was told to the devices of this node."""
        await self._log.settle()

    def notify(self, app: int, user_ids: tuple[str, ...], notice: Notice, *, exclude: int = 0) -> None:
        """Give ``notice`` to all devices of the users but the one with InstId ``exclude``."""
        for user_id in dict.fromkeys(user_ids):
            self._live.send(of_user(app, user_id), notice, exclude=exclude)


def _sign(message: Message, sender: Account) -> None:
    message.tiny_id = sender.tiny_id
    if sender.profile:
        message.nick, message.image = sender.nick, sender.image


def _answer_again(message: Message) -> None:
    """The same message came again while this one was being written: its answer is this one's answer."""
    for future in message.again or ():
        if not future.done():
            future.set_result(Numbers(message.msg_time, message.msg_seq))


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
    """A message not yet sent; ``seq`` 0 has the server number it."""
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
        flags=0 if seq else NUMBERED,
    )
