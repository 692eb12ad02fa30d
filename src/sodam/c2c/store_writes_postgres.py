"""The twin of ``store_writes.py`` for PostgreSQL: the whole batch in one statement.

The portable way takes two statements and the two that frame a transaction: four trips to the server, which is what a
message costs when messages are few. One statement is a transaction by itself. Measured at 300 messages a second
(docs/decisions).

The same statement notes what was sent, in ``c2c_recent``: where another node (or this one, in a statement whose answer
was lost) has stored one of the messages within the window, its unique key refuses the whole batch, and nothing is
stored. Every note is made under the lock of its conversation's head, so that two nodes never wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, cast

from sodam.c2c import store_recent
from sodam.c2c.model import ARRIVALS
from sodam.c2c.sending import Sending
from sodam.messages.model import IMPORTED, NUMBERED, U32
from sodam.outbox.bundles import Bundle
from sodam.outbox.service import batch_statement
from sodam.storage import Row, Tx

_HEAD_NUMBERS: Final = 11
"""What a head begins with is its conversation; these numbers follow, in the order of its columns."""
_ROW_NUMBERS: Final = (
    "app",
    "back",  # how far before the conversation's new last_seq
    "own_time",  # 0: the conversation's
    "msg_seq",
    "num_add",  # 0: msg_seq is given; otherwise see store_writes.Gathered
    "num_min",
    "num_new",
    "msg_random",
    "high",
    "client_time",
    "flags",
)
_PLAIN_NUMBERS: Final = ("head", "back", "msg_seq", "msg_random", "high", "client_time")
"""Where ``head`` is the conversation's place in the batch."""
_DATA: Final = (
    ("body", "bytea"),
    ("cloud", "bytea"),
    ("key", "bytea"),  # NULL: an import, which is looked for by its MsgKey
)
_ROW_DATA: Final = (("conv", "text"), *_DATA)
_ROWS_AT: Final = 3


class Shape(NamedTuple):
    """Which statement a batch takes: each is planned once by a connection."""

    alone: bool
    """One message: its values are arguments of their own."""
    outbox: bool
    """With entries of the outbox."""
    counts: tuple[int, bool] | None
    """See ``Counting``."""
    plain: bool
    """All of one app, with a MsgSeq, without flags or a time of their own, as nearly every batch is: half the numbers,
    and rows find their head by its place."""

    @property
    def row(self) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """The numbers of a row, and its other columns."""
        return (_PLAIN_NUMBERS, _DATA) if self.plain else (_ROW_NUMBERS, _ROW_DATA)


def _many_heads() -> str:
    """The numbers of all stand in one array: an array costs both sides as much as ten numbers in it."""
    numbers = ", ".join(f"($2::bigint[])[at + {i}]" for i in range(2, _HEAD_NUMBERS + 1))
    return (
        f"SELECT ($2::bigint[])[at + 1], conv, {numbers} FROM (SELECT conv, ((place - 1) * {_HEAD_NUMBERS})::int AS at "
        "FROM unnest($1::text[]) WITH ORDINALITY AS u(conv, place)) AS g"
    )


def _many_ends() -> str:
    """Of the heads, where each conversation ends if it is new."""
    app, last_seq = (f"($2::bigint[])[(place - 1) * {_HEAD_NUMBERS} + {at}]" for at in (1, 2))
    return f"SELECT {app}, conv, {last_seq} FROM unnest($1::text[]) WITH ORDINALITY AS u(conv, place)"


def _one_head() -> str:
    return "VALUES ($2::bigint, $1::text, " + ", ".join(f"${i}::bigint" for i in range(3, _HEAD_NUMBERS + 2)) + ")"


