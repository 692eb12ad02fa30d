"""The SQL that appends a batch of messages: heads first (they give each message its place and time), then the rows.

One statement a table, whatever the batch: a row costs a few microseconds that way and a hundred alone. PostgreSQL has a
twin of it (``store_writes_postgres``); batches that must ask first go through ``store_writes_locked``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

from sodam.c2c import store_alone, store_writes_locked, store_writes_postgres
from sodam.c2c.model import Message, place_in_second
from sodam.c2c.sending import Sending
from sodam.c2c.store_rows import HEADS, MEMBERS, PACK, ROWS, members_of, row_of
from sodam.messages.clock import SECOND, ArrivalClock
from sodam.messages.followers import Followers
from sodam.messages.keepers import Keeper
from sodam.messages.model import (
    FIRST_NUMBER,
    HIDE_RECEIVER,
    HIDE_SENDER,
    IMPORTED,
    NO_LAST,
    NO_UNREAD,
    NUMBERED,
    U32,
)
from sodam.outbox import bundles
from sodam.outbox.bundles import Bundle
from sodam.storage import Database, Row, Tx


class Gathered:
    """What one batch adds to one conversation.

    A message without a MsgSeq gets the next after the largest of its second. The largest before the batch is known only
    to the database, so that a number is kept as a function of it: ``max(before + add, least)``. Another number n makes
    ``max(max(before + add, least), n)`` of that, one more makes ``max(before + add + 1, least + 1)``: the same form.
    Where there is no message of that second before the batch, it is ``fresh``.
    """

    __slots__ = (
        *("add", "first", "fresh", "high_at", "high_seq", "in_high", "in_low", "least", "live_time", "low_at"),
        *("low_seq", "numbering", "plain", "sendings"),
    )

    def __init__(self, first: Message) -> None:
        self.first = first
        self.sendings: list[Sending] = []
        self.low_seq = self.low_at = self.high_seq = self.high_at = self.in_low = self.in_high = 0
        self.live_time = self.add = self.least = self.fresh = 0
        self.numbering: store_writes_postgres.Numbering = {}
        self.plain = True
        """No message has flags or a time of its own."""

    def append(self, sending: Sending, now: int, arrival: int) -> None:
        self.sendings.append(sending)
        message = sending.message
        flags = message.flags
        if not flags and not sending.timed:  # nearly every message: it moves the conversation in both lists and counts
            self.low_seq = self.high_seq = len(self.sendings)
            self.low_at = self.high_at = arrival
            if now > self.live_time:
                self.live_time = now
            number = message.msg_seq
            if number > self.least:
                self.least = number
            if number > self.fresh:
                self.fresh = number
        else:
            self.plain = False
            if not flags & IMPORTED:
                self._number(sending, now)
            self._flagged(flags, message, arrival)
        if not flags & (NO_UNREAD | HIDE_RECEIVER):
            if message.sender > message.recipient:
                self.in_low += 1
            else:
                self.in_high += 1

    def _number(self, sending: Sending, now: int) -> None:
        message = sending.message
        time = message.msg_time if sending.timed else now
        if time > self.live_time:
            self.live_time = time
        if message.flags & NUMBERED and sending.batch is None:
            self.add += 1
            self.least += 1
            self.fresh = (self.fresh or FIRST_NUMBER) + 1
            self.numbering[len(self.sendings) - 1] = (self.add, self.least, self.fresh)
        else:
            if message.msg_seq > self.least:
                self.least = message.msg_seq
            if message.msg_seq > self.fresh:
                self.fresh = message.msg_seq

    def _flagged(self, flags: int, message: Message, arrival: int) -> None:
        if flags & NO_LAST:
            return
        high = message.high
        at = min(arrival, message.msg_time * SECOND) if flags & IMPORTED else arrival
        # Whoever is not shown the message does not see the conversation move either.
        if not flags & (HIDE_SENDER if not high else HIDE_RECEIVER):
            self.low_seq = len(self.sendings)
            self.low_at = max(self.low_at, at)
        if not flags & (HIDE_SENDER if high else HIDE_RECEIVER):
            self.high_seq = len(self.sendings)
            self.high_at = max(self.high_at, at)

    def place(self, last_seq: int, last_time: int, prev_num: int) -> None:
        """What the database said: the conversation ends here now."""
        seq = last_seq - len(self.sendings)
        for sending in self.sendings:
            seq += 1
            sending.message.seq = seq
            if not sending.timed:
                sending.message.msg_time = last_time
        for at, (add, least, fresh) in self.numbering.items():
            self.sendings[at].message.msg_seq = min(max(prev_num + add, least) if prev_num > 0 else fresh, U32)

    def head(self) -> tuple[int | str, ...]:
        first = self.first
        lists = (self.low_seq, self.low_at, self.high_seq, self.high_at, self.in_low, self.in_high)
        return (
            first.app,
            first.conv,
            len(self.sendings),
            self.live_time,
            *lists,
            self.fresh,
            -(self.add * PACK + self.least),
        )


class Appender:
    """The message log's writer: stores a batch, and gives each message its ``msg_time``, ``seq`` and ``msg_seq``.

    A write may run again after a conflict, so these are set from what the database says, never from an earlier run.
    """

    def __init__(
        self,
        db: Database,
        arrivals: ArrivalClock,
        followers: Followers[Message],
        committed: Callable[[], None] | None = None,
    ) -> None:
        """``committed`` is called when a batch is on disk, before whoever waits for ``write`` goes on."""
        self._db = db
        self._committed = committed
        self._arrivals = arrivals
        self._followers = followers
        self._statements: dict[store_writes_postgres.Shape, str] = {}

    def write(self, batch: list[Sending]) -> Awaitable[None]:
        """Done when ``batch`` is on disk. Messages that were stored before are marked as duplicates."""
        if self._db.engine == "postgres":
            return self._to_postgres(batch)
        alone = len(batch) == 1 and not batch[0].timed and (self._nobody_keeps() or not self._keeping(batch))
        return self._db.write(lambda tx: self._append(tx, batch), lane="log", alone=alone)

    async def _to_postgres(self, batch: list[Sending]) -> None:
        if not any(sending.timed for sending in batch):
            try:
                alone = not self._keeping(batch)
                await self._db.write(lambda tx: self._at_once(tx, batch), single=alone, lane="log")
                return
            except Exception as error:
                if not store_writes_postgres.was_stored(error):
                    raise
        await self._db.write(lambda tx: self._append(tx, batch, ask=True), lane="log")

    def _nobody_keeps(self) -> bool:
        for keeper in self._followers.keepers:  # noqa: SIM110 - a generator costs more than what it asks
            if not keeper.idle:
                return False
        return True

    def _keeping(self, batch: list[Sending]) -> list[Keeper[Message]]:
        """Who writes along with this batch."""
        keepers = [keeper for keeper in self._followers.keepers if not keeper.idle]
        if not keepers:
            return keepers
        return [keeper for keeper in keepers if any(keeper.wants(s.message.app) for s in batch)]

    def _at_once_sql(self, shape: store_writes_postgres.Shape) -> str:
        """PostgreSQL's statement for a batch."""
        sql = self._statements.get(shape)
        if sql is None:
            counting = self._followers.counting
            part = counting.part if counting is not None else None
            sql = store_writes_postgres.statement(HEADS.head, HEADS.tail, shape, part)
            self._statements[shape] = sql
        return sql

    async def _at_once(self, tx: Tx, batch: list[Sending]) -> None:
        if self._committed is not None:
            tx.after_commit(self._committed)
        now, arrival = self._arrivals.take(len(batch))
        if self._plain(batch):
            counting, sql = self._followers.counting, self._at_once_sql
            await store_alone.to_postgres(tx, batch[0].message, now, arrival, counting, sql)
        else:
            await self._store(tx, batch, now, arrival)

    def _plain(self, batch: list[Sending]) -> bool:
        """Whether it is one message for ``store_alone``."""
        first = batch[0]
        if len(batch) > 1 or first.timed or first.message.flags:
            return False
        return self._nobody_keeps() and not self._followers.follow(first.message.app)

    async def _append(self, tx: Tx, batch: list[Sending], *, ask: bool = False) -> None:
        if self._committed is not None:
            tx.after_commit(self._committed)
        now, arrival = self._arrivals.take(len(batch))
        if not ask and self._plain(batch):
            await store_alone.to_sqlite(tx, batch[0].message, now, arrival, self._followers.counting)
            return
        if ask or True in [sending.timed for sending in batch]:
            batch = await store_writes_locked.number(tx, batch, now)
        if batch:
            await self._store(tx, batch, now, arrival)

    async def _store(self, tx: Tx, batch: list[Sending], now: int, arrival: int) -> None:
        gathered: dict[tuple[int, str], Gathered] = {}
        for sending in batch:
            message = sending.message
            key = (message.app, message.conv)
            group = gathered.get(key)
            if group is None:
                group = gathered[key] = Gathered(message)
            group.append(sending, now, arrival)
            arrival += 1
        # In one order on every node: two nodes never wait for each other's rows.
        groups = [gathered[key] for key in sorted(gathered)]
        heads = [group.head() for group in groups]
        followed = {app for app in {app for app, _ in gathered} if self._followers.follow(app)}
        placed = [sending.message for group in groups for sending in group.sendings] if followed else []
        todo = self._todo(placed, followed)
        outbox = self._followers.outbox
        counting, messages = self._followers.counting, [sending.message for sending in batch]
        if tx.engine == "postgres":
            conversations = [(group.sendings, group.numbering) for group in groups]
            counted, counts = counting.arguments(tx, messages, now) if counting is not None else (None, [])
            plain = heads[0][0] == heads[-1][0] and all(group.plain for group in groups)
            shape = store_writes_postgres.Shape(len(batch) == 1, bool(todo), counted, plain)
            for app, conv, *ends in await store_writes_postgres.append(
                tx, self._at_once_sql(shape), shape, heads, conversations, now, todo, counts
            ):
                gathered[app, conv].place(*ends)
            if todo:
                tx.after_commit(outbox.wake)
        else:
            last = await _rows(tx, gathered, await tx.bulk(HEADS, heads))
            if todo:
                await outbox.put_placed(tx, todo, [(m.msg_time, m.msg_seq, m.seq) for m in placed])
            if counting is not None:
                await counting.count(tx, messages, now, last)
        for keeper in self._keeping(batch):
            for sending in batch:
                m = sending.message
                m.ord = place_in_second(m.flags, m.msg_seq, m.seq)
            await keeper.keep(tx, [s.message for s in batch if keeper.wants(s.message.app)])

    def _todo(self, messages: Sequence[Message], followed: Collection[int]) -> list[Bundle]:
        """What is to be done for the messages, which stand app by app."""
        made: list[Bundle] = []
        start = 0
        while start < len(messages):
            app, end = messages[start].app, start + 1
            while end < len(messages) and messages[end].app == app:
                end += 1
            if app in followed:
                of_app = messages[start:end] if end - start < len(messages) else messages
                for topic, found in self._followers.of_all(app, of_app):
                    items = [(start + at, messages[start + at].conv, body) for at, body in found]
                    made += bundles.of_placed(app, topic, items)
            start = end
        return made


async def _rows(tx: Tx, gathered: dict[tuple[int, str], Gathered], returned: list[Row]) -> int:
    """Store the messages at their places; the number of the newest row."""
    rows: list[tuple[int | str | bytes, ...]] = []
    members: list[tuple[int | str, ...]] = []
    for app, conv, last_seq, last_time, prev_num in returned:
        group = gathered[app, conv]
        group.place(last_seq, last_time, prev_num)
        if last_seq == len(group.sendings):
            members.extend(members_of(group.first))
        rows.extend([row_of(sending.message) for sending in group.sendings])
    await tx.bulk(ROWS, rows)
    last = await tx.last_id()
    if members:
        await tx.bulk(MEMBERS, members)
    return last
