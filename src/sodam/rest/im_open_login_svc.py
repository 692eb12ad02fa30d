"""``im_open_login_svc``: accounts (rest-accounts-relations.md section 3)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.accounts.model import Imported, Wanted, valid_user_id
from sodam.errors import ApiError, Code
from sodam.moderation.service import Shown
from sodam.profiles.service import of_import
from sodam.wire import Call, Service

service = Service(
    "im_open_login_svc",
    bad_json=Code.ACCOUNT_BAD_PARAMETER,
    bad_request=Code.ACCOUNT_BAD_PARAMETER,
    internal=Code.ACCOUNT_INTERNAL,
)
_NOT_EXIST = "Err_TLS_PT_Open_Login_Account_Not_Exist"
_ILLEGAL = "Err_TLS_PT_Open_Login_Illegal_Account"
_BATCH = msgspec.Meta(min_length=1, max_length=100)


class AccountImport(msgspec.Struct):
    """``Identifier`` is the old name of ``UserID``, which wins; ``Type`` is ignored."""

    UserID: str | None = None
    Identifier: str | None = None
    Nick: str | None = None
    FaceUrl: str | None = None


def _named(user_id: str | None, identifier: str | None) -> str:
    name = identifier if user_id is None else user_id
    if name is None:
        raise ApiError(Code.ACCOUNT_BAD_PARAMETER, "UserID is missing")
    if not valid_user_id(name):
        raise ApiError(Code.ACCOUNT_BAD_PARAMETER, "UserID is not 1 to 32 printable ASCII bytes")
    return name


async def _import(call: Call, wanted: list[Wanted]) -> Imported:
    imported = await call.services.accounts.import_accounts(call.app, wanted)
    for updated in imported.updated:
        await call.services.profiles.announce(call.app, updated)
    return imported


@service.command(
    "account_import",
    errors=(
        Code.PROFILE_SENSITIVE_WORD,
        Code.PROFILE_VALUE_TOO_LONG,
        Code.USER_ID_NOT_STRING,
        Code.ACCOUNT_TRIAL_QUOTA,
        Code.ACCOUNT_DELETED_RECENTLY,
    ),
)
async def account_import(call: Call, request: AccountImport) -> None:
    """Import one account, or write the nick and avatar of one that exists.

    UserID up to 32 bytes, Nick and FaceUrl up to 500. 40005: the Nick holds a word that the app refuses.
    Source: rest-accounts-relations.md 3.1.
    """
    user_id = _named(request.UserID, request.Identifier)
    about = Shown("UserInfo", user_id, call.source)
    await call.services.words.refuse(call.app.sdkappid, (request.Nick,), Code.PROFILE_SENSITIVE_WORD, shown=about)
    imported = await _import(call, [Wanted(user_id, of_import(request.Nick, request.FaceUrl))])
    for code in imported.failed.values():
        raise ApiError(code)


class MultiaccountImport(msgspec.Struct):
    """One of the two lists; ``Accounts`` holds UserIDs, and objects from some clients."""

    AccountList: Annotated[list[AccountImport], _BATCH] | None = None
    Accounts: Annotated[list[AccountImport | str | int | float | bool], _BATCH] | None = None


class MultiaccountImportAnswer(msgspec.Struct):
    FailAccounts: list[str]


def _items(request: MultiaccountImport) -> list[AccountImport]:
    items = []
    for item in request.AccountList or request.Accounts or ():
        if isinstance(item, str):
            item = AccountImport(UserID=item)
        elif not isinstance(item, AccountImport):
            raise ApiError(Code.USER_ID_NOT_STRING)
        if item.UserID is None and item.Identifier is None:
            raise ApiError(Code.ACCOUNT_BAD_PARAMETER, "an account without UserID")
        items.append(item)
    if not items:
        raise ApiError(Code.ACCOUNT_BAD_PARAMETER, "AccountList is missing")
    return items


@service.command(
    "multiaccount_import",
    rate=100,
    errors=(Code.USER_ID_NOT_STRING, Code.ACCOUNT_TRIAL_QUOTA),
)
async def multiaccount_import(call: Call, request: MultiaccountImport) -> MultiaccountImportAnswer:
    """Import 1 to 100 accounts in one transaction; existing ones get the nick and avatar given.

    A UserID that is there twice gets the nick and avatar of both, the later one where both give one. An account that
    cannot be imported is named in FailAccounts; a call without any possible UserID fails with 70402.
    Source: rest-accounts-relations.md 3.2.
    """
    wanted: list[Wanted] = []
    failed: dict[str, Code | int] = {}
    for item in _items(request):
        user_id = item.UserID if item.UserID is not None else item.Identifier or ""
        try:
            wanted.append(Wanted(_named(user_id, None), of_import(item.Nick, item.FaceUrl)))
        except ApiError as error:
            failed[user_id] = error.code
    if wanted:
        failed |= (await _import(call, wanted)).failed
    if not wanted and set(failed.values()) == {Code.ACCOUNT_BAD_PARAMETER}:
        raise ApiError(Code.ACCOUNT_BAD_PARAMETER, "no UserID is 1 to 32 printable ASCII bytes")
    return MultiaccountImportAnswer(list(failed))


class UserItem(msgspec.Struct):
    UserID: str


class AccountDelete(msgspec.Struct):
    DeleteItem: Annotated[list[UserItem], _BATCH]


class Deleted(msgspec.Struct):
    ResultCode: int
    ResultInfo: str
    UserID: str


class AccountDeleteAnswer(msgspec.Struct):
    ResultItem: list[Deleted]


_DELETE_INFO = {Code.OK: "", Code.ACCOUNT_NOT_FOUND: _NOT_EXIST, Code.ACCOUNT_BAD_PARAMETER: _ILLEGAL}


@service.command(
    "account_delete",
    rate=100,
    errors=(Code.USER_ID_NOT_STRING, Code.ACCOUNT_NOT_FOUND, Code.ACCOUNT_DELETE_FORBIDDEN),
)
async def account_delete(call: Call, request: AccountDelete) -> AccountDeleteAnswer:
    """Delete 1 to 100 accounts with their profiles, relations, memberships and conversations; sign them out.

    Cannot be undone. Administrators are not deleted (70402 in their item). Source: rest-accounts-relations.md 3.3.
    """
    ids = [item.UserID for item in request.DeleteItem]
    outcome = await call.services.accounts.delete(call.app, ids)
    return AccountDeleteAnswer([Deleted(int(outcome[u]), _DELETE_INFO[outcome[u]], u) for u in ids])


class AccountCheck(msgspec.Struct):
    CheckItem: Annotated[list[UserItem], _BATCH]


class AccountStatus(msgspec.Struct):
    UserID: str
    ResultCode: int
    ResultInfo: str
    AccountStatus: str


class AccountCheckAnswer(msgspec.Struct):
    ResultItem: list[AccountStatus]


@service.command("account_check", rate=100, errors=(Code.USER_ID_NOT_STRING,))
async def account_check(call: Call, request: AccountCheck) -> AccountCheckAnswer:
    """Tell which of 1 to 100 UserIDs are imported. Source: rest-accounts-relations.md 3.4."""
    ids = [item.UserID for item in request.CheckItem]
    found = await call.services.accounts.find_many(call.app.sdkappid, ids)
    return AccountCheckAnswer([_status(user_id, user_id in found) for user_id in ids])


def _status(user_id: str, imported: bool) -> AccountStatus:
    if not valid_user_id(user_id):
        return AccountStatus(user_id, int(Code.ACCOUNT_BAD_PARAMETER), _ILLEGAL, "NotImported")
    return AccountStatus(user_id, 0, "", "Imported" if imported else "NotImported")


class Kick(msgspec.Struct):
    """``Identifier`` is the old name of ``UserID``."""

    UserID: str | None = None
    Identifier: str | None = None


@service.command("kick", errors=(Code.USER_ID_NOT_STRING, Code.ACCOUNT_NOT_FOUND))
async def kick(call: Call, request: Kick) -> None:
    """Make every UserSig issued until now invalid and sign the user out everywhere.

    A UserSig of the same second counts as issued before. Source: rest-accounts-relations.md 3.5.
    """
    await call.services.accounts.kick(call.app.sdkappid, _named(request.UserID, request.Identifier))