def _many_rows(first: int, shape: Shape) -> str:
    names, columns = shape.row
    width, data = len(names), ", ".join(name for name, _ in columns)
    numbers = ", ".join(f"(${first}::bigint[])[at + {i}] AS {name}" for i, name in enumerate(names, 1))
    arrays = ", ".join(f"${at}::{kind}[]" for at, (_, kind) in enumerate(columns, first + 1))
    rows = (
        f"(SELECT {numbers}, {data}, place FROM (SELECT {data}, place, ((place - 1) * {width})::int AS at "
        f"FROM unnest({arrays}) WITH ORDINALITY AS u({data}, place)) AS v) AS r"
    )
    if shape.plain:
        # OFFSET: or the place would be looked for again whenever a row meets its head.
        heads = "SELECT *, array_position($1::text[], conv)::bigint AS head FROM h OFFSET 0"
        return f"{rows} JOIN ({heads}) AS h USING (head)"
    return f"{rows} JOIN h ON h.app = r.app AND h.conv = r.conv"


def _one_row(first: int, shape: Shape) -> str:
    names, data = shape.row
    columns = [(name, "bigint") for name in names] + list(data)
    values = ", ".join(f"${at}::{kind} AS {name}" for at, (name, kind) in enumerate(columns, first))
    return f"(SELECT {values}, 1::bigint AS place) AS r CROSS JOIN h"


def _placed(shape: Shape) -> str:
    """What a row takes from its head."""
    if shape.plain:
        return "h.last_time AS msg_time, r.msg_seq, 0::bigint AS flags"
    number = "CASE WHEN h.prev_num > 0 THEN GREATEST(h.prev_num + r.num_add, r.num_min) ELSE r.num_new END"
    return (
        "CASE WHEN r.own_time > 0 THEN r.own_time ELSE h.last_time END AS msg_time, "
        f"CASE WHEN r.num_add > 0 THEN LEAST({number}, {U32}) ELSE r.msg_seq END AS msg_seq, r.flags"
    )


def statement(head: str, tail: str, shape: Shape, counted: Callable[[int, tuple[int, bool]], str] | None) -> str:
    """``head`` and ``tail`` are those of the portable statement for heads.

    ``counted`` gives the parts that count the messages, behind all other arguments.
    """
    alone = shape.alone
    rows_at = _HEAD_NUMBERS + 2 if alone else _ROWS_AT
    names, data = shape.row
    now_at = rows_at + len(data) + (len(names) if alone else 1)
    heads, rows = (_one_head(), _one_row(rows_at, shape)) if alone else (_many_heads(), _many_rows(rows_at, shape))
    order = "" if alone else " ORDER BY place"
    given = f"CASE WHEN (flags & {NUMBERED}) <> 0 THEN 0 ELSE msg_seq END"
    fields = len(Bundle._fields)
    at = [f"${now_at + 1 + i}" for i in range(fields)]
    entries = f", entries AS ({batch_statement(*at)})" if shape.outbox else ""
    counts = ""
    if counted is not None and shape.counts is not None:
        counts = counted(now_at + 1 + (fields if shape.outbox else 0), shape.counts)
    imported_ord = f"({given} - {U32 + 1}) * {ARRIVALS} + seq % {ARRIVALS}"
    ord_ = "seq" if shape.plain else f"CASE WHEN (flags & {IMPORTED}) <> 0 THEN {imported_ord} ELSE seq END"
    # A conversation is new when it holds no more than the batch's messages in it: then its two users get their rows.
    new = "h.last_seq = 1" if alone else f"(h.app, h.conv, h.last_seq) IN ({_many_ends()})"
    return (
        f"WITH h AS ({head} {heads} {tail}), "
        f"placed AS (SELECT h.app, h.conv, {_placed(shape)}, r.msg_random, "
        "h.last_seq - r.back AS seq, r.high, r.client_time, r.body, r.cloud, r.key, r.place "
        f"FROM {rows}), "
        "stored AS (INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, ord, high, client_time, "
        "flags, version, body, cloud) SELECT app, conv, msg_time, msg_seq, msg_random, seq, "
        f"{ord_}, high, "
        "CASE WHEN client_time > 0 THEN client_time ELSE msg_time END, flags, 0, body, cloud "
        f"FROM placed{order}), "
        "noted AS (INSERT INTO c2c_recent (app, key, stored_at, msg_time, msg_seq) "
        f"SELECT app, key, ${now_at}::bigint, msg_time, msg_seq FROM placed WHERE key IS NOT NULL), "
        "begun AS (INSERT INTO c2c_member (app, owner, peer, conv, high, read_time, read_seq, read_count, hidden_seq, "
        "clear_seq, top_time, mute) SELECT h.app, split_part(h.conv, chr(31), 1 + s.high), "
        "split_part(h.conv, chr(31), 2 - s.high), h.conv, s.high, 0, 0, 0, 0, 0, 0, 0 "
        f"FROM h CROSS JOIN (VALUES (0), (1)) AS s(high) WHERE {new} "
        "AND (s.high = 0 OR split_part(h.conv, chr(31), 1) <> split_part(h.conv, chr(31), 2)) "
        f"ON CONFLICT DO NOTHING){entries}{counts} "
        "SELECT app, conv, last_seq, last_time, prev_num FROM h"
    )


