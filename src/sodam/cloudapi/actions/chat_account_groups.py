"""The groups of an account."""

from __future__ import annotations

from typing import cast

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.accounts import OfAccount
from sodam.cloudapi.actions.chat_groups import GroupTypeName, RoleName, shown_type
from sodam.cloudapi.actions.views import Limit, Offset
from sodam.errors import ApiError, Code


class DescribeAccountGroups(OfAccount):
    Offset: Offset = 0
    Limit: Limit = 20


class AccountGroup(msgspec.Struct):
    GroupId: str
    Name: str
    FaceUrl: str
    Type: GroupTypeName
    MemberNum: int
    Role: RoleName
    NameCard: str
    JoinTime: int
    MuteUntil: int
    """Unix seconds; 0: not muted."""


class AccountGroups(msgspec.Struct):
    TotalCount: int
    Groups: list[AccountGroup]


@action("im", "DescribeAccountGroups", kind="list", level="app")
async def describe_account_groups(call: Call, request: DescribeAccountGroups) -> AccountGroups:
    """The groups that an account is a member of, in the order of joining. AVChatRooms keep no members."""
    groups, app = call.plane.services.groups, request.SDKAppID
    if await call.plane.services.accounts.find(app, request.UserID) is None:
        raise ApiError(Code.ACCOUNT_NOT_FOUND)
    joined = [group_id for group_id, *_ in await groups.joined(app, request.UserID)]
    page = joined[request.Offset : request.Offset + request.Limit]
    found = await groups.get_many(app, page)
    own = await groups.members.of_user(app, request.UserID, page)
    rows = []
    for group_id in page:
        group, standing = found.get(group_id), own.get(group_id)
        if group is None or standing is None:  # dissolved, or left, meanwhile
            continue
        member, muted = standing
        rows.append(
            AccountGroup(
                group_id,
                group.profile.name,
                group.profile.face_url,
                shown_type(group),
                group.members,
                cast(RoleName, member.role.name),
                member.name_card,
                member.joined_at,
                muted,
            )
        )
    return AccountGroups(len(joined), rows)
