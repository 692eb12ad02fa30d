"""Jobs that read and write files: import and export of accounts, export of the audit log.

CSV has a header line; columns are ``UserID``, ``Nick``, ``FaceUrl`` or a profile tag. JSON is an array of objects
with ``UserID``, ``Nick``, ``FaceUrl`` and ``Profile``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from sodam.access.model import Caller
from sodam.accounts.model import IMAGE, NICK, Account, Profile, Wanted
from sodam.apps.model import App
from sodam.audit.model import Event, Filter
from sodam.cloudapi.plane import ControlPlane
from sodam.control import ControlError, Said, invalid
from sodam.errors import ApiError, Code
from sodam.jobs.model import Refusal
from sodam.jobs.service import JobFailed, Run
from sodam.profiles.model import STANDARD, field_of
from sodam.profiles.service import checked

Format = Literal["csv", "json"]
MAX_BODY: Final = 40 * 1024 * 1024
MAX_FILE: Final = 32 * 1024 * 1024
MAX_ROWS: Final = 1_000_000
_BATCH: Final = 200
_PAGE: Final = 500
_NAMES: Final = {"UserID": "", "Nick": NICK, "FaceUrl": IMAGE}


class ImportParams(msgspec.Struct):
    SDKAppID: int
    Format: Format


class ExportParams(msgspec.Struct):
    SDKAppID: int
    Format: Format
    UserIDs: list[str] | None = None
    Keyword: str = ""


class EventParams(msgspec.Struct):
    Format: Format
    Wanted: Filter


class Row(msgspec.Struct):
    """A line of a file: an account, or why it cannot be one."""

    line: int
    user_id: str
    items: list[tuple[str, object]]
    wrong: Said | None = None


def register(plane: ControlPlane) -> None:
    """Make the kinds of jobs known."""
    plane.jobs.register("ImportAccounts", lambda run: _import(plane, run))
    plane.jobs.register("ExportAccounts", lambda run: _export(plane, run))
    plane.jobs.register("ExportEvents", lambda run: _export_events(plane, run))


async def begin_import(plane: ControlPlane, caller: Caller, sdkappid: int, form: Format, content: str) -> str:
    """The job's id. Raises ControlError for a file that is too large or is not of its format at all."""
    data = content.encode()
    if len(data) > MAX_FILE:
        raise ControlError(
            "RequestSizeLimitExceeded",
            f"the file is larger than {MAX_FILE} bytes",
            detail="FileTooLarge",
            MostBytes=MAX_FILE,
        )
    _check_head(form, content)
    job = await plane.jobs.create(
        "ImportAccounts",
        ImportParams(sdkappid, form),
        about_app=sdkappid,
        uin=caller.uin,
        user_name=caller.name,
        content=data,
    )
    plane.jobs.wake()
    return job


async def begin_export(plane: ControlPlane, caller: Caller, params: ExportParams) -> str:
    job = await plane.jobs.create(
        "ExportAccounts", params, about_app=params.SDKAppID, uin=caller.uin, user_name=caller.name
    )
    plane.jobs.wake()
    return job


async def begin_event_export(plane: ControlPlane, caller: Caller, params: EventParams) -> str:
    job = await plane.jobs.create("ExportEvents", params, about_app=0, uin=caller.uin, user_name=caller.name)
    plane.jobs.wake()
    return job


def _check_head(form: Format, content: str) -> None:
    text = content.removeprefix("\ufeff")
    if not text.strip():
        raise invalid("the file is empty", detail="FileEmpty")
    if form == "json":
        if not text.lstrip().startswith("["):
            raise invalid("a JSON file holds one array of accounts", detail="FileNoArray")
        return
    header = next(csv.reader(io.StringIO(text)), [])
    if "UserID" not in [name.strip() for name in header]:
        message = "the first line of a CSV file names its columns, UserID among them"
        raise invalid(message, detail="FileNoHeader")


def rows(form: Format, data: bytes) -> Iterator[Row]:
    """The lines of a file, each an account or a mistake. Raises JobFailed when the file cannot be read at all."""
    text = data.decode("utf-8-sig", "replace")
    return _csv_rows(text) if form == "csv" else _json_rows(text)


