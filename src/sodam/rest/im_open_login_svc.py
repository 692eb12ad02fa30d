"""``im_open_login_svc``: accounts (rest-accounts-relations.md section 3)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import Code
from sodam.wire import Call, Service

service = Service(
    "im_open_login_svc",
    bad_json=Code.ACCOUNT_BAD_PARAMETER,
    bad_request=Code.ACCOUNT_BAD_PARAMETER,
    internal=Code.ACCOUNT_INTERNAL,
)


class CheckItem(msgspec.Struct):
    UserID: str


class AccountCheck(msgspec.Struct):
    CheckItem: Annotated[list[CheckItem], msgspec.Meta(min_length=1, max_length=100)]


class AccountStatus(msgspec.Struct):
    UserID: str
    ResultCode: int
    ResultInfo: str
    AccountStatus: str


class AccountCheckAnswer(msgspec.Struct):
    ResultItem: list[AccountStatus]


@service.command("account_check", rate=100)
async def account_check(call: Call, request: AccountCheck) -> AccountCheckAnswer:
    """Tell which of 1 to 100 UserIDs are imported. Source: rest-accounts-relations.md 3.4."""
    ids = [item.UserID for item in request.CheckItem]
    found = await call.services.accounts.find_many(call.app.sdkappid, ids)
    return AccountCheckAnswer(
        [AccountStatus(user_id, 0, "", "Imported" if user_id in found else "NotImported") for user_id in ids]
    )
