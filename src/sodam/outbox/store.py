"""The SQL of the outbox. Rows are taken with a lease: a worker that dies gives them back by saying nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.outbox.model import Entry, New
from sodam.storage import Bulk, Database, Tx

_ENTRY: Final = "id, app, topic, body, conv, seq, tries"
_PUT: Final = Bulk(
    "INSERT INTO outbox (app, topic, body, conv, seq, due, tries, lease_owner, lease_until, dead, error)",
    ("bigint", "text", "bytea", "text", "bigint", "bigint", "bigint", "text", "bigint", "bigint", "text"),
)


def of_placed(places: str, topics: str, due: str) -> str:
    """For PostgreSQL, the part of the statement that stores messages by which it notes what is to be done for them.

    ``placed`` are the messages there, numbered by ``place``; the arguments are placeholders of two arrays, a place and
    a topic each, and of the time in unix milliseconds.
    """
    return (
        "INSERT INTO outbox (app, topic, body, conv, seq, due, tries, lease_owner, lease_until, dead, error) "
        f"SELECT p.app, t.topic, ''::bytea, p.conv, p.seq, {due}::bigint, 0, '', 0, 0, '' "
        f"FROM unnest({places}::bigint[], {topics}::text[]) AS t(place, topic) JOIN placed p ON p.place = t.place "
        "ORDER BY p.place, t.topic"
    )


async def put(tx: Tx, entries: Sequence[New], now: int) -> None:
    """``now`` is in unix milliseconds, as are all times here."""
    if entries:
        await tx.bulk(_PUT, [(*entry, now, 0, "", 0, 0, "") for entry in entries])


async def take(tx: Tx, owner: str, topics: Sequence[str], limit: int, now: int, until: int) -> list[Entry]:
    """The entries that are due and nobody works on, oldest first, now this owner's until ``until``."""
    if not topics:
        return []
    marks = ", ".join(f"${i}" for i in range(5, 5 + len(topics)))
    skip = " FOR UPDATE SKIP LOCKED" if tx.engine == "postgres" else ""
    rows = await tx.fetch(
        "UPDATE outbox SET lease_owner = $1, lease_until = $2, tries = tries + 1 WHERE id IN (SELECT id FROM outbox "
        f"WHERE dead = 0 AND due <= $3 AND lease_until <= $3 AND topic IN ({marks}) ORDER BY due, id LIMIT $4{skip}) "
        f"RETURNING {_ENTRY}",
        owner,
        until,
        now,
        limit,
        *topics,
    )
    return sorted(
        Entry(number, app, topic, body, conv, seq, tries - 1) for number, app, topic, body, conv, seq, tries in rows
    )


async def done(tx: Tx, owner: str, ids: Sequence[int]) -> None:
    """Forget what was done; an entry whose lease was lost is another's."""
    for number in ids:
        await tx.execute("DELETE FROM outbox WHERE id = $1 AND lease_owner = $2", number, owner)


async def put_off(tx: Tx, owner: str, number: int, due: int, error: str) -> None:
    await tx.execute(
        "UPDATE outbox SET due = $3, error = $4, lease_owner = '', lease_until = 0 WHERE id = $1 AND lease_owner = $2",
        number,
        owner,
        due,
        error,
    )


async def bury(tx: Tx, owner: str, number: int, error: str) -> None:
    await tx.execute(
        "UPDATE outbox SET dead = 1, error = $3, lease_owner = '', lease_until = 0 WHERE id = $1 AND lease_owner = $2",
        number,
        owner,
        error,
    )


async def release(tx: Tx, owner: str) -> None:
    """Give back what this owner holds: it ends."""
    await tx.execute(
        "UPDATE outbox SET lease_owner = '', lease_until = 0, tries = tries - 1 WHERE lease_owner = $1", owner
    )


async def next_due(db: Database, topics: Sequence[str]) -> int | None:
    """When the next entry is due or comes free; None when there is none."""
    if not topics:
        return None
    marks = ", ".join(f"${i}" for i in range(1, 1 + len(topics)))
    row = await db.fetch_one(
        "SELECT MIN(CASE WHEN lease_until > due THEN lease_until ELSE due END) FROM outbox "
        f"WHERE dead = 0 AND topic IN ({marks})",
        *topics,
    )
    return int(row[0]) if row and row[0] is not None else None
