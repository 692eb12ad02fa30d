"""Import of accounts from a file, as a job.

The file is read twice in bounded pieces: once to the end, so that a file that cannot be read is refused before anything
of it is imported, and once to import it. Of two rows with one UserID the first counts, the later one is refused.
"""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple

import msgspec

from sodam.access.model import Caller
from sodam.accounts.model import Wanted, valid_user_id
from sodam.apps.model import App
from sodam.cloudapi.files.firsts import FirstLines
from sodam.cloudapi.files.reading import Format, Row, batches, check_head
from sodam.cloudapi.plane import ControlPlane
from sodam.control import ControlError, Explanation, unfit
from sodam.errors import ApiError, Code
from sodam.jobs.model import Refusal
from sodam.jobs.service import JobFailed, Run
from sodam.profiles.model import field_of
from sodam.profiles.service import checked

MAX_BODY: Final = 40 * 1024 * 1024
MAX_FILE: Final = 32 * 1024 * 1024
MAX_ROWS: Final = 1_000_000
_SLICE: Final = 128 * 1024
"""Letters that are encoded in one turn of the event loop, and make one part of the job's input."""


class ImportParams(msgspec.Struct):
    SDKAppID: int
    Format: Format


def register(plane: ControlPlane) -> None:
    """Make the kind of job known."""
    plane.jobs.register("ImportAccounts", lambda run: _import(plane, run))


async def taken(app: App, form: Format, content: str) -> list[bytes]:
    """A file as a job keeps it. Raises ControlError for one that is too large or is not of its format at all, and
    ApiError 40009 for a column that is no profile field of the app."""
    try:
        for tag in check_head(form, content):
            field_of(app, tag)
    except JobFailed as error:
        raise unfit(error.explanation) from None
    parts: list[bytes] = []
    size = 0
    for at in range(0, len(content), _SLICE):
        parts.append(content[at : at + _SLICE].encode())
        size += len(parts[-1])
        if size > MAX_FILE:
            raise ControlError(
                "RequestSizeLimitExceeded",
                f"the file is larger than {MAX_FILE} bytes",
                detail="FileTooLarge",
                MostBytes=MAX_FILE,
            )
        await asyncio.sleep(0)
    return parts


async def begin_import(plane: ControlPlane, caller: Caller, sdkappid: int, form: Format, parts: list[bytes]) -> str:
    """The job's id. ``parts`` are what ``taken`` gave."""
    return await plane.jobs.create(
        "ImportAccounts",
        ImportParams(sdkappid, form),
        about_app=sdkappid,
        uin=caller.uin,
        user_name=caller.name,
        content=parts,
    )


async def _import(plane: ControlPlane, run: Run) -> None:
    params = run.params(ImportParams)
    firsts = await _survey(run, params.Format)
    at, seen = run.position(int, 0), 0
    async for batch in batches(params.Format, run.input()):
        seen += len(batch)
        await run.keep()
        if seen <= at:  # a former run has imported it
            continue
        rest = batch[at - seen :]
        app = plane.services.apps.get(params.SDKAppID)
        if app is None or app.deleting_at:
            raise JobFailed("the app is gone", detail="AppGone")
        refusals = (await import_rows(plane, app, rest, firsts)).refusals
        at = seen
        # The accounts are in their own transaction: importing the same ones again after a crash changes nothing.
        run.refused += len(refusals)
        await run.step(lambda tx, r=refusals: run.refuse(tx, r), position=at, advance=len(rest))  # type: ignore[misc]
    count = run.done - run.refused
    said = f"{count} imported, {run.refused} refused"
    run.explanation = Explanation(said, "JobImported", {"Count": count, "Refused": run.refused})


async def _survey(run: Run, form: Format) -> FirstLines:
    """Read the file to its end: how many rows it has, and where each UserID stands first. Raises JobFailed."""
    firsts, total = FirstLines(), 0
    async for batch in batches(form, run.input()):
        total += len(batch)
        if total > MAX_ROWS:
            raise JobFailed(f"a file has at most {MAX_ROWS} accounts", detail="FileTooManyRows", Most=MAX_ROWS)
        for row in batch:
            firsts.add(row.user_id, row.line)
        run.total = max(run.total, total)
        await run.keep()
    run.total = total
    return firsts


