"""Files of the data directory: databases as they are at one moment, everything else as it lies there."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sodam.backup import store_sqlite
from sodam.backup.archive import PIECE, BackupError, Member, Writing
from sodam.storage import private

DATABASE: Final = "sodam.db"
_LOCK: Final = "sodam.lock"
_STAGE: Final = ".restore"
_TRANSIENT: Final = ("-wal", "-shm", "-journal", ".lock", ".partial")
_INCOMING: Final = "media/incoming"
_MAGIC: Final = b"SQLite format 3\0"
Progress = Callable[[str, int], None]
"""Called with what is being done and how far it is, in MiB or rows."""


def listed(data_dir: Path) -> Iterator[str]:
    """What is to be kept, by its path within the directory; the database comes first, for other files may be newer."""
    if (data_dir / DATABASE).exists():
        yield DATABASE
    for folder, folders, names in os.walk(data_dir, followlinks=True):
        folders.sort()
        within = Path(folder).relative_to(data_dir)
        folders[:] = [name for name in folders if str(within / name) not in (_INCOMING, _STAGE)]
        for name in sorted(names):
            path = str(within / name)
            if path != DATABASE and not name.endswith(_TRANSIENT) and (data_dir / path).is_file():
                yield path


def put(archive: Writing, data_dir: Path, scratch: Path, progress: Progress) -> None:
    """Write everything that is to be kept into the archive. ``scratch`` has room for the databases."""
    for path in listed(data_dir):
        progress(path, 0)
        try:
            with (data_dir / path).open("rb") as file:
                if file.read(len(_MAGIC)) == _MAGIC:
                    _put_database(archive, data_dir, path, scratch, progress)
                else:
                    file.seek(0)
                    archive.add_file(f"data/{path}", file, os.fstat(file.fileno()).st_size)
        except FileNotFoundError:
            if path == DATABASE:
                raise  # anything else was erased meanwhile: it was going to be


def _put_database(archive: Writing, data_dir: Path, path: str, scratch: Path, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(prefix=".sodam-backup-", dir=scratch) as directory:
        copy = Path(directory) / "copy.db"
        store_sqlite.copy(data_dir / path, copy, lambda done: progress(path, done))
        with copy.open("rb") as file:
            archive.add_file(f"data/{path}", file, os.fstat(file.fileno()).st_size)


class Placing:
    """Files on their way into an empty data directory. They take their places together, in ``finish``."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._stage = data_dir / _STAGE
        self.files = 0

    def take(self, member: Member, progress: Progress) -> None:
        path = self._stage / member.name.removeprefix("data/")
        _make(path.parent)
        with open(path, "wb", opener=private.opener) as file:
            done = 0
            for piece in member.pieces():
                file.write(piece)
                done += len(piece)
                progress(member.name, done // PIECE)
            file.flush()
            os.fsync(file.fileno())
        self.files += 1

    def check(self) -> tuple[int, ...]:
        """The migrations of the database that came; none where none did. Raises BackupError where it is damaged."""
        database = self._stage / DATABASE
        if not database.exists():
            return ()
        store_sqlite.check(database)
        return store_sqlite.schema_of(database)

    def finish(self) -> None:
        if not self._stage.exists():
            return
        paths = [str(path.relative_to(self._stage)) for path in self._stage.rglob("*") if path.is_file()]
        for path in sorted(paths, key=lambda path: path == DATABASE):  # which says that data is here
            _make((self._data_dir / path).parent)
            shutil.move(self._stage / path, self._data_dir / path)
        for directory in {(self._data_dir / path).parent for path in paths}:
            _sync(directory)


@contextmanager
def empty_place(data_dir: Path) -> Iterator[Placing]:
    """A directory in which nothing is, locked against servers that start meanwhile. Raises BackupError, OSError."""
    private.make_directory(data_dir)
    with open(data_dir / _LOCK, "wb", opener=private.opener) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupError(f"data directory {data_dir} is in use by another Sodam process") from None
        there = next(listed(data_dir), None)
        if there is not None:
            raise BackupError(f"{data_dir} is not empty: {there} is there; restore into a new directory")
        shutil.rmtree(data_dir / _STAGE, ignore_errors=True)
        (data_dir / _STAGE).mkdir(mode=private.DIRECTORY)
        try:
            yield Placing(data_dir)
        finally:
            shutil.rmtree(data_dir / _STAGE, ignore_errors=True)


def _make(directory: Path) -> None:
    """With those above it, each for its owner alone."""
    if not directory.is_dir():
        _make(directory.parent)
        private.make_directory(directory)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
