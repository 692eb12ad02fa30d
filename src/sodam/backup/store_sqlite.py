"""SQLite's files in a backup: copied as they are at one moment, and checked when they come back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import apsw

from sodam.backup.archive import BackupError
from sodam.storage import private

_PAGES: Final = 2000


def schema_of(path: Path) -> tuple[int, ...]:
    """The migrations of an SQLite database. Raises BackupError."""
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            return tuple(row[0] for row in connection.execute("SELECT version FROM schema_version ORDER BY version"))
        finally:
            connection.close()
    except apsw.Error as error:
        raise BackupError(f"{path} is no database of Sodam: {error}") from None


def check(path: Path) -> None:
    """Raises BackupError where a database is damaged."""
    try:
        connection = apsw.Connection(str(path))
        try:
            said = connection.pragma("quick_check")
        finally:
            connection.close()
    except apsw.Error as error:
        said = error
    if said != "ok":
        raise BackupError(f"the database in the backup is damaged: {said}")


def copy(source: Path, target: Path, progress: Callable[[int], None]) -> None:
    """SQLite's own online copy, of one moment: a transaction that reads keeps what it sees, and nobody waits for it."""
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY, private.FILE))
    try:
        reader = apsw.Connection(
            str(source), flags=apsw.SQLITE_OPEN_READWRITE
        )  # it may have to make the index of the log
        writer = apsw.Connection(str(target))
        try:
            reader.set_busy_timeout(10_000)
            reader.execute("BEGIN").execute("SELECT count(*) FROM sqlite_schema").fetchall()
            size = reader.pragma("page_size")
            with writer.backup("main", reader, "main") as backup:
                while not backup.done:
                    backup.step(_PAGES)
                    progress((backup.page_count - backup.remaining) * size // (1024 * 1024))
            reader.execute("COMMIT")
            writer.pragma("journal_mode", "delete")  # one file, with nothing beside it
        finally:
            reader.close()
            writer.close()
    except apsw.Error as error:
        raise BackupError(f"{source} cannot be copied: {error}") from None
