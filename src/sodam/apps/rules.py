"""What may be changed of an app: pure functions from an app to the app after the change. They raise ControlError."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET

from sodam import zones
from sodam.apps import plans
from sodam.apps.declared import Declared, OncePerMonth, Section, declared
from sodam.apps.group_fields import MAX_GROUP_FIELD_NAME, WITHOUT_MEMBERS, GroupField, MemberField
from sodam.apps.model import DEFAULT_ADMIN, App, AppSettings, FriendField, Status, UserField
from sodam.apps.plans import OVERRIDE_RANGES, PLANS, Overrides, changeable_from, wire_name
from sodam.apps.webhooks import MAX_TOKEN, SWITCHES, check_url, in_order
from sodam.control import ControlError, conflict, invalid, missing, plan_expired, plan_required
from sodam.errors import Code

replace = msgspec.structs.replace
MAX_ADMINS: Final = 10
MAX_NAME: Final = 64
MAX_INTRODUCTION: Final = 300
MAX_TYPE: Final = 32
MAX_TAGS: Final = 50
MAX_TAG_KEY: Final = 127
MAX_TAG_VALUE: Final = 255
MAX_FIELD_NAME: Final = 8
DECLARED: Final = declared(AppSettings)
"""Every setting, by its field in AppSettings."""
_FIELD_NAME: Final = re.compile(rf"[A-Za-z]{{1,{MAX_FIELD_NAME}}}")
_GROUP_FIELD_NAME: Final = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{MAX_GROUP_FIELD_NAME - 1}}}")
_USER_ID: Final = re.compile(r"[\x20-\x7e]{1,32}")


def text(name: str, value: str, least: int, most: int, *, lines: bool = False) -> str:
    """A text without the blanks around it, of one line unless ``lines``. Raises ControlError."""
    value = value.strip()
    if lines:
        value = value.replace("\r\n", "\n")
    shown = value.replace("\n", "") if lines else value
    if not least <= len(value) <= most or not shown.isprintable():
        message = f"{name} has {least} to {most} printable characters{' and line breaks' if lines else ''}"
        raise invalid(message, detail="TextLength", Field=name, Least=least, Most=most)
    return value


def info(app: App, name: str | None, kind: str | None, introduction: str | None) -> App:
    _not_deleting(app)
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = text("Name", name, 1, MAX_NAME)
    if kind is not None:
        changes["kind"] = text("Type", kind, 0, MAX_TYPE)
    if introduction is not None:
        changes["introduction"] = text("Introduction", introduction, 0, MAX_INTRODUCTION, lines=True)
    return replace(app, **changes)


def tags(app: App, wanted: Mapping[str, str], version: int | None = None) -> App:
    """Replace all tags; with ``version``, only if the app is still the one of that version. Tags grant rights."""
    _not_deleting(app)
    if version not in (None, app.version):
        raise conflict()
    if len(wanted) > MAX_TAGS:
        raise invalid(f"an app has at most {MAX_TAGS} tags", detail="TagsFull", Most=MAX_TAGS)
    for key, value in wanted.items():
        text("Tags.Key", key, 1, MAX_TAG_KEY)
        text("Tags.Value", value, 0, MAX_TAG_VALUE)
        if "&" in key:
            message = "a tag's key has no &: it separates key and value in policies"
            raise invalid(message, detail="TagKeyAmpersand")
    return replace(app, tags={key.strip(): value.strip() for key, value in wanted.items()})


def status(app: App, wanted: Status, now: int, *, operator: bool = False) -> App:
    """Put an app into a state. What was expired comes back by the operator's hand or by an order, not by a mere start.

    ``expired_at`` outlives a stop: stopping and starting an app is no way around an unpaid bill.
    """
    _not_deleting(app)
    if wanted == "enabled":
        if 0 < app.expires_at <= now or (app.expired_at and not operator):
            raise plan_expired()
        return replace(app, status=wanted, expired_at=0)
    if wanted == "expired":
        if app.plan == "Trial":
            raise invalid("the plan Trial does not expire", detail="TrialDoesNotExpire")
        return replace(app, status=wanted, expired_at=app.expired_at or now)
    return replace(app, status=wanted)


def deleting(app: App, confirm_name: str, now: int) -> App:
    """Mark an app for erasing: a disabled one, named by who deletes it."""
    if app.deleting_at:
        raise ControlError("ResourceInUse", "the app is being deleted already", detail="AppBeingDeleted")
    if app.status != "disabled":
        raise ControlError(
            "FailedOperation.AppNotDisabled", "only a disabled app can be deleted", cure="Disable it first."
        )
    if confirm_name != app.name:
        raise invalid("ConfirmName must be the app's name", "ConfirmName")
    return replace(app, deleting_at=now)


def admins(app: App, add: Collection[str], remove: Collection[str]) -> App:
    """Add and remove administrators; ``administrator`` itself stays."""
    _not_deleting(app)
    if DEFAULT_ADMIN in remove:
        message = f"{DEFAULT_ADMIN} is the default and cannot be removed"
        raise invalid(message, detail="DefaultAdministrator", UserID=DEFAULT_ADMIN)
    for user_id in add:
        if not _USER_ID.fullmatch(user_id):
            raise invalid("a UserID has 1 to 32 bytes of printable ASCII", detail="UserIdForm")
    wanted = (app.admins | frozenset(add)) - frozenset(remove)
    if len(wanted) > MAX_ADMINS and len(wanted) > len(app.admins):
        raise ControlError(
            "LimitExceeded.Administrators",
            f"an app has at most {MAX_ADMINS} administrators",
            cure="Remove one first.",
            Most=MAX_ADMINS,
        )
    return replace(app, admins=wanted)


def overrides(app: App, wanted: Overrides) -> App:
    """Replace the operator's limits. Settings that no longer fit are brought into the new limits."""
    for name, (low, high) in OVERRIDE_RANGES.items():
        value = getattr(wanted, name)
        if value is UNSET:
            continue
        if name not in plans.ENFORCED:
            message = f"{wire_name(name)} cannot be set: this version has nothing that obeys it"
            raise ControlError("UnsupportedOperation", message, detail="NotYet", Field=wire_name(name))
        if value is not None and not low <= value <= high:
            message = f"{wire_name(name)} is from {low} to {high}"
            raise invalid(message, detail="NumberRange", Field=wire_name(name), Least=low, Most=high)
    return fit(replace(app, overrides=wanted), app)