def was_stored(error: BaseException) -> bool:
    """Whether a unique key refused the batch."""
    return getattr(error, "sqlstate", None) == "23505"


Numbering = dict[int, tuple[int, int, int]]
"""By a message's index in its conversation's part of the batch: how to make its MsgSeq (``store_writes.Gathered``)."""

_GIVEN: Final = (0, 0, 0)


async def append(
    tx: Tx,
    sql: str,
    shape: Shape,
    heads: list[tuple[int | str, ...]],
    conversations: list[tuple[list[Sending], Numbering]],
    now: int,
    todo: Sequence[Bundle] = (),
    counts: Sequence[object] = (),
) -> list[Row]:
    """Store a batch; what ``RETURNING`` of the heads gave. ``conversations`` stand in the order of ``heads``.

    ``sql`` is the statement for the batch's shape: with an outbox for ``todo``, counting for ``counts``.
    """
    messages = [sending.message for sendings, _ in conversations for sending in sendings]
    key = store_recent.key
    texts, clouds = [m.body for m in messages], [m.cloud for m in messages]
    data: tuple[list[Any], ...]
    if shape.plain:
        numbers = _plain_numbers(conversations)
        data = (texts, clouds, [key(m) for m in messages])
    else:
        numbers = _numbers(conversations)
        keys = [None if m.flags & IMPORTED else key(m) for m in messages]
        data = ([m.conv for m in messages], texts, clouds, keys)
    more = map(list, zip(*todo, strict=True))
    firsts: Any
    if shape.alone:
        app, conv, *rest = heads[0]
        firsts = (conv, app, *rest, *numbers, *(column[0] for column in data))
    else:
        ends = [number for app, _, *rest in heads for number in (app, *rest)]
        firsts = ([head[1] for head in heads], ends, numbers, *data)
    return await tx.fetch(sql, *firsts, now, *cast(Any, more), *cast(Any, counts))


def _plain_numbers(conversations: list[tuple[list[Sending], Numbering]]) -> list[int]:
    numbers: list[int] = []
    for head, (sendings, _) in enumerate(conversations, 1):
        back = len(sendings)
        for sending in sendings:
            m = sending.message
            back -= 1
            numbers += (head, back, m.msg_seq, m.msg_random, 1 if m.high else 0, m.client_time)
    return numbers


def _numbers(conversations: list[tuple[list[Sending], Numbering]]) -> list[int]:
    numbers: list[int] = []
    for sendings, numbering in conversations:
        back = len(sendings)
        for at, sending in enumerate(sendings):
            m = sending.message
            back -= 1
            number = numbering.get(at, _GIVEN) if numbering else _GIVEN
            own_time = m.msg_time if sending.timed else 0
            high = 1 if m.high else 0
            numbers += (m.app, back, own_time, m.msg_seq, *number, m.msg_random, high, m.client_time, m.flags)
    return numbers
