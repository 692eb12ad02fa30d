"""Accounts of an app: list, create, edit every field, delete, import, export (console.md section 4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from sodam.accounts.model import IMAGE, NICK, Account, Profile, ProfileValue, Updated, Wanted, valid_user_id
from sodam.accounts.service import Order, place_in
from sodam.apps import rules
from sodam.apps.model import App
from sodam.cloudapi import exports, imports
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.apps import JobBegun
from sodam.cloudapi.actions.views import Keyword, OfApp, UserId
from sodam.cloudapi.files.reading import Format
from sodam.cloudapi.paging import cut
from sodam.cloudapi.run import may_see, refused
from sodam.control import ControlError, invalid
from sodam.errors import ApiError, Code
from sodam.profiles.model import field_of
from sodam.profiles.service import checked
from sodam.search.grams import terms
from sodam.search.index import name_text
from sodam.search.people import holds
from sodam.storage import Tx

Text500 = Annotated[str, msgspec.Meta(max_length=500)]
"""The limit is 500 bytes; letters may have several."""
MASK = "***"
"""Stands in the audit log for what administrators may write but not read."""
AccountType = Literal["ordinary", "administrator"]


class AccountRow(msgspec.Struct):
    UserID: str
    Nick: str
    FaceUrl: str
    Type: AccountType
    CreateTime: int


class DescribeAccountList(OfApp):
    Keyword: Keyword = ""
    After: str = ""
    Limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    Type: AccountType | Literal[""] = ""
    Sort: Order = "UserID"
    """``-`` before it: from the end."""


class AccountList(msgspec.Struct):
    TotalCount: int
    """Of those that hold the keyword and are of the type, but without a keyword ordinary ones count as all."""
    Accounts: list[AccountRow]
    Next: str
    Exact: bool = True
    """False: the keyword is in more accounts than TotalCount says."""


def _row(call: Call, account: Account) -> AccountRow:
    kind: AccountType = "administrator" if call.the_app.is_admin(account.user_id) else "ordinary"
    return AccountRow(account.user_id, account.nick, account.image, kind, account.created_at)


@action("im", "DescribeAccountList", kind="list", level="app")
async def describe_account_list(call: Call, request: DescribeAccountList) -> AccountList:
    """A page of accounts, those with the keyword in UserID or nickname, of one type or both."""
    accounts = call.plane.services.accounts
    order: Order = request.Sort
    if request.Type == "administrator":
        return await _administrators(call, request, order)
    if request.Keyword:
        return await _found(call, request, order)
    # Administrators are few: so many more rows fill the page though all of them are left out.
    admins = call.the_app.admins if request.Type else frozenset()
    found = await accounts.list_sorted(
        request.SDKAppID,
        order,
        after=request.After,
        limit=request.Limit + 1 + len(admins),
    )
    page, more = cut([one for one in found if one.user_id not in admins], request.Limit)
    following = place_in(order, page[-1]) if more else ""
    return AccountList(await accounts.count(request.SDKAppID), [_row(call, a) for a in page], following)


async def _found(call: Call, request: DescribeAccountList, order: Order) -> AccountList:
    admins = call.the_app.admins if request.Type else frozenset()
    page = await call.plane.services.search.people.list(
        request.SDKAppID,
        order,
        request.Keyword,
        after=request.After,
        limit=request.Limit,
        fits=lambda account: account.user_id not in admins,
    )
    return AccountList(page.total, [_row(call, a) for a in page.found], page.following, page.exact)


async def _administrators(call: Call, request: DescribeAccountList, order: Order) -> AccountList:
    known = await call.plane.services.accounts.find_many(request.SDKAppID, sorted(call.the_app.admins))
    asked = terms([request.Keyword])
    found = [
        one
        for one in known.values()
        if not request.Keyword or holds(name_text(one.user_id, one.nick), asked, any_of=False)
    ]
    by_time = order in ("CreateTime", "-CreateTime")
    found.sort(key=lambda one: (one.created_at if by_time else 0, one.user_id), reverse=order.startswith("-"))
    places = [place_in(order, one) for one in found]
    start = places.index(request.After) + 1 if request.After in places else 0
    page, more = cut(found[start:], request.Limit)
    return AccountList(len(found), [_row(call, a) for a in page], place_in(order, page[-1]) if more else "")


class OfAccount(OfApp):
    UserID: UserId


class AccountView(msgspec.Struct):
    UserID: str
    Nick: str
    FaceUrl: str
    Type: AccountType
    CreateTime: int
    Profile: dict[str, ProfileValue]
    """Every field that is set, by its tag."""


async def _account(call: Call, user_id: str) -> Account:
    account = await call.plane.services.accounts.find(call.the_app.sdkappid, user_id)
    if account is None:
        raise ApiError(Code.ACCOUNT_NOT_FOUND)
    return account


def _view(call: Call, account: Account) -> AccountView:
    row = _row(call, account)
    profile = call.plane.services.profiles.visible(call.the_app, account, "admin")
    return AccountView(row.UserID, row.Nick, row.FaceUrl, row.Type, row.CreateTime, profile)


@action("im", "DescribeAccount", kind="read", level="app")
async def describe_account(call: Call, request: OfAccount) -> AccountView:
    """An account with every profile field that administrators may read."""
    return _view(call, await _account(call, request.UserID))


class CreateAccount(OfAccount):
    Nick: Text500 = ""
    FaceUrl: Text500 = ""
    Type: AccountType = "ordinary"


@action("im", "CreateAccount", kind="write", level="app")
async def create_account(call: Call, request: CreateAccount) -> AccountRow:
    """Create an account; an administrator's UserID is entered among the app's administrators too."""
    services, app = call.plane.services, call.the_app
    if not valid_user_id(request.UserID):
        raise ApiError(Code.ACCOUNT_BAD_PARAMETER, "a UserID has 1 to 32 bytes of printable ASCII")
    if request.Type == "administrator" and not may_see(call, app, "im:ModifyAccountInfo"):
        raise refused("im:ModifyAccountInfo", call.resource)
    given = ((NICK, request.Nick), (IMAGE, request.FaceUrl))
    profile = checked(app, [(tag, value) for tag, value in given if value], "admin")
    new = await _new_account(call, request, profile)
    if new.administrator:
        call.app = services.apps.get(app.sdkappid) or app
    return _row(call, await _account(call, request.UserID))


class _New(msgspec.Struct):
    administrator: bool
    """Entered among the app's administrators just now."""


