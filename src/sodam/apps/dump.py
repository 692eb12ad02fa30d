"""An app as the file that ``apply.py`` reads: applied on an empty server, it makes the same app."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, get_args

import msgspec

from sodam.apps.apply import UNLIMITED, WantedPolicy, WantedUser
from sodam.apps.declared import Section, plain
from sodam.apps.model import App, AppKey, AppSettings
from sodam.apps.plans import ENFORCED, Overrides, bought, on_sale
from sodam.apps.webhooks import Webhooks


def dump(app: App, keys: Sequence[AppKey], *, secrets: bool) -> str:
    """TOML. Without ``secrets`` the keys are names of environment variables."""
    lines = [
        "[[app]]",
        f"sdkappid = {app.sdkappid}",
        f"name = {_value(app.name)}",
        f"type = {_value(app.kind)}",
        f"introduction = {_value(app.introduction)}",
        f"plan = {_value(app.plan)}",
        *_keys(app, keys, secrets),
        f"administrators = {_value(sorted(app.admins))}",
        *_table("app.tags", ((_quoted(key), value) for key, value in sorted(app.tags.items()))),
        *_table("app.limits", _limits(app.overrides)),
        *_table("app.add_ons", ((name, value) for name, value in bought(app.add_ons) if on_sale(name))),
    ]
    settings = plain(AppSettings).values()
    for section in get_args(Section):
        here = ((one.name, getattr(app.settings, one.name)) for one in settings if one.rule.section == section)
        lines += _table(f"app.settings.{section}", here)
    lines += _table("app.settings.webhooks", _webhooks(app, secrets))
    for kind in ("user_fields", "friend_fields"):
        for field in getattr(app.settings, kind):
            lines += ["", f"[[app.{kind}]]", *_pairs(msgspec.structs.asdict(field).items())]
    for kind in ("group_fields", "group_member_fields"):
        for one in getattr(app.settings, kind):
            lines += ["", f"[[app.{kind}]]", f"name = {_value(one.name)}"]
            for right in one.rights:
                lines += [f"[[app.{kind}.rights]]", *_pairs(msgspec.structs.asdict(right).items())]
    return "\n".join([*lines, ""])


def dump_access(policies: Sequence[WantedPolicy], users: Sequence[WantedUser]) -> str:
    """The rest of such a file: policies, and the sub-users that have them. Passwords are names of variables."""
    lines: list[str] = []
    for policy in policies:
        facts = {"name": policy.name, "description": policy.description or "", "document": policy.document}
        lines += ["", "[[policy]]", *_pairs(facts.items())]
    for user in users:
        lines += ["", "[[user]]", f"name = {_value(user.name)}", f"remark = {_value(user.remark)}"]
        if user.password_env:
            lines.append(f"password_env = {_value(user.password_env)}")
        lines.append(f"policies = {_value([name for _, name in user.policies])}")
    return "\n".join([*lines, ""]) if lines else ""


def variable_of(user: str, taken: set[str]) -> str:
    """The environment variable for a sub-user's password; no two of ``taken`` are the same."""
    stem = f"USER_{re.sub('[^A-Z0-9]', '_', user.upper())}_PASSWORD"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name)
    return name


def _keys(app: App, keys: Sequence[AppKey], secrets: bool) -> list[str]:
    lines: list[str] = []
    hmac = [key for key in keys if key.algorithm == "HMAC-SHA256"]
    for word, key in zip(("key", "second_key"), hmac, strict=False):
        variable = f"APP_{app.sdkappid}_{word.upper()}"
        lines.append(f"{word} = {_value(key.secret)}" if secrets else f"{word}_env = {_value(variable)}")
    if len(hmac) < len(keys):
        lines.append("# It has an ECDSA key pair too, which such a file does not carry.")
    return lines


def _limits(overrides: Overrides) -> Iterable[tuple[str, object]]:
    for name, value in msgspec.structs.asdict(overrides).items():
        if name in ENFORCED and value is not msgspec.UNSET:
            yield name, UNLIMITED if value is None else value


def _webhooks(app: App, secrets: bool) -> Iterable[tuple[str, object]]:
    for name, value in msgspec.to_builtins(app.settings.webhooks).items():
        if value == getattr(Webhooks(), name):
            continue
        if name != "token":
            yield name, list(value) if isinstance(value, (list, tuple)) else value
        elif secrets:
            yield "token", value
        else:
            yield "token_env", f"APP_{app.sdkappid}_WEBHOOK_TOKEN"


def _table(name: str, pairs: Iterable[tuple[str, object]]) -> list[str]:
    found = _pairs(pairs)
    return ["", f"[{name}]", *found] if found else []


def _pairs(pairs: Iterable[tuple[str, object]]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in pairs]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """A basic string: its escapes are those of JSON, and the one control character that JSON lets be."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
