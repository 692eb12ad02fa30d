"""Which processes have a database open: PostgreSQL itself notices at once when one of them is killed."""

from __future__ import annotations

from typing import Final

from sodam.storage.database import Database

WATCH: Final = "sodam watch"
"""The name of the one connection that every process keeps."""


async def processes(db: Database) -> frozenset[int]:
    """A number for each process on the database, this one included; none on SQLite, which belongs to one process.

    A number that is gone means that a process has ended, or lost that connection and has, or will have, another one.
    """
    if db.engine == "sqlite":
        return frozenset()
    rows = await db.fetch(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1", WATCH
    )
    return frozenset(int(row[0]) for row in rows)
