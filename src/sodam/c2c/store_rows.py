"""What a stored one-to-one message is in the tables: the statements, and the values that they are given."""

from __future__ import annotations

from typing import Final

from sodam.c2c.model import Message, place_in_second
from sodam.messages.clock import SECOND, STEP_SECONDS
from sodam.storage import Bulk

PACK: Final = 1 << 34
"""Two numbers in one, where each is less."""


def _moved(column: str) -> str:
    """A time of arrival never falls, unless it comes from a clock that was set ahead and is right again."""
    old, new = f"c2c_head.{column}", f"excluded.{column}"
    back = f"excluded.last_time > 0 AND {new} > 0 AND {new} < {old} - {STEP_SECONDS * SECOND}"
    return f"{column} = CASE WHEN {new} > {old} OR ({back}) THEN {new} ELSE {old} END"


HEADS: Final = Bulk(
    "INSERT INTO c2c_head (app, conv, last_seq, last_time, low_seq, low_at, high_seq, high_at, in_low, in_high, "
    "last_num, prev_num)",
    ("bigint", "text", *("bigint",) * 10),
    "ON CONFLICT (app, conv) DO UPDATE SET last_seq = c2c_head.last_seq + excluded.last_seq, "
    "last_time = CASE WHEN excluded.last_time > c2c_head.last_time THEN excluded.last_time "
    "ELSE c2c_head.last_time END, "
    "low_seq = CASE WHEN excluded.low_seq > 0 THEN c2c_head.last_seq + excluded.low_seq ELSE c2c_head.low_seq END, "
    "high_seq = CASE WHEN excluded.high_seq > 0 THEN c2c_head.last_seq + excluded.high_seq "
    f"ELSE c2c_head.high_seq END, {_moved('low_at')}, {_moved('high_at')}, "
    "in_low = c2c_head.in_low + excluded.in_low, in_high = c2c_head.in_high + excluded.in_high, "
    # See ``store_writes.Gathered``: last_num comes in as ``fresh``, prev_num as ``add`` and ``least`` in one, negative.
    "prev_num = CASE WHEN excluded.last_time > c2c_head.last_time THEN 0 ELSE c2c_head.last_num END, "
    "last_num = CASE WHEN excluded.last_time = 0 THEN c2c_head.last_num "
    "WHEN excluded.last_time > c2c_head.last_time OR c2c_head.last_num = 0 THEN excluded.last_num "
    f"WHEN c2c_head.last_num + (-excluded.prev_num) / {PACK} < (-excluded.prev_num) % {PACK} "
    f"THEN (-excluded.prev_num) % {PACK} ELSE c2c_head.last_num + (-excluded.prev_num) / {PACK} END "
    "RETURNING app, conv, last_seq, last_time, prev_num",
)
ROWS: Final = Bulk(
    "INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, version, "
    "body, cloud, ord)",
    ("bigint", "text", *("bigint",) * 8, "bytea", "bytea", "bigint"),
)
MEMBERS: Final = Bulk(
    "INSERT INTO c2c_member (app, owner, peer, conv, high, read_time, read_seq, read_count, hidden_seq, clear_seq, "
    "top_time, mute)",
    ("bigint", "text", "text", "text", *("bigint",) * 8),
    "ON CONFLICT DO NOTHING",
)


def row_of(message: Message) -> tuple[int | str | bytes, ...]:
    """Its row in ``ROWS``; it has its place."""
    m = message
    return (
        m.app,
        m.conv,
        m.msg_time,
        m.msg_seq,
        m.msg_random,
        m.seq,
        1 if m.sender > m.recipient else 0,
        m.client_time or m.msg_time,
        m.flags,
        0,
        m.body,
        m.cloud,
        place_in_second(m.flags, m.msg_seq, m.seq) if m.flags else m.seq,
    )


def members_of(message: Message) -> list[tuple[int | str, ...]]:
    """The rows in ``MEMBERS`` of its two users (one, where somebody writes to himself), for a conversation that it
    begins."""
    app, conv, a, b = message.app, message.conv, message.sender, message.recipient
    pairs = [(a, b), (b, a)] if a != b else [(a, a)]
    return [(app, one, other, conv, int(one > other), 0, 0, 0, 0, 0, 0, 0) for one, other in pairs]
