"""Pushes to everyone, by tag or by attribute: whom one would reach, sending it, its report, taking it back."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from sodam.accounts.model import MAX_USER_ID
from sodam.apps.model import DEFAULT_ADMIN
from sodam.clock import now
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.push import OfUser
from sodam.cloudapi.actions.views import Id, Limit, OfApp
from sodam.cloudapi.paging import cut
from sodam.control import invalid, plan_required
from sodam.messages.elements import check_body
from sodam.messages.offline_push import OfflinePushInfo
from sodam.push.audience import MAX_BYTES, Condition
from sodam.push.causes import cause_of
from sodam.push.model import Answered, Filter, Task
from sodam.push.tasks import What
from sodam.rest.all_member_push import PLAN, wish_for

MAX_TITLE: Final = 100
MAX_DESC: Final = 400
MAX_EXT: Final = 2000
MAX_TEXT: Final = 2000
FARTHEST: Final = 365 * 86_400
ANSWERS_SECONDS: Final = 60
"""So long after its end somebody who looks at a push may expect further answers."""
_encode = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(What).decode
Title = Annotated[str, msgspec.Meta(max_length=MAX_TITLE)]
Desc = Annotated[str, msgspec.Meta(max_length=MAX_DESC)]


def _enabled(call: Call) -> None:
    """Raises ControlError."""
    if call.the_app.plan != PLAN:
        raise plan_required(PLAN, "a push to everyone")


class PushAttributes(msgspec.Struct):
    AttrNames: dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BYTES)]]
    """By number, "0" to "9"."""


@action("im", "DescribePushAttributes", kind="read", level="app")
async def describe_push_attributes(call: Call, request: OfApp) -> PushAttributes:
    """The names of the attributes by which pushes can be addressed."""
    return PushAttributes(await call.plane.services.push.marks.names(call.the_app.sdkappid))


class ModifyPushAttributes(OfApp, kw_only=True):
    AttrNames: dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BYTES)]]
    """By number, "0" to "9"; a number that is left out keeps its name."""


@action("im", "ModifyPushAttributes", kind="write", level="app")
async def modify_push_attributes(call: Call, request: ModifyPushAttributes) -> PushAttributes:
    """Name up to 10 attributes by which pushes can be addressed."""
    marks, app = call.plane.services.push.marks, call.the_app.sdkappid
    call.changed({"AttrNames": await marks.names(app)}, {"AttrNames": request.AttrNames})
    await marks.set_names(app, request.AttrNames)
    return PushAttributes(await marks.names(app))


class PushMarks(msgspec.Struct):
    Tags: list[str]
    Attrs: dict[str, str]


@action("im", "DescribePushMarks", kind="read", level="app")
async def describe_push_marks(call: Call, request: OfUser) -> PushMarks:
    """The tags and attributes of a user, by which pushes can be addressed."""
    marks, app, user = call.plane.services.push.marks, call.the_app.sdkappid, request.UserID
    return PushMarks((await marks.tags(app, [user]))[user], (await marks.attrs(app, [user]))[user])


class ModifyPushMarks(OfUser, kw_only=True):
    """What is left out stays."""

    AddTags: list[str] = msgspec.field(default_factory=list)
    RemoveTags: list[str] = msgspec.field(default_factory=list)
    Attrs: dict[str, str] = msgspec.field(default_factory=dict)
    """Values by name; an empty value takes the attribute away."""


@action("im", "ModifyPushMarks", kind="write", level="app")
async def modify_push_marks(call: Call, request: ModifyPushMarks) -> PushMarks:
    """Give tags and attributes to a user, or take them away."""
    marks, app, user = call.plane.services.push.marks, call.the_app.sdkappid, request.UserID
    if request.RemoveTags:
        await marks.remove_tags(app, {user: request.RemoveTags})
    if request.AddTags:
        await marks.add_tags(app, {user: request.AddTags})
    if gone := [name for name, value in request.Attrs.items() if not value]:
        await marks.remove_attrs(app, {user: gone})
    if values := {name: value for name, value in request.Attrs.items() if value}:
        await marks.set_attrs(app, {user: values})
    return await describe_push_marks(call, request)


class OfAudience(OfApp, kw_only=True):
    Condition: Condition | None = None
    """Tags or attributes; null: everyone."""


class Audience(msgspec.Struct):
    Accounts: int
    """With TagsNot alone: all accounts, those that are left out too."""


@action("im", "DescribePushAudience", kind="read", level="app")
async def describe_push_audience(call: Call, request: OfAudience) -> Audience:
    """How many accounts a push would be for."""
    push, app = call.plane.services.push, call.the_app.sdkappid
    wanted = await push.marks.filter(app, request.Condition)
    return Audience(await push.tasks.audience(app, wanted))


class CreatePushTask(OfAudience, kw_only=True):
    Title: Title = ""
    Desc: Desc = ""
    """What the device shows below the title. Empty: no push, only the message."""
    Ext: Annotated[str, msgspec.Meta(max_length=MAX_EXT)] = ""
    """Passed on to the app."""
    Text: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] = ""
    """A message that is sent besides the push; empty: none."""
    Stored: bool = False
    """The message is kept for those who are away."""
    From: Annotated[str, msgspec.Meta(max_length=MAX_USER_ID)] = ""
    """Who is shown as the sender; empty: the administrator."""
    DataId: Annotated[str, msgspec.Meta(max_length=64)] = ""
    At: Id = 0
    """When it begins, unix seconds, at most a year ahead; 0, or what is over: now."""


class PushTaskId(msgspec.Struct):
    TaskId: str


@action("im", "CreatePushTask", kind="write", level="app")
async def create_push_task(call: Call, request: CreatePushTask) -> PushTaskId:
    """Push to the devices of everyone, or of those with tags or attributes; with Text a message goes to them too."""
    _enabled(call)
    push, app = call.plane.services.push, call.the_app
    elements = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": request.Text}}] if request.Text else []
    body = check_body(_encode(elements), strict_required=True) if request.Text or not request.Desc else None
    info = OfflinePushInfo(Title=request.Title or None, Desc=request.Desc, Ext=request.Ext or None)
    what = What(
        request.From or DEFAULT_ADMIN,
        random.getrandbits(32),
        await push.marks.filter(app.sdkappid, request.Condition),
        body=body.raw.decode() if body is not None else "",
        stored=body is not None and request.Stored,
        wish=wish_for(info) if request.Desc else None,
        data_id=request.DataId,
        mode=0 if request.Stored else 1,
    )
    if request.At > now() + FARTHEST:
        raise invalid("At is more than a year away", detail="PushTooFar", Field="At")
    if request.At > now():
        return PushTaskId(await push.tasks.plan(app, what, request.At))
    return PushTaskId(await push.tasks.create(app, what, limited=call.plane.services.settings.rate_limits))


class PushResult(msgspec.Struct, kw_only=True):
    Vendor: str
    Result: str
    """ok: it took the push; gone: the token was forgotten; wait: each attempt that is made again; ours: the
    credentials; payload: this push."""
    Code: str
    """The vendor's; empty where it took the push, and for answers beyond a hundred."""
    Reason: str
    """The vendor's words, of one of them."""
    Cause: str
    """In one word, as TestPush has it; empty where it took the push."""
    Pushes: int


