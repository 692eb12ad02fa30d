"""The SQL of what is written and not yet sorted: see bundles.py."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from sodam.outbox.bundles import Bundle, unfold
from sodam.outbox.model import New
from sodam.storage import Bulk, Tx, in_list

_PUT: Final = Bulk(
    "INSERT INTO outbox_bundle (app, topic, entries, places, body)", ("bigint", "text", "bigint", "text", "bytea")
)
_AT_ONCE: Final = 64
"""Bundles that one statement looks at."""


def of_placed(apps: str, topics: str, entries: str, firsts: str, lasts: str, bodies: str) -> str:
    """For PostgreSQL, the part of the statement that stores messages by which it notes what is to be done for them.

    ``placed`` are the messages there, numbered by ``place`` from 1; the arguments are placeholders of arrays, the
    fields of ``Bundle``.
    """
    return (
        "INSERT INTO outbox_bundle (app, topic, entries, places, body) SELECT t.app, t.topic, t.entries, "
        "(SELECT string_agg(p.msg_time || ' ' || p.msg_seq || ' ' || p.seq, ' ' ORDER BY p.place) FROM placed p "
        f"WHERE p.place BETWEEN t.first + 1 AND t.last + 1), t.body FROM unnest({apps}::bigint[], {topics}::text[], "
        f"{entries}::bigint[], {firsts}::bigint[], {lasts}::bigint[], {bodies}::bytea[]) WITH ORDINALITY "
        "AS t(app, topic, entries, first, last, body, number) ORDER BY t.number"
    )


async def put(tx: Tx, bundles: Sequence[Bundle], numbers: Sequence[tuple[int, int, int]] = ()) -> None:
    """``numbers``: MsgTime, MsgSeq and place in its conversation of every message of the commit."""
    await tx.bulk(_PUT, [(one.app, one.topic, one.entries, one.places(numbers), one.body) for one in bundles])


async def take_out(tx: Tx, topic: str, app: int, entries: int) -> tuple[list[New], bool]:
    """The oldest entries of an app, in their order, and whether there may be more: so many at least, unless there are
    no more or that is all that one statement looks at. The caller holds the topic and puts them into the outbox."""
    found = await tx.fetch(
        "SELECT id, entries FROM outbox_bundle WHERE topic = $1 AND app = $2 ORDER BY id LIMIT $3",
        topic,
        app,
        min(entries, _AT_ONCE),
    )
    numbers: list[int] = []
    left = entries
    for number, holds in found:
        if left <= 0:
            break
        numbers.append(number)
        left -= holds
    if not numbers:
        return [], False
    more = left <= 0 or len(found) == _AT_ONCE
    numbers += numbers[-1:] * (_AT_ONCE - len(numbers)) if len(numbers) > 1 else []
    rows = await tx.fetch(
        f"DELETE FROM outbox_bundle WHERE id IN {in_list(numbers)} RETURNING id, places, body", *numbers
    )
    new = [one for _, places, body in sorted(rows, key=itemgetter(0)) for one in unfold(app, topic, places, body)]
    return new, more
