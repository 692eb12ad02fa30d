"""The SQL that appends a batch of messages: heads first (they give each message its place and time), then the rows.

One statement a table, whatever the batch: a row costs a few microseconds that way and a hundred alone.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from sodam.messages import writes_postgres
from sodam.messages.model import HIDE_RECEIVER, HIDE_SENDER, IMPORTED, NO_LAST, NO_UNREAD, Message
from sodam.storage import Bulk, Tx

_HEADS = Bulk(
    "INSERT INTO c2c_head (app, conv, last_seq, last_time, low_seq, low_time, high_seq, high_time, in_low, in_high)",
    ("bigint", "text", *("bigint",) * 8),
    "ON CONFLICT (app, conv) DO UPDATE SET last_seq = c2c_head.last_seq + excluded.last_seq, "
    "last_time = CASE WHEN excluded.last_time > c2c_head.last_time THEN excluded.last_time "
    "ELSE c2c_head.last_time END, "
    "low_seq = CASE WHEN excluded.low_seq > 0 THEN c2c_head.last_seq + excluded.low_seq ELSE c2c_head.low_seq END, "
    "low_time = CASE WHEN excluded.low_time > c2c_head.low_time THEN excluded.low_time ELSE c2c_head.low_time END, "
    "high_seq = CASE WHEN excluded.high_seq > 0 THEN c2c_head.last_seq + excluded.high_seq "
    "ELSE c2c_head.high_seq END, "
    "high_time = CASE WHEN excluded.high_time > c2c_head.high_time THEN excluded.high_time "
    "ELSE c2c_head.high_time END, "
    "in_low = c2c_head.in_low + excluded.in_low, in_high = c2c_head.in_high + excluded.in_high "
    "RETURNING app, conv, last_seq, last_time",
)
_ROWS = Bulk(
    "INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, version, "
    "body, cloud)",
    ("bigint", "text", *("bigint",) * 8, "bytea", "bytea"),
)
_MEMBERS = Bulk(
    "INSERT INTO c2c_member (app, owner, peer, conv, high, read_time, read_seq, read_count, hidden_seq, clear_seq, "
    "top_time, mute)",
    ("bigint", "text", "text", "text", *("bigint",) * 8),
    "ON CONFLICT DO NOTHING",
)

_AT_ONCE = writes_postgres.statement(_HEADS.head, _HEADS.tail)


class _Gathered:
    """What one batch adds to one conversation."""

    __slots__ = ("first", "high_seq", "high_time", "in_high", "in_low", "live", "low_seq", "low_time", "messages")

    def __init__(self, first: Message) -> None:
        self.first = first
        self.messages: list[Message] = []
        self.low_seq = self.low_time = self.high_seq = self.high_time = self.in_low = self.in_high = 0
        self.live = False

    def add(self, message: Message, now: int) -> None:
        self.messages.append(message)
        flags = message.flags
        high = message.high
        if not flags:  # nearly every message: it moves the conversation in both lists and counts
            self.live = True
            self.low_seq = self.high_seq = len(self.messages)
            self.low_time = self.high_time = now
        else:
            self._add_flagged(flags, high, min(now, message.msg_time) if flags & IMPORTED else now)
        if not flags & (NO_UNREAD | HIDE_RECEIVER):
            if high:
                self.in_low += 1
            else:
                self.in_high += 1

    def _add_flagged(self, flags: int, high: bool, at: int) -> None:
        self.live = self.live or not flags & IMPORTED
        if flags & NO_LAST:
            return
        # Whoever is not shown the message does not see the conversation move either.
        if not flags & (HIDE_SENDER if not high else HIDE_RECEIVER):
            self.low_seq = len(self.messages)
            self.low_time = max(self.low_time, at)
        if not flags & (HIDE_SENDER if high else HIDE_RECEIVER):
            self.high_seq = len(self.messages)
            self.high_time = max(self.high_time, at)

    def place(self, last_seq: int, last_time: int) -> None:
        """What the database said: the conversation ends here now."""
        seq = last_seq - len(self.messages)
        for message in self.messages:
            seq += 1
            message.seq = seq
            if not message.timed:
                message.msg_time = last_time

    def head(self, now: int) -> tuple[int | str, ...]:
        first = self.first
        return (
            first.app,
            first.conv,
            len(self.messages),
            now if self.live else 0,
            self.low_seq,
            self.low_time,
            self.high_seq,
            self.high_time,
            self.in_low,
            self.in_high,
        )


def _row(m: Message) -> tuple[int | str | bytes, ...]:
    at = m.client_time or m.msg_time
    return (m.app, m.conv, m.msg_time, m.msg_seq, m.msg_random, m.seq, int(m.high), at, m.flags, 0, m.body, m.cloud)


def appender(clock: Callable[[], float] = time.time) -> Callable[[Tx, list[Message]], Awaitable[None]]:
    """``apply`` of the message log: stores a batch and sets ``msg_time`` and ``seq`` of each message.

    It may run again after a conflict, so it sets them from what the database says, never from its own earlier run.
    """

    async def apply(tx: Tx, batch: list[Message]) -> None:
        now = int(clock())
        gathered: dict[tuple[int, str], _Gathered] = {}
        for message in batch:
            key = (message.app, message.conv)
            group = gathered.get(key)
            if group is None:
                group = gathered[key] = _Gathered(message)
            group.add(message, now)
        # In one order on every node: two nodes never wait for each other's rows.
        ordered = sorted(gathered)
        heads = [gathered[key].head(now) for key in ordered]
        if tx.engine == "postgres":
            conversations = [gathered[key].messages for key in ordered]
            for app, conv, last_seq, last_time in await writes_postgres.append(tx, _AT_ONCE, heads, conversations):
                gathered[(app, conv)].place(last_seq, last_time)
            return
        returned = await tx.bulk(_HEADS, heads)
        rows: list[tuple[int | str | bytes, ...]] = []
        members: list[tuple[int | str, ...]] = []
        for app, conv, last_seq, last_time in returned:
            group = gathered[(app, conv)]
            group.place(last_seq, last_time)
            if last_seq == len(group.messages):
                a, b = group.first.sender, group.first.recipient
                members.append((app, a, b, conv, int(a > b), 0, 0, 0, 0, 0, 0, 0))
                if a != b:
                    members.append((app, b, a, conv, int(b > a), 0, 0, 0, 0, 0, 0, 0))
            rows.extend(map(_row, group.messages))
        await tx.bulk(_ROWS, rows)
        if members:
            await tx.bulk(_MEMBERS, members)

    return apply
