"""``sodam account import``: accounts from a file into an app, with a report of the rows that were refused."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from sodam.apps.model import App
from sodam.cli.common import EXIT_OK, EXIT_PROBLEM, STORE_FLAGS, CliError, settings_flags, settings_from
from sodam.cli.offline import app_of, with_server
from sodam.cloudapi.files.firsts import FirstLines
from sodam.cloudapi.files.reading import MAX_ROW, Form, batches, check_head
from sodam.cloudapi.imports import import_rows
from sodam.control import Explanation
from sodam.errors import ApiError
from sodam.jobs.model import Refusal
from sodam.jobs.service import JobFailed
from sodam.profiles.model import field_of
from sodam.server import Server
from sodam.storage import private

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS, "nats_url")

_SHOWN: Final = 20
_PART: Final = 128 * 1024
_FORMS: Final[dict[str, Form]] = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that did not become an account: where it stands in the file (from 1), the UserID if any, the reason."""

    line: int
    user_id: str
    reason: str


@dataclass(slots=True)
class Report:
    lines: int = 0
    """Rows with something in them, the header not counted."""
    created: int = 0
    changed: int = 0
    """Accounts that existed and got other values."""
    refused: list[Refused] = field(default_factory=list)


def import_(
    file: Path,
    /,
    *,
    sdkappid: int,
    report: Path | None = None,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Import accounts into an app; existing ones get the values given. Exit code 1 when rows were refused.

    A file that cannot be read to its end, or has a column that is no profile field, is refused as a whole, with exit
    code 2. Of two rows with one UserID the first counts.

    Parameters
    ----------
    file
        A .csv file whose header names UserID and any of Nick, FaceUrl and profile tags such as Tag_Profile_IM_Gender;
        a .json file with an array of objects with these names; or a .jsonl file with such an object in each line.
        UTF-8. What the console exports is read, too.
    sdkappid
        The app.
    report
        A CSV file to write with every refused row and the reason.
    """
    form = _FORMS.get(file.suffix.lower())
    if form is None:
        raise CliError(f"{file}: the name must end in one of {', '.join(_FORMS)}")

    async def work(server: Server) -> Report:
        return await import_file(server, app_of(server, sdkappid), file, form)

    done = with_server(settings_from(flags, dict(os.environ)), work)
    print(f"{done.lines} lines: {done.created} accounts created, {done.changed} changed, {len(done.refused)} refused")
    for refused in done.refused[:_SHOWN]:
        print(f"line {refused.line}: {refused.user_id!r}: {refused.reason}", file=sys.stderr)
    if len(done.refused) > _SHOWN:
        print(f"... and {len(done.refused) - _SHOWN} more; --report FILE writes all", file=sys.stderr)
    if report is not None:
        _write(report, done.refused)
    return EXIT_PROBLEM if done.refused else EXIT_OK


async def import_file(server: Server, app: App, file: Path, form: Form) -> Report:
    """Read the file to its end, then again to import it. Raises CliError, with nothing imported, when it cannot be."""
    report = Report()
    firsts = FirstLines()
    before = await server.accounts.count(app.sdkappid)
    try:
        await _check_head(app, file, form)
        async for rows in batches(form, _parts(file)):
            report.lines += len(rows)
            for row in rows:
                firsts.add(row.user_id, row.line)
        async for rows in batches(form, _parts(file)):
            done = await import_rows(server.plane, app, rows, firsts)
            report.changed += done.changed
            report.refused += [Refused(r.line, r.user_id, _reason(r)) for r in done.refusals]
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}") from None
    except JobFailed as error:
        raise CliError(f"{file}: {error}") from None
    report.created = await server.accounts.count(app.sdkappid) - before
    report.refused.sort(key=lambda refused: refused.line)
    return report


async def _parts(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as stream:
        while part := stream.read(_PART):
            yield part


async def _check_head(app: App, file: Path, form: Form) -> None:
    """Raises CliError for a file whose beginning is not of its format, or names a column that is no profile field."""
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            head = stream.read(MAX_ROW + 1)
        for tag in check_head(form, head):
            field_of(app, tag)
    except UnicodeDecodeError:
        raise CliError(f"{file} is not UTF-8") from None
    except (JobFailed, ApiError) as error:
        said = error.info if isinstance(error, ApiError) else str(error)
        raise CliError(f"{file}: {said}; columns are UserID,Nick,FaceUrl and tags of profile fields") from None


def _reason(refusal: Refusal) -> str:
    """The chat plane's number and what it means, or what is wrong with the row."""
    text = Explanation.read(refusal.reason).text
    return f"{refusal.code}: {text}"


def _write(path: Path, refused: list[Refused]) -> None:
    try:
        with open(path, "w", encoding="utf-8", newline="", opener=private.opener) as stream:
            writer = csv.writer(stream)
            writer.writerow(("line", "UserID", "reason"))
            writer.writerows((item.line, item.user_id, item.reason) for item in refused)
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}") from None