def fit(app: App, before: App) -> App:
    """Bring the settings into what plan and limits allow, after either was changed.

    Messages are erased for a limit that was lowered, never for one that was as low before: the server's settings may
    have been changed by mistake.
    """
    changes: dict[str, Any] = {}
    for name, one in DECLARED.items():
        value = getattr(app.settings, name)
        if limit := one.rule.most_of_plan:
            most = getattr(app.limits, limit)
            if value > most < getattr(before.limits, limit):
                changes[name] = most
        if lacking(app, name) and value != one.default:
            changes[name] = one.default
    if not changes:
        return app
    return app.with_settings(replace(app.settings, **changes))


def lacking(app: App, setting: str) -> str:
    """The least plan that has this setting, if the app's does not."""
    needed = DECLARED[setting].rule.plan
    return needed if needed and PLANS.index(app.plan) < PLANS.index(needed) else ""


# Settings: each change names the version that it was made from. Who changes another section is not in its way.


def settings(app: App, version: int, changes: Mapping[str, Any], now: int, *, operator: bool = False) -> App:
    """Change plain settings by their field names in AppSettings.

    What may change once a calendar month is not bound so for the ``operator``, whose changes do not count.
    """
    current = _at_version(app, version, {DECLARED[name].rule.section for name in changes})
    real = {name: value for name, value in changes.items() if getattr(current, name) != value}
    for name in real:
        if needed := lacking(app, name):
            raise plan_required(needed, f"the setting {wire_name(name)}")
    changed: dict[str, Any] = {}
    for name, value in real.items():
        one = DECLARED[name]
        if one.ranged:
            _in_range(one, value, app)
        if one.rule.zone:
            _zone(one, value)
        if one.rule.once_per_month and not operator:
            noted_at = one.rule.once_per_month.noted_at
            _once_per_month(one.rule.once_per_month, getattr(app, noted_at), now)
            changed[noted_at] = now
    return app.with_settings(replace(current, **real), **changed)


