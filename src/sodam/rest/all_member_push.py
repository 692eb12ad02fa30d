"""``all_member_push``: pushes to everyone, by tag or by attribute (rest-operations-push.md 2.2 and 2.3)."""

from __future__ import annotations

import time
from typing import Annotated, Any, Final

import msgspec

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.messages.elements import check_body
from sodam.messages.offline_push import OfflinePushInfo, Wish, check_offline_push_info, wish_of
from sodam.push.audience import Condition
from sodam.push.tasks import What
from sodam.rest.openim import service as openim
from sodam.wire import Call, Empty, Service

service = Service(
    "all_member_push",
    bad_json=Code.MSG_BODY_NOT_JSON,
    bad_request=Code.MSG_BODY_NOT_JSON,
    internal=Code.MSG_INTERNAL,
)
PLAN: Final = "Flagship"
MAX_LIFE: Final = 604_800
_MAX_REPORTS: Final = 500
CONDITION: Final = (
    Code.PUSH_TAG_ILLEGAL,
    Code.PUSH_TAG_IN_BOTH,
    Code.PUSH_TOO_MANY_TAGS,
    Code.PUSH_ATTRIBUTE_INVALID,
    Code.PUSH_CONDITION_MIXED,
    Code.PUSH_TAG_EMPTY,
)
SENT: Final = (
    *CONDITION,
    Code.MSG_NOT_ADMIN,
    Code.MSG_FROM_ACCOUNT,
    Code.MSG_BODY_MALFORMED,
    Code.MSG_BODY_NOT_ARRAY,
    Code.MSG_FORMAT,
    Code.MSG_TOO_LONG,
    Code.MSG_OFFLINE_PUSH_INFO,
    Code.PUSH_TOO_FREQUENT,
    Code.PUSH_QUOTA,
    Code.PUSH_DISABLED,
)
_USERS: Final = (Code.MSG_NOT_ADMIN, Code.PUSH_TOO_MANY_ACCOUNTS)
_ATTRS: Final = (*_USERS, Code.PUSH_ATTRIBUTE_INVALID)
_TAGS: Final = (*_USERS, Code.PUSH_TOO_MANY_TAGS, Code.PUSH_TAG_TOO_LONG, Code.PUSH_TAG_EMPTY)
UInt32 = Annotated[int, msgspec.Meta(ge=0, le=(1 << 32) - 1)]


class Push(msgspec.Struct, kw_only=True):
    MsgRandom: UInt32
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    From_Account: str | None = None
    MsgLifeTime: int | None = None
    Condition: Condition | None = None
    OfflinePushInfo: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class TaskAnswer(msgspec.Struct):
    TaskId: str


def enabled(app: App) -> None:
    """Raises ApiError 90045: pushes to many are part of the Flagship plan."""
    if app.plan != PLAN:
        raise ApiError(Code.PUSH_DISABLED)


def info_of(raw: msgspec.Raw) -> OfflinePushInfo | None:
    """Raises ApiError 90043."""
    data = bytes(raw)
    return check_offline_push_info(data) if data and data != b"null" else None


@service.command("im_push", rate=100, errors=(*SENT, Code.MSG_LIFE_TIME_RANGE), fields={"MsgRandom": Code.MSG_RANDOM})
async def im_push(call: Call, request: Push) -> TaskAnswer:
    """Send a message to every account, or to those with the tags or attributes of Condition.

    MsgLifeTime, up to 604800 seconds, keeps it for those who are away; 0 or absent: only those online get it. The
    devices of others get a push in any case that OfflinePushInfo allows. The same push again within a second is one.
    With rate limits on, one a second (90024) and 100 a day (90047). Flagship plan (90045).
    """
    enabled(call.app)
    if request.MsgLifeTime is not None and not 0 <= request.MsgLifeTime <= MAX_LIFE:
        raise ApiError(Code.MSG_LIFE_TIME_RANGE)
    body = check_body(bytes(request.MsgBody), strict_required=True)
    info = info_of(request.OfflinePushInfo)
    push, stored = call.services.push, bool(request.MsgLifeTime)
    what = What(
        request.From_Account or call.caller,
        request.MsgRandom,
        await push.marks.filter(call.app.sdkappid, request.Condition),
        body=body.raw.decode(),
        stored=stored,
        wish=wish_of(info, body.push_text, body.push_ext, body.push_sound),
    )
    return TaskAnswer(await push.tasks.create(call.app, what, limited=call.services.settings.rate_limits))


class AttrNames(msgspec.Struct):
    AttrNames: dict[str, str]


class UserAttr(msgspec.Struct):
    To_Account: str
    Attrs: dict[str, str]


class UserAttrs(msgspec.Struct):
    UserAttrs: list[UserAttr]


class UserNames(msgspec.Struct):
    To_Account: str
    Attrs: list[str]


class UsersNames(msgspec.Struct):
    UserAttrs: list[UserNames]


class UserTag(msgspec.Struct):
    To_Account: str
    Tags: list[str]


class UserTags(msgspec.Struct):
    UserTags: list[UserTag]


class Accounts(msgspec.Struct):
    To_Account: list[str]


async def set_attr_name(call: Call, request: AttrNames) -> None:
    """Name up to 10 attributes, numbered "0" to "9"; a name has at most 50 bytes."""
    await call.services.push.marks.set_names(call.app.sdkappid, request.AttrNames)


