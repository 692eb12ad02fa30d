"""A backup from its beginning to its end, and a restore: the engine's part and the files' part together."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from sodam.backup import files, store_postgres, store_sqlite
from sodam.backup.archive import BackupError, Head, Manifest, Reading, Writing
from sodam.backup.files import Progress


class Place(NamedTuple):
    """Where a server keeps its state."""

    url: str | None
    """Of PostgreSQL; None: SQLite in the data directory."""
    data_dir: Path


async def back_up(place: Place, path: Path, progress: Progress) -> Manifest:
    """Write everything that the server has on disk into ``path``, as it is now. Servers may run meanwhile; what they
    acknowledge after this began is in it or not, whole messages and changes at a time.

    Raises BackupError, StorageError, OSError.
    """
    _judge_target(place, path)
    now = int(time.time())
    if place.url is None:
        database = place.data_dir / files.DATABASE
        if not database.exists():
            raise BackupError(f"there is no data here: {database.absolute()} does not exist")
        with Writing(path, Head("sqlite", store_sqlite.schema_of(database), now)) as archive:
            files.put(archive, place.data_dir, path.parent, progress)
            return archive.finish({}, {})
    async with store_postgres.source(place.url) as source:
        head = Head("postgres", await source.schema(), now, await source.tables())
        with Writing(path, head) as archive:
            for table in head.tables:
                await source.put(archive, table, progress)
            numbers = await source.numbers()
            await source.end()
            if place.data_dir.is_dir():
                files.put(archive, place.data_dir, path.parent, progress)
            return archive.finish(source.rows, numbers)


async def restore(place: Place, path: Path, progress: Progress) -> Manifest:
    """Bring a backup into an empty place, all of it or nothing, with every hash compared.

    Raises BackupError, StorageError, OSError.
    """
    reading = Reading(path)
    try:
        _judge(reading.head, "postgres" if place.url else "sqlite")
        with files.empty_place(place.data_dir) as placing:
            if place.url is None:
                while (member := reading.next()) is not None:
                    if not member.name.startswith("data/"):
                        raise BackupError(f"{member.name!r} is no file of a backup of SQLite")
                    placing.take(member, progress)
                manifest = reading.check()
                if placing.check() != reading.head.schema:
                    raise BackupError("the database is not of the version that the backup says")
                placing.finish()
                return manifest
            async with store_postgres.target(place.url, reading) as target:
                await target.begin()
                member = reading.next()
                while member is not None:
                    if member.name.startswith("tables/"):
                        member = await target.take(member, progress)
                    else:
                        placing.take(member, progress)
                        member = reading.next()
                manifest = reading.check()
                await target.finish(manifest.rows, manifest.numbers)
                placing.finish()
            return manifest
    finally:
        reading.close()


def verify(path: Path, progress: Progress) -> tuple[Head, Manifest]:
    """Read a backup and compare every hash, without writing anything. Raises BackupError."""
    reading = Reading(path)
    try:
        while (member := reading.next()) is not None:
            progress(member.name, 0)
            for _ in member.pieces():
                pass
        return reading.head, reading.check()
    finally:
        reading.close()


def _judge_target(place: Place, path: Path) -> None:
    if path.exists():
        raise BackupError(f"{path} exists already")
    if path.resolve().is_relative_to(place.data_dir.resolve()):
        raise BackupError(f"{path} is in the data directory: the next backup would hold it")


def _judge(head: Head, engine: str) -> None:
    if head.engine != engine:
        raise BackupError(
            f"the backup is one of {'PostgreSQL' if head.engine == 'postgres' else 'SQLite'}: restore it there, "
            "and move its apps with `sodam export` and `sodam import`"
        )
    if newer := store_postgres.unknown(head.schema):
        raise BackupError(
            f"the backup was made by Sodam {head.sodam} with schema {newer[-1]}, which this version does not know"
        )
