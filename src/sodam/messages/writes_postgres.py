"""The twin of ``writes.py`` for PostgreSQL: the whole batch in one statement.

The portable way takes two statements and the two that frame a transaction: four trips to the server, which is what a
message costs when messages are few. One statement is a transaction by itself. Measured at 300 messages a second
(docs/decisions).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from sodam.messages.model import Message
from sodam.storage import Row, Tx

_HEAD_TYPES: Final = ("bigint", "text", *("bigint",) * 8)
_ROW_COLUMNS: Final = (
    ("app", "bigint"),
    ("conv", "text"),
    ("back", "bigint"),  # how far before the conversation's new last_seq
    ("own_time", "bigint"),  # 0: the conversation's
    ("msg_seq", "bigint"),
    ("msg_random", "bigint"),
    ("high", "bigint"),
    ("client_time", "bigint"),
    ("flags", "bigint"),
    ("body", "bytea"),
    ("cloud", "bytea"),
)
_MEMBER_COLUMNS: Final = (
    ("app", "bigint"),
    ("owner", "text"),
    ("peer", "text"),
    ("conv", "text"),
    ("high", "bigint"),
    ("added", "bigint"),  # the batch's messages in this conversation: when there are no others, it is new
)


def _unnest(first: int, types: Sequence[str]) -> str:
    return ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(types, first))


def statement(head: str, tail: str) -> str:
    """``head`` and ``tail`` are those of the portable statement for heads."""
    rows_at = 1 + len(_HEAD_TYPES)
    members_at = rows_at + len(_ROW_COLUMNS)
    rows = _unnest(rows_at, [kind for _, kind in _ROW_COLUMNS])
    members = _unnest(members_at, [kind for _, kind in _MEMBER_COLUMNS])
    row_names = ", ".join(name for name, _ in _ROW_COLUMNS)
    member_names = ", ".join(name for name, _ in _MEMBER_COLUMNS)
    time = "CASE WHEN r.own_time > 0 THEN r.own_time ELSE h.last_time END"
    return (
        f"WITH h AS ({head} SELECT * FROM unnest({_unnest(1, _HEAD_TYPES)}) {tail}), "
        "stored AS (INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, "
        f"version, body, cloud) SELECT r.app, r.conv, {time}, r.msg_seq, r.msg_random, h.last_seq - r.back, r.high, "
        f"CASE WHEN r.client_time > 0 THEN r.client_time ELSE {time} END, r.flags, 0, r.body, r.cloud "
        f"FROM unnest({rows}) WITH ORDINALITY AS r({row_names}, place) "
        "JOIN h ON h.app = r.app AND h.conv = r.conv ORDER BY r.place), "
        "begun AS (INSERT INTO c2c_member (app, owner, peer, conv, high, read_time, read_seq, read_count, hidden_seq, "
        "clear_seq, top_time, mute) SELECT m.app, m.owner, m.peer, m.conv, m.high, 0, 0, 0, 0, 0, 0, 0 "
        f"FROM unnest({members}) AS m({member_names}) JOIN h ON h.app = m.app AND h.conv = m.conv "
        "WHERE h.last_seq = m.added ON CONFLICT DO NOTHING) "
        "SELECT app, conv, last_seq, last_time FROM h"
    )


async def append(tx: Tx, sql: str, heads: list[tuple[int | str, ...]], conversations: list[list[Message]]) -> list[Row]:
    """Store a batch; what ``RETURNING`` of the heads gave. ``conversations`` stand in the order of ``heads``."""
    rows: list[tuple[int | str | bytes, ...]] = []
    members: list[tuple[int | str, ...]] = []
    for messages in conversations:
        back = len(messages)
        first = messages[0]
        a, b = first.sender, first.recipient
        members.append((first.app, a, b, first.conv, int(a > b), back))
        if a != b:
            members.append((first.app, b, a, first.conv, int(b > a), back))
        for m in messages:
            back -= 1
            own_time = m.msg_time if m.timed else 0
            ids = (m.app, m.conv, back, own_time, m.msg_seq, m.msg_random, int(m.high))
            rows.append((*ids, m.client_time, m.flags, m.body, m.cloud))
    arrays = [list(column) for table in (heads, rows, members) for column in zip(*table, strict=True)]
    return await tx.fetch(sql, *cast(Any, arrays))
