"""``sodam export`` and ``sodam import``: a whole app to a directory and back, to another server or engine."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from sodam.cli.common import EXIT_OK, STORE_FLAGS, CliError, settings_flags, settings_from
from sodam.cli.offline import app_of, with_server
from sodam.server import Server
from sodam.transfer.model import LEFT_OUT, Manifest
from sodam.transfer.reading import Archive, ArchiveError, Reading
from sodam.transfer.writing import write

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS, "nats_url")

_SHOWN_SECONDS: Final = 0.2


def export(
    directory: Path,
    /,
    *,
    sdkappid: int,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Write a whole app to a directory of JSON lines: settings, keys, accounts, relations, groups, messages.

    It is the app as it was when the export began. The files can only be read by their owner; they hold the app's
    keys. With PostgreSQL servers may run meanwhile.

    Parameters
    ----------
    directory
        A directory that is empty or does not exist.
    sdkappid
        The app.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise CliError(f"{directory} is not an empty directory")

    async def work(server: Server) -> Manifest:
        try:
            return await write(server.db, app_of(server, sdkappid), directory, _Progress())
        except OSError as error:
            raise CliError(f"{error.filename or directory}: {error.strerror}") from None

    manifest = with_server(settings_from(flags, dict(os.environ)), work)
    _summary("exported", manifest)
    print(f"left out: {'; '.join(f'{name} ({why})' for name, why in LEFT_OUT.items())}", file=sys.stderr)
    return EXIT_OK


def import_(
    directory: Path,
    /,
    *,
    sdkappid: int | None = None,
    discard: bool = False,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Read an app that `sodam export` wrote. Nobody can use it before all of it is there and was compared.

    An import that was stopped goes on when it is called again. Both sides must have the same version of Sodam.

    Parameters
    ----------
    directory
        What `sodam export` wrote.
    sdkappid
        The app's number here, which no app may have; the one it had when left out. UserSigs belong to a number.
    discard
        Instead erase what an import that was stopped has left.
    """

    async def work(server: Server) -> Manifest | int:
        try:
            archive = Archive(directory)
            reading = Reading(server.db, archive, sdkappid or archive.manifest.sdkappid, _Progress())
            if discard:
                return await reading.discard()
            await reading.run()
            return archive.manifest
        except ArchiveError as error:
            raise CliError(str(error)) from None

    done = with_server(settings_from(flags, dict(os.environ)), work, create=True)
    if isinstance(done, int):
        print(f"{done} rows erased")
    else:
        _summary("imported, counts and hashes are equal", done)
    return EXIT_OK


class _Progress:
    """Shows where it is, a few times a second, on a terminal only."""

    def __init__(self) -> None:
        self._shown = 0.0

    def __call__(self, table: str, rows: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._shown > _SHOWN_SECONDS:
            self._shown = time.monotonic()
            print(f"\r\x1b[K{table} {rows}", end="", file=sys.stderr, flush=True)


def _summary(done: str, manifest: Manifest) -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    rows = ", ".join(f"{table.rows} {name}" for name, table in manifest.tables.items() if table.rows)
    print(f"{done}: {rows}")