class PushTaskView(msgspec.Struct, kw_only=True):
    TaskId: str
    State: Literal["planned", "waiting", "running", "done", "revoked"]
    """planned: it begins at StartTime."""
    Title: str
    Desc: str
    Text: str
    """The message that went along, where it is a text."""
    Stored: bool
    From: str
    Condition: Condition
    CreateTime: Id
    StartTime: Id
    EndTime: Id
    Total: int
    """Accounts."""
    Done: int
    Devices: int
    """How many were pushed."""
    Results: list[PushResult]
    """What vendors said so far, the most frequent first."""
    Awaited: bool
    """It ended within the last minute, and not all have answered."""
    Revokes: str
    """The TaskId of the push that this one takes back."""
    RevokeTime: Id


class PushTasks(msgspec.Struct):
    Tasks: list[PushTaskView]
    Next: Id
    """Pass it as ``Before`` for what is older; 0 at the end."""


class DescribePushTask(OfApp, kw_only=True):
    Before: Id = 0
    Limit: Limit = 20


@action("im", "DescribePushTask", kind="list", level="app")
async def describe_push_task(call: Call, request: DescribePushTask) -> PushTasks:
    """The pushes to many of the last 30 days, newest first, with how far each is; before them those to come."""
    push, app = call.plane.services.push, call.the_app.sdkappid
    names = {int(number): name for number, name in (await push.marks.names(app)).items()}
    page, more = cut(await push.tasks.newest(app, request.Before, request.Limit + 1), request.Limit)
    planned = [] if request.Before else await push.tasks.planned(app)
    # Not yet among the pushes: each as it will stand there.
    to_come = [
        msgspec.structs.replace(_shown(task, what, names), State="planned", CreateTime=at, StartTime=at)
        for task, what, at in reversed(planned)
    ]
    results = await push.tasks.results(app, [one.task for one in page])
    views = [_task(one, names, results.get(one.task, [])) for one in page]
    return PushTasks(to_come + views, page[-1].created_at if more else 0)