def _csv_rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text))
    try:
        header = [name.strip() for name in next(reader, [])]
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            cells = dict(zip(header, values, strict=False))
            if len(values) > len(header):
                wrong = Said("more cells than the header names", "RowTooManyCells")
                yield Row(reader.line_num, cells.get("UserID", ""), [], wrong)
                continue
            items: list[tuple[str, object]] = [
                (_NAMES.get(name, name), _cell(_NAMES.get(name, name), value))
                for name, value in cells.items()
                if name and name != "UserID" and value != ""
            ]
            yield Row(reader.line_num, cells.get("UserID", ""), items)
    except csv.Error as error:
        line = reader.line_num
        raise JobFailed(f"line {line}: {error}", detail="FileUnreadable", Line=line, Why=str(error)) from None


def _cell(tag: str, value: str) -> object:
    """Numbers are text in CSV; whether a custom field takes one is not known here: see ``_items``."""
    field = STANDARD.get(tag)
    if field is not None and field.type.startswith("uint") and value.isascii() and value.isdigit():
        return int(value)
    return value


def _json_rows(text: str) -> Iterator[Row]:
    try:
        found = msgspec.json.decode(text, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        raise JobFailed(f"the file is no JSON array: {error}", detail="FileNoJson", Why=str(error)) from None
    for number, raw in enumerate(found, 1):
        try:
            item: Any = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError) as error:
            yield Row(number, "", [], Said(str(error), "RowNoJson", {"Why": str(error)}))
            continue
        if not isinstance(item, dict) or not isinstance(item.get("UserID"), str):
            yield Row(number, "", [], Said("an account is an object with the text UserID", "RowNoUserId"))
            continue
        profile = item.get("Profile") or {}
        if not isinstance(profile, dict):
            yield Row(number, item["UserID"], [], Said("Profile is an object", "RowProfileNoObject"))
            continue
        items: list[tuple[str, object]] = [(_NAMES[n], item[n]) for n in ("Nick", "FaceUrl") if item.get(n)]
        yield Row(number, item["UserID"], items + list(profile.items()))


def _items(app: App, row: Row) -> Profile:
    items: list[tuple[str, object]] = []
    for tag, value in row.items:
        if isinstance(value, str) and value.isascii() and value.isdigit() and field_of(app, tag).type == "uint64":
            items.append((tag, int(value)))
        else:
            items.append((tag, value))
    return checked(app, items, "admin")


async def _import(plane: ControlPlane, run: Run) -> None:
    params = run.params(ImportParams)
    found = list(rows(params.Format, await run.input()))
    if len(found) > MAX_ROWS:
        raise JobFailed(f"a file has at most {MAX_ROWS} accounts", detail="FileTooManyRows", Most=MAX_ROWS)
    run.total = len(found)
    at = run.position(int, 0)
    while at < len(found):
        batch = found[at : at + _BATCH]
        at += len(batch)
        refusals = await _import_batch(plane, params.SDKAppID, batch)
        # The accounts are in their own transaction: importing the same ones again after a crash changes nothing.
        run.refused += len(refusals)
        await run.step(lambda tx, r=refusals: run.refuse(tx, r), position=at, advance=len(batch))  # type: ignore[misc]
    taken = run.done - run.refused
    said = f"{taken} imported, {run.refused} refused"
    run.said = Said(said, "JobImported", {"Count": taken, "Refused": run.refused})


async def _import_batch(plane: ControlPlane, sdkappid: int, batch: list[Row]) -> list[Refusal]:
    app = plane.services.apps.get(sdkappid)
    if app is None or app.deleting_at:
        raise JobFailed("the app is gone", detail="AppGone")
    refusals: list[Refusal] = []
    wanted: dict[str, Wanted] = {}
    lines: dict[str, int] = {}
    for row in batch:
        if row.wrong:
            code = int(Code.ACCOUNT_BAD_PARAMETER)
            refusals.append(Refusal(row.line, row.user_id[:64], code, row.wrong.stored()))
            continue
        try:
            wanted[row.user_id] = Wanted(row.user_id, _items(app, row))
            lines[row.user_id] = row.line
        except ApiError as error:
            refusals.append(_refusal(row.line, row.user_id, error))
    try:
        imported = await plane.services.accounts.import_accounts(app, list(wanted.values()))
    except ApiError as error:  # the plan has no room for the new ones: nothing of this batch was taken
        refusals += [_refusal(line, user_id, error) for user_id, line in lines.items()]
    else:
        refusals += [_refusal(lines[u], u, ApiError(code)) for u, code in imported.failed.items()]
        for updated in imported.updated:
            await plane.services.profiles.announce(app, updated)
    return refusals


