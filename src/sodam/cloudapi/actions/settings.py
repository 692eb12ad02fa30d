"""An app's settings: one versioned document, changed with optimistic locking (console.md section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast, get_args

import msgspec

from sodam.apps import rules
from sodam.apps.declared import Declared, Section, Unit, change_fields, plain, range_fields, value_fields
from sodam.apps.group_fields import MAX_GROUP_FIELD_NAME, Level, TypeOfGroup
from sodam.apps.model import App, AppSettings, FieldType, FriendField, UserField
from sodam.apps.plans import changeable_from
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Id, OfApp
from sodam.profiles.model import STANDARD
from sodam.relations import model as relations

_PLAIN: Final = plain(AppSettings)


class UserFieldView(msgspec.Struct):
    """A custom profile field; on the wire ``Tag_Profile_Custom_`` + name."""

    Name: Annotated[str, msgspec.Meta(max_length=rules.MAX_FIELD_NAME)]
    Type: FieldType
    AppRead: bool = True
    AppWrite: bool = True
    AdminRead: bool = True
    AdminWrite: bool = True


class FriendFieldView(msgspec.Struct):
    """A custom friend field; on the wire ``Tag_SNS_Custom_`` + name."""

    Name: Annotated[str, msgspec.Meta(max_length=rules.MAX_FIELD_NAME)]
    Type: FieldType


class GroupRight(msgspec.Struct):
    """Who may read and write a custom field in groups of one type."""

    Type: TypeOfGroup
    Read: Level = "member"
    Write: Level = "admin"


class GroupFieldView(msgspec.Struct):
    """A custom field of groups, in ``AppDefinedData``."""

    Name: Annotated[str, msgspec.Meta(max_length=MAX_GROUP_FIELD_NAME)]
    Rights: list[GroupRight]


class MemberRight(msgspec.Struct):
    """As ``GroupRight``; ``Own``: members read and write their own value, whatever their role."""

    Type: TypeOfGroup
    Read: Level = "member"
    Write: Level = "admin"
    Own: bool = True


class GroupMemberFieldView(msgspec.Struct):
    """A custom field of members of groups, in ``AppMemberDefinedData``."""

    Name: Annotated[str, msgspec.Meta(max_length=MAX_GROUP_FIELD_NAME)]
    Rights: list[MemberRight]


class LockedSetting(msgspec.Struct):
    Setting: str
    Plan: str
    """The least plan that has it."""
    Why: str


class SettingForm(msgspec.Struct, kw_only=True):
    """A setting as a form shows it, made of its declaration."""

    Setting: str
    """Its name in Ability and in SetAbilityConfInfo; the texts of the console go by it."""
    Heading: str
    Type: Literal["switch", "number", "choice", "zone"]
    Value: bool | int | str
    Default: bool | int | str
    Min: int | None = None
    Max: int | None = None
    Unit: Unit = ""
    Values: list[str] = []
    """Of a choice."""
    NeedsPlan: str = ""
    """The least plan that has it, where the app's does not."""
    ChangeableFrom: int = 0
    """Unix seconds; 0: now."""
    LoweringErases: bool = False


class SectionView(msgspec.Struct):
    """The settings that one version counts: changes of different sections do not collide."""

    Section: Section
    Version: Id
    """The app's ``Version`` that the latest change of this section made."""
    Settings: list[SettingForm]


class MinMax(msgspec.Struct):
    Min: int
    Max: int


class FieldLimits(msgspec.Struct):
    Max: int
    NameMax: int


class ProfileFieldRule(msgspec.Struct):
    """What a standard profile field takes."""

    Tag: str
    Type: Literal["string", "bytes", "uint32", "uint64"]
    MaxBytes: int
    """Of a text, as UTF-8."""
    Values: list[str]
    """All that it takes, when it is an enumeration; otherwise empty."""


class RelationLimits(msgspec.Struct):
    """Bytes that texts may have; ``Groups`` is how many, ``Source`` letters after ``AddSource_Type_``."""

    Remark: int = relations.MAX_REMARK
    Wording: int = relations.MAX_WORDING
    GroupName: int = relations.MAX_GROUP_NAME
    Groups: int = relations.MAX_GROUPS
    Source: int = relations.MAX_SOURCE