def add_user_field(app: App, version: int, field: UserField) -> App:
    current = _at_version(app, version, (DECLARED["user_fields"].rule.section,))
    _check_field("user_fields", field.name, [f.name for f in current.user_fields])
    _check_permissions(field)
    return app.with_settings(replace(current, user_fields=(*current.user_fields, field)))


def modify_user_field(app: App, version: int, field: UserField) -> App:
    """Change a field's permissions; its name and type are for ever."""
    current = _at_version(app, version, (DECLARED["user_fields"].rule.section,))
    old = next((f for f in current.user_fields if f.name == field.name), None)
    if old is None:
        raise missing(f"there is no user field {field.name!r}", detail="NoSuchUserField", Name=field.name)
    if old.type != field.type:
        raise type_fixed()
    _check_permissions(field)
    fields = tuple(field if f.name == field.name else f for f in current.user_fields)
    return app.with_settings(replace(current, user_fields=fields))


def add_friend_field(app: App, version: int, field: FriendField) -> App:
    current = _at_version(app, version, (DECLARED["friend_fields"].rule.section,))
    _check_field("friend_fields", field.name, [f.name for f in current.friend_fields])
    return app.with_settings(replace(current, friend_fields=(*current.friend_fields, field)))


def add_group_field(app: App, version: int, field: GroupField | MemberField) -> App:
    """Add a field of groups or of their members. No name is one of both."""
    setting, other = _settings_of(field)
    current = _at_version(app, version, (DECLARED[setting].rule.section,))
    fields, others = getattr(current, setting), getattr(current, other)
    _check_group_field(setting, field, [f.name for f in fields], [f.name for f in others])
    return app.with_settings(replace(current, **{setting: (*fields, field)}))


def modify_group_field(app: App, version: int, field: GroupField | MemberField) -> App:
    """Change who may read and write a field of groups or of their members, or have further types of groups get it."""
    setting, _ = _settings_of(field)
    current = _at_version(app, version, (DECLARED[setting].rule.section,))
    fields = getattr(current, setting)
    _check_kept(field, fields)
    return app.with_settings(replace(current, **{setting: tuple(field if f.name == field.name else f for f in fields)}))


def webhooks(app: App, version: int, changes: Mapping[str, Any]) -> App:
    """Change where the app's events go, by the fields of ``Webhooks``; ``commands`` replaces all switches."""
    current = _at_version(app, version, (DECLARED["webhooks"].rule.section,))
    if (url := changes.get("url")) and (wrong := check_url(url)):
        raise invalid(f"Url {wrong}", detail="CallbackUrl", Field="Url")
    if unknown := sorted(set(changes.get("commands", ())) - SWITCHES):
        raise invalid(f"{unknown[0][:60]!r} is no callback", detail="CallbackCommand", Field="Commands")
    token = changes.get("token", "")
    if len(token) > MAX_TOKEN or not (token.isascii() and (token.isprintable() or not token)):
        raise invalid(f"Token has at most {MAX_TOKEN} printable ASCII characters", detail="CallbackToken")
    wanted = dict(changes)
    if "commands" in wanted:
        wanted["commands"] = in_order(wanted["commands"])
    return app.with_settings(replace(current, webhooks=replace(current.webhooks, **wanted)))


def type_fixed() -> ControlError:
    return invalid("the type of a field can never change", detail="FieldTypeFixed")


def _at_version(app: App, version: int, sections: Collection[Section]) -> AppSettings:
    """The settings, if these sections are as who read ``version`` has seen them; others may have changed since."""
    _not_deleting(app)
    if version > app.settings_version or any(app.section_version(section) > version for section in sections):
        raise conflict()
    return app.settings


