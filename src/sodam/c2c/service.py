"""One-to-one messages: the way in (checks, log, delivery). Reading is ``histories``, later changes are ``changes``.

An answer is given only after the message is on disk. Devices are notified after the commit, in the order of the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import structlog

from sodam.accounts.model import Account
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Bus, Live, of_user
from sodam.c2c import events, store_reads, store_recent
from sodam.c2c.fast_path import FastPath
from sodam.c2c.fast_path import identity as _identity
from sodam.c2c.histories import Histories
from sodam.c2c.model import Message
from sodam.c2c.pairs import Pairs
from sodam.c2c.sending import Batch, Sending
from sodam.c2c.store_writes import Appender
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code, Unavailable
from sodam.messages.clock import ArrivalClock, SecondNumbers
from sodam.messages.dedupe import WINDOW, Recent
from sodam.messages.followers import Followers, entry
from sodam.messages.interceptors import Dropped, Interceptors
from sodam.messages.log import MessageLog
from sodam.messages.model import HIDE_RECEIVER, NO_UNREAD, Numbers, msg_key
from sodam.messages.quota import MinuteQuota
from sodam.notices import Notice
from sodam.outbox.service import Outbox
from sodam.storage import Database

log = structlog.get_logger(__name__)


class Sent(NamedTuple):
    msg_time: int
    msg_seq: int
    msg_random: int
    tiny_id: int

    @property
    def key(self) -> str:
        return msg_key(self.msg_seq, self.msg_random, self.msg_time)

    @property
    def msg_id(self) -> str:
        return f"{self.tiny_id}-{self.msg_time}-{self.msg_random}"


class SentBatch(NamedTuple):
    """What became of one message to many. ``failed`` names receivers that did not get it."""

    sent: Sent
    failed: dict[str, Code]


class C2CService:
    def __init__(
        self,
        db: Database,
        bus: Bus,
        live: Live,
        accounts: AccountService,
        outbox: Outbox,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._live = live
        self._accounts = accounts
        self._clock = clock
        self.histories = Histories(db, bus, accounts, clock)
        self.interceptors: Interceptors[Message] = Interceptors()
        """What a client's message passes before it is stored."""
        self.screens: Interceptors[Message] = Interceptors()
        """What the content of every message passes, an administrator's and an edited one, too."""
        self.callbacks: Interceptors[Message] = Interceptors()
        """What every message with a ``source`` passes at last: the app itself is asked."""
        self.followers: Followers[Message] = Followers(outbox)
        """What is to be done outside for messages that are stored."""
        self._recent: Recent[Sending] = Recent(clock)
        self.batch_quota = MinuteQuota(12_000, Code.MSG_BATCH_QUOTA)
        """Copies of batch messages (rest-messages.md 2.2); taken by the edge, which knows whether limits are on."""
        self._arrivals = ArrivalClock(clock)
        self._numbers = SecondNumbers(clock)
        appender = Appender(db, self._arrivals, self.followers, lambda: self.log.committed())
        self.log: MessageLog[Sending] = MessageLog(appender.write, self._written)
        pairs = Pairs(accounts, self.interceptors, self.screens, self.callbacks)
        self.fast = FastPath(
            pairs, self.interceptors, self.screens, self._recent, self._must_ask, self.log.append, live
        )
        """For messages of clients whose rules are all decided at hand."""
        self._loop = asyncio.get_running_loop()
        self._ask_until = 0.0
        """Until then SQLite is asked about messages that this process knows nothing of."""
        self._doubt_until = 0.0
        """Until then, devices may lack what the database knows."""

    async def start(self) -> None:
        now = self._clock()
        newest = await store_reads.newest(self._db)
        if newest is not None:
            self._arrivals.begin(newest.arrival, newest.second)
            if newest.second > now - WINDOW:
                self._ask_until = now + WINDOW

    async def drain(self) -> None:
        await self.log.drain()

    # The way in

    async def send(
        self,
        app: App,
        message: Message,
        *,
        exclude: int = 0,
        sync: bool = True,
        online_only: bool = False,
        checked: bool = True,
    ) -> Sent:
        """Check the parties, store, deliver. ``exclude`` and ``sync`` as in ``Sending``; ``checked`` passes the message
        through the interceptors, as a client's must be; everybody's content passes the screens.

        Raises ApiError 20003 (sender unknown), 90012 (receiver unknown), and what a step of either refuses with.
        """
        accounts = self._accounts
        sender = accounts.peek(app.sdkappid, message.sender) or await accounts.find(app.sdkappid, message.sender)
        if sender is None:
            raise ApiError(Code.C2C_ACCOUNT_INVALID, f"From_Account {message.sender!r} does not exist")
        receiver = accounts.peek(app.sdkappid, message.recipient)
        if receiver is None and await accounts.find(app.sdkappid, message.recipient) is None:
            raise ApiError(Code.MSG_RECEIVER_NOT_FOUND, f"To_Account {message.recipient!r} does not exist")
        try:
            if checked and (at := self.interceptors.stop(app, message)) >= 0:
                await self.interceptors.run(app, message, at)
            if (at := self.screens.stop(app, message)) >= 0:
                await self.screens.run(app, message, at)
            if message.source is not None and self.callbacks.waits(app):
                await self.callbacks.run(app, message)
        except Dropped:
            return Sent(self.now, message.msg_seq or self._numbers.take(), message.msg_random, sender.tiny_id)
        _name_sender(message, sender)
        sending = Sending(message, exclude, sync)
        if online_only:
            message.msg_time = int(self._clock())
            message.msg_seq = message.msg_seq or self._numbers.take()
            self._deliver(sending, online_only=True)
            await self._follow(message)
            return Sent(message.msg_time, message.msg_seq, message.msg_random, sender.tiny_id)
        numbers: Numbers | None
        first = self._recent.seen(sending, _identity(message))
        if first is None:
            numbers = (await self._ask([sending])).get(message.conv) if self._must_ask() else None
        else:
            numbers = await self._again(first) if isinstance(first, Sending) else first
        if numbers is None:
            stored = await self._append(sending)
            return Sent(stored.msg_time, stored.msg_seq, message.msg_random, sender.tiny_id)
        return Sent(*numbers, message.msg_random, sender.tiny_id)

    def waits(self, app: App) -> bool:
        """Whether a client's message of this app may wait for the network before it is stored."""
        return self.interceptors.waits(app) or self.callbacks.waits(app)

    async def _follow(self, message: Message) -> None:
        """Write what is to be done for a message that is not stored."""
        numbers = Numbers(message.msg_time, message.msg_seq)
        entries = [entry(message.app, message.conv, 0, numbers, follow) for follow in self.followers.of(message)]
        if entries:
            await self._db.write(lambda tx: self.followers.outbox.put(tx, entries))

    async def send_batch(
        self, app: App, messages: list[Message], *, sync: bool = True, online_only: bool = False
    ) -> SentBatch:
        """One message to many (rest-messages.md 2.2): sender, MsgSeq, MsgRandom and content are those of the first.

        All get one MsgKey (but see ``Batch``), and those not sent before share commits. The content passes
        the screens; interceptors are not asked.
        Raises ApiError 20003 (sender unknown), and what kept the messages from being stored when none was.
        """
        sender = await self._accounts.find(app.sdkappid, messages[0].sender)
        if sender is None:
            raise ApiError(Code.C2C_ACCOUNT_INVALID, f"From_Account {messages[0].sender!r} does not exist")
        await self.screens.run(app, messages[0])
        for message in messages[1:]:
            message.body, message.flags = messages[0].body, messages[0].flags
        known = await self._accounts.find_many(app.sdkappid, [m.recipient for m in messages])
        failed = {m.recipient: Code.ACCOUNT_NOT_FOUND for m in messages if m.recipient not in known}
        shared = Batch(Numbers(0, messages[0].msg_seq or self._numbers.take()))
        going = [Sending(m, sync=sync, timed=True, batch=shared) for m in messages if m.recipient in known]
        for sending in going:
            _name_sender(sending.message, sender)
        if online_only:
            numbers = Numbers(int(self._clock()), shared.first.msg_seq)
            for sending in going:
                sending.message.msg_time, sending.message.msg_seq = numbers
                self._deliver(sending, online_only=True)
        else:
            numbers = await self._store_batch(going, failed, shared) if going else shared.first
        return SentBatch(Sent(*numbers, messages[0].msg_random, sender.tiny_id), failed)

    async def _store_batch(self, going: list[Sending], failed: dict[str, Code], shared: Batch) -> Numbers:
        """Store what was not stored before; the numbers of all of it. A batch that comes again keeps its first ones."""
        new: list[Sending] = []
        numbers: list[Numbers] = []
        pending: list[asyncio.Future[Numbers]] = []
        for sending in going:
            first = self._recent.seen(sending, _identity(sending.message))
            if first is None:
                new.append(sending)
            elif isinstance(first, Sending):
                pending.append(self._again(first))
            else:
                numbers.append(first)
        before = await self._ask(new) if new and self._must_ask() else {}
        numbers += await asyncio.gather(*pending)
        shared.first = min([*numbers, *before.values()], default=shared.first)
        waiting = [(s.message.recipient, self._append(s)) for s in new if s.message.conv not in before]
        stored = await asyncio.gather(*(future for _, future in waiting), return_exceptions=True)
        errors = {r: result for (r, _), result in zip(waiting, stored, strict=True) if isinstance(result, Exception)}
        if errors and len(errors) == len(going):
            raise next(iter(errors.values()))
        failed.update(dict.fromkeys(errors, Code.C2C_INTERNAL))
        return shared.first

    def _append(self, sending: Sending) -> asyncio.Future[Message]:
        """Hand a checked message to the log; done when it is on disk and its devices were notified."""
        future: asyncio.Future[Message] = self._loop.create_future()
        sending.future = future
        self.log.append(sending)
        return future

    async def import_message(self, app: App, message: Message, *, silent: bool = False) -> None:
        """Store a message with its own time (rest-messages.md 2.3); the same one again is not stored twice. ``silent``:
        devices are not notified.

        Nobody is notified of one that is older than the history kept, and it counts as read: it cannot be read.

        Raises ApiError 90048 (sender unknown), 90012 (receiver unknown).
        """
        sender = await self._accounts.find(app.sdkappid, message.sender)
        if sender is None:
            raise ApiError(Code.MSG_ACCOUNT_NOT_FOUND, f"From_Account {message.sender!r} does not exist")
        if await self._accounts.find(app.sdkappid, message.recipient) is None:
            raise ApiError(Code.MSG_RECEIVER_NOT_FOUND, f"To_Account {message.recipient!r} does not exist")
        _name_sender(message, sender)
        if message.msg_time < self.histories.oldest(app):
            message.flags |= NO_UNREAD
            silent = True
        await self._append(Sending(message, silent=silent, timed=True))

    def _must_ask(self) -> bool:
        """Whether SQLite may know a message that this process does not. PostgreSQL knows when it stores one."""
        if not self._ask_until and not self._recent.short_until:  # as for nearly every message
            return False
        if self._clock() < self._ask_until:
            return self._db.engine == "sqlite"
        return self._recent.short and self._db.engine == "sqlite"

    async def _ask(self, sendings: list[Sending]) -> dict[str, Numbers]:
        """Of these, all with one sender and content, those that were stored before: conversation to numbers.

        They are answered; the others are still to be stored.
        """
        try:
            messages = [sending.message for sending in sendings]
            before = await store_reads.find_recent(self._db, messages, int(self._clock()) - WINDOW)
        except BaseException:
            for sending in sendings:
                self._failed(sending)
            raise
        for sending in sendings:
            message = sending.message
            if numbers := before.get(message.conv):
                message.msg_time, message.msg_seq = numbers
                self._was_stored(sending)
        return before

    def _was_stored(self, sending: Sending) -> None:
        """The database knew it. Whether its devices were notified is certain, but after a connection that broke."""
        self._recent.known(sending, _numbers(sending))
        if self._clock() < self._doubt_until and not sending.silent:
            self._deliver(sending)
        _answer_again(sending)

    def _again(self, first: Sending) -> asyncio.Future[Numbers]:
        """The numbers of ``first``, which is on its way to the disk; its own caller may be gone.

        Call in the turn in which it was found to be on its way.
        """
        waiting: asyncio.Future[Numbers] = self._loop.create_future()
        if first.again is None:
            first.again = []
        first.again.append(waiting)
        return waiting

    def _failed(self, sending: Sending) -> None:
        """It is not stored: the same message may come again."""
        self._recent.forget(sending)
        error = ApiError(Code.C2C_INTERNAL)
        if sending.asker is not None:
            sending.asker.failed([sending])
        for future in (sending.future, *(sending.again or ())):
            if future is not None and not future.done():
                future.set_exception(error)

    def _written(self, batch: list[Sending], error: BaseException | None) -> None:
        if error is not None:
            if not isinstance(error, Unavailable):  # which is logged once for all calls
                log.error("messages could not be stored", count=len(batch), error=repr(error))
            # A connection that broke may have hidden a commit: whoever sends again is answered from the database.
            self._ask_until = self._doubt_until = self._clock() + WINDOW
        fast: list[Sending] = []
        for sending in batch:
            if error is not None:
                self._failed(sending)
                continue
            if sending.asker is not None and not sending.duplicate and sending.again is None:
                fast.append(sending)
                continue
            if fast:  # what was stored earlier is announced earlier
                self.fast.written(fast)
                fast = []
            if sending.batch is not None:
                sending.batch.first = sending.batch.numbers
            if sending.duplicate:
                self._was_stored(sending)
            else:
                self._recent.placed(sending, sending.message.msg_time, sending.message.msg_seq)
                if not sending.silent:
                    self._deliver(sending)
                if sending.again is not None:
                    _answer_again(sending)
            future = sending.future
            if future is not None and not future.done():
                future.set_result(sending.message)
            if sending.asker is not None:
                sending.asker.stored([sending])
        if fast:
            self.fast.written(fast)

    def _deliver(self, sending: Sending, *, online_only: bool = False) -> None:
        live, message = self._live, sending.message
        notice: Notice | None = None
        if not message.flags & HIDE_RECEIVER:
            topic = of_user(message.app, message.recipient)
            if live.wanted(topic):
                notice = events.arrived(message, online_only=online_only)
                live.send(topic, notice, exclude=sending.exclude)
        if sending.sync and message.sender != message.recipient:
            topic = of_user(message.app, message.sender)
            if live.wanted(topic, but=sending.exclude):
                notice = notice or events.arrived(message, online_only=online_only)
                live.send(topic, notice, exclude=sending.exclude)

    async def forget_recent(self) -> int:
        """Periodic work: forget which messages were sent before the window within which they count as the same."""
        return await store_recent.purge(self._db, self.now)

    async def announced(self) -> None:
        """Wait until the devices of this node were notified of what is stored by now."""
        await self.log.announced()

    def notify(self, app: int, user_ids: tuple[str, ...], notice: Notice, *, exclude: int = 0) -> None:
        """Give ``notice`` to all devices of the users but the one with InstId ``exclude``."""
        for user_id in dict.fromkeys(user_ids):
            self._live.send(of_user(app, user_id), notice, exclude=exclude)

    @property
    def db(self) -> Database:
        return self._db

    @property
    def now(self) -> int:
        return int(self._clock())


def _name_sender(message: Message, sender: Account) -> None:
    message.tiny_id = sender.tiny_id
    if sender.profile:
        message.nick, message.image = sender.nick, sender.image


def _numbers(sending: Sending) -> Numbers:
    return Numbers(sending.message.msg_time, sending.message.msg_seq)


def _answer_again(sending: Sending) -> None:
    """The same message came again while this one was being written: its answer is this one's answer."""
    for future in sending.again or ():
        if not future.done():
            future.set_result(_numbers(sending))