if TYPE_CHECKING:

    class Ranges:
        """The least and greatest of every number that has a range, and limits of texts and lists."""

        def __init__(self, **fields: Any) -> None: ...

    class Ability:
        """The settings by their wire names, with their version, ranges and locks."""

        def __init__(self, **fields: Any) -> None: ...

else:
    Ranges = msgspec.defstruct(
        "Ranges",
        [
            *range_fields(AppSettings, MinMax),
            ("UserFields", FieldLimits),
            ("FriendFields", FieldLimits),
            ("GroupFields", FieldLimits),
            ("GroupMemberFields", FieldLimits),
            ("Profile", list[ProfileFieldRule]),
            ("Relations", RelationLimits),
            ("CustomValueMax", int, relations.MAX_CUSTOM),  # bytes of a custom field's text
        ],
        kw_only=True,
    )
    Ability = msgspec.defstruct(
        "Ability",
        [
            ("Version", Id),
            *value_fields(AppSettings),
            ("UserFields", list[UserFieldView]),
            ("FriendFields", list[FriendFieldView]),
            ("GroupFields", list[GroupFieldView]),
            ("GroupMemberFields", list[GroupMemberFieldView]),
            ("Locked", list[LockedSetting]),
            ("Ranges", Ranges),
            ("Sections", list[SectionView]),
        ],
        kw_only=True,
    )


_PROFILE = [
    ProfileFieldRule(field.tag, field.type, field.limit, sorted(field.values or ())) for field in STANDARD.values()
]


def _user_field(field: UserField) -> UserFieldView:
    return UserFieldView(field.name, field.type, field.app_read, field.app_write, field.admin_read, field.admin_write)


def _field_of(view: UserFieldView) -> UserField:
    return UserField(
        name=view.Name,
        type=view.Type,
        app_read=view.AppRead,
        app_write=view.AppWrite,
        admin_read=view.AdminRead,
        admin_write=view.AdminWrite,
    )


def _values(call: Call, app: App) -> Iterator[tuple[str, object]]:
    for one in _PLAIN.values():
        yield one.wire, getattr(app.settings, one.name)
        if one.rule.once_per_month:
            yield f"{one.wire}ChangeableFrom", _changeable_from(call, app, one)


def _changeable_from(call: Call, app: App, one: Declared) -> int:
    """Unix seconds from which the caller may change it; 0: now."""
    rule = one.rule.once_per_month
    if rule is None or call.caller.user.root:
        return 0
    return changeable_from(getattr(app, rule.noted_at), int(call.plane.clock()))


def _form(call: Call, app: App, one: Declared) -> SettingForm:
    low, high = one.range_in(app.limits) if one.ranged else (None, None)
    return SettingForm(
        Setting=one.wire,
        Heading=one.heading,
        Type=cast("Literal['switch', 'number', 'choice', 'zone']", one.kind),
        Value=getattr(app.settings, one.name),
        Default=one.default,
        Min=low,
        Max=high,
        Unit=one.rule.unit,
        Values=list(one.choices),
        NeedsPlan=rules.lacking(app, one.name),
        ChangeableFrom=_changeable_from(call, app, one),
        LoweringErases=one.rule.lowering_erases,
    )


def _sections(call: Call, app: App) -> list[SectionView]:
    forms = [(one.rule.section, _form(call, app, one)) for one in _PLAIN.values()]
    return [
        SectionView(section, app.section_version(section), [form for where, form in forms if where == section])
        for section in get_args(Section)
        if any(where == section for where, _ in forms)
    ]


def _ranges(app: App) -> Ranges:
    numbers = {one.wire: MinMax(*one.range_in(app.limits)) for one in _PLAIN.values() if one.ranged}
    return Ranges(
        **numbers,
        UserFields=_field_limits("user_fields"),
        FriendFields=_field_limits("friend_fields"),
        GroupFields=_field_limits("group_fields", MAX_GROUP_FIELD_NAME),
        GroupMemberFields=_field_limits("group_member_fields", MAX_GROUP_FIELD_NAME),
        Profile=_PROFILE,
        Relations=RelationLimits(),
    )


