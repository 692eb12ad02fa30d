"""Client ``im_open_status`` besides sign-in: user status (docs/protocol.md section 14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sodam.errors import ApiError, Code
from sodam.presence.statuses import Item, item
from sodam.wire import Call, Service

service = Service(
    "im_open_status",
    bad_json=Code.BODY_NOT_JSON,
    bad_request=Code.BODY_NOT_JSON,
    internal=Code.SERVER_TIMEOUT,
)
_MAX_ASKED = 500
_MAX_FOLLOWED_AT_ONCE = 100
_MAX_TEXT = 100
_ERRORS = (Code.STATUS_DISABLED, Code.MSG_TOO_MANY_ACCOUNTS, Code.ACCOUNT_TIMEOUT)


class Accounts(msgspec.Struct):
    To_Account: list[str] = []


class CustomStatus(msgspec.Struct):
    CustomStatus: str = ""


class Unsubscribe(Accounts):
    UnsubscribeAll: int = 0


class Failed(msgspec.Struct):
    To_Account: str
    ErrorCode: int
    ErrorInfo: str


class Outcome(msgspec.Struct):
    ErrorList: list[Failed]


class Statuses(Outcome):
    UserStatusList: list[Item]


def _allowed(call: Call) -> None:
    if not call.app.settings.user_status:
        raise ApiError(Code.STATUS_DISABLED)


def _asked(request: Accounts, most: int) -> list[str]:
    if len(request.To_Account) > most:
        raise ApiError(Code.MSG_TOO_MANY_ACCOUNTS, f"To_Account names more than {most} users")
    return list(dict.fromkeys(request.To_Account))


def _missing(asked: Sequence[str], found: Any) -> list[Failed]:
    code = Code.ACCOUNT_NOT_FOUND
    return [Failed(user_id, int(code), code.meaning) for user_id in asked if user_id not in found]


def _follower(call: Call) -> Any:
    if call.connection is None or call.connection.registered is None:
        raise ApiError(Code.REQUEST_FORBIDDEN, "sign in on this connection first")
    return call.connection


@service.command("ws_get_user_status", errors=_ERRORS)
async def ws_get_user_status(call: Call, request: Accounts) -> Statuses:
    """Tell of at most 500 users who is online (1) and who is not (2), with each one's own text in base64.

    Unknown users stand in ErrorList with 70107. 72001 while the app has user status off.
    """
    _allowed(call)
    asked = _asked(request, _MAX_ASKED)
    found = await call.services.statuses.of(call.app, asked)
    return Statuses(_missing(asked, found), [item(user_id, found[user_id]) for user_id in asked if user_id in found])


@service.command("ws_set_custom_status", errors=(Code.STATUS_DISABLED,))
async def ws_set_custom_status(call: Call, request: CustomStatus) -> None:
    """Set one's own status text, at most 100 bytes; an empty one takes it away. It stays when the user goes offline.

    72001 while the app has user status off.
    """
    _allowed(call)
    if len(request.CustomStatus.encode()) > _MAX_TEXT:
        raise ApiError(Code.BODY_NOT_JSON, f"CustomStatus is longer than {_MAX_TEXT} bytes")
    await call.services.statuses.set_custom(call.app, call.caller, request.CustomStatus)


@service.command("ws_status_subscribe", errors=(*_ERRORS, Code.REQUEST_FORBIDDEN))
async def ws_status_subscribe(call: Call, request: Accounts) -> Outcome:
    """Have this session notified of the status of at most 100 users, of 200 in all: the first ones make way for more.

    It ends with the session. Unknown users stand in ErrorList with 70107. 72001 while the app has user status off.
    """
    _allowed(call)
    asked = _asked(request, _MAX_FOLLOWED_AT_ONCE)
    return Outcome(_missing(asked, await call.services.statuses.follow(call.app, _follower(call), asked)))


@service.command("ws_status_unsubscribe", errors=(*_ERRORS, Code.REQUEST_FORBIDDEN))
async def ws_status_unsubscribe(call: Call, request: Unsubscribe) -> Outcome:
    """End what ws_status_subscribe began, for some users or, with UnsubscribeAll 1, for all.

    72001 while the app has user status off.
    """
    _allowed(call)
    follower = _follower(call)
    if request.UnsubscribeAll == 1:
        call.services.statuses.forget(follower)
    else:
        call.services.statuses.unfollow(call.app, follower, _asked(request, _MAX_ASKED))
    return Outcome([])
