"""Apps as a file describes them: read and checked as a whole, and what the file wants changed of an app.

The file is TOML (docs/guide.md, "An app without a click"). What it does not name is left alone: lists are added to,
nothing is taken away. Pure: who reads the state and writes it is ``cloudapi/apply.py``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, cast, get_args

import msgspec

from sodam.apps import rules
from sodam.apps.declared import Declared, Section, plain
from sodam.apps.group_fields import LEVELS, GroupField, GroupFieldRight, MemberField, MemberFieldRight, TypeOfGroup
from sodam.apps.model import App, AppSettings, FieldType, FriendField, Plan, UserField
from sodam.apps.orders import carried
from sodam.apps.plans import ENFORCED, NO_ADD_ONS, PLANS, AddOns, Overrides, misfit, on_sale
from sodam.apps.toml_lines import Lines
from sodam.apps.toml_table import ApplyError, Table
from sodam.apps.webhooks import Failure, Retry
from sodam.control import ControlError, plan_expired
from sodam.settings import DEFAULT_PLAN, MAX_KEY_CHARS, MAX_SDKAPPID

replace = msgspec.structs.replace
Change = Callable[[App], App]
UNLIMITED: Final = "unlimited"
MAX_REMARK: Final = 200
"""Characters, as in the console."""
_PERMISSIONS: Final = ("app_read", "app_write", "admin_read", "admin_write")


class Step(msgspec.Struct, frozen=True):
    """One thing that the file says of an app."""

    line: int
    change: Change


class Key(msgspec.Struct, frozen=True):
    line: int
    secret: str


class WantedApp(msgspec.Struct, frozen=True):
    line: int
    sdkappid: int
    name: str
    plan: Plan
    """Of a new app: the file's, or the server's default."""
    keys: tuple[Key, ...]
    steps: tuple[Step, ...]


class WantedPolicy(msgspec.Struct, frozen=True):
    line: int
    name: str
    document: str
    description: str | None


class WantedUser(msgspec.Struct, frozen=True):
    line: int
    name: str
    remark: str
    password: str
    """Used when the user is created; empty: no console access."""
    password_env: str
    """The environment variable of the password, where it is not set; it matters only for a user to be created."""
    policies: tuple[tuple[int, str], ...]
    """Line and name."""


class Wanted(msgspec.Struct, frozen=True):
    """A whole file."""

    source: str
    apps: tuple[WantedApp, ...]
    policies: tuple[WantedPolicy, ...]
    users: tuple[WantedUser, ...]

    def wrong(self, line: int, message: str) -> ApplyError:
        return ApplyError(f"{self.source}:{line}: {message}")


def load(path: Path, env: Mapping[str, str]) -> Wanted:
    """The file, read and checked for names and forms. Raises ApplyError for the first fault of it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ApplyError(f"cannot read the file of apps {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ApplyError(f"{path} is not UTF-8 text") from None
    return parse(text, path.name, env)


def parse(text: str, source: str, env: Mapping[str, str]) -> Wanted:
    """As ``load``, from the text; ``source`` is the file's name in refusals."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = " ".join(str(error).split())
        place = re.search(r" \(at line (\d+), column \d+\)$", said)
        line = place[1] if place else text.count("\n") + 1
        raise ApplyError(f"{source}:{line}: no TOML: {said[: place.start()] if place else said}") from None
    except RecursionError:
        raise ApplyError(f"{source}: a value is nested too deeply") from None
    top = Table(source, Lines(text), (), document, env)
    wanted = Wanted(
        source,
        tuple(_once(top, "app", [_app(table) for table in top.tables("app")], lambda one: one.sdkappid)),
        tuple(_once(top, "policy", [_policy(table) for table in top.tables("policy")], lambda one: one.name)),
        tuple(_once(top, "user", [_user(table) for table in top.tables("user")], lambda one: one.name.lower())),
    )
    top.end()
    return wanted


def changed(app: App, wanted: WantedApp, source: str) -> App:
    """The app as the file wants it; the app itself if it is so already. Raises ApplyError with the line."""
    for step in wanted.steps:
        try:
            app = step.change(app)
        except ControlError as error:
            raise ApplyError(f"{source}:{step.line}: app {wanted.sdkappid}: {error.message}") from None
    return app


def _once(top: Table, kind: str, found: list[Any], name: Callable[[Any], Any]) -> list[Any]:
    seen = set()
    for one in found:
        if name(one) in seen:
            raise ApplyError(f"{top._source}:{one.line}: the same {kind} is described twice")
        seen.add(name(one))
    return found


def _app(table: Table) -> WantedApp:
    sdkappid = table.number("sdkappid")
    if sdkappid is None or not 0 < sdkappid <= MAX_SDKAPPID:
        raise table.wrong("sdkappid", f"an app needs sdkappid, a number from 1 to {MAX_SDKAPPID}")
    name, kind, about = table.text("name"), table.text("type"), table.text("introduction")
    steps = [Step(table.at("name"), lambda app: rules.info(app, name, kind, about))]
    keys = tuple(key for word in ("key", "second_key") if (key := _key(table, word)))
    plan = cast("Plan | None", table.choice("plan", PLANS))
    if plan is not None:
        steps.append(Step(table.at("plan"), partial(_planned, plan=plan)))
    steps += _limits(table.table("limits")) + _add_ons(table.table("add_ons"))
    tags = table.table("tags")
    if wanted := {key: tags.text(key) or "" for key in list(tags._left)}:
        steps.append(Step(tags.line, lambda app: rules.tags(app, app.tags | wanted)))
    if admins := table.texts("administrators"):
        steps.append(Step(table.at("administrators"), lambda app: rules.admins(app, admins, ())))
    steps += _settings(table.table("settings"))
    for field in table.tables("user_fields"):
        steps.append(_user_field(field))
    for field in table.tables("friend_fields"):
        steps.append(_friend_field(field))
    for field in table.tables("group_fields"):
        steps.append(_group_field(field, of_members=False))
    for field in table.tables("group_member_fields"):
        steps.append(_group_field(field, of_members=True))
    table.end()
    return WantedApp(table.line, sdkappid, name or f"app {sdkappid}", plan or DEFAULT_PLAN, keys, tuple(steps))


def _key(table: Table, word: str) -> Key | None:
    secret, unset = table.secret(word)
    if unset:
        raise table.wrong(f"{word}_env", f"the environment has no {unset}")
    if secret is None:
        return None
    line = min(table.at(word), table.at(f"{word}_env"), key=lambda at: (at == table.line, at))
    if not (0 < len(secret) <= MAX_KEY_CHARS and secret.isascii() and secret.isprintable()):
        raise ApplyError(f"{table._source}:{line}: a key has 1 to {MAX_KEY_CHARS} printable ASCII characters")
    return Key(line, secret)


def _planned(app: App, plan: Plan) -> App:
    if plan == app.plan:
        return app
    if app.status == "expired":
        raise plan_expired()
    ends = 0 if "Trial" in (plan, app.plan) else app.expires_at
    after = replace(app, plan=plan, add_ons=carried(app.add_ons, plan, NO_ADD_ONS), expires_at=ends)
    return rules.fit(after, app)


def _limits(table: Table) -> list[Step]:
    found: dict[str, Any] = {}
    line = table.line
    for name in Overrides.__struct_fields__:
        if name in ENFORCED and name in table._left:
            endless = name == "accounts" and table._left[name] == UNLIMITED
            found[name] = None if endless and table.text(name) else table.number(name)
    table.end("limit")
    return [Step(line, lambda app: rules.overrides(app, replace(app.overrides, **found)))] if found else []


def _add_ons(table: Table) -> list[Step]:
    found = {
        name: table.number(name) or None for name in AddOns.__struct_fields__ if name in table._left and on_sale(name)
    }
    table.end("add-on")

    def change(app: App) -> App:
        wanted = replace(app.add_ons, **found)
        if refused := misfit(app.plan, wanted):
            raise refused
        return replace(app, add_ons=wanted)

    return [Step(table.line, change)] if found else []


def _settings(table: Table) -> list[Step]:
    steps: list[Step] = []
    known = plain(AppSettings)
    for section in get_args(Section):
        part = table.table(section)
        if section == "webhooks":
            steps += _webhooks(part)
        for name in list(part._left):
            one = known.get(name)
            if one is None:
                continue
            if one.rule.section != section:
                raise part.wrong(name, f'"{name}" belongs to [app.settings.{one.rule.section}]')
            steps.append(Step(part.at(name), partial(_set, name=name, value=_value(part, one))))
        part.end("setting")
    table.end("section of settings")
    return steps


def _webhooks(table: Table) -> list[Step]:
    """Its commands replace those that are on: which are wanted is one decision."""
    found: dict[str, Any] = {"url": table.text("url")}
    found["token"], unset = table.secret("token")
    if unset:
        raise table.wrong("token_env", f"the environment has no {unset}")
    if "commands" in table._left:
        found["commands"] = tuple(table.texts("commands"))
    found["c2c_failure"] = table.choice("c2c_failure", get_args(Failure))
    found["group_failure"] = table.choice("group_failure", get_args(Failure))
    found["retry"] = table.choice("retry", get_args(Retry))
    changes = {name: value for name, value in found.items() if value is not None}
    return [Step(table.line, lambda app: rules.webhooks(app, app.settings_version, changes))] if changes else []


def _value(table: Table, one: Declared) -> object:
    if one.choices:
        return table.choice(one.name, one.choices)
    if one.type is bool:
        return table.take(one.name, bool, "true or false")
    if one.type is not int:
        return table.text(one.name)
    value = table.number(one.name)
    low, high = one.rule.least or 0, one.rule.most
    if value is not None and (value < low or (high is not None and value > high)):
        raise table.wrong(one.name, f"{one.name} is from {low} to {high or 'the limit of the app'}")
    return value


def _set(app: App, name: str, value: object) -> App:
    return rules.settings(app, app.settings_version, {name: value}, 0, operator=True)


def _field(table: Table) -> tuple[str, FieldType | None]:
    types: tuple[FieldType, ...] = get_args(FieldType)
    return table.needed("name"), cast("FieldType | None", table.choice("type", types))


def _user_field(table: Table) -> Step:
    name, kind = _field(table)
    given = {word: value for word in _PERMISSIONS if (value := table.take(word, bool, "true or false")) is not None}
    table.end()

    def change(app: App) -> App:
        old = next((field for field in app.settings.user_fields if field.name == name), None)
        if old is None:
            return rules.add_user_field(app, app.settings_version, UserField(name=name, type=kind or "string", **given))
        return rules.modify_user_field(app, app.settings_version, replace(old, type=kind or old.type, **given))

    return Step(table.line, change)


def _friend_field(table: Table) -> Step:
    name, kind = _field(table)
    table.end()

    def change(app: App) -> App:
        old = next((field for field in app.settings.friend_fields if field.name == name), None)
        if old is None:
            return rules.add_friend_field(app, app.settings_version, FriendField(name=name, type=kind or "string"))
        if kind not in (None, old.type):
            raise rules.type_fixed()
        return app

    return Step(table.line, change)


def _rights(table: Table) -> tuple[str, list[dict[str, Any]]]:
    """The name of a field of groups or members, and what the file says of its rights; what it does not, is left."""
    name, found = table.needed("name"), []
    for right in table.tables("rights"):
        said: dict[str, Any] = {"type": right.choice("type", get_args(TypeOfGroup))}
        if said["type"] is None:
            raise right.wrong("type", "rights without type")
        said |= {word: right.choice(word, LEVELS) for word in ("read", "write")}
        said["own"] = right.take("own", bool, "true or false")
        right.end()
        found.append({word: value for word, value in said.items() if value is not None})
    table.end()
    return name, found


def _group_field(table: Table, *, of_members: bool) -> Step:
    """A field of groups, or of their members."""
    name, said = _rights(table)
    if not of_members and any("own" in one for one in said):
        raise table.wrong("rights", "own: only fields of members have it")

    def change(app: App) -> App:
        fields: Sequence[GroupField | MemberField]
        fields = app.settings.group_member_fields if of_members else app.settings.group_fields
        old = next((field for field in fields if field.name == name), None)
        rights: dict[str, Any] = {right.type: right for right in old.rights} if old else {}
        for one in said:
            kind = one["type"]
            new = MemberFieldRight if of_members else GroupFieldRight
            rights[kind] = replace(rights[kind], **one) if kind in rights else new(**one)
        found = (MemberField if of_members else GroupField)(name=name, rights=tuple(rights.values()))
        return (rules.modify_group_field if old else rules.add_group_field)(app, app.settings_version, found)

    return Step(table.line, change)


def _policy(table: Table) -> WantedPolicy:
    name, document = table.needed("name"), table.needed("document")
    wanted = WantedPolicy(table.at("document"), name, document, table.text("description"))
    table.end()
    return wanted


def _user(table: Table) -> WantedUser:
    name, remark = table.needed("name"), table.text("remark") or ""
    if len(remark) > MAX_REMARK:
        raise table.wrong("remark", f"remark: at most {MAX_REMARK} characters")
    password, unset = table.secret("password")
    policies = tuple((table.at("policies"), policy) for policy in table.texts("policies"))
    table.end()
    return WantedUser(table.line, name, remark, password or "", unset, policies)
