"""Tables of keys by which a repetition is known: ``(app, key)`` and ``stored_at`` in unix seconds."""

from __future__ import annotations

from typing import Final

from sodam.storage.database import Database

_PURGED: Final = 5_000
"""Rows a transaction."""


async def purge_keys(db: Database, table: str, now: int, window: int) -> int:
    """Forget keys stored more than two windows (seconds) before or after ``now``; how many. The name is the code's.

    A key lies ahead of ``now`` where the clock was set back.
    """
    total = 0
    while True:
        gone = await db.execute(
            f"DELETE FROM {table} WHERE (app, key) IN (SELECT app, key FROM {table} "
            "WHERE stored_at < $1 OR stored_at > $2 LIMIT $3)",
            now - 2 * window,
            now + 2 * window,
            _PURGED,
        )
        total += gone
        if gone < _PURGED:
            return total
