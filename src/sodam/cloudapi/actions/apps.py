"""Apps: list, create, show, edit, tags, states, administrators, delete (console.md sections 1 and 2)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from sodam.apps import rules
from sodam.apps.keys import new_ecdsa, new_hmac
from sodam.apps.model import App, Status
from sodam.apps.service import MAX_APPS
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import (
    AppCard,
    AppName,
    AppType,
    AppView,
    Id,
    Introduction,
    Keyword,
    Limit,
    OfApp,
    Offset,
    Tag,
    UserId,
    app_card,
    app_view,
    edit,
    status_of,
)
from sodam.cloudapi.run import may_see
from sodam.control import invalid
from sodam.usersig import Keys


class TagFilter(msgspec.Struct):
    Key: str
    Value: str | None = None


class DescribeIMAppList(msgspec.Struct):
    Keyword: Keyword = ""
    Status: Literal["", "enabled", "disabled", "expired", "deleting"] = ""
    Plan: Literal["", "Trial", "Pro", "Flagship"] = ""
    Tag: TagFilter | None = None
    Offset: Offset = 0
    Limit: Limit = 20


class AppList(msgspec.Struct):
    TotalCount: int
    Apps: list[AppCard]
    MaxApps: int = MAX_APPS


@action("im", "DescribeIMAppList", kind="list", level="list")
async def describe_im_app_list(call: Call, request: DescribeIMAppList) -> AppList:
    """List the apps that the caller may see, newest first."""
    found = [app for app in call.plane.services.apps.all() if _wanted(app, request) and may_see(call, app)]
    found.sort(key=lambda app: (-app.created_at, app.sdkappid))
    page = found[request.Offset : request.Offset + request.Limit]
    return AppList(len(found), [app_card(app) for app in page])


def _wanted(app: App, request: DescribeIMAppList) -> bool:
    word = request.Keyword.strip().lower()
    tag = request.Tag
    return (
        (not word or word in app.name.lower() or word in str(app.sdkappid))
        and request.Status in ("", status_of(app))
        and request.Plan in ("", app.plan)
        and (tag is None or (tag.Key in app.tags and tag.Value in (None, app.tags[tag.Key])))
    )


class RegisterIMApp(msgspec.Struct):
    Name: AppName
    Type: AppType = ""
    Introduction: Introduction = ""
    KeyAlgorithm: Literal["HMAC-SHA256", "ECDSA-SHA256"] = "HMAC-SHA256"


@action("im", "RegisterIMApp", kind="write", level="operation")
async def register_im_app(call: Call, request: RegisterIMApp) -> AppView:
    """Create an app of plan Trial. It has no tags, so that callers bound to tags cannot use it until it is tagged."""
    now = int(call.plane.clock())
    blank = App(sdkappid=0, name="", keys=Keys((), ()), created_by=call.caller.uin)
    like = rules.info(blank, request.Name, request.Type, request.Introduction)
    key = new_ecdsa(1, now) if request.KeyAlgorithm == "ECDSA-SHA256" else new_hmac(1, now)

    def made(app: App | None) -> tuple[None, dict[str, object]] | None:
        if app is None:  # the number was taken, another is drawn
            return None
        call.about_app = app.sdkappid
        return None, {"SDKAppID": app.sdkappid, "Name": app.name, "Type": app.kind}

    call.changed_by(made)
    app, _ = await call.plane.services.apps.create(like.name, key=key, like=like, most=MAX_APPS)
    return await app_view(call, app.sdkappid)


@action("im", "DescribeSdkAppInfo", kind="read", level="app")
async def describe_sdk_app_info(call: Call, request: OfApp) -> AppView:
    """Show an app: information, plan, limits, administrators, tags, its keys masked."""
    return await app_view(call, request.SDKAppID)


class ModifyAppInfo(OfApp):
    Name: AppName | None = None
    Type: AppType | None = None
    Introduction: Introduction | None = None


@action("im", "ModifyAppInfo", kind="write", level="app")
async def modify_app_info(call: Call, request: ModifyAppInfo) -> AppView:
    """Change name, type or introduction of an app."""
    return await edit(
        call,
        lambda app: rules.info(app, request.Name, request.Type, request.Introduction),
        "name",
        "kind",
        "introduction",
    )


class ModifyAppTags(OfApp):
    Tags: Annotated[list[Tag], msgspec.Meta(max_length=rules.MAX_TAGS)]
    Version: Id | None = None
    """The app's, as it was when its tags were read."""


@action("im", "ModifyAppTags", kind="write", level="app")
async def modify_app_tags(call: Call, request: ModifyAppTags) -> AppView:
    """Replace an app's tags, by which policies may be bound to it; with a Version, only if nobody changed it since."""
    wanted = {tag.Key: tag.Value for tag in request.Tags}
    if len(wanted) != len(request.Tags):
        raise invalid("the same tag key is given twice", detail="TagKeyTwice")
    return await edit(call, lambda app: rules.tags(app, wanted, request.Version), "tags")


async def _set_status(call: Call, status: Status) -> AppView:
    now = int(call.plane.clock())
    return await edit(call, lambda app: rules.status(app, status, now), "status")


@action("im", "StopSdkAppId", kind="write", level="app")
async def stop_sdkappid(call: Call, request: OfApp) -> AppView:
    """Disable an app: REST calls and logins are refused with 60016, until it is started again."""
    return await _set_status(call, "disabled")


@action("im", "StartSdkAppId", kind="write", level="app")
async def start_sdkappid(call: Call, request: OfApp) -> AppView:
    """Take an app that was stopped into use again. An expired one comes back by a renewal, or by the operator."""
    return await _set_status(call, "enabled")


class DeleteSdkappid(OfApp):
    ConfirmName: Annotated[str, msgspec.Meta(max_length=rules.MAX_NAME)]


class JobBegun(msgspec.Struct):
    JobId: str


@action("im", "DeleteSdkappid", kind="write", level="app")
async def delete_sdkappid(call: Call, request: DeleteSdkappid) -> JobBegun:
    """Erase a disabled app with everything in it, as a job. There is no way back."""
    app = call.the_app
    call.changed_by(
        lambda job: ({"SDKAppID": app.sdkappid, "Name": app.name, "Plan": app.plan}, {"JobId": job}),
    )
    return JobBegun(
        await call.plane.deletion.begin(
            request.SDKAppID, request.ConfirmName, uin=call.caller.uin, user_name=call.caller.name
        )
    )


UserIds = Annotated[list[UserId], msgspec.Meta(max_length=rules.MAX_ADMINS)]


class ModifyAccountInfo(OfApp):
    Add: UserIds = msgspec.field(default_factory=list)
    Remove: UserIds = msgspec.field(default_factory=list)


@action("im", "ModifyAccountInfo", kind="write", level="app")
async def modify_account_info(call: Call, request: ModifyAccountInfo) -> AppView:
    """Add and remove administrators of an app: UserIDs that may call REST and dismiss groups."""
    return await edit(call, lambda app: rules.admins(app, request.Add, request.Remove), "admins")
