"""What several actions answer with: an app, its keys, its limits, a page."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from sodam.access.passwords import MAX_PASSWORD
from sodam.access.policies import MAX_DESCRIPTION
from sodam.accounts.model import MAX_USER_ID
from sodam.apps import plans, rules
from sodam.apps.keys import masked
from sodam.apps.model import DEFAULT_ADMIN, App, AppKey
from sodam.apps.plans import GRACE_SECONDS, OVERRIDE_RANGES, AddOns, Overrides, Plan, PlanLimits
from sodam.cloudapi.action import Call, Facts
from sodam.control import missing

T = TypeVar("T")
SdkAppId = Annotated[int, msgspec.Meta(ge=1, le=2**32 - 1)]
Id = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""A number that JavaScript holds exactly. 0 means none where it may be left out."""
Offset = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Page = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Rp = Annotated[int, msgspec.Meta(ge=1, le=200)]
# The limits of texts stand in the schema, so that forms can say them; the rules behind check them again.
UserId = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_USER_ID)]
AppName = Annotated[str, msgspec.Meta(min_length=1, max_length=rules.MAX_NAME)]
AppType = Annotated[str, msgspec.Meta(max_length=rules.MAX_TYPE)]
Introduction = Annotated[str, msgspec.Meta(max_length=rules.MAX_INTRODUCTION)]
TagKey = Annotated[str, msgspec.Meta(min_length=1, max_length=rules.MAX_TAG_KEY)]
TagValue = Annotated[str, msgspec.Meta(max_length=rules.MAX_TAG_VALUE)]
PolicyName = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
PolicyText = Annotated[str, msgspec.Meta(min_length=1, max_length=65536)]
DescriptionText = Annotated[str, msgspec.Meta(max_length=MAX_DESCRIPTION)]
Password = Annotated[str, msgspec.Meta(max_length=MAX_PASSWORD)]
Keyword = Annotated[str, msgspec.Meta(max_length=200)]


class Paged(msgspec.Struct, kw_only=True):
    """A request for one page of a list of access management (access-management.md 6)."""

    Page: Page = 1
    Rp: Rp = 20

    def cut(self, items: list[T]) -> list[T]:
        """The page's part of the whole list."""
        return items[(self.Page - 1) * self.Rp : self.Page * self.Rp]


class OfApp(msgspec.Struct):
    """A request about one app."""

    SDKAppID: SdkAppId


class Tag(msgspec.Struct):
    Key: TagKey
    Value: TagValue = ""


class AddOnsView(msgspec.Struct, omit_defaults=True):
    GroupsJoined: int | None = None
    GroupMembers: int | None = None
    HistoryDays: int | None = None
    AVChatRooms: bool = False


class LimitsView(msgspec.Struct):
    """Null: no limit. A limit that nothing obeys yet is left out."""

    Accounts: int | UnsetType | None = UNSET
    Friends: int | UnsetType = UNSET
    Blacklist: int | UnsetType = UNSET
    HistoryDays: int | UnsetType = UNSET
    GroupsJoined: int | UnsetType = UNSET
    GroupMembers: int | UnsetType = UNSET
    AVChatRooms: int | UnsetType | None = UNSET


def _range(name: str) -> msgspec.Meta:
    """Of a limit, for the schema; the rule behind is what refuses."""
    low, high = OVERRIDE_RANGES[name]
    return msgspec.Meta(extra_json_schema={"minimum": low, "maximum": high})


class OverridesView(msgspec.Struct):
    """Limits that the operator set: null takes a limit away, what is left out follows the plan."""

    Accounts: Annotated[int, _range("accounts")] | UnsetType | None = UNSET
    Friends: Annotated[int, _range("friends")] | UnsetType = UNSET
    Blacklist: Annotated[int, _range("blacklist")] | UnsetType = UNSET
    HistoryDays: Annotated[int, _range("max_history_days")] | UnsetType = UNSET
    GroupsJoined: Annotated[int, _range("groups_joined")] | UnsetType = UNSET
    GroupMembers: Annotated[int, _range("group_members")] | UnsetType = UNSET
    AVChatRooms: Annotated[int, _range("avchatrooms")] | UnsetType | None = UNSET


class KeyLine(msgspec.Struct):
    KeyId: int
    Algorithm: str
    CreateTime: int
    Masked: str


class AppCard(msgspec.Struct, kw_only=True):
    SDKAppID: int
    Name: str
    Type: str
    Status: str
    Plan: Plan
    CreateTime: int
    UpdateTime: int
    ExpireTime: int
    AutoRenew: bool
    Tags: list[Tag]


