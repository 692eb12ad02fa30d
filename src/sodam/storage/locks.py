"""Locks for writes that read and then decide.

On PostgreSQL two nodes may ask at the same moment and both be told yes. So a write locks first what it decides about:
the row that its new rows will refer to, or that they are counted for. SQLite has one writer, and nothing to lock.
Several rows are locked in one order, everywhere the same; otherwise two writes may wait for each other.
"""

from __future__ import annotations

from sodam.storage.database import Row, Tx, Value


async def fetch_locked(tx: Tx, sql: str, *args: Value) -> list[Row]:
    """The rows of a SELECT of one table, as they are now: nobody else writes, deletes or locks them until ``tx`` ends.

    With several rows the SELECT must be ordered by the key.
    """
    return await tx.fetch(f"{sql} FOR UPDATE" if tx.engine == "postgres" else sql, *args)


async def hold(tx: Tx, name: str) -> None:
    """For what has no row to lock, such as all rows of a table: who holds the same name goes on when ``tx`` ends."""
    if tx.engine == "postgres":
        await tx.execute(
            "INSERT INTO server_state VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = server_state.value",
            f"lock:{name}",
            b"",
        )
