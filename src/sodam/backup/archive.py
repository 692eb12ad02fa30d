"""The file of a backup: a tar archive, compressed where its name says so, that is read in one pass.

``head.json`` comes first and says what the rest is. ``data/...`` are files of the data directory, ``tables/NAME/00001``
and so on pieces of a table of PostgreSQL, in the text form of its COPY, cut anywhere. ``manifest.json`` comes last,
with the hash of everything before it: an archive without one is not whole.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Literal, cast

import msgspec

from sodam import __version__
from sodam.storage import private

FORMAT: Final = 1
HEAD: Final = "head.json"
MANIFEST: Final = "manifest.json"
PIECE: Final = 1024 * 1024
_COMPRESSED: Final = (".gz", ".tgz")
_BROKEN: Final = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, msgspec.DecodeError, UnicodeDecodeError)


class BackupError(Exception):
    """It cannot be made or read; the text is one line, fit for an operator."""


class Table(msgspec.Struct, frozen=True):
    name: str
    columns: tuple[str, ...]
    """Those that are stored, in the order of the copy."""


class Head(msgspec.Struct, frozen=True):
    engine: Literal["sqlite", "postgres"]
    schema: tuple[int, ...]
    """The migrations that the database has."""
    made_at: int
    """Unix seconds."""
    tables: tuple[Table, ...] = ()
    """Of PostgreSQL, in the order in which they come."""
    sodam: str = __version__
    format: int = FORMAT


class File(msgspec.Struct, frozen=True):
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    files: dict[str, File]
    rows: dict[str, int] = {}
    """By table of PostgreSQL."""
    numbers: dict[str, int] = {}
    """By table, the last growing number that was given out."""


class Writing:
    """A new archive. It appears under its name when it is whole, readable by its owner alone. Raises OSError."""

    def __init__(self, path: Path, head: Head) -> None:
        self._path = path
        self._partial = path.with_name(f"{path.name}.partial")
        self._file = open(self._partial, "wb", opener=private.opener)  # noqa: SIM115 - closed in __exit__
        self._packed: IO[bytes] = self._file
        if path.name.endswith(_COMPRESSED):
            self._packed = cast(IO[bytes], gzip.GzipFile("", "wb", 1, self._file))
        self._tar = tarfile.open(fileobj=self._packed, mode="w|", format=tarfile.PAX_FORMAT, bufsize=PIECE)  # noqa: SIM115
        self.files: dict[str, File] = {}
        self._done = False
        self.add(HEAD, msgspec.json.encode(head))

    def add(self, name: str, body: bytes) -> None:
        self._begin(name, len(body), io.BytesIO(body))
        self.files[name] = File(len(body), hashlib.sha256(body).hexdigest())

    def add_file(self, name: str, file: IO[bytes], size: int) -> None:
        """``size`` bytes of a file that is at its beginning."""
        hashed = _Hashed(file)
        self._begin(name, size, cast(IO[bytes], hashed))
        self.files[name] = File(size, hashed.hash.hexdigest())

    def _begin(self, name: str, size: int, body: IO[bytes]) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, private.FILE
        self._tar.addfile(info, body)

    def finish(self, rows: dict[str, int], numbers: dict[str, int]) -> Manifest:
        manifest = Manifest(dict(self.files), rows, numbers)
        self.add(MANIFEST, msgspec.json.encode(manifest))
        self._tar.close()
        if self._packed is not self._file:
            self._packed.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._partial.rename(self._path)
        self._done = True
        return manifest

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        if not self._done:
            self._partial.unlink(missing_ok=True)


class _Hashed:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.hash.update(piece)
        return piece


class Member:
    """A file of an archive that is being read."""

    def __init__(self, name: str, size: int, body: IO[bytes], seen: dict[str, File]) -> None:
        self.name = name
        self.size = size
        self._body = body
        self._seen = seen

    def pieces(self) -> Iterator[bytes]:
        """All of it, once. Raises BackupError."""
        found, size = hashlib.sha256(), 0
        try:
            while piece := self._body.read(PIECE):
                found.update(piece)
                size += len(piece)
                yield piece
        except (*_BROKEN, OSError) as error:
            raise _not_whole(error) from None
        self._seen[self.name] = File(size, found.hexdigest())


class Reading:
    """An archive from its first byte to its last. Raises BackupError."""

    def __init__(self, path: Path) -> None:
        self.seen: dict[str, File] = {}
        self.manifest: Manifest | None = None
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise BackupError(f"{path}: {error.strerror}") from None
        packed = self._file.read(2) == b"\x1f\x8b"
        self._file.seek(0)
        opened = cast(IO[bytes], gzip.GzipFile(fileobj=self._file)) if packed else self._file
        try:
            self._tar = tarfile.open(fileobj=opened, mode="r|", bufsize=PIECE)  # noqa: SIM115 - closed below
            first = self._next()
            if first is None or first.name != HEAD:
                raise BackupError(f"{path} is no backup of Sodam")
            self.head = msgspec.json.decode(b"".join(first.pieces()), type=Head)
        except (*_BROKEN, OSError) as error:
            self._file.close()
            raise BackupError(f"{path} is no backup of Sodam: {error}") from None
        if self.head.format != FORMAT:
            raise BackupError(f"{path} is a backup of format {self.head.format}; this version reads {FORMAT}")

    def next(self) -> Member | None:
        """The next file; None behind the last, when the manifest was there."""
        try:
            member = self._next()
            if member is None or member.name != MANIFEST:
                return member
            self.manifest = msgspec.json.decode(b"".join(member.pieces()), type=Manifest)
            del self.seen[MANIFEST]
        except _BROKEN as error:
            raise _not_whole(error) from None
        return None

    def _next(self) -> Member | None:
        info = self._tar.next()
        if info is None:
            return None
        body = self._tar.extractfile(info) if info.isreg() else None
        if body is None or not _plain(info.name):
            raise BackupError(f"{info.name!r} is no file of a backup")
        return Member(info.name, info.size, body, self.seen)

    def check(self) -> Manifest:
        """Everything was read: is it what was written? Raises BackupError."""
        if self.manifest is None:
            raise BackupError(f"the backup is not whole: it ends without {MANIFEST}")
        wanted = self.manifest.files
        for name in sorted(wanted.keys() | self.seen.keys()):
            if wanted.get(name) != self.seen.get(name):
                raise BackupError(f"{name} is not what was backed up: its hash is another")
        return self.manifest

    def close(self) -> None:
        self._tar.close()
        self._file.close()


def _plain(name: str) -> bool:
    parts = name.split("/")
    return not {"", ".", ".."} & set(parts) and (parts[0] in ("data", "tables") or name in (HEAD, MANIFEST))


def _not_whole(error: BaseException) -> BackupError:
    return BackupError(f"the backup is not whole: {error}")
