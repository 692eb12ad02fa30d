"""``sodam backup`` and ``sodam restore``: a whole server as one file, taken while it runs, and back."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from sodam.backup import whole
from sodam.backup.archive import BackupError, Manifest
from sodam.cli.common import EXIT_OK, STORE_FLAGS, CliError, settings_flags, settings_from
from sodam.settings import Settings

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS)

_SHOWN_SECONDS: Final = 0.2
_MIB: Final = 1024 * 1024


def backup(file: Path, /, *, flags: Annotated[StoreFlags, Parameter(name="*")] = None) -> int:
    """Write everything that a server keeps into one file, while it runs: database, uploaded files, key of secrets.

    It is the server as it was when the backup began: what was acknowledged before is in it. Only its owner can read
    the file, which holds keys and messages. Settings (variables, TOML) are not in it, nor what SODAM_MEDIA_URL names.

    Parameters
    ----------
    file
        A new file, compressed when its name ends in .gz or .tgz. Its directory needs room for it and, with SQLite,
        for another copy of the database.
    """
    settings = settings_from(flags, dict(os.environ))
    began = time.monotonic()
    manifest = _run(whole.back_up, settings, file)
    _summary("backed up", manifest, file, time.monotonic() - began)
    if settings.media_url is not None:
        print("left out: uploaded files, which SODAM_MEDIA_URL keeps elsewhere", file=sys.stderr)
    return EXIT_OK


def restore(file: Path, /, *, check: bool = False, flags: Annotated[StoreFlags, Parameter(name="*")] = None) -> int:
    """Bring a backup into an empty place: a new data directory, and a new database with PostgreSQL.

    All of it or nothing, with every hash compared. Afterwards start the server as ever; a newer version brings the
    database up to date.

    Parameters
    ----------
    file
        What `sodam backup` wrote.
    check
        Only read it and compare the hashes.
    """
    began = time.monotonic()
    if check:
        try:
            head, manifest = whole.verify(file, _Progress())
        except BackupError as error:
            raise CliError(str(error)) from None
        made = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(head.made_at))
        print(f"{head.engine}, made {made} by Sodam {head.sodam}, schema {head.schema[-1]}")
        _summary("whole, hashes are equal", manifest, file, time.monotonic() - began)
        return EXIT_OK
    manifest = _run(whole.restore, settings_from(flags, dict(os.environ)), file)
    _summary("restored, hashes are equal", manifest, file, time.monotonic() - began)
    return EXIT_OK


def _run(work: Any, settings: Settings, file: Path) -> Manifest:
    place = whole.Place(settings.database_url, settings.data_dir)
    try:
        done: Manifest = asyncio.run(work(place, file, _Progress()))
    except BackupError as error:
        raise CliError(str(error)) from None
    except OSError as error:
        raise CliError(f"{error.filename or file}: {error.strerror or error}") from None
    return done


class _Progress:
    """Shows where it is, a few times a second, on a terminal only."""

    def __init__(self) -> None:
        self._shown = 0.0

    def __call__(self, what: str, done: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._shown > _SHOWN_SECONDS:
            self._shown = time.monotonic()
            print(f"\r\x1b[K{what} {done or ''}", end="", file=sys.stderr, flush=True)


def _summary(done: str, manifest: Manifest, file: Path, seconds: float) -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    size = sum(one.size for one in manifest.files.values()) / _MIB
    rows = f"{sum(manifest.rows.values())} rows, " if manifest.rows else ""
    kept = sum(name.startswith("data/") for name in manifest.files)
    packed = file.stat().st_size / _MIB
    print(f"{done}: {rows}{kept} files, {size:.1f} MiB ({packed:.1f} in the archive), {seconds:.1f} s")
