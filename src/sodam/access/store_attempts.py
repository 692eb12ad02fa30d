"""The SQL of attempts to sign in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sodam.storage import Database, Tx

Key = tuple[str, str]
"""Name and address; either may be empty: any."""
_COUNT: Final = """
INSERT INTO login_attempt (name, address, since, attempts, locked_until) VALUES ($1, $2, $3, 1, 0)
ON CONFLICT (name, address) DO UPDATE SET
  attempts = CASE WHEN login_attempt.since <= $4 THEN 1 ELSE login_attempt.attempts + 1 END,
  since = CASE WHEN login_attempt.since <= $4 THEN $3 ELSE login_attempt.since END
RETURNING attempts, locked_until, since
"""


async def count(tx: Tx, key: Key, now: int, old: int) -> tuple[int, int, int]:
    """One more; a count that began at ``old`` or before begins anew. Attempts, locked until, and since when."""
    row = await tx.fetch_one(_COUNT, *key, now, old)
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2])


async def lock(tx: Tx, key: Key, until: int) -> None:
    sql = "UPDATE login_attempt SET attempts = 0, locked_until = $3 WHERE name = $1 AND address = $2"
    await tx.execute(sql, *key, until)


async def uncount(tx: Tx, keys: Iterable[Key]) -> None:
    for key in keys:
        await tx.execute(
            "UPDATE login_attempt SET attempts = attempts - 1 WHERE name = $1 AND address = $2 AND attempts > 0", *key
        )


async def forget_unlocked(tx: Tx, key: Key) -> None:
    await tx.execute("DELETE FROM login_attempt WHERE name = $1 AND address = $2 AND locked_until = 0", *key)


async def forget_name(tx: Tx, name: str) -> None:
    # In the order in which an attempt is counted: two who hold a row each would wait for each other.
    await tx.execute("DELETE FROM login_attempt WHERE name = $1 AND address <> ''", name)
    await tx.execute("DELETE FROM login_attempt WHERE name = $1", name)


async def forget_old(database: Database, old: int, now: int) -> int:
    return await database.execute("DELETE FROM login_attempt WHERE since <= $1 AND locked_until <= $2", old, now)