def _in_range(one: Declared, value: int, app: App) -> None:
    low, high = one.range_in(app.limits)
    if high is not None and not low <= value <= high:
        raise ControlError(
            "InvalidParameter",
            f"{one.wire} is from {low} to {high}",
            cure=one.rule.cure,
            detail="NumberRange",
            Field=one.wire,
            Least=low,
            Most=high,
        )


def _zone(one: Declared, value: str) -> None:
    try:
        zones.zone(value)
    except ValueError as error:
        raise invalid(f"{one.wire}: {error}", detail="FieldValue", Field=one.wire) from None


def _once_per_month(rule: OncePerMonth, changed_at: int, now: int) -> None:
    if again := changeable_from(changed_at, now):
        raise ControlError(
            "FailedOperation.OncePerMonth",
            f"{rule.called} may be changed once a calendar month",
            cure="Wait until the first of next month.",
            detail="HistoryOncePerMonth",  # the only one so far: another needs a text of its own
            extra={"From": again},
            FromTime=again,
        )


def _check_field(setting: str, name: str, taken: Collection[str]) -> None:
    if not _FIELD_NAME.fullmatch(name):
        message = f"a field's name has 1 to {MAX_FIELD_NAME} letters A-Z a-z"
        raise invalid(message, detail="FieldNameForm", Least=1, Most=MAX_FIELD_NAME)
    _check_room(setting, name, taken)


def _check_room(setting: str, name: str, taken: Collection[str]) -> None:
    if name in taken:
        raise ControlError("ResourceInUse", f"there is a field {name!r} already", detail="FieldExists", Name=name)
    most = DECLARED[setting].rule.most
    if most is not None and len(taken) >= most:
        raise ControlError("LimitExceeded.Fields", f"at most {most} fields; a field is never deleted", Most=most)


def _settings_of(field: GroupField | MemberField) -> tuple[str, str]:
    """The setting that holds such fields, and the one that holds those of the other kind."""
    both = "group_fields", "group_member_fields"
    return both if isinstance(field, GroupField) else both[::-1]


def _check_group_field(
    setting: str, field: GroupField | MemberField, taken: Collection[str], others: Collection[str]
) -> None:
    if not _GROUP_FIELD_NAME.fullmatch(field.name):
        message = f"a field's name has 1 to {MAX_GROUP_FIELD_NAME} letters, digits and _, and begins with no digit"
        raise invalid(message, detail="GroupFieldNameForm", Most=MAX_GROUP_FIELD_NAME)
    if field.name in others:
        raise ControlError(
            "ResourceInUse", f"there is a field {field.name!r} already", detail="FieldExists", Name=field.name
        )
    _check_room(setting, field.name, taken)
    _check_types(field)


def _check_kept(field: GroupField | MemberField, fields: Collection[GroupField | MemberField]) -> None:
    """Raises ControlError for a field that is not there, and for types of groups that would lose it."""
    old = next((f for f in fields if f.name == field.name), None)
    if old is None:
        raise missing(f"there is no field {field.name!r}", detail="NoSuchGroupField", Name=field.name)
    _check_types(field)
    if lost := sorted({right.type for right in old.rights} - {right.type for right in field.rights}):
        message = f"groups of the type {lost[0]} have the field for ever"
        raise invalid(message, detail="GroupFieldTypeKept", Type=lost[0])


def _check_types(field: GroupField | MemberField) -> None:
    types = [right.type for right in field.rights]
    if not types or len(set(types)) != len(types):
        raise invalid("a field needs types of groups, each once", detail="GroupFieldTypes")
    if isinstance(field, MemberField) and WITHOUT_MEMBERS in types:
        raise invalid(f"members of the type {WITHOUT_MEMBERS} have no fields", detail="GroupFieldTypes")


def _check_permissions(field: UserField) -> None:
    if not (field.app_read or field.admin_read) or not (field.app_write or field.admin_write):
        message = "a field needs at least one read and one write permission"
        raise invalid(message, detail="FieldPermissions")


def _not_deleting(app: App) -> None:
    if app.deleting_at:
        number = int(Code.APP_DISABLED)
        raise ControlError(
            "ResourceInUse", "the app is being deleted", detail="AppBeingDeleted", extra={"ErrorCode": number}
        )
