"""``sodam relations``: check, export and import friends, groups, blacklists, requests and follows of an app."""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Final

import msgspec
from cyclopts import Parameter

from sodam.apps.model import App
from sodam.cli.common import EXIT_OK, EXIT_PROBLEM, STORE_FLAGS, CliError, settings_flags, settings_from
from sodam.cli.offline import app_of, with_server
from sodam.errors import ApiError
from sodam.relations.archive import UserLine
from sodam.relations.repair import OneSided, Report
from sodam.server import Server
from sodam.storage import private

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS, "nats_url")

_SHOWN: Final = 20
_STEP: Final = 100
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Imported:
    """What an import did. ``refused``: line number (from 1), UserID, the part of the line, the other user, why."""

    lines: int = 0
    users: int = 0
    entries: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str, str, str, str]] = field(default_factory=list)


def check(
    *,
    sdkappid: int,
    repair: bool = False,
    one_sided: OneSided = "keep",
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Look for inconsistent relations. Exit code 1 when some were found and not repaired.

    Parameters
    ----------
    sdkappid
        The app.
    repair
        Repair what is found: erase relations of accounts that do not exist and expired requests, count anew.
    one_sided
        What to do with pairs of which only one has the other as a friend. They may be meant so.
    """

    async def work(server: Server) -> Report:
        app = app_of(server, sdkappid)
        return await server.services.relations.repair.check(app, repair=repair, one_sided=one_sided, progress=_progress)

    report = with_server(settings_from(flags, dict(os.environ)), work)
    _end_progress()
    looked = ", ".join(f"{count} {table}" for table, count in report.rows.items()) or "no rows"
    print(f"looked at {looked}")
    for kind, count in sorted(report.found.items()):
        print(f"{kind}: {count}")
    for finding in [f for f in report.examples if f.kind != "one-sided"][:_SHOWN]:
        print(f"{finding.kind}: {finding.user_id} {finding.other}".rstrip(), file=sys.stderr)
    if repair or one_sided != "keep":
        print(f"repaired: {report.repaired}")
    elif not report.wrong:
        print("nothing is wrong")
    return EXIT_PROBLEM if report.wrong and not repair else EXIT_OK


def export(
    file: Path | None = None,
    /,
    *,
    sdkappid: int,
    user: tuple[str, ...] = (),
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Write relations to a file of JSON lines, one a user.

    Parameters
    ----------
    file
        The file to write; the standard output when left out.
    sdkappid
        The app.
    user
        Only this user; may be given several times. All who have relations when left out.
    """

    async def work(server: Server) -> int:
        app = app_of(server, sdkappid)
        users = 0
        with _output(file) as stream:
            async for line in server.services.relations.archive.export(app.sdkappid, list(user) or None):
                stream.write(_encode(line) + b"\n")
                users += 1
                if users % _STEP == 0:
                    _progress("users", users)
        return users

    users = with_server(settings_from(flags, dict(os.environ)), work)
    _end_progress()
    print(f"{users} users written", file=sys.stderr)
    return EXIT_OK


def import_(
    file: Path,
    /,
    *,
    sdkappid: int,
    report: Path | None = None,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Read relations from a file that `export` wrote. Nothing is removed; again is no harm. Exit code 1 when parts
    were refused.

    Parameters
    ----------
    file
        A file of JSON lines, one a user. The accounts must exist.
    sdkappid
        The app.
    report
        A CSV file to write with every refused part and the reason.
    """

    async def work(server: Server) -> Imported:
        return await import_file(server, app_of(server, sdkappid), file)

    done = with_server(settings_from(flags, dict(os.environ)), work)
    _end_progress()
    entries = ", ".join(f"{count} {part}" for part, count in done.entries.items()) or "nothing"
    print(f"{done.lines} lines: {done.users} users with {entries}; {len(done.refused)} refused")
    for number, user_id, part, other, reason in done.refused[:_SHOWN]:
        print(f"line {number}: {user_id!r} {part} {other!r}: {reason}", file=sys.stderr)
    if len(done.refused) > _SHOWN:
        print(f"... and {len(done.refused) - _SHOWN} more; --report FILE writes all", file=sys.stderr)
    if report is not None:
        _write(report, done)
    return EXIT_PROBLEM if done.refused else EXIT_OK


async def import_file(server: Server, app: App, file: Path) -> Imported:
    """Import line by line. Raises CliError when the file cannot be read; earlier lines are imported then."""
    done = Imported()
    decode = msgspec.json.Decoder(UserLine).decode
    try:
        with file.open("rb") as stream:
            for number, text in enumerate(stream, 1):
                if not text.strip():
                    continue
                done.lines += 1
                try:
                    line = decode(text)
                    skipped = await server.services.relations.archive.put(app, line)
                except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                    done.refused.append((number, "", "", "", str(error)))
                    continue
                except RecursionError:
                    done.refused.append((number, "", "", "", "the line is nested too deeply"))
                    continue
                except ApiError as error:
                    done.refused.append((number, line.UserID, "", "", str(error)))
                    continue
                done.users += 1
                for part in ("Groups", "Friends", "BlackList", "Pendencies", "Following"):
                    taken = len(getattr(line, part)) - sum(skip.part == part for skip in skipped)
                    done.entries[part] += taken
                done.refused += [(number, line.UserID, *skip) for skip in skipped]
                if done.lines % _STEP == 0:
                    _progress("lines", done.lines)
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}") from None
    return done


@contextmanager
def _output(file: Path | None) -> Iterator[IO[bytes]]:
    if file is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        stream = open(file, "wb", opener=private.opener)  # noqa: SIM115 - closed below
    except OSError as error:
        raise CliError(f"{file} cannot be written: {error.strerror}") from None
    with stream:
        yield stream


def _write(path: Path, done: Imported) -> None:
    try:
        with open(path, "w", encoding="utf-8", newline="", opener=private.opener) as stream:
            writer = csv.writer(stream)
            writer.writerow(("line", "UserID", "part", "other", "reason"))
            writer.writerows(done.refused)
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}") from None


def _progress(what: str, count: int) -> None:
    """On a terminal: a line that counts up."""
    if sys.stderr.isatty():
        print(f"\r{what}: {count}    ", end="", file=sys.stderr, flush=True)


def _end_progress() -> None:
    if sys.stderr.isatty():
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
