"""``timpush``: newer pushes to many, to listed users or devices, and taking them back (rest-operations-push.md 2.4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec

from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.messages.elements import check_body
from sodam.push.audience import Condition
from sodam.push.model import Filter
from sodam.push.tasks import What
from sodam.rest.all_member_push import (
    CLEARING,
    COMMANDS,
    SENT,
    TaskAnswer,
    UInt32,
    enabled,
    info_of,
    remove_all_tags,
    wish_for,
)
from sodam.wire import Call, Service

service = Service(
    "timpush",
    bad_json=Code.MSG_BODY_NOT_JSON,
    bad_request=Code.MSG_BODY_NOT_JSON,
    internal=Code.MSG_INTERNAL,
)
_MAX_DATA_ID: Final = 64
_MAX_RECEIVERS: Final = 500
_MAX_INFO: Final = 10 * 1024
_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_FARTHEST: Final = 366 * 86_400
_BADGE_STAYS: Final = 1
"""BadgeMode of these pushes where the sender gives none."""
for _name, _handler, _errors in COMMANDS:
    service.command(_name, rate=100, errors=_errors)(_handler)
service.command("clear_all_tags", rate=100, errors=CLEARING)(remove_all_tags)


class Push(msgspec.Struct, kw_only=True):
    MsgRandom: UInt32
    From_Account: str | None = None
    Condition: Condition | None = None
    OfflinePushInfo: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    DataId: str | None = None
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    OnlineOnlyFlag: Annotated[int, msgspec.Meta(ge=0, le=1)] | None = None


def _data_id(text: str | None) -> str:
    if text and len(text.encode()) > _MAX_DATA_ID:
        raise ApiError(Code.MSG_BATCH_QUOTA, f"DataId is longer than {_MAX_DATA_ID} bytes")
    return text or ""


@service.command(
    "push", rate=100, errors=(*SENT, Code.PUSH_TOO_LONG, Code.MSG_BATCH_QUOTA), fields={"MsgRandom": Code.MSG_RANDOM}
)
async def push(call: Call, request: Push) -> TaskAnswer:
    """Push to the devices of every account, or of those with the tags or attributes of Condition.

    Devices that are connected and in the foreground are left alone. MsgBody, where given, is sent as a message besides:
    kept for those who are away unless OnlineOnlyFlag is 1. The number on the app's icon stays unless OfflinePushInfo
    says otherwise. The same push again within a second is one. Flagship plan (90045).
    """
    enabled(call.app)
    what = await _what(call, request)
    return TaskAnswer(await call.services.push.tasks.create(call.app, what, limited=call.services.settings.rate_limits))


async def _what(call: Call, request: Push) -> What:
    """A push as it was asked for. Raises ApiError."""
    data_id = _data_id(request.DataId)
    if len(request.OfflinePushInfo) > _MAX_INFO:
        raise ApiError(Code.PUSH_TOO_LONG)
    raw = bytes(request.MsgBody)
    body = check_body(raw, strict_required=True) if raw and raw != b"null" else None
    info = info_of(request.OfflinePushInfo)
    if info is None and body is None:
        raise ApiError(Code.MSG_OFFLINE_PUSH_INFO, "OfflinePushInfo is missing")
    return What(
        request.From_Account or call.caller,
        request.MsgRandom,
        await call.services.push.marks.filter(call.app.sdkappid, request.Condition),
        body=body.raw.decode() if body is not None else "",
        stored=body is not None and request.OnlineOnlyFlag != 1,
        wish=wish_for(info),
        data_id=data_id,
        mode=_BADGE_STAYS,
    )


class Planned(msgspec.Struct, kw_only=True):
    """``SchedAt`` is in UTC: `YYYY-MM-DD HH:MM:SS`. ``Content`` is the body of ``push``."""

    SchedAt: str
    Content: Push
    Type: str | None = None
    Sdkappid: int | None = None


@service.command(
    "add_sched_task",
    rate=5,
    errors=(*SENT, Code.PUSH_TOO_LONG, Code.MSG_BATCH_QUOTA),
    fields={"MsgRandom": Code.MSG_RANDOM},
)
async def add_sched_task(call: Call, request: Planned) -> TaskAnswer:
    """Push at a time, at most a year from now; one that is over means now. TaskId names the push: until it begins,
    revoke calls it off, and nobody gets anything.

    Who gets it is decided then, by Content.Condition. Type is taken as it is: its values are not public.
    """
    enabled(call.app)
    if request.Sdkappid not in (None, call.app.sdkappid):
        raise ApiError(Code.MSG_BODY_NOT_JSON, "Sdkappid is another app")
    try:
        at = datetime.strptime(request.SchedAt, _FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise ApiError(Code.MSG_BODY_NOT_JSON, "SchedAt is a time, YYYY-MM-DD HH:MM:SS") from None
    if at > wall_clock() + _FARTHEST:
        raise ApiError(Code.MSG_BODY_NOT_JSON, "SchedAt is more than a year away")
    return TaskAnswer(await call.services.push.tasks.plan(call.app, await _what(call, request.Content), int(at)))


class Batch(msgspec.Struct, kw_only=True):
    MsgRandom: UInt32
    To_Account: list[str]
    From_Account: str | None = None
    OfflinePushInfo: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    DataId: str | None = None


class Failed(msgspec.Struct):
    To_Account: str
    ErrorCode: int
    ErrorInfo: str


class BatchAnswer(msgspec.Struct, omit_defaults=True):
    TaskId: str
    ErrorList: list[Failed] = []


@service.command(
    "batch",
    rate=40,
    errors=(
        Code.MSG_NOT_ADMIN,
        Code.MSG_TO_ACCOUNT_EMPTY,
        Code.MSG_TOO_MANY_ACCOUNTS,
        Code.MSG_OFFLINE_PUSH_INFO,
        Code.PUSH_DISABLED,
        Code.PUSH_TOO_LONG,
        Code.MSG_BATCH_QUOTA,
        Code.ACCOUNT_NOT_FOUND,
    ),
)
async def batch(call: Call, request: Batch) -> BatchAnswer:
    """Push to the devices of 1 to 500 users, or to devices by RegistrationID. Flagship plan (90045).

    ErrorList names those that are neither (70107). The same MsgRandom again within a second is one push.
    """
    enabled(call.app)
    data_id = _data_id(request.DataId)
    if not request.To_Account:
        raise ApiError(Code.MSG_TO_ACCOUNT_EMPTY)
    if len(request.To_Account) > _MAX_RECEIVERS:
        raise ApiError(Code.MSG_TOO_MANY_ACCOUNTS)
    if len(request.OfflinePushInfo) > _MAX_INFO:
        raise ApiError(Code.PUSH_TOO_LONG)
    info = info_of(request.OfflinePushInfo)
    if info is None:
        raise ApiError(Code.MSG_OFFLINE_PUSH_INFO, "OfflinePushInfo is missing")
    wish = wish_for(info)
    service_, app = call.services.push, call.app.sdkappid
    asked = list(dict.fromkeys(request.To_Account))
    users = await call.services.accounts.find_many(app, asked)
    named = await service_.devices.registered(app, [name for name in asked if name not in users])
    devices = {d.registration: d for d in await service_.devices.of(app, list(users))} | named
    sender, now = request.From_Account or call.caller, int(wall_clock())
    task = f"batch_{app}_{request.MsgRandom}_{now}"
    what = What(sender, request.MsgRandom, Filter(), wish=wish, data_id=data_id, mode=_BADGE_STAYS)
    await service_.tasks.to_devices(call.app, what, task, list(devices.values()))
    code = Code.ACCOUNT_NOT_FOUND
    failed = [Failed(one, int(code), code.meaning) for one in asked if one not in users and one not in named]
    return BatchAnswer(task, failed)


class Revoke(msgspec.Struct, kw_only=True):
    TaskId: str
    OfflinePushInfo: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


@service.command(
    "revoke",
    rate=100,
    errors=(
        Code.MSG_NOT_ADMIN,
        Code.MSG_OFFLINE_PUSH_INFO,
        Code.PUSH_TASK_NOT_FOUND,
        Code.PUSH_ALREADY_REVOKED,
        Code.PUSH_REVOKE_TOO_FREQUENT,
        Code.PUSH_REVOKE_EXPIRED,
        Code.PUSH_REVOKE_NO_INFO,
        Code.PUSH_DISABLED,
    ),
)
async def revoke(call: Call, request: Revoke) -> None:
    """Take a push back within 24 hours: it comes to nobody else, and OfflinePushInfo replaces what devices show.

    Messages that were stored for it stay.
    """
    enabled(call.app)
    info = info_of(request.OfflinePushInfo)
    if info is None:
        raise ApiError(Code.PUSH_REVOKE_NO_INFO)
    await call.services.push.tasks.revoke(call.app, request.TaskId, info, limited=call.services.settings.rate_limits)