async def _new_account(call: Call, request: CreateAccount, profile: Profile) -> _New:
    """The account and its entry among the administrators, both or none."""
    services, sdkappid, user_id = call.plane.services, request.SDKAppID, request.UserID

    async def run(tx: Tx) -> _New:
        before = app = call.the_app
        if request.Type == "administrator":
            before, app = await services.apps.edit_in(tx, sdkappid, lambda a: rules.admins(a, [user_id], []))
        imported = await services.accounts.import_in(tx, app, [Wanted(user_id, profile)])
        for code in imported.failed.values():
            raise ApiError(code)
        if user_id not in imported.added:
            message = f"there is an account {user_id!r} already"
            raise ControlError("ResourceInUse", message, detail="AccountExists", UserID=user_id)
        return _New(app is not before)

    return await services.db.write(run)


class ModifyAccountProfile(OfAccount):
    Profile: dict[str, Any]
    """Tag to value: only what changes."""


def _hidden(app: App, tag: str) -> bool:
    """Whether the app has this field and administrators may not read it."""
    try:
        return not field_of(app, tag).readable("admin")
    except ApiError:
        return False


@action("im", "ModifyAccountProfile", kind="write", level="app")
async def modify_account_profile(call: Call, request: ModifyAccountProfile) -> AccountView:
    """Write profile fields of an account, all or none; its devices and friends are notified."""
    wanted = list(request.Profile.items())
    # A refused request goes into the audit log as it stands.
    request.Profile = {tag: MASK if _hidden(call.the_app, tag) else value for tag, value in wanted}
    before = await _account(call, request.UserID)
    if not 1 <= len(wanted) <= 100:
        raise invalid("Profile has 1 to 100 fields", detail="ProfileFields", Least=1, Most=100)
    fields = [field_of(call.the_app, tag) for tag, _ in wanted]

    def seen(account: Account) -> dict[str, ProfileValue | None]:
        return {f.tag: account.profile.get(f.tag) if f.readable("admin") else MASK for f in fields}

    def facts(written: Updated | None) -> tuple[Any, Any] | None:
        user = {"UserID": request.UserID}
        return user | seen(before), user | seen(written.account if written else before)

    call.changed_by(facts)
    await call.plane.services.profiles.set(
        call.the_app,
        request.UserID,
        wanted,
        side="admin",
        operator="administrator",
        client_ip=call.caller.ip,
    )
    return _view(call, await _account(call, request.UserID))


class RemoveUser(OfApp):
    UserIDs: Annotated[list[UserId], msgspec.Meta(min_length=1, max_length=100)]


class UserResult(msgspec.Struct):
    UserID: str
    ErrorCode: int
    ErrorInfo: str


class UserResults(msgspec.Struct):
    Results: list[UserResult]


@action("im", "RemoveUser", kind="write", level="app")
async def remove_user(call: Call, request: RemoveUser) -> UserResults:
    """Delete accounts with relations and profile. There is no way back; administrators are refused."""
    call.changed_by(lambda gone: ({"UserIDs": sorted(gone)}, {}) if gone else None)
    outcome = await call.plane.services.accounts.delete(call.the_app, request.UserIDs)
    return UserResults(
        [
            UserResult(user_id, int(code), code.meaning if code else "")
            for user_id in dict.fromkeys(request.UserIDs)
            if (code := outcome[user_id]) is not None
        ]
    )


@action("im", "KickAccount", kind="write", level="app")
async def kick_account(call: Call, request: OfAccount) -> None:
    """Sign a user out everywhere and make every signature issued until now invalid."""
    await call.plane.services.accounts.kick(request.SDKAppID, request.UserID)


class ImportAccounts(OfApp):
    Format: Format
    Content: str
    """The file's text."""


@action("im", "ImportAccounts", kind="write", level="app", max_body=imports.MAX_BODY)
async def import_accounts(call: Call, request: ImportAccounts) -> JobBegun:
    """Import accounts from a CSV or JSON file, as a job that reports the rows that it refused."""
    parts = await imports.taken(call.the_app, request.Format, request.Content)
    size = sum(map(len, parts))
    call.changed_by(lambda job: (None, {"JobId": job, "Format": request.Format, "Bytes": size}))
    return JobBegun(await imports.begin_import(call.plane, call.caller, request.SDKAppID, request.Format, parts))


class ExportAccounts(OfApp):
    Format: Format = "csv"
    UserIDs: Annotated[list[str], msgspec.Meta(max_length=1000)] | None = None
    Keyword: Keyword = ""


@action("im", "ExportAccounts", kind="read", level="app", audited=True)
async def export_accounts(call: Call, request: ExportAccounts) -> JobBegun:
    """Write accounts with their profiles into a file, as a job: those named, or those with the keyword."""
    params = exports.ExportParams(request.SDKAppID, request.Format, request.UserIDs, request.Keyword)
    return JobBegun(await exports.begin_export(call.plane, call.caller, params))