def _task(one: Task, names: dict[int, str], results: Sequence[Answered]) -> PushTaskView:
    return msgspec.structs.replace(
        _shown(one.task, _decode(one.what.encode()), names),
        State=_state(one),
        CreateTime=one.created_at // 1000,
        StartTime=one.started_at,
        EndTime=one.ended_at,
        Total=max(one.total, one.done),
        Done=one.done,
        Devices=one.devices,
        Results=[
            PushResult(
                Vendor=found.vendor,
                Result=found.outcome,
                Code=found.code,
                Reason=found.reason,
                Cause=cause_of(found.vendor, found.outcome, found.code),
                Pushes=found.pushes,
            )
            for found in results
        ],
        Awaited=one.ended_at > now() - ANSWERS_SECONDS
        and sum(found.pushes for found in results if found.outcome != "wait") < one.devices,
        RevokeTime=one.revoked_at,
    )


def _shown(task: str, what: What, names: dict[int, str]) -> PushTaskView:
    """What a push says and whom it is for."""
    info = what.wish.info if what.wish is not None else None
    return PushTaskView(
        TaskId=task,
        State="waiting",
        Title=(info.Title if info is not None else None) or "",
        Desc=(info.Desc if info is not None else None) or "",
        Text=_text(what.body),
        Stored=what.stored,
        From=what.sender,
        Condition=_condition(what.filter, names),
        CreateTime=0,
        StartTime=0,
        EndTime=0,
        Total=0,
        Done=0,
        Devices=0,
        Results=[],
        Awaited=False,
        Revokes=what.revoke,
        RevokeTime=0,
    )


def _state(one: Task) -> Literal["waiting", "running", "done", "revoked"]:
    if one.revoked_at:
        return "revoked"
    return "done" if one.ended_at else "running" if one.started_at else "waiting"


class _Content(msgspec.Struct):
    Text: str = ""


class _Element(msgspec.Struct):
    MsgContent: _Content = msgspec.field(default_factory=_Content)


def _text(body: str) -> str:
    """Of a message's text elements."""
    if not body:
        return ""
    try:
        return "".join(one.MsgContent.Text for one in msgspec.json.decode(body, type=list[_Element]))
    except msgspec.MsgspecError:
        return ""


def _condition(wanted: Filter, names: dict[int, str]) -> Condition:
    either, every = (
        {names.get(number, str(number)): value for number, value in some}
        for some in (wanted.attrs_or, wanted.attrs_and)
    )
    return Condition(wanted.tags_or, wanted.tags_and, wanted.tags_not, either, every)


class RevokePushTask(OfApp, kw_only=True):
    TaskId: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    Title: Title = ""
    Desc: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_DESC)]
    """Replaces what devices show of the push."""


@action("im", "RevokePushTask", kind="write", level="app")
async def revoke_push_task(call: Call, request: RevokePushTask) -> None:
    """Take a push back within 24 hours: it comes to nobody else, and other words replace what devices show.

    One that is planned does not begin.
    """
    _enabled(call)
    info = OfflinePushInfo(Title=request.Title or None, Desc=request.Desc)
    tasks, limited = call.plane.services.push.tasks, call.plane.services.settings.rate_limits
    await tasks.revoke(call.the_app, request.TaskId, info, limited=limited)
