"""Applying a file of apps, policies and sub-users (``SODAM_APPLY``): checked first, then written, each change audited.

Two nodes may do it at the same moment: rows are locked, names are unique, and whoever finds a thing done leaves it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sodam.access import passwords
from sodam.access.model import MAX_POLICIES, MAX_USERS, MAX_VERSIONS, User
from sodam.access.policy_store import Policy
from sodam.access.presets import Preset
from sodam.access.users import NewUser
from sodam.apps.apply import Key, Wanted, WantedApp, WantedPolicy, WantedUser, changed
from sodam.apps.keys import HMAC, MAX_HMAC_KEYS
from sodam.apps.model import App, AppSettings
from sodam.apps.service import AppExists
from sodam.audit.model import Event
from sodam.audit.service import by_server, document
from sodam.cloudapi.build import app_made
from sodam.cloudapi.plane import ControlPlane
from sodam.cloudapi.run import app_resource
from sodam.control import ControlError
from sodam.usersig import Keys

_FACTS = ("name", "kind", "introduction", "plan", "expires_at", "tags", "admins", "add_ons", "overrides")


async def check(plane: ControlPlane, wanted: Wanted) -> None:
    """Hold the file against the state; nothing is written. Raises ApplyError for the first thing that cannot be."""
    await plane.login.find_owner()
    for one in wanted.apps:
        app = plane.services.apps.get(one.sdkappid) or _blank(plane, one)
        changed(app, one, wanted.source)
        keys = await plane.services.apps.keys(one.sdkappid)
        have = {key.secret for key in keys if key.algorithm == HMAC}
        for key in one.keys:
            have.add(key.secret)
            if len(have) > MAX_HMAC_KEYS:
                raise wanted.wrong(key.line, f"app {one.sdkappid} has {MAX_HMAC_KEYS} other keys already")
    await _check_policies(plane, wanted)
    await _check_users(plane, wanted)


async def apply(plane: ControlPlane, wanted: Wanted) -> int:
    """Make the state what the file says; how many changes that took. Raises as ``check``, before the first change."""
    await check(plane, wanted)
    changes = 0
    for one in wanted.apps:
        changes += await _apply_app(plane, wanted, one)
    for policy in wanted.policies:
        changes += await _apply_policy(plane, wanted, policy)
    for user in wanted.users:
        changes += await _apply_user(plane, wanted, user)
    return changes


# Apps


def _blank(plane: ControlPlane, one: WantedApp) -> App:
    days = plane.services.apps.history_days
    settings = AppSettings(history_days=days)
    keys = Keys(("",))
    return App(
        sdkappid=one.sdkappid, name=one.name, plan=one.plan, keys=keys, settings=settings, plan_history_days=days
    )


async def _apply_app(plane: ControlPlane, wanted: Wanted, one: WantedApp) -> int:
    apps, changes = plane.services.apps, 0
    if apps.get(one.sdkappid) is None:
        secret = one.keys[0].secret if one.keys else None
        try:
            with plane.audit.recording(lambda app: app_made(plane, app)):
                await apps.create(one.name, sdkappid=one.sdkappid, secret=secret, plan=one.plan)
            changes += 1
        except AppExists:  # another node was faster
            await apps.refresh(one.sdkappid)

    def event(edited: tuple[App, App]) -> Event | None:
        before, after = edited
        return None if before is after else _app_event(plane, "sodam:ApplyApp", one.sdkappid, *_differences(*edited))

    with plane.audit.recording(event):
        before, after = await apps.edit(one.sdkappid, lambda app: changed(app, one, wanted.source))
    changes += before is not after
    have = {key.secret for key in await apps.keys(one.sdkappid)}
    for key in one.keys:
        if key.secret not in have:
            changes += await _add_key(plane, wanted, one, key)
    return changes


async def _add_key(plane: ControlPlane, wanted: Wanted, one: WantedApp, key: Key) -> bool:
    def event(_: None) -> Event:
        return _app_event(plane, "im:CreateSecret", one.sdkappid, None, {"Algorithm": HMAC})

    try:
        with plane.audit.recording(event):
            return await plane.app_keys.ensure(one.sdkappid, key.secret)
    except ControlError as error:
        raise wanted.wrong(key.line, error.message) from None


def _app_event(plane: ControlPlane, action: str, sdkappid: int, before: Any, after: Any) -> Event:
    return by_server(
        plane.audit.now(),
        action,
        app_resource(plane.owner_uin, sdkappid),
        about_app=sdkappid,
        before=document(before),
        after=document(after),
    )


def _differences(old: App, new: App) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, before and after."""
    facts: list[dict[str, Any]] = []
    for app in (old, new):
        flat = {name: getattr(app, name) for name in _FACTS} | msgspec.structs.asdict(app.settings)
        facts.append(msgspec.to_builtins(flat | {"admins": sorted(app.admins)}))
    before, after = facts
    names = [name for name in after if before[name] != after[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


# Policies


async def _check_policies(plane: ControlPlane, wanted: Wanted) -> None:
    presets, custom = await plane.policies.all()
    known = {policy.name: policy for policy in custom}
    missing = 0
    for one in wanted.policies:
        if one.name in {preset.name for preset in presets}:
            raise wanted.wrong(one.line, f"{one.name} is a preset policy, which cannot be changed")
        try:
            plane.policies.check_new(one.name, one.document, one.description or "")
        except ControlError as error:
            raise wanted.wrong(one.line, f"policy {one.name}: {error.message}") from None
        found = known.get(one.name)
        missing += found is None
        if found is None or await plane.policies.document(found) == one.document:
            continue
        if len(await plane.policies.versions(found)) >= MAX_VERSIONS:
            raise wanted.wrong(one.line, f"policy {one.name} has {MAX_VERSIONS} versions: delete one not in force")
    if len(custom) + missing > MAX_POLICIES:
        raise wanted.wrong(wanted.policies[-1].line, f"there are at most {MAX_POLICIES} custom policies")


async def _apply_policy(plane: ControlPlane, wanted: Wanted, one: WantedPolicy) -> int:
    facts = {"PolicyName": one.name, "Description": one.description, "Document": one.document}

    def event(action: str, before: Any, done: object) -> Event | None:
        if not done:
            return None
        return by_server(plane.audit.now(), action, "*", before=document(before), after=document(facts))

    try:
        return await _put_policy(plane, one, event)
    except ControlError as error:
        raise wanted.wrong(one.line, f"policy {one.name}: {error.message}") from None


async def _policy_named(plane: ControlPlane, name: str) -> Policy | Preset | None:
    try:
        return await plane.policies.named(name)
    except ControlError:
        return None


async def _put_policy(plane: ControlPlane, one: WantedPolicy, event: Any) -> int:
    policies = plane.policies
    found = await _policy_named(plane, one.name)
    if found is None:
        try:
            with plane.audit.recording(lambda made: event("cam:CreatePolicy", None, made)):
                await policies.create(one.name, one.document, description=one.description or "")
            return 1
        except ControlError:
            found = await _policy_named(plane, one.name)
            if found is None:
                raise
            # Another node was faster: the name is taken by it, and its policy may be the last that there is room for.
    if isinstance(found, Preset):
        raise ControlError("OperationDenied", "a preset policy cannot be changed", detail="PresetPolicy")
    before = {"PolicyName": found.name, "Description": found.description, "Document": await policies.document(found)}
    same = before["Document"] == one.document and one.description in (None, found.description)
    if same:
        return 0
    with plane.audit.recording(lambda done: event("cam:UpdatePolicy", before, done)):
        return int(await policies.update(found, one.description, one.document))


# Sub-users


async def _check_users(plane: ControlPlane, wanted: Wanted) -> None:
    presets, custom = await plane.policies.all()
    known = {preset.name for preset in presets} | {policy.name for policy in custom}
    known |= {policy.name for policy in wanted.policies}
    users = {user.name.lower() for user in await plane.users.all()}
    missing = 0
    for one in wanted.users:
        for line, policy in one.policies:
            if policy not in known:
                raise wanted.wrong(line, f'unknown policy "{policy}"')
        if one.name.lower() in users:
            continue
        missing += 1
        if one.password_env and not one.password:
            raise wanted.wrong(one.line, f"user {one.name}: the environment has no {one.password_env}")
        try:
            plane.users.check_name(one.name)
            if one.password:
                passwords.check_password(one.password, (await plane.security.passwords()).rules)
        except ControlError as error:
            raise wanted.wrong(one.line, f"user {one.name}: {error.message}") from None
    if len(users) + missing > MAX_USERS:
        raise wanted.wrong(wanted.users[-1].line, f"there are at most {MAX_USERS} sub-users")


async def _apply_user(plane: ControlPlane, wanted: Wanted, one: WantedUser) -> int:
    try:
        user, changes = await _user(plane, one)
        for _, name in one.policies:
            changes += await _attach(plane, user, name)
    except ControlError as error:
        raise wanted.wrong(one.line, f"user {one.name}: {error.message}") from None
    return changes


async def _existing(plane: ControlPlane, name: str) -> User | None:
    return next((user for user in await plane.users.all() if user.name.lower() == name.lower()), None)


async def _user(plane: ControlPlane, one: WantedUser) -> tuple[User, int]:
    found = await _existing(plane, one.name)
    if found is not None:
        return found, 0
    blank = User(uin=0, root=False, name=one.name, uid=0, remark=one.remark, console_login=bool(one.password))
    made: NewUser = await plane.users.prepare(blank, one.password, use_api=False)
    facts = {"Name": one.name, "Remark": one.remark, "ConsoleLogin": int(blank.console_login), "Uin": made.user.uin}
    try:
        with plane.audit.recording(lambda _: by_server(plane.audit.now(), "cam:AddUser", "*", after=document(facts))):
            await plane.users.add([made])
    except ControlError:
        found = await _existing(plane, one.name)
        if found is None:
            raise
        return found, 0  # another node was faster
    return made.user, 1


async def _attach(plane: ControlPlane, user: User, name: str) -> int:
    policy = await plane.policies.named(name)
    number = policy.policy_id if isinstance(policy, Preset) else policy.id
    if any(item.policy_id == number for item in await plane.policies.attached("user", user.uin)):
        return 0
    facts = {"PolicyName": name, "Name": user.name}

    def event(added: int) -> Event | None:
        if not added:
            return None
        return by_server(plane.audit.now(), "cam:AttachUserPolicy", "*", after=document(facts))

    with plane.audit.recording(event):
        return await plane.policies.attach(number, "user", [user.uin], 0)
