"""A plain message that goes alone: what ``store_writes`` does for a batch, without gathering anything.

Plain is one with a MsgSeq, without flags and a time of its own, that nothing outside follows and nobody keeps; so are
nearly all of a server that has little to do, where what is not in the processor's cache costs more than what is done.
"""

from __future__ import annotations

from collections.abc import Callable

from sodam.c2c import store_recent
from sodam.c2c.model import Message
from sodam.c2c.store_rows import HEADS, MEMBERS, ROWS, members_of, row_of
from sodam.c2c.store_writes_postgres import Shape
from sodam.messages.counting import Counting
from sodam.storage import Tx


def _head(message: Message, now: int, arrival: int) -> tuple[int | str, ...]:
    """As ``Gathered.head``."""
    high = 1 if message.sender > message.recipient else 0
    number = message.msg_seq
    return (message.app, message.conv, 1, now, 1, arrival, 1, arrival, high, 1 - high, number, -number)


async def to_sqlite(tx: Tx, message: Message, now: int, arrival: int, counting: Counting[Message] | None) -> None:
    """Store it, and give it its ``seq`` and ``msg_time``."""
    [(_, _, message.seq, message.msg_time, _)] = await tx.bulk(HEADS, [_head(message, now, arrival)])
    await tx.bulk(ROWS, [row_of(message)])
    if counting is not None:
        await counting.count(tx, [message], now, await tx.last_id())
    if message.seq == 1:
        await tx.bulk(MEMBERS, members_of(message))


async def to_postgres(
    tx: Tx,
    message: Message,
    now: int,
    arrival: int,
    counting: Counting[Message] | None,
    sql: Callable[[Shape], str],
) -> None:
    """The same by one statement, which ``sql`` gives for its shape."""
    counted, counts = counting.arguments(tx, [message], now) if counting is not None else (None, [])
    app, conv, *head = _head(message, now, arrival)
    high = 1 if message.high else 0
    numbers = (1, 0, message.msg_seq, message.msg_random, high, message.client_time)
    [(_, _, message.seq, message.msg_time, _)] = await tx.fetch(
        sql(Shape(alone=True, outbox=False, counts=counted, plain=True)),
        conv, app, *head, *numbers, message.body, message.cloud, store_recent.key(message), now, *counts,  # type: ignore[arg-type]
    )  # fmt: skip
