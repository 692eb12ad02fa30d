"""Opening the database that the settings name. The one file that knows both drivers and the migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sodam.observability.loops import Loops
from sodam.storage import migrations
from sodam.storage.address import has_schema
from sodam.storage.database import Database, PoolSizes, StorageError
from sodam.storage.postgres import PostgresDatabase
from sodam.storage.sqlite import CACHE_MIB, SqliteDatabase

DATABASE_FILE: Final = "sodam.db"
"""Of SQLite, in the data directory."""


async def holds_data(url: str | None, data_dir: Path) -> bool:
    """Whether a server has kept its state there; makes nothing. Raises StorageError when PostgreSQL does not answer."""
    return (data_dir / DATABASE_FILE).exists() if url is None else await has_schema(url)


async def open_database(
    url: str | None,
    data_dir: Path,
    cache_mib: int = CACHE_MIB,
    *,
    pools: PoolSizes | None = None,
    loops: Loops | None = None,
) -> Database:
    """Open SQLite in ``data_dir`` (no ``url``) or PostgreSQL, and bring its schema up to date.

    ``cache_mib``: MiB of pages that each of SQLite's connections may keep in memory; ``pools``: the sizes of
    PostgreSQL's pools; ``loops`` takes the loop that watches it.
    Raises StorageError when the database cannot be reached or carries a schema that this version does not know.
    """
    database: Database
    if url is None:
        database = await SqliteDatabase.open(data_dir / DATABASE_FILE, cache_mib)
    elif url.startswith(("postgres://", "postgresql://")):
        database = await PostgresDatabase.open(url, pools, loops)
    else:
        raise StorageError(f"database URL must begin with postgresql://, not {url.split(':', 1)[0]!r}")
    try:
        await migrations.migrate(database)
    except BaseException:
        await database.close()
        raise
    return database
