"""What is checked and put together when a group is made."""

from __future__ import annotations

import secrets

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import custom, store
from sodam.groups.core import MAX_COMMUNITIES, MAX_GROUPS, Operator
from sodam.groups.events import GroupAdded, GroupNamed
from sodam.groups.model import ASSIGNED, Group, Newcomer, Profile, Wanted
from sodam.groups.options import history_option
from sodam.groups.types import COMMUNITY, TYPES, GroupType, Role
from sodam.storage import Tx, hold

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TRIES = 5


def blank(app: App, wanted: Wanted) -> Profile:
    kind = wanted.kind
    return Profile(
        name="",
        apply_option=kind.apply_option,
        invite_option=kind.invite_option,
        history_option=history_option(app, kind.name),
        support_topic=wanted.support_topic,
    )


def check_custom(app: App, operator: Operator, wanted: Wanted) -> None:
    """Raises ApiError 10004, 10007 for values of custom fields that may not be written; who makes a group owns it."""
    kind, role = wanted.kind.name, Role.AppAdmin if operator.admin else Role.Owner
    custom.check_group(app, kind, role, wanted.changes.custom or {})
    for newcomer in wanted.newcomers:
        own = newcomer.user_id == operator.user_id
        custom.check_member(app, kind, role, newcomer.custom, own=own)


def first_members(wanted: Wanted) -> list[Newcomer]:
    """The owner and the others, each once; nobody in a live room."""
    if not wanted.kind.stores_members:
        return []
    first = [Newcomer(wanted.owner, Role.Owner)] if wanted.owner else []
    others = {n.user_id: n for n in wanted.newcomers if n.user_id != wanted.owner}
    return first + list(others.values())


def check_offered(app: App, wanted: Wanted) -> None:
    """Raises ApiError 11000 for what the app's settings do not offer, 10004 for topics where there can be none."""
    if wanted.kind.has_topics and not app.settings.community:
        raise ApiError(Code.COMMUNITY_DISABLED)
    if wanted.support_topic and not wanted.kind.has_topics:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"{wanted.kind.name} groups have no topics")
    if wanted.support_topic and not app.settings.community_topics:
        raise ApiError(Code.COMMUNITY_DISABLED, "topics are switched off for this app")


def most_members(app: App, wanted: Wanted) -> int:
    return wanted.max_members or wanted.kind.most_members or app.limits.group_members


def check_size(app: App, kind: GroupType, max_members: int, members: int) -> None:
    """Raises ApiError 10004 for a limit above the plan's, 10038 for more members than there may be."""
    most = kind.most_members or app.limits.group_members
    if max_members > most:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"a group of this app has at most {most} members")
    if members > (max_members or most):
        raise ApiError(Code.GROUP_MEMBER_QUOTA)


def named(group: Group) -> GroupNamed:
    return GroupNamed(app=group.app, group_id=group.group_id, group_type=group.type, name=group.profile.name)


async def check_quota(tx: Tx, app: App, type_name: str) -> None:
    """Holds the app's quota, if it has one, until ``tx`` ends. Raises ApiError 10036, 10058."""
    rooms = None if TYPES[type_name].stores_members else app.limits.avchatrooms
    groups = MAX_GROUPS.get(app.plan)
    community = type_name == COMMUNITY
    if rooms is None and groups is None and not community:
        return
    await hold(tx, f"groups:{app.sdkappid}")
    if rooms is not None and await store.at_least(tx, app.sdkappid, rooms, type_name):
        raise ApiError(Code.GROUP_AVCHATROOM_QUOTA)
    if community and await store.at_least(tx, app.sdkappid, MAX_COMMUNITIES, type_name):
        raise ApiError(Code.GROUP_AVCHATROOM_QUOTA, f"the app may not have more than {MAX_COMMUNITIES} communities")
    if groups is not None and await store.at_least(tx, app.sdkappid, groups):
        raise ApiError(Code.GROUP_TRIAL_QUOTA)


async def insert(tx: Tx, group: Group) -> None:
    """Make the group's row, under an ID of ours when it has none. Raises ApiError 10021, 10025."""
    tx.emit(GroupAdded(app=group.app))
    if group.group_id:
        if await store.insert(tx, group):
            return
        other = (await store.load(tx, group.app, [group.group_id])).get(group.group_id)
        self_owned = other is not None and group.owner and other.owner == group.owner
        raise ApiError(Code.GROUP_ID_TAKEN_BY_SELF if self_owned else Code.GROUP_ID_TAKEN)
    for _ in range(_TRIES):
        own = "".join(secrets.choice(_LETTERS) for _ in range(10))
        prefix = TYPES[group.type].id_prefix
        group.group_id = f"{prefix}{ASSIGNED}c{own}" if prefix else f"{ASSIGNED}1{own}"
        if await store.insert(tx, group):
            return
    raise ApiError(Code.GROUP_INTERNAL, "no free group id was found")
