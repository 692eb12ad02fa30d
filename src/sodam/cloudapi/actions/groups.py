"""User groups (access-management.md 6.1): policies of a group apply to its members."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.access.model import Group, User
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.users import Remark
from sodam.cloudapi.actions.views import Id, Keyword, Paged, stamp
from sodam.control import invalid

GroupName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class CreateGroup(msgspec.Struct):
    GroupName: GroupName
    Remark: Remark = ""


class GroupCreated(msgspec.Struct):
    GroupId: Id


@action("cam", "CreateGroup", kind="write", level="operation")
async def create_group(call: Call, request: CreateGroup) -> GroupCreated:
    """Create a user group; at most 300."""
    return GroupCreated(await call.plane.users.create_group(request.GroupName, request.Remark))


class OfGroup(msgspec.Struct):
    GroupId: Id


class UpdateGroup(OfGroup):
    GroupName: GroupName | None = None
    Remark: Remark | None = None


@action("cam", "UpdateGroup", kind="write", level="operation")
async def update_group(call: Call, request: UpdateGroup) -> None:
    """Rename a group or change its remark."""
    group = await call.plane.users.group(request.GroupId)
    given = {"name": request.GroupName, "remark": request.Remark}
    call.changed(group, msgspec.structs.replace(group, **{k: v for k, v in given.items() if v is not None}))
    await call.plane.users.update_group(group, request.GroupName, request.Remark)


@action("cam", "DeleteGroup", kind="write", level="operation")
async def delete_group(call: Call, request: OfGroup) -> None:
    """Delete a group: its members lose its policies at once."""
    group = await call.plane.users.group(request.GroupId)
    members = await call.plane.users.members(request.GroupId)
    call.changed({"Group": group, "Members": [user.name for user in members]}, {})
    await call.plane.users.delete_group(request.GroupId)


class GroupMember(msgspec.Struct, kw_only=True):
    Uid: Id
    Uin: Id
    Name: str
    PhoneNum: str
    CountryCode: str
    PhoneFlag: int = 0
    Email: str
    EmailFlag: int = 0
    UserType: int = 2
    CreateTime: str
    IsReceiverOwner: int = 0
    Remark: str


def _member(user: User) -> GroupMember:
    return GroupMember(
        Uid=user.uid,
        Uin=user.uin,
        Name=user.name,
        PhoneNum=user.phone_num,
        CountryCode=user.country_code,
        Email=user.email,
        CreateTime=stamp(user.created_at),
        Remark=user.remark,
    )


class GroupDetails(msgspec.Struct):
    GroupId: Id
    GroupName: str
    GroupNum: int
    Remark: str
    CreateTime: str
    UserInfo: list[GroupMember]


@action("cam", "GetGroup", kind="read", level="operation")
async def get_group(call: Call, request: OfGroup) -> GroupDetails:
    """A group with its members."""
    group = await call.plane.users.group(request.GroupId)
    members = await call.plane.users.members(request.GroupId)
    created = stamp(group.created_at)
    return GroupDetails(group.id, group.name, len(members), group.remark, created, [_member(user) for user in members])


class GroupInfo(msgspec.Struct):
    GroupId: Id
    GroupName: str
    CreateTime: str
    Remark: str


class GroupList(msgspec.Struct):
    TotalNum: int
    GroupInfo: list[GroupInfo]


def _info(group: Group) -> GroupInfo:
    return GroupInfo(group.id, group.name, stamp(group.created_at), group.remark)


class ListGroups(Paged, kw_only=True):
    Keyword: Keyword = ""


@action("cam", "ListGroups", kind="list", level="operation")
async def list_groups(call: Call, request: ListGroups) -> GroupList:
    """Groups by name."""
    word = request.Keyword.lower()
    found = [g for g in await call.plane.users.groups() if word in g.name.lower() or word in g.remark.lower()]
    return GroupList(len(found), [_info(group) for group in request.cut(found)])


class ListUsersForGroup(Paged, kw_only=True):
    GroupId: Id


class MemberList(msgspec.Struct):
    TotalNum: int
    UserInfo: list[GroupMember]


@action("cam", "ListUsersForGroup", kind="list", level="operation")
async def list_users_for_group(call: Call, request: ListUsersForGroup) -> MemberList:
    """Members of a group, by name."""
    await call.plane.users.group(request.GroupId)
    found = await call.plane.users.members(request.GroupId)
    return MemberList(len(found), [_member(user) for user in request.cut(found)])


class ListGroupsForUser(Paged, kw_only=True):
    Uid: Id = 0
    SubUin: Id = 0


@action("cam", "ListGroupsForUser", kind="list", level="operation")
async def list_groups_for_user(call: Call, request: ListGroupsForUser) -> GroupList:
    """The groups of a sub-user."""
    user = await call.plane.users.find(uin=request.SubUin, uid=request.Uid)
    found = await call.plane.users.groups_of(user.uin)
    return GroupList(len(found), [_info(group) for group in request.cut(found)])


class Membership(msgspec.Struct):
    GroupId: Id
    Uid: Id = 0
    Uin: Id = 0


class Memberships(msgspec.Struct):
    Info: Annotated[list[Membership], msgspec.Meta(min_length=1, max_length=100)]


async def _pairs(call: Call, request: Memberships) -> list[tuple[int, int]]:
    pairs = []
    for item in request.Info:
        await call.plane.users.group(item.GroupId)
        if not item.Uid and not item.Uin:
            raise invalid("one of Uid and Uin is needed", "UserUinAndUinNotAllNull")
        pairs.append((item.GroupId, (await call.plane.users.find(uin=item.Uin, uid=item.Uid)).uin))
    return pairs


@action("cam", "AddUserToGroup", kind="write", level="operation")
async def add_user_to_group(call: Call, request: Memberships) -> None:
    """Put users into groups, all or none: at most 100 users in a group, 10 groups of a user."""
    await call.plane.users.add_members(await _pairs(call, request))


@action("cam", "RemoveUserFromGroup", kind="write", level="operation")
async def remove_user_from_group(call: Call, request: Memberships) -> None:
    """Take users out of groups: they lose the groups' policies at once."""
    await call.plane.users.remove_members(await _pairs(call, request))