async def get_attr_name(call: Call, request: Empty) -> AttrNames:
    """Read the names of the app's attributes."""
    return AttrNames(await call.services.push.marks.names(call.app.sdkappid))


async def set_attr(call: Call, request: UserAttrs) -> None:
    """Set attributes of up to 100 users; a value has at most 50 bytes. An account that does not exist: 90048."""
    wanted: dict[str, dict[str, str]] = {}
    for one in request.UserAttrs:
        wanted.setdefault(one.To_Account, {}).update(one.Attrs)
    await call.services.push.marks.set_attrs(call.app.sdkappid, wanted)


async def get_attr(call: Call, request: Accounts) -> UserAttrs:
    """Read the attributes of up to 100 users; an empty object for who has none."""
    found = await call.services.push.marks.attrs(call.app.sdkappid, list(dict.fromkeys(request.To_Account)))
    return UserAttrs([UserAttr(user, attrs) for user, attrs in found.items()])


async def remove_attr(call: Call, request: UsersNames) -> None:
    """Take attributes away from up to 100 users."""
    wanted: dict[str, list[str]] = {}
    for one in request.UserAttrs:
        wanted.setdefault(one.To_Account, []).extend(one.Attrs)
    await call.services.push.marks.remove_attrs(call.app.sdkappid, wanted)


def _tags(request: UserTags) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for one in request.UserTags:
        wanted.setdefault(one.To_Account, []).extend(one.Tags)
    return wanted


async def add_tag(call: Call, request: UserTags) -> None:
    """Add up to 10 tags to each of up to 100 users; a tag has at most 50 bytes, a user at most 100 tags.

    An account that does not exist: 90048.
    """
    await call.services.push.marks.add_tags(call.app.sdkappid, _tags(request))


async def get_tag(call: Call, request: Accounts) -> UserTags:
    """Read the tags of up to 100 users."""
    found = await call.services.push.marks.tags(call.app.sdkappid, list(dict.fromkeys(request.To_Account)))
    return UserTags([UserTag(user, tags) for user, tags in found.items()])


async def remove_tag(call: Call, request: UserTags) -> None:
    """Take up to 10 tags away from each of up to 100 users."""
    await call.services.push.marks.remove_tags(call.app.sdkappid, _tags(request))


async def remove_all_tags(call: Call, request: Accounts) -> None:
    """Take all tags away from up to 100 users."""
    await call.services.push.marks.clear_tags(call.app.sdkappid, list(dict.fromkeys(request.To_Account)))


COMMANDS: Final[tuple[tuple[str, Any, tuple[Code, ...]], ...]] = (
    ("set_attr_name", set_attr_name, (Code.MSG_NOT_ADMIN, Code.PUSH_ATTRIBUTE_INVALID)),
    ("get_attr_name", get_attr_name, _USERS),
    ("set_attr", set_attr, (*_ATTRS, Code.MSG_ACCOUNT_NOT_FOUND)),
    ("get_attr", get_attr, _USERS),
    ("remove_attr", remove_attr, _ATTRS),
    ("add_tag", add_tag, (*_TAGS, Code.MSG_ACCOUNT_NOT_FOUND)),
    ("get_tag", get_tag, _USERS),
    ("remove_tag", remove_tag, _TAGS),
)
"""What both generations of the service have, the older one with ``im_`` before the name."""
for _name, _handler, _errors in COMMANDS:
    service.command(f"im_{_name}", rate=100, errors=_errors)(_handler)
service.command("im_remove_all_tags", rate=100, errors=_USERS)(remove_all_tags)
CLEARING: Final = _USERS


class Reports(msgspec.Struct):
    TaskIds: list[str] = []


class ReportsAnswer(msgspec.Struct):
    Reports: list[dict[str, Any]]


@openim.command(
    "im_get_push_report",
    errors=(Code.MSG_NOT_ADMIN, Code.PUSH_TASK_ID_MISSING, Code.PUSH_TASK_ID_INVALID, Code.PUSH_REPORT_FAILED),
)
async def im_get_push_report(call: Call, request: Reports) -> ReportsAnswer:
    """How far up to 500 pushes are: Status 0 waiting, 1 running, 2 done. They are known for 30 days."""
    if not request.TaskIds:
        raise ApiError(Code.PUSH_TASK_ID_MISSING)
    if len(request.TaskIds) > _MAX_REPORTS:
        raise ApiError(Code.PUSH_TASK_ID_INVALID, f"at most {_MAX_REPORTS} pushes")
    found = await call.services.push.tasks.reports(call.app.sdkappid, request.TaskIds)
    reports: list[dict[str, Any]] = []
    for task_id in dict.fromkeys(request.TaskIds):
        task = found.get(task_id)
        if task is None:
            raise ApiError(Code.PUSH_TASK_ID_INVALID, f"there is no push {task_id[:60]!r}")
        report: dict[str, Any] = {
            "TaskId": task_id,
            "Status": 2 if task.ended_at else 1 if task.started_at else 0,
            "Finished": task.done,
            "Total": max(task.total, task.done),
        }
        if task.started_at:
            report["StartTime"] = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(task.started_at))
        reports.append(report)
    return ReportsAnswer(reports)


def wish_for(info: OfflinePushInfo | None) -> Wish | None:
    """Of a push without a message."""
    return wish_of(info, "", "", "") if info is not None else None
