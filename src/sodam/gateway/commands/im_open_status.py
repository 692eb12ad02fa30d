"""Client ``im_open_status`` besides sign-in: user status (docs/protocol.md section 14).

The switch of user status is part of an app's settings; until it is offered there, every app has it off.
"""

from __future__ import annotations

from typing import NoReturn

import msgspec

from sodam.errors import ApiError, Code
from sodam.wire import Call, Service

service = Service(
    "im_open_status",
    bad_json=Code.BODY_NOT_JSON,
    bad_request=Code.BODY_NOT_JSON,
    internal=Code.SERVER_TIMEOUT,
)
_ERRORS = (Code.STATUS_DISABLED,)


class Accounts(msgspec.Struct):
    To_Account: list[str] = []
    UnsubscribeAll: int = 0


class CustomStatus(msgspec.Struct):
    CustomStatus: str = ""


def _refuse() -> NoReturn:
    raise ApiError(Code.STATUS_DISABLED)


@service.command("ws_get_user_status", errors=_ERRORS)
async def ws_get_user_status(call: Call, request: Accounts) -> None:
    """Tell who is online. 72001 while the app has user status off."""
    _refuse()


@service.command("ws_set_custom_status", errors=_ERRORS)
async def ws_set_custom_status(call: Call, request: CustomStatus) -> None:
    """Set one's own status text. 72001 while the app has user status off."""
    _refuse()


@service.command("ws_status_subscribe", errors=_ERRORS)
async def ws_status_subscribe(call: Call, request: Accounts) -> None:
    """Ask to hear of the status of others. 72001 while the app has user status off."""
    _refuse()


@service.command("ws_status_unsubscribe", errors=_ERRORS)
async def ws_status_unsubscribe(call: Call, request: Accounts) -> None:
    """End what ws_status_subscribe began. 72001 while the app has user status off."""
    _refuse()
