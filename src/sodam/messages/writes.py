"""The SQL that appends a batch of messages: heads first (they give each message its place and time), then the rows.

One statement a table, whatever the batch: a row costs a few microseconds that way and a hundred alone.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from sodam.messages.model import HIDE_RECEIVER, IMPORTED, NO_LAST, NO_UNREAD, Message
from sodam.storage import Bulk, Tx

_HEADS = Bulk(
    "INSERT INTO c2c_head (app, conv, last_seq, last_time, list_seq, list_time, in_low, in_high)",
    ("bigint", "text", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint"),
    "ON CONFLICT (app, conv) DO UPDATE SET last_seq = c2c_head.last_seq + excluded.last_seq, "
    "last_time = CASE WHEN excluded.last_time > c2c_head.last_time THEN excluded.last_time "
    "ELSE c2c_head.last_time END, "
    "list_seq = CASE WHEN excluded.list_seq > 0 THEN c2c_head.last_seq + excluded.list_seq "
    "ELSE c2c_head.list_seq END, "
    "list_time = CASE WHEN excluded.list_time > c2c_head.list_time THEN excluded.list_time "
    "ELSE c2c_head.list_time END, "
    "in_low = c2c_head.in_low + excluded.in_low, in_high = c2c_head.in_high + excluded.in_high "
    "RETURNING app, conv, last_seq, last_time",
)
_ROWS = Bulk(
    "INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, version, "
    "body, cloud)",
    ("bigint", "text", *("bigint",) * 8, "bytea", "bytea"),
)
_MEMBERS = Bulk(
    "INSERT INTO c2c_member (app, owner, peer, conv, high, read_time, read_count, hidden_seq, clear_seq, "
    "top_time, mute)",
    ("bigint", "text", "text", "text", *("bigint",) * 7),
    "ON CONFLICT DO NOTHING",
)


class _Gathered:
    """What one batch adds to one conversation."""

    __slots__ = ("first", "in_high", "in_low", "list_seq", "list_time", "live", "messages")

    def __init__(self, first: Message) -> None:
        self.first = first
        self.messages: list[Message] = []
        self.list_seq = self.list_time = self.in_low = self.in_high = 0
        self.live = False

    def add(self, message: Message, now: int) -> None:
        self.messages.append(message)
        flags = message.flags
        imported = flags & IMPORTED
        self.live = self.live or not imported
        if not flags & NO_LAST:
            self.list_seq = len(self.messages)
            self.list_time = max(self.list_time, message.msg_time if imported else now)
        if not flags & (NO_UNREAD | HIDE_RECEIVER):
            if message.high:
                self.in_low += 1
            else:
                self.in_high += 1

    def head(self, now: int) -> tuple[int, str, int, int, int, int, int, int]:
        first = self.first
        return (
            first.app,
            first.conv,
            len(self.messages),
            now if self.live else 0,
            self.list_seq,
            self.list_time,
            self.in_low,
            self.in_high,
        )


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
        returned = await tx.bulk(_HEADS, [gathered[key].head(now) for key in ordered])
        rows: list[tuple[int | str | bytes, ...]] = []
        members: list[tuple[int | str, ...]] = []
        for app, conv, last_seq, last_time in returned:
            group = gathered[(app, conv)]
            seq = last_seq - len(group.messages)
            if seq == 0:
                a, b = group.first.sender, group.first.recipient
                members.append((app, a, b, conv, int(a > b), 0, 0, 0, 0, 0, 0))
                if a != b:
                    members.append((app, b, a, conv, int(b > a), 0, 0, 0, 0, 0, 0))
            for m in group.messages:
                seq += 1
                m.seq = seq
                if not m.timed:
                    m.msg_time = last_time
                rows.append(
                    (
                        app,
                        conv,
                        m.msg_time,
                        m.msg_seq,
                        m.msg_random,
                        seq,
                        int(m.high),
                        m.client_time or m.msg_time,
                        m.flags,
                        0,
                        m.body,
                        m.cloud,
                    )
                )
        await tx.bulk(_ROWS, rows)
        if members:
            await tx.bulk(_MEMBERS, members)

    return apply
