"""Opening the database that the settings name. The one file that knows both drivers and the migrations."""

from __future__ import annotations

from pathlib import Path

from sodam.storage import migrations
from sodam.storage.database import Database, StorageError
from sodam.storage.postgres import PostgresDatabase
from sodam.storage.sqlite import SqliteDatabase


async def open_database(url: str | None, data_dir: Path) -> Database:
    """Open SQLite in ``data_dir`` (no ``url``) or PostgreSQL, and bring its schema up to date.

    Raises StorageError when the database cannot be reached or carries a schema that this version does not know.
    """
    database: Database
    if url is None:
        database = await SqliteDatabase.open(data_dir / "sodam.db")
    elif url.startswith(("postgres://", "postgresql://")):
        database = await PostgresDatabase.open(url)
    else:
        raise StorageError(f"database URL must begin with postgresql://, not {url.split(':', 1)[0]!r}")
    try:
        await migrations.migrate(database)
    except BaseException:
        await database.close()
        raise
    return database