def _field_limits(setting: str, name_max: int = rules.MAX_FIELD_NAME) -> FieldLimits:
    return FieldLimits(rules.DECLARED[setting].rule.most or 0, name_max)


def _ability(call: Call, app: App) -> Ability:
    return Ability(
        Version=app.settings_version,
        **dict(_values(call, app)),
        UserFields=[_user_field(field) for field in app.settings.user_fields],
        FriendFields=[FriendFieldView(field.name, field.type) for field in app.settings.friend_fields],
        GroupFields=[
            GroupFieldView(field.name, [GroupRight(r.type, r.read, r.write) for r in field.rights])
            for field in app.settings.group_fields
        ],
        GroupMemberFields=[
            GroupMemberFieldView(field.name, [MemberRight(r.type, r.read, r.write, r.own) for r in field.rights])
            for field in app.settings.group_member_fields
        ],
        Locked=[
            LockedSetting(one.wire, plan, f"this setting needs the plan {plan}")
            for one in _PLAIN.values()
            if (plan := rules.lacking(app, one.name))
        ],
        Ranges=_ranges(app),
        Sections=_sections(call, app),
    )


@action("im", "DescribeAbilityConfInfo", kind="read", level="app")
async def describe_ability_conf_info(call: Call, request: OfApp) -> Ability:
    """An app's settings with their version, their ranges, and what the plan locks."""
    return _ability(call, call.the_app)


async def change_settings(call: Call, fn: Callable[[App], App]) -> Ability:
    call.changed_by(_differences)
    _, after = await call.plane.services.apps.edit(call.the_app.sdkappid, fn)
    return _ability(call, after)


def _differences(edited: tuple[App, App]) -> tuple[dict[str, object], dict[str, object]]:
    old, new = (msgspec.to_builtins(app.settings) for app in edited)
    names = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


class AtVersion(OfApp):
    Version: Id
    """As it was read: when somebody else has changed the same section since, nothing is written."""


if TYPE_CHECKING:

    class SetAbilityConfInfo(AtVersion):
        """Made of the declarations; what is left out stays."""

else:
    SetAbilityConfInfo = msgspec.defstruct(
        "SetAbilityConfInfo", change_fields(AppSettings), bases=(AtVersion,), module=__name__
    )


@action("im", "SetAbilityConfInfo", kind="write", level="app")
async def set_ability_conf_info(call: Call, request: SetAbilityConfInfo) -> Ability:
    """Change settings, in force on every node within seconds. The message history may change once a month.

    Root may change it at any time.
    """
    changes = {one.name: value for one in _PLAIN.values() if (value := getattr(request, one.wire)) is not None}
    now, root = int(call.plane.clock()), call.caller.user.root
    return await change_settings(call, lambda app: rules.settings(app, request.Version, changes, now, operator=root))


class UserFieldChange(AtVersion):
    Field: UserFieldView


@action("im", "AddUserField", kind="write", level="app")
async def add_user_field(call: Call, request: UserFieldChange) -> Ability:
    """Add a custom profile field. Name and type are for ever, and it is never deleted."""
    return await change_settings(call, lambda app: rules.add_user_field(app, request.Version, _field_of(request.Field)))


@action("im", "ModifyUserField", kind="write", level="app")
async def modify_user_field(call: Call, request: UserFieldChange) -> Ability:
    """Change who may read and write a custom profile field."""
    return await change_settings(
        call, lambda app: rules.modify_user_field(app, request.Version, _field_of(request.Field))
    )


class FriendFieldChange(AtVersion):
    Field: FriendFieldView


@action("im", "AddFriendField", kind="write", level="app")
async def add_friend_field(call: Call, request: FriendFieldChange) -> Ability:
    """Add a custom friend field. Name and type are for ever, and it is never deleted."""
    field = FriendField(name=request.Field.Name, type=request.Field.Type)
    return await change_settings(call, lambda app: rules.add_friend_field(app, request.Version, field))
