"""``recentcontact``: conversation groups (rest-accounts-relations.md 8.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from sodam.conversations.model import Contact
from sodam.errors import ApiError, Code
from sodam.rest.recentcontact import (
    COMMON,
    ContactItem,
    GroupItem,
    Own,
    contacts_of,
    group_item,
    item_of,
    owner_of,
    service,
)
from sodam.wire import Call

_ERRORS = (
    *COMMON,
    Code.CONV_ITEM_COUNT,
    Code.CONV_GROUP_UNRESOLVED,
    Code.CONV_MARKS_FULL,
    Code.CONV_CONTACT_GROUP_NAME,
)


class NewGroup(msgspec.Struct):
    GroupName: str
    ContactItem: list[ContactItem]


class CreateContactGroup(Own):
    GroupContactItem: list[NewGroup]


class Result(msgspec.Struct):
    ContactItem: ContactItem
    ResultCode: int
    ResultInfo: str


class GroupResult(msgspec.Struct):
    GroupItem: GroupItem
    ResultItem: list[Result]


class CreateAnswer(msgspec.Struct):
    GroupResultItem: list[GroupResult]


def _results(contacts: Sequence[Contact], codes: Sequence[Code | None]) -> list[Result]:
    return [
        Result(item_of(contact), int(code) if code else 0, code.meaning if code else "")
        for contact, code in zip(contacts, codes, strict=True)
    ]


@service.command("create_contact_group", errors=(*_ERRORS, Code.CONV_CONTACT_GROUPS_FULL))
async def create_contact_group(call: Call, request: CreateContactGroup) -> CreateAnswer:
    """Make one group of up to 100 conversations; where there is one of the name, they are added to it.

    A name has up to 32 bytes, a user up to 20 groups with up to 1000 conversations in all.
    Source: rest-accounts-relations.md 8.4.
    """
    owner = await owner_of(call, request)
    if len(request.GroupContactItem) != 1:
        raise ApiError(Code.CONV_BAD_REQUEST, "GroupContactItem holds one group")
    wanted = request.GroupContactItem[0]
    contacts = contacts_of(wanted.ContactItem) if wanted.ContactItem else []
    marks = call.services.conversations.marks
    group, codes = await marks.make_group(call.app, owner, wanted.GroupName, contacts, exclude=call.instid)
    return CreateAnswer([GroupResult(group_item(group), _results(contacts, codes))])


class DelContactGroup(Own):
    GroupName: list[str] | str


class DelAnswer(msgspec.Struct):
    GroupItem: list[GroupItem]


@service.command("del_contact_group", errors=(*COMMON, Code.CONV_CONTACT_GROUP_NOT_FOUND))
async def del_contact_group(call: Call, request: DelContactGroup) -> DelAnswer:
    """Delete a group; its conversations stay. Source: rest-accounts-relations.md 8.4."""
    owner = await owner_of(call, request)
    names = [request.GroupName] if isinstance(request.GroupName, str) else request.GroupName
    if len(names) != 1:
        raise ApiError(Code.CONV_BAD_REQUEST, "GroupName holds one name")
    group = await call.services.conversations.marks.delete_group(call.app, owner, names[0], exclude=call.instid)
    return DelAnswer([group_item(group)])


class Change(msgspec.Struct):
    ContactOptType: Literal[1, 2]
    ContactItem: ContactItem


class UpdateGroup(msgspec.Struct):
    UpdateGroupType: Literal[1, 2]
    OldGroupName: str
    NewGroupName: str = ""
    ContactUpdateItem: list[Change] = []


class UpdateContactGroup(Own):
    UpdateGroup: UpdateGroup
    UpdateType: Literal[1] = 1


class ChangeResult(msgspec.Struct):
    ContactOptType: int
    ContactItem: ContactItem
    ResultCode: int
    ResultInfo: str


class UpdateResult(msgspec.Struct):
    UpdateGroupType: int
    GroupName: str
    GroupId: int
    OldGroupName: str
    ContactResultItem: list[ChangeResult]


class UpdateAnswer(msgspec.Struct):
    UpdateType: int
    UpdateGroupResult: UpdateResult


@service.command("update_contact_group", errors=(*_ERRORS, Code.CONV_CONTACT_GROUP_NOT_FOUND))
async def update_contact_group(call: Call, request: UpdateContactGroup) -> UpdateAnswer:
    """Rename a group (UpdateGroupType 1), or put 1 to 100 conversations into it or out of it (2).

    Source: rest-accounts-relations.md 8.4.
    """
    owner = await owner_of(call, request)
    update = request.UpdateGroup
    marks = call.services.conversations.marks
    old = update.OldGroupName
    if update.UpdateGroupType == 1:
        group = await marks.rename_group(call.app, owner, old, update.NewGroupName, exclude=call.instid)
        return UpdateAnswer(1, UpdateResult(1, group.name, group.id, old, []))
    contacts = contacts_of([change.ContactItem for change in update.ContactUpdateItem])
    kinds = [change.ContactOptType for change in update.ContactUpdateItem]
    changes = [(kind == 1, contact) for kind, contact in zip(kinds, contacts, strict=True)]
    group, codes = await marks.change_group(call.app, owner, old, changes, exclude=call.instid)
    results = [
        ChangeResult(kind, one.ContactItem, one.ResultCode, one.ResultInfo)
        for kind, one in zip(kinds, _results(contacts, codes), strict=True)
    ]
    return UpdateAnswer(1, UpdateResult(2, group.name, group.id, old, results))
