"""The SQL of entries that wait for a time of their own, for who put them there: to show them, and to take them back."""

from __future__ import annotations

from sodam.storage import Database, Tx


async def waiting(source: Database | Tx, topic: str, app: int, most: int) -> list[tuple[int, int, bytes]]:
    """Number, when it is due (unix milliseconds) and body, the earliest first; none that somebody works on."""
    rows = await source.fetch(
        "SELECT id, due, body FROM outbox WHERE topic = $1 AND app = $2 AND dead = 0 AND lease_owner = '' "
        "ORDER BY due, id LIMIT $3",
        topic,
        app,
        most,
    )
    return [(row[0], row[1], bytes(row[2])) for row in rows]


async def take_back(tx: Tx, number: int) -> bool:
    """Whether it was still there and nobody worked on it."""
    return bool(await tx.execute("DELETE FROM outbox WHERE id = $1 AND dead = 0 AND lease_owner = ''", number))
