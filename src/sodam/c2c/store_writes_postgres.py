"""The twin of ``store_writes.py`` for PostgreSQL: the whole batch in one statement.

The portable way takes two statements and the two that frame a transaction: four trips to the server, which is what a
message costs when messages are few. One statement is a transaction by itself. Measured at 300 messages a second
(docs/decisions).

The same statement notes what was sent, in ``c2c_recent``: where another node (or this one, in a statement whose answer
was lost) has stored one of the messages within the window, its unique key refuses the whole batch, and nothing is
stored. Every note is made under the lock of its conversation's head, so that two nodes never wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from sodam.c2c import store_recent
from sodam.c2c.model import ARRIVALS
from sodam.c2c.sending import Sending
from sodam.messages.followers import Follow
from sodam.messages.model import IMPORTED, NUMBERED, U32
from sodam.outbox.service import batch_statement
from sodam.storage import Row, Tx

_HEAD_TYPES: Final = ("bigint", "text", *("bigint",) * 10)
_ROW_COLUMNS: Final = (
    ("app", "bigint"),
    ("conv", "text"),
    ("back", "bigint"),  # how far before the conversation's new last_seq
    ("own_time", "bigint"),  # 0: the conversation's
    ("msg_seq", "bigint"),
    ("num_add", "bigint"),  # 0: msg_seq is given; otherwise see store_writes.Gathered
    ("num_min", "bigint"),
    ("num_new", "bigint"),
    ("msg_random", "bigint"),
    ("high", "bigint"),
    ("client_time", "bigint"),
    ("flags", "bigint"),
    ("body", "bytea"),
    ("cloud", "bytea"),
    ("key", "bytea"),  # NULL: an import, which is looked for by its MsgKey
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


def statement(head: str, tail: str, *, outbox: bool = False, counted: Callable[[int], str] | None = None) -> str:
    """``head`` and ``tail`` are those of the portable statement for heads. ``outbox``: with entries of the outbox.

    ``counted`` gives the parts that count the messages, behind all other arguments.
    """
    rows_at = 1 + len(_HEAD_TYPES)
    members_at = rows_at + len(_ROW_COLUMNS)
    now_at = members_at + len(_MEMBER_COLUMNS)
    rows = _unnest(rows_at, [kind for _, kind in _ROW_COLUMNS])
    members = _unnest(members_at, [kind for _, kind in _MEMBER_COLUMNS])
    row_names = ", ".join(name for name, _ in _ROW_COLUMNS)
    member_names = ", ".join(name for name, _ in _MEMBER_COLUMNS)
    number = "CASE WHEN h.prev_num > 0 THEN GREATEST(h.prev_num + r.num_add, r.num_min) ELSE r.num_new END"
    given = f"CASE WHEN (flags & {NUMBERED}) <> 0 THEN 0 ELSE msg_seq END"
    at = [f"${now_at + i}" for i in (1, 2, 3, 4)]
    entries = f", entries AS ({batch_statement(*at)})" if outbox else ""
    counts = counted(now_at + (5 if outbox else 1)) if counted is not None else ""
    imported_ord = f"({given} - {U32 + 1}) * {ARRIVALS} + seq % {ARRIVALS}"
    return (
        f"WITH h AS ({head} SELECT * FROM unnest({_unnest(1, _HEAD_TYPES)}) {tail}), "
        "placed AS (SELECT r.app, r.conv, CASE WHEN r.own_time > 0 THEN r.own_time ELSE h.last_time END AS msg_time, "
        f"CASE WHEN r.num_add > 0 THEN LEAST({number}, {U32}) ELSE r.msg_seq END AS msg_seq, r.msg_random, "
        "h.last_seq - r.back AS seq, r.high, r.client_time, r.flags, r.body, r.cloud, r.key, r.place "
        f"FROM unnest({rows}) WITH ORDINALITY AS r({row_names}, place) JOIN h ON h.app = r.app AND h.conv = r.conv), "
        "stored AS (INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, ord, high, client_time, "
        "flags, version, body, cloud) SELECT app, conv, msg_time, msg_seq, msg_random, seq, "
        f"CASE WHEN (flags & {IMPORTED}) <> 0 THEN {imported_ord} ELSE seq END, high, "
        "CASE WHEN client_time > 0 THEN client_time ELSE msg_time END, flags, 0, body, cloud "
        "FROM placed ORDER BY place), "
        "noted AS (INSERT INTO c2c_recent (app, key, stored_at, msg_time, msg_seq) "
        f"SELECT app, key, ${now_at}::bigint, msg_time, msg_seq FROM placed WHERE key IS NOT NULL), "
        "begun AS (INSERT INTO c2c_member (app, owner, peer, conv, high, read_time, read_seq, read_count, hidden_seq, "
        "clear_seq, top_time, mute) SELECT m.app, m.owner, m.peer, m.conv, m.high, 0, 0, 0, 0, 0, 0, 0 "
        f"FROM unnest({members}) AS m({member_names}) JOIN h ON h.app = m.app AND h.conv = m.conv "
        f"WHERE h.last_seq = m.added ON CONFLICT DO NOTHING){entries}{counts} "
        "SELECT app, conv, last_seq, last_time, prev_num FROM h"
    )


def was_stored(error: BaseException) -> bool:
    """Whether a unique key refused the batch."""
    return getattr(error, "sqlstate", None) == "23505"


class Todo(NamedTuple):
    """What the outbox is to hold for the batch: by message (its ``id``), and the time in unix milliseconds."""

    follows: Mapping[int, list[Follow]]
    now: int


Numbering = dict[int, tuple[int, int, int]]
"""By a message's index in its conversation's part of the batch: how to make its MsgSeq (``store_writes.Gathered``)."""


async def append(
    tx: Tx,
    sql: str,
    heads: list[tuple[int | str, ...]],
    conversations: list[tuple[list[Sending], Numbering]],
    now: int,
    todo: Todo | None = None,
    counts: Sequence[list[object]] = (),
) -> list[Row]:
    """Store a batch; what ``RETURNING`` of the heads gave. ``conversations`` stand in the order of ``heads``.

    ``todo`` needs a statement with outbox, ``counts`` one that counts.
    """
    rows: list[tuple[int | str | bytes | None, ...]] = []
    members: list[tuple[int | str, ...]] = []
    places: list[int] = []
    topics: list[str] = []
    bodies: list[bytes] = []
    for sendings, numbering in conversations:
        back = len(sendings)
        first = sendings[0].message
        a, b = first.sender, first.recipient
        members.append((first.app, a, b, first.conv, int(a > b), back))
        if a != b:
            members.append((first.app, b, a, first.conv, int(b > a), back))
        for at, sending in enumerate(sendings):
            m = sending.message
            own_time = m.msg_time if sending.timed else 0
            number = numbering.get(at, (0, 0, 0))
            ids = (m.app, m.conv, back - at - 1, own_time, m.msg_seq, *number, m.msg_random, int(m.high))
            key = None if m.flags & IMPORTED else store_recent.key(m)
            rows.append((*ids, m.client_time, m.flags, m.body, m.cloud, key))
            if todo is not None:
                for topic, body in todo.follows.get(id(m), ()):
                    places.append(len(rows))
                    topics.append(topic)
                    bodies.append(body)
    arrays = [list(column) for table in (heads, rows, members) for column in zip(*table, strict=True)]
    more = () if todo is None else (places, topics, bodies, todo.now)
    return await tx.fetch(sql, *cast(Any, arrays), now, *cast(Any, more), *cast(Any, counts))
