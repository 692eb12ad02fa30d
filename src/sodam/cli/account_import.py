"""``sodam account import``: accounts from a CSV or JSON lines file into an app, with a report of what was refused."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from cyclopts import Parameter

from sodam.accounts.model import Wanted
from sodam.apps.model import App
from sodam.cli.common import EXIT_OK, EXIT_PROBLEM, STORE_FLAGS, CliError, settings_flags, settings_from
from sodam.cli.offline import app_of, with_server
from sodam.errors import ApiError
from sodam.profiles.service import of_import
from sodam.server import Server

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS, "nats_url")

_BATCH: Final = 500
_SHOWN: Final = 20
_CSV: Final = (".csv",)
_JSON: Final = (".jsonl", ".ndjson")


class Line(msgspec.Struct):
    """One account of the file, named as in REST; ``Identifier`` is the old name of ``UserID``."""

    UserID: str = ""
    Identifier: str = ""
    Nick: str | None = None
    FaceUrl: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that did not become an account: its number in the file (from 1), the UserID if any, the reason."""

    line: int
    user_id: str
    reason: str


@dataclass(slots=True)
class Report:
    lines: int = 0
    created: int = 0
    changed: int = 0
    """Accounts that existed and got another nick or avatar."""
    refused: list[Refused] = field(default_factory=list)


Numbered = tuple[int, Wanted]


def import_(
    file: Path,
    /,
    *,
    sdkappid: int,
    report: Path | None = None,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Import accounts into an app; existing ones get the nick and avatar given. Exit code 1 when lines were refused.

    Parameters
    ----------
    file
        A .csv file with the header UserID,Nick,FaceUrl, or a .jsonl file of objects with these names. UTF-8.
    sdkappid
        The app.
    report
        A CSV file to write with every refused line and the reason.
    """
    if file.suffix.lower() not in _CSV + _JSON:
        raise CliError(f"{file}: the name must end in one of {', '.join(_CSV + _JSON)}")

    async def work(server: Server) -> Report:
        return await import_file(server, app_of(server, sdkappid), file)

    done = with_server(settings_from(flags, dict(os.environ)), work)
    print(f"{done.lines} lines: {done.created} accounts created, {done.changed} changed, {len(done.refused)} refused")
    for refused in done.refused[:_SHOWN]:
        print(f"line {refused.line}: {refused.user_id!r}: {refused.reason}", file=sys.stderr)
    if len(done.refused) > _SHOWN:
        print(f"... and {len(done.refused) - _SHOWN} more; --report FILE writes all", file=sys.stderr)
    if report is not None:
        _write(report, done.refused)
    return EXIT_PROBLEM if done.refused else EXIT_OK


async def import_file(server: Server, app: App, file: Path) -> Report:
    """Read the file once, in batches. Raises CliError when it cannot be read; earlier batches are imported then."""
    report = Report()
    before = await server.accounts.count(app.sdkappid)
    batch: list[Numbered] = []
    try:
        for number, line in _lines(file):
            report.lines += 1
            try:
                if isinstance(line, str):
                    raise ValueError(line)
                user_id = line.UserID or line.Identifier
                batch.append((number, Wanted(user_id, of_import(line.Nick, line.FaceUrl))))
            except ApiError as error:
                report.refused.append(Refused(number, user_id, str(error)))
            except ValueError as error:
                report.refused.append(Refused(number, "", str(error)))
            if len(batch) == _BATCH:
                await _import(server, app, batch, report)
                batch = []
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CliError(f"{file} is not UTF-8") from None
    await _import(server, app, batch, report)
    report.created = await server.accounts.count(app.sdkappid) - before
    report.refused.sort(key=lambda refused: refused.line)
    return report


async def _import(server: Server, app: App, batch: list[Numbered], report: Report) -> None:
    """Import a batch; when the app has no room for all of it, one by one, so that those that fit come in."""
    if not batch:
        return
    try:
        imported = await server.accounts.import_accounts(app, [wanted for _, wanted in batch])
    except ApiError as error:
        if len(batch) == 1:
            report.refused.append(Refused(batch[0][0], batch[0][1].user_id, str(error)))
            return
        for single in batch:
            await _import(server, app, [single], report)
        return
    for updated in imported.updated:
        await server.services.profiles.announce(app, updated)
    report.changed += len(imported.updated)
    for number, wanted in batch:
        code = imported.failed.get(wanted.user_id)
        if code is not None:
            report.refused.append(Refused(number, wanted.user_id, f"{int(code)}: {code.meaning}"))


def _lines(file: Path) -> Iterator[tuple[int, Line | str]]:
    """Numbered lines; a text instead of a `Line` says why it cannot be read."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        if file.suffix.lower() in _JSON:
            decode = msgspec.json.Decoder(Line).decode
            for number, text in enumerate(stream, 1):
                if text.strip():
                    try:
                        yield number, decode(text)
                    except msgspec.MsgspecError as error:
                        yield number, str(error)
            return
        reader = csv.DictReader(stream, strict=True)
        try:
            if not {"UserID", "Identifier"} & set(reader.fieldnames or ()):
                raise CliError(f"{file}: the first line must name the columns: UserID,Nick,FaceUrl")
            for row in reader:
                yield reader.line_num, Line(**{name: row[name] or "" for name in Line.__struct_fields__ if name in row})
        except csv.Error as error:
            raise CliError(f"{file} line {reader.line_num}: {error}") from None


def _write(path: Path, refused: list[Refused]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("line", "UserID", "reason"))
            writer.writerows((item.line, item.user_id, item.reason) for item in refused)
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}") from None
