"""What an app is. Instances are frozen: a change makes a new one, so that readers never see half of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import msgspec

from sodam.apps.declared import OncePerMonth, Section, Setting, declared
from sodam.apps.group_fields import GroupField, MemberField
from sodam.apps.group_settings import GroupSettings
from sodam.apps.plans import (
    DEFAULT_HISTORY_DAYS,
    NO_ADD_ONS,
    NO_OVERRIDES,
    PLAN_LIMITS,
    PLANS,
    AddOns,
    Overrides,
    Plan,
    PlanLimits,
    changeable_from,
    effective,
)
from sodam.apps.webhooks import Webhooks
from sodam.usersig import Keys
from sodam.zones import DEFAULT_ZONE

__all__ = ["PLANS", "PLAN_LIMITS", "Plan", "PlanLimits"]

Status = Literal["enabled", "disabled", "expired"]
FieldType = Literal["uint64", "string", "bytes"]
LoginType = Literal["multi", "triple", "dual", "single"]
AllowType = Literal["AllowType_Type_AllowAny", "AllowType_Type_NeedConfirm", "AllowType_Type_DenyAny"]
DEFAULT_ADMIN = "administrator"


class UserField(msgspec.Struct, frozen=True, kw_only=True):
    """A custom profile field, on the wire ``Tag_Profile_Custom_`` + name (console.md section 3)."""

    name: str
    type: FieldType = "string"
    app_read: bool = True
    app_write: bool = True
    admin_read: bool = True
    admin_write: bool = True


class FriendField(msgspec.Struct, frozen=True, kw_only=True):
    """A custom friend field, on the wire ``Tag_SNS_Custom_`` + name (console.md section 3)."""

    name: str
    type: FieldType = "string"


class AppSettings(GroupSettings, frozen=True, kw_only=True):
    """The settings of console.md section 3, as one document. A field appears with its behaviour, never before.

    This is the one declaration of each: see ``apps/declared.py``.
    """

    history_days: Annotated[
        int,
        Setting(
            section="messages",
            doc="Days for which messages are kept.",
            least=1,
            most_of_plan="max_history_days",
            cure="The server's setting SODAM_HISTORY_DAYS raises it for every app, the app's limits for one.",
            heading="kept",
            unit="days",
            lowering_erases=True,
            once_per_month=OncePerMonth("history_changed_at", "the message history"),
        ),
    ] = DEFAULT_HISTORY_DAYS
    recall_seconds: Annotated[
        int,
        Setting(
            section="messages",
            doc="Seconds for which a sender may recall a message.",
            least=1,
            most=7 * 86400,
            plan="Flagship",
            feature="RecallWindow",
            heading="kept",
            unit="seconds",
        ),
    ] = 120
    blacklist_check: Annotated[
        bool,
        Setting(
            section="messages",
            doc="On: a message to someone who blocked the sender looks sent and is never delivered. Off: 20007.",
            heading="who",
        ),
    ] = True
    friend_check: Annotated[
        bool,
        Setting(section="messages", doc="On: a message to one who is no friend is refused with 20009.", heading="who"),
    ] = False
    conversation_deletion_sync: Annotated[
        bool,
        Setting(
            section="messages",
            doc="On: a conversation that a user deletes disappears on the user's other online devices, too.",
            heading="conversations",
        ),
    ] = False
    conversation_limit: Annotated[
        int,
        Setting(
            section="messages",
            doc="How many conversations a user's list shows at most.",
            least=100,
            most=500,
            plan="Flagship",
            feature="ConversationPullAbove100",
            heading="conversations",
        ),
    ] = 100
    message_extension: Annotated[
        bool,
        Setting(
            section="messages",
            doc="On: users add key-value pairs to messages sent with SupportMessageExtension 1. Off: 10008.",
            plan="Flagship",
            heading="additions",
        ),
    ] = False
    cloud_search: Annotated[
        bool,
        Setting(
            section="messages",
            doc="On: messages are indexed as they are stored, and users search messages, users, groups and members. "
            "Off: 60020, and the index of messages is erased.",
            plan="Flagship",
            feature="CloudSearch",
            heading="search",
        ),
    ] = False
    login_type: Annotated[
        LoginType,
        Setting(
            section="login",
            doc="Which devices of a user may be online together. `multi`: every platform. `triple`: one mobile device, "
            "one computer, and Web. `dual`: one device of the native platforms, and Web. `single`: one device. Of "
            "those that may not, the latest login stays; the others are kicked.",
        ),
    ] = "multi"
    web_instances: Annotated[
        int,
        Setting(
            section="login",
            doc="With `login_type` `multi`: how many Web instances of a user may be online.",
            least=1,
            most=10,
            plan="Flagship",
            feature="MultiInstance",
        ),
    ] = 1
    device_instances: Annotated[
        int,
        Setting(
            section="login",
            doc="With `login_type` `multi`: how many devices of each other platform may be online (Android, iPhone, "
            "iPad, Windows, Mac, Linux).",
            least=1,
            most=3,
            plan="Flagship",
            feature="MultiInstance",
        ),
    ] = 1
    clean_pictures: Annotated[
        bool,
        Setting(
            section="messages",
            doc="On: pictures that users send lose what says where, when and with what they were taken. Off: they are "
            "kept byte for byte.",
            heading="files",
        ),
    ] = True
    picture_megabytes: Annotated[
        int,
        Setting(
            section="messages",
            doc="MiB that an uploaded picture or sound may have. The web SDK itself sends no more than 28.",
            least=1,
            most=100,
            heading="files",
            unit="mebibytes",
        ),
    ] = 28
    file_megabytes: Annotated[
        int,
        Setting(
            section="messages",
            doc="MiB that an uploaded file or video may have. The web SDK itself sends no more than 100.",
            least=1,
            most=2000,
            heading="files",
            unit="mebibytes",
        ),
    ] = 100
    default_allow_type: Annotated[
        AllowType,
        Setting(section="friends", doc="Who may add a user as a friend, for users who have not said it themselves."),
    ] = "AllowType_Type_AllowAny"
    user_status: Annotated[
        bool,
        Setting(
            section="accounts",
            doc="On: clients ask for the status of users and are notified of its changes. Off: 72001.",
            plan="Flagship",
            feature="UserStatus",
        ),
    ] = False
    allow_account_deletion: Annotated[
        bool, Setting(section="accounts", doc="Off: account_delete is refused with 71000.")
    ] = True
    deleted_id_days: Annotated[
        int,
        Setting(
            section="accounts",
            doc="For so many days a deleted UserID may not be imported again (70399), but in plan Trial. 0: it may at "
            "once.",
            least=0,
            most=365,
            unit="days",
        ),
    ] = 90
    time_zone: Annotated[
        str,
        Setting(
            section="accounts",
            doc="Where the app's days begin, for statistics: `+09:00`, or a name such as `Europe/Berlin`. What was "
            "counted stays with its day.",
            zone=True,
        ),
    ] = DEFAULT_ZONE
    user_fields: Annotated[
        tuple[UserField, ...],
        Setting(section="accounts", doc="Custom profile fields. Name and type are for ever.", most=20),
    ] = ()
    friend_fields: Annotated[
        tuple[FriendField, ...],
        Setting(section="friends", doc="Custom friend fields. Name and type are for ever.", most=20),
    ] = ()
    group_fields: Annotated[
        tuple[GroupField, ...],
        Setting(section="groups", doc="Custom fields of groups. Names are for ever.", most=10),
    ] = ()
    group_member_fields: Annotated[
        tuple[MemberField, ...],
        Setting(section="groups", doc="Custom fields of members of groups. Names are for ever.", most=5),
    ] = ()
    calls: Annotated[
        bool,
        Setting(
            section="calls",
            doc="On: users get credentials for the operator's TURN and LiveKit servers, which end by themselves. "
            "Off: 60020.",
        ),
    ] = False
    webhooks: Annotated[
        Webhooks,
        Setting(
            section="webhooks",
            doc="Where the app's events go: `url`, `token` (or `token_env`), `commands` (those that are on), "
            "`c2c_failure` and `group_failure` (`deliver` or `refuse`), `retry` (`lasting` or `original`). In the "
            "cloud API: `im:DescribeCallBack` and `im:SetCallBack`.",
        ),
    ] = Webhooks()


class App(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    sdkappid: int
    name: str
    kind: str = ""
    introduction: str = ""
    status: Status = "enabled"
    plan: Plan = "Trial"
    created_at: int = 0
    updated_at: int = 0
    expires_at: int = 0
    expired_at: int = 0
    """Expired since, by time or by the operator: seven days later the app is disabled. 0: it is not."""
    keys: Keys
    admins: frozenset[str] = frozenset((DEFAULT_ADMIN,))
    settings: AppSettings = AppSettings()
    settings_version: int = 1
    """Grows with every change of a setting."""
    section_versions: dict[Section, int] = {}
    """By section, the ``settings_version`` that its latest change made: ask ``section_version``."""
    version: int = 1
    tags: dict[str, str] = {}
    add_ons: AddOns = NO_ADD_ONS
    overrides: Overrides = NO_OVERRIDES
    auto_renew: bool = False
    plan_changed_at: int = 0
    history_changed_at: int = 0
    created_by: int = 0
    """Uin of who created it in the console; 0: the command line or the settings."""
    plan_history_days: int = DEFAULT_HISTORY_DAYS
    """The most days of history that this server's settings let a plan have. Not stored with the app."""
    deleting_at: int = 0
    """Being erased since; 0: it stays. Such an app is disabled too."""

    @property
    def limits(self) -> PlanLimits:
        return effective(self.plan, self.add_ons, self.overrides, self.plan_history_days)

    def section_version(self, section: Section) -> int:
        """The ``settings_version`` since which this section is as it is.

        A node of an older version counts ``settings_version`` alone: then any section may be what it changed.
        """
        if max(self.section_versions.values(), default=0) != self.settings_version:
            return self.settings_version
        return self.section_versions.get(section, 1)

    def with_settings(self, wanted: AppSettings, **changes: Any) -> App:
        """The app with these settings, and ``changes`` of its own fields; a section that differs gets a new version."""
        touched = {
            one.rule.section
            for name, one in declared(type(wanted)).items()
            if getattr(wanted, name) != getattr(self.settings, name)
        }
        if not touched:
            return self
        version = self.settings_version + 1
        sections = {section: self.section_version(section) for section in get_args(Section)}
        sections |= dict.fromkeys(touched, version)
        return msgspec.structs.replace(
            self, settings=wanted, settings_version=version, section_versions=sections, **changes
        )

    def plan_changeable_from(self, now: int) -> int:
        return changeable_from(self.plan_changed_at, now)

    def is_admin(self, user_id: str) -> bool:
        return user_id in self.admins


class AppKey(msgspec.Struct, frozen=True, kw_only=True):
    key_id: int
    algorithm: Literal["HMAC-SHA256", "ECDSA-SHA256"]
    secret: str
    """HMAC: the secret's text. ECDSA: the private key's PEM, or empty when only the public one is kept."""
    public_pem: str = ""
    created_at: int = 0