def _refusal(line: int, user_id: str, error: ApiError) -> Refusal:
    """The detail is the number where its meaning is all that there is to say."""
    code = Code(error.code)
    said = Said(error.info, str(int(code)) if error.info == code.meaning else "")
    return Refusal(line, user_id[:64], int(code), said.stored())


# Exports: a page of accounts is a part of the file, so that a run after a crash writes the same part again.


async def _export(plane: ControlPlane, run: Run) -> None:
    params = run.params(ExportParams)
    accounts, app = plane.services.accounts, plane.services.apps.get(params.SDKAppID)
    if app is None:
        raise JobFailed("the app is gone", detail="AppGone")
    columns = [
        "UserID",
        "Type",
        "CreateTime",
        *STANDARD,
        *(f"Tag_Profile_Custom_{f.name}" for f in app.settings.user_fields),
    ]
    part, after = run.position(tuple[int, str], (0, ""))
    run.total = len(params.UserIDs) if params.UserIDs is not None else await accounts.count(params.SDKAppID)
    run.has_file = True
    while True:
        if params.UserIDs is None:
            page = await accounts.list_accounts(params.SDKAppID, after=after, limit=_PAGE, prefix=params.Keyword)
        else:
            wanted = sorted(set(params.UserIDs))[part * _PAGE : (part + 1) * _PAGE]
            page = list((await accounts.find_many(params.SDKAppID, wanted)).values())
        last = len(page) < _PAGE if params.UserIDs is None else (part + 1) * _PAGE >= len(params.UserIDs)
        body = _written(params.Format, [_facts(app, a) for a in page], columns, first=part == 0, last=last)
        after = page[-1].user_id if page else after
        await run.step(lambda tx, p=part, b=body: run.write(tx, p, b), position=(part + 1, after), advance=len(page))  # type: ignore[misc]
        part += 1
        if last:
            break
    run.total = run.done
    run.said = Said(f"{run.done} accounts", "JobExportedAccounts", {"Count": run.done})


def _facts(app: App, account: Account) -> dict[str, object]:
    kind = "administrator" if app.is_admin(account.user_id) else "ordinary"
    return {"UserID": account.user_id, "Type": kind, "CreateTime": account.created_at, **account.profile}


def _written(form: Format, facts: list[dict[str, object]], columns: list[str], *, first: bool, last: bool) -> bytes:
    if form == "json":
        rows_ = b",\n".join(msgspec.json.encode(_nested(item)) for item in facts)
        return (b"[\n" if first else b",\n" if rows_ else b"") + rows_ + (b"\n]\n" if last else b"")
    out = io.StringIO()
    writer = csv.writer(out)
    if first:
        out.write("\ufeff")  # spreadsheets take the file for UTF-8 then
        writer.writerow(columns)
    for item in facts:
        writer.writerow([_safe(item.get(name, "")) for name in columns])
    return out.getvalue().encode()


def _nested(item: dict[str, object]) -> dict[str, object]:
    profile = {tag: value for tag, value in item.items() if tag.startswith("Tag_")}
    rest = {name: value for name, value in item.items() if not name.startswith("Tag_")}
    return {**rest, "Profile": profile} if profile or "UserID" in rest else rest


def _safe(value: object) -> object:
    """A text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


async def _export_events(plane: ControlPlane, run: Run) -> None:
    params = run.params(EventParams)
    columns = list(Event.__struct_fields__)
    part, before = run.position(tuple[int, int], (0, 0))
    run.has_file = True
    while True:
        page = await plane.audit.search(params.Wanted, before=before, limit=_PAGE)
        last = len(page) < _PAGE
        facts = [msgspec.to_builtins(event) for event in page]
        body = _written(params.Format, facts, columns, first=part == 0, last=last)
        before = page[-1].id if page else before
        await run.step(lambda tx, p=part, b=body: run.write(tx, p, b), position=(part + 1, before), advance=len(page))  # type: ignore[misc]
        part += 1
        if last:
            break
    run.total = run.done
    run.said = Said(f"{run.done} events", "JobExportedEvents", {"Count": run.done})
