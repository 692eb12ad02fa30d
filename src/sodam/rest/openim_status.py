"""``openim``: online status (rest-accounts-relations.md section 4)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sodam.errors import ApiError, Code
from sodam.presence.model import Device
from sodam.presence.model import Status as Presence
from sodam.rest.openim import service
from sodam.wire import Call

_MAX_ACCOUNTS = 500
_ERRORS = (
    Code.ACCOUNT_NOT_FOUND,
    Code.ACCOUNT_TIMEOUT,
    Code.MSG_TO_ACCOUNT,
    Code.MSG_NOT_ADMIN,
    Code.MSG_TOO_MANY_ACCOUNTS,
)


class QueryStatus(msgspec.Struct):
    To_Account: list[str] | str | None = None
    IsNeedDetail: int | None = 0
    IsReturnInstid: int | None = 0
    IsReturnCustomStatus: int | None = 0


class Detail(msgspec.Struct, omit_defaults=True):
    Platform: str
    Status: Presence
    State: Presence
    Instid: int | None = None


class UserStatus(msgspec.Struct, omit_defaults=True):
    """``Status`` and ``State`` are two names for the same value: pages and SDKs differ on which they read."""

    To_Account: str
    Status: Presence
    State: Presence
    Detail: list[Detail] | None = None
    CustomStatus: str | None = None


class Failed(msgspec.Struct):
    To_Account: str
    ErrorCode: int


class StatusAnswer(msgspec.Struct, omit_defaults=True):
    QueryResult: list[UserStatus]
    ErrorList: list[Failed] | None = None


def _detail(devices: Sequence[Device], instids: bool) -> list[Detail]:
    if instids:
        return [Detail(d.platform_name, "Online", "Online", d.instid) for d in devices]
    return [Detail(name, "Online", "Online") for name in dict.fromkeys(d.platform_name for d in devices)]


async def _query(call: Call, request: QueryStatus) -> StatusAnswer:
    asked = [request.To_Account] if isinstance(request.To_Account, str) else request.To_Account
    if not asked:
        raise ApiError(Code.MSG_TO_ACCOUNT, "To_Account is missing or empty")
    if len(asked) > _MAX_ACCOUNTS:
        raise ApiError(Code.MSG_TOO_MANY_ACCOUNTS)
    ids = list(dict.fromkeys(asked))
    known = await call.services.accounts.find_many(call.app.sdkappid, ids)
    online = await call.services.presence.status(call.app.sdkappid, list(known))
    away = await call.services.push.devices.reachable(call.app.sdkappid, [u for u in known if not online.get(u)])
    results = []
    for user_id in ids:
        if user_id not in known:
            continue
        devices = online.get(user_id, ())
        status: Presence = "Online" if devices else "PushOnline" if user_id in away else "Offline"
        result = UserStatus(user_id, status, status)
        if devices and request.IsNeedDetail == 1:
            result.Detail = _detail(devices, request.IsReturnInstid == 1)
        if request.IsReturnCustomStatus == 1:
            result.CustomStatus = known[user_id].custom_status
        results.append(result)
    failed = [Failed(user_id, int(Code.ACCOUNT_NOT_FOUND)) for user_id in ids if user_id not in known]
    if not results:
        call.fail(Code.ACCOUNT_NOT_FOUND)
    return StatusAnswer(results, failed or None)


@service.command("query_online_status", errors=_ERRORS, fields={"To_Account": Code.MSG_TO_ACCOUNT})
async def query_online_status(call: Call, request: QueryStatus) -> StatusAnswer:
    """Tell whether each of 1 to 500 users is online, and with IsNeedDetail 1 on which platforms.

    Unknown users stand in ErrorList with 70107; the call fails when there are no others.
    Source: rest-accounts-relations.md 4.2.
    """
    return await _query(call, request)


@service.command("querystate", errors=_ERRORS, fields={"To_Account": Code.MSG_TO_ACCOUNT})
async def querystate(call: Call, request: QueryStatus) -> StatusAnswer:
    """The old name of query_online_status. Source: rest-accounts-relations.md 4.3."""
    return await _query(call, request)
