"""Custom fields of groups and of their members: names for ever, rights by type (console.md section 3)."""

from __future__ import annotations

from sodam.apps import rules
from sodam.apps.group_fields import GroupField, GroupFieldRight, MemberField, MemberFieldRight
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.settings import (
    Ability,
    AtVersion,
    GroupFieldView,
    GroupMemberFieldView,
    change_settings,
)


class GroupFieldChange(AtVersion):
    Field: GroupFieldView


class GroupMemberFieldChange(AtVersion):
    Field: GroupMemberFieldView


def _group_field(view: GroupFieldView) -> GroupField:
    rights = tuple(GroupFieldRight(type=r.Type, read=r.Read, write=r.Write) for r in view.Rights)
    return GroupField(name=view.Name, rights=rights)


def _member_field(view: GroupMemberFieldView) -> MemberField:
    rights = tuple(MemberFieldRight(type=r.Type, read=r.Read, write=r.Write, own=r.Own) for r in view.Rights)
    return MemberField(name=view.Name, rights=rights)


@action("im", "AddGroupField", kind="write", level="app")
async def add_group_field(call: Call, request: GroupFieldChange) -> Ability:
    """Add a custom field of groups. Its name is for ever, and it is never deleted."""
    field = _group_field(request.Field)
    return await change_settings(call, lambda app: rules.add_group_field(app, request.Version, field))


@action("im", "ModifyGroupField", kind="write", level="app")
async def modify_group_field(call: Call, request: GroupFieldChange) -> Ability:
    """Change who may read and write a custom field of groups, or have further types get it."""
    field = _group_field(request.Field)
    return await change_settings(call, lambda app: rules.modify_group_field(app, request.Version, field))


@action("im", "AddGroupMemberField", kind="write", level="app")
async def add_group_member_field(call: Call, request: GroupMemberFieldChange) -> Ability:
    """Add a custom field of group members. Its name is for ever, and it is never deleted."""
    field = _member_field(request.Field)
    return await change_settings(call, lambda app: rules.add_group_field(app, request.Version, field))


@action("im", "ModifyGroupMemberField", kind="write", level="app")
async def modify_group_member_field(call: Call, request: GroupMemberFieldChange) -> Ability:
    """Change who may read and write a custom field of group members, or have further types get it."""
    field = _member_field(request.Field)
    return await change_settings(call, lambda app: rules.modify_group_field(app, request.Version, field))