class Imported(NamedTuple):
    refusals: list[Refusal]
    changed: int
    """Accounts that existed and got other values."""


async def import_rows(plane: ControlPlane, app: App, batch: list[Row], firsts: FirstLines) -> Imported:
    """Import rows as administrators may write them; what cannot be is refused row by row.

    ``firsts`` says where in the file a UserID stands first: that row counts, the later ones are refused.
    """
    refusals: list[Refusal] = []
    wanted: dict[str, Wanted] = {}
    lines: dict[str, int] = {}
    for row in batch:
        first = firsts.add(row.user_id, row.line)
        wrong = row.wrong or _nul(row)
        if wrong is None and first != row.line and row.user_id:
            wrong = Explanation(f"the UserID stands on line {first} already", "RowUserIdTwice", {"Line": first})
        if wrong is not None:
            refusals.append(_refusal(row.line, row.user_id, Code.ACCOUNT_BAD_PARAMETER, wrong))
            continue
        if not valid_user_id(row.user_id):
            refusals.append(_refused(row.line, row.user_id, ApiError(Code.ACCOUNT_BAD_PARAMETER)))
            continue
        try:
            wanted[row.user_id] = Wanted(row.user_id, checked(app, row.items, "admin"))
            lines[row.user_id] = row.line
        except ApiError as error:
            refusals.append(_refused(row.line, row.user_id, error))
    refused, changed = await _import_wanted(plane, app, list(wanted.values()))
    refusals += [_refused(lines[user_id], user_id, error) for user_id, error in refused.items()]
    return Imported(refusals, changed)


def _nul(row: Row) -> Explanation | None:
    """No database keeps a NUL character in a text, and nobody means it."""
    if any(isinstance(value, str) and "\0" in value for _, value in row.items):
        return Explanation("a text holds a NUL character", "NulCharacter")
    return None


def _refused(line: int, user_id: str, error: ApiError) -> Refusal:
    """The detail is the number where its meaning is all that there is to say."""
    code = Code(error.code)
    return _refusal(line, user_id, code, Explanation(error.info, str(int(code)) if error.info == code.meaning else ""))


def _refusal(line: int, user_id: str, code: Code, said: Explanation) -> Refusal:
    return Refusal(line, user_id[:64].replace("\0", "\u2400"), int(code), said.stored())


async def _import_wanted(plane: ControlPlane, app: App, wanted: list[Wanted]) -> tuple[dict[str, ApiError], int]:
    """Import accounts; those that could not be, and why, and how many changed. Where the plan has no room for all, as
    many as fit."""
    accounts = plane.services.accounts
    try:
        return await _import_all(plane, app, wanted)
    except ApiError as error:
        if error.code != Code.ACCOUNT_TRIAL_QUOTA:
            raise
    known = await accounts.find_many(app.sdkappid, [item.user_id for item in wanted])
    room = max(0, (app.limits.accounts or 0) - await accounts.count(app.sdkappid))
    new = [item for item in wanted if item.user_id not in known]
    refused: dict[str, ApiError] = {}
    changed = 0
    for some in ([item for item in wanted if item.user_id in known], new[:room]):
        try:
            failed, updated = await _import_all(plane, app, some)
            refused |= failed
            changed += updated
        except ApiError as error:  # somebody else has taken the room meanwhile
            refused |= {item.user_id: error for item in some}
    full = ApiError(Code.ACCOUNT_TRIAL_QUOTA)
    return refused | {item.user_id: full for item in new[room:]}, changed


async def _import_all(plane: ControlPlane, app: App, wanted: list[Wanted]) -> tuple[dict[str, ApiError], int]:
    """Raises ApiError 70398, and imports nothing, when the plan has no room."""
    if not wanted:
        return {}, 0
    imported = await plane.services.accounts.import_accounts(app, wanted)
    for updated in imported.updated:
        await plane.services.profiles.announce(app, updated)
    return {user_id: ApiError(code) for user_id, code in imported.failed.items()}, len(imported.updated)