class AppView(AppCard, kw_only=True):
    Introduction: str
    Admins: list[str]
    MaxAdmins: int = rules.MAX_ADMINS
    DefaultAdmin: str = DEFAULT_ADMIN
    Keys: list[KeyLine]
    AddOns: AddOnsView
    Limits: LimitsView
    Overrides: OverridesView
    AccountCount: int
    HistoryDays: int
    """Days for which messages are kept, by the app's settings."""
    CreateUin: int
    DisableTime: int
    """When an expired app will be disabled; 0: it is not expired."""
    PlanChangeableFrom: int
    Calls: bool
    """The switch for calls, by the app's settings."""
    CallRelay: bool
    """Whether this server names a TURN server for them."""
    Version: int


def tags_view(tags: Mapping[str, str]) -> list[Tag]:
    return [Tag(key, tags[key]) for key in sorted(tags)]


def add_ons_view(add_ons: AddOns) -> AddOnsView:
    return AddOnsView(add_ons.groups_joined, add_ons.group_members, add_ons.history_days, add_ons.avchatrooms)


def add_ons_of(view: AddOnsView) -> AddOns:
    return AddOns(
        groups_joined=view.GroupsJoined or None,
        group_members=view.GroupMembers or None,
        history_days=view.HistoryDays or None,
        avchatrooms=view.AVChatRooms,
    )


def limits_view(limits: PlanLimits) -> LimitsView:
    return LimitsView(**_enforced(limits))


def overrides_view(overrides: Overrides) -> OverridesView:
    return OverridesView(**_enforced(overrides))


def _enforced(limits: PlanLimits | Overrides) -> dict[str, Any]:
    """By wire name, without those that nothing obeys."""
    return {plans.wire_name(name): getattr(limits, name) for name in limits.__struct_fields__ if name in plans.ENFORCED}


def overrides_of(view: OverridesView) -> Overrides:
    return Overrides(
        accounts=view.Accounts,
        friends=view.Friends,
        blacklist=view.Blacklist,
        max_history_days=view.HistoryDays,
        groups_joined=view.GroupsJoined,
        group_members=view.GroupMembers,
        avchatrooms=view.AVChatRooms,
    )


def key_line(key: AppKey) -> KeyLine:
    return KeyLine(key.key_id, key.algorithm, key.created_at, masked(key))


def status_of(app: App) -> str:
    return "deleting" if app.deleting_at else app.status


def app_card(app: App) -> AppCard:
    return AppCard(**_card(app))


def _card(app: App) -> dict[str, Any]:
    return {
        "SDKAppID": app.sdkappid,
        "Name": app.name,
        "Type": app.kind,
        "Status": status_of(app),
        "Plan": app.plan,
        "CreateTime": app.created_at,
        "UpdateTime": app.updated_at,
        "ExpireTime": app.expires_at,
        "AutoRenew": app.auto_renew,
        "Tags": tags_view(app.tags),
    }


async def app_view(call: Call, sdkappid: int) -> AppView:
    """An app as it is now."""
    services = call.plane.services
    app = services.apps.get(sdkappid)
    if app is None:
        raise missing(f"there is no app {sdkappid}", "SdkAppIdNotFound", SDKAppID=sdkappid)
    keys = await services.apps.keys(sdkappid)
    return AppView(
        **_card(app),
        Introduction=app.introduction,
        Admins=sorted(app.admins, key=lambda user_id: (user_id != DEFAULT_ADMIN, user_id)),
        Keys=[key_line(key) for key in keys],
        AddOns=add_ons_view(app.add_ons),
        Limits=limits_view(app.limits),
        Overrides=overrides_view(app.overrides),
        AccountCount=await services.accounts.count(sdkappid),
        HistoryDays=app.settings.history_days,
        CreateUin=app.created_by or call.plane.owner_uin,
        DisableTime=app.expired_at + GRACE_SECONDS if app.status == "expired" and app.expired_at else 0,
        PlanChangeableFrom=app.plan_changeable_from(int(call.plane.clock())),
        Calls=app.settings.calls,
        CallRelay=bool(services.settings.turn_urls and services.settings.turn_secret),
        Version=app.version,
    )


async def edit(call: Call, change: Callable[[App], App], *names: str) -> AppView:
    """Change the call's app; the app as it is then. Of the audit log's interest are ``names``, fields of App."""
    call.changed_by(compared(*names))
    await call.plane.services.apps.edit(call.the_app.sdkappid, change)
    return await app_view(call, call.the_app.sdkappid)


def compared(*names: str) -> Facts:
    """What a write changed of an app that gives back, at its end, the app before and after."""

    def facts(app: App) -> dict[str, object]:
        return {name: sorted(value) if isinstance(value := getattr(app, name), frozenset) else value for name in names}

    return lambda result: (facts(result[-2]), facts(result[-1]))


def stamp(second: int) -> str:
    """A time as access management writes it: ``YYYY-MM-DD HH:MM:SS`` in UTC; empty for never."""
    return datetime.datetime.fromtimestamp(second, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S") if second else ""
