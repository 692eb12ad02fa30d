"""Exports of accounts and of the audit log into a file, as jobs.

A page is a part of the file and is written in the transaction that notes how far the job is, so that a run after a
crash writes the same part again.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.access.model import Caller
from sodam.accounts.model import CUSTOM, Account
from sodam.apps.model import App
from sodam.audit.model import Event, Filter
from sodam.cloudapi.files.reading import Format
from sodam.cloudapi.files.writing import part
from sodam.cloudapi.paging import cut
from sodam.cloudapi.plane import ControlPlane
from sodam.control import Explanation
from sodam.jobs.service import JobFailed, Run
from sodam.profiles.model import STANDARD

_PAGE: Final = 500


class ExportParams(msgspec.Struct):
    SDKAppID: int
    Format: Format
    UserIDs: list[str] | None = None
    Keyword: str = ""


class EventParams(msgspec.Struct):
    Format: Format
    Wanted: Filter


class _Spot(msgspec.Struct, array_like=True):
    """Where an export of accounts goes on."""

    part: int = 0
    after: str = ""
    columns: list[str] | None = None
    """Those of the header; fields that are added meanwhile would not be under it."""


def register(plane: ControlPlane) -> None:
    """Make the kinds of jobs known."""
    plane.jobs.register("ExportAccounts", lambda run: _export(plane, run))
    plane.jobs.register("ExportEvents", lambda run: _export_events(plane, run))


async def begin_export(plane: ControlPlane, caller: Caller, params: ExportParams) -> str:
    return await plane.jobs.create(
        "ExportAccounts", params, about_app=params.SDKAppID, uin=caller.uin, user_name=caller.name
    )


async def begin_event_export(plane: ControlPlane, caller: Caller, params: EventParams) -> str:
    return await plane.jobs.create("ExportEvents", params, about_app=0, uin=caller.uin, user_name=caller.name)


async def _export(plane: ControlPlane, run: Run) -> None:
    params = run.params(ExportParams)
    spot = run.position(_Spot, _Spot())
    columns = spot.columns or _columns(_app(plane, params))
    if params.UserIDs is not None:
        run.total = len(set(params.UserIDs))
    elif not params.Keyword:  # how many hold a keyword is known at the end only
        run.total = await plane.services.accounts.count(params.SDKAppID)
    run.has_file = True
    more = True
    while more:
        page, more, after = await _page(plane, params, spot)
        app = _app(plane, params)
        facts = [_facts(plane, app, account) for account in page]
        first, empty = spot.part == 0, run.done == 0
        body = part(params.Format, facts, columns, first=first, empty=empty, last=not more)
        number = spot.part
        spot = _Spot(number + 1, after, columns)
        await run.step(lambda tx, n=number, b=body: run.write(tx, n, b), position=spot, advance=len(page))  # type: ignore[misc]
    run.total = run.done
    run.explanation = Explanation(f"{run.done} accounts", "JobExportedAccounts", {"Count": run.done})


def _app(plane: ControlPlane, params: ExportParams) -> App:
    app = plane.services.apps.get(params.SDKAppID)
    if app is None:
        raise JobFailed("the app is gone", detail="AppGone")
    return app


async def _page(plane: ControlPlane, params: ExportParams, spot: _Spot) -> tuple[list[Account], bool, str]:
    """The next accounts by UserID, whether more may follow, and behind which."""
    accounts = plane.services.accounts
    if params.UserIDs is None and params.Keyword:
        people = plane.services.search.people
        listed = await people.list(
            params.SDKAppID, "UserID", params.Keyword, after=spot.after, limit=_PAGE, fits=lambda _: True
        )
        return listed.found, bool(listed.following), listed.following
    if params.UserIDs is None:
        page, more = cut(await accounts.list_accounts(params.SDKAppID, after=spot.after, limit=_PAGE + 1), _PAGE)
        return page, more, page[-1].user_id if page else spot.after
    wanted, more = cut(sorted(set(params.UserIDs))[spot.part * _PAGE :], _PAGE)
    found = await accounts.find_many(params.SDKAppID, wanted)
    return [found[user_id] for user_id in wanted if user_id in found], more, wanted[-1] if wanted else spot.after


def _columns(app: App) -> list[str]:
    custom = [CUSTOM + field.name for field in app.settings.user_fields if field.admin_read]
    return ["UserID", "Type", "CreateTime", *STANDARD, *custom]


def _facts(plane: ControlPlane, app: App, account: Account) -> dict[str, object]:
    """What an administrator may read of an account."""
    kind = "administrator" if app.is_admin(account.user_id) else "ordinary"
    profile = plane.services.profiles.visible(app, account, "admin")
    return {"UserID": account.user_id, "Type": kind, "CreateTime": account.created_at, **profile}


async def _export_events(plane: ControlPlane, run: Run) -> None:
    params = run.params(EventParams)
    columns = list(Event.__struct_fields__)
    number, before = run.position(tuple[int, int], (0, 0))
    run.has_file = True
    more = True
    while more:
        page, more = cut(await plane.audit.search(params.Wanted, before=before, limit=_PAGE + 1), _PAGE)
        facts = [msgspec.to_builtins(event) for event in page]
        body = part(params.Format, facts, columns, first=number == 0, empty=run.done == 0, last=not more)
        before = page[-1].id if page else before
        await run.step(
            lambda tx, n=number, b=body: run.write(tx, n, b),  # type: ignore[misc]
            position=(number + 1, before),
            advance=len(page),
        )
        number += 1
    run.total = run.done
    run.explanation = Explanation(f"{run.done} events", "JobExportedEvents", {"Count": run.done})
